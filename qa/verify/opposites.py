"""Whether one of two opposites has taken the place of the other: rise and fall, win and lose, before and after."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import permutations
from pathlib import Path

from qa.verify.alignment import Match
from qa.verify.polarity import cues, negated
from qa.verify.reading import Pool, Reading, Word
from qa.verify.verdicts import Finding
from qa.words import stem


@cache
def _table() -> dict[str, frozenset[str]]:
    table: dict[str, set[str]] = defaultdict(set)
    for line in Path(__file__).with_name("opposites.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        sides = [{form for word in side.split() for form in _stems(word)} for side in re.split(r" [=|] ", line)]
        for one, other in permutations(sides, 2):
            for word in one:
                table[word] |= other - {word}
    return {word: frozenset(others) for word, others in table.items()}


def _stems(word: str) -> set[str]:
    """The stems of a word and of its past: those of "succeed" and "succeeded", "sue" and "sued" are not the same."""
    return {stem(word), stem(word + "d" if word.endswith("e") else word + "ed")}


def are_opposite(first: str, second: str) -> bool:
    """Whether two stems contradict each other by the table of opposites."""
    return second in _table().get(first, ()) or second in _CONTRARY.get(first, ())


def opposite_findings(statement: Reading, pool: Pool, matches: Sequence[Match]) -> Iterator[Finding]:
    """Words of the statement whose opposite stands in their place in the cited text."""
    stems = statement.stems
    met_near = {place for match in matches if match.is_met for place in match.places}
    negated_here, negated_there = negated(cues(statement.words)), negated(cues(pool.words))
    phrases, phrases_there = statement.phrasal_verbs, pool.phrasal_verbs
    for index, word in enumerate(statement.words):
        if word.stem in pool.stems:
            continue
        wanted = _table().get(word.stem, frozenset()) | _table().get(phrases.get(index, ""), frozenset())
        for place, known in enumerate(pool.words):
            if (
                wanted.isdisjoint({known.stem, phrases_there.get(place, "")})
                or known.stem in stems
                or (index in negated_here) != (place in negated_there)
            ):
                continue
            if _shares_company(statement, index, pool, place, met_near):
                yield Finding("unsupported", f"the cited text says {known.text!r}, the statement {word.text!r}")
                break
    yield from _order_words(statement, pool)


def _shares_company(statement: Reading, index: int, pool: Pool, place: int, met: set[int]) -> bool:
    """Whether a content word next to the one also stands near the other."""
    around = {word.stem for word in _neighbours(statement.words, index, 3)}
    near = {word.stem for word in _neighbours(pool.words, place, 4)}
    return bool(around & near) or sum(i in met for i in range(place - 4, place + 5)) >= 2


def _neighbours(words: Sequence[Word], at: int, reach: int) -> list[Word]:
    sentence = words[at].sentence
    found: list[Word] = []
    for step in (-1, 1):
        i, seen = at + step, 0
        while 0 <= i < len(words) and words[i].sentence == sentence and seen < reach:
            if not words[i].is_stop:
                found.append(words[i])
                seen += 1
            i += step
    return found


_CONTRARY = {
    "before": frozenset(["after", "during"]),
    "after": frozenset(["before", "until", "during"]),
    "during": frozenset(["before", "after"]),
    "into": frozenset(["from"]),
    "from": frozenset(["into"]),
    "until": frozenset(["after"]),
    "despite": frozenset(["because", "following", "after"]),
    "because": frozenset(["despite", "although"]),
    "following": frozenset(["despite", "before"]),
}
"""Words of order and reason that contradict one another in the same place."""


def _order_words(statement: Reading, pool: Pool) -> Iterator[Finding]:
    """Whether "before" has become "after": the other word stands before the same content word."""
    following_there = {(word.folded, _next_content(pool.words, i)) for i, word in enumerate(pool.words)}
    for i, word in enumerate(statement.words):
        following = _next_content(statement.words, i)
        if not following or (word.folded, following) in following_there:
            continue
        other = next((other for other in _CONTRARY.get(word.folded, ()) if (other, following) in following_there), "")
        if other:
            yield Finding("unsupported", f"the cited text says {other!r}, the statement {word.text!r}")


def _next_content(words: Sequence[Word], at: int) -> str:
    return next((word.stem for word in words[at + 1 : at + 6] if not word.is_stop), "")
