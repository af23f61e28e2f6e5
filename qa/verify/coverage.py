"""How much of what a statement says in content words the cited text says too.

What counts is the share of the words that is missing. Where the statement is nearly a copy of one cited sentence, it is
the words put into it, and the nouns put in place of others. Weights are in ``weights``.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from qa.verify.alignment import MEANS_THE_SAME, Match
from qa.verify.names import POINTERS, initials, is_name_like
from qa.verify.reading import Pool, Reading, Word, phrasal_verbs
from qa.verify.related import part_of_speech, relation
from qa.verify.rewording import Edit, Rewording
from qa.verify.weights import WEIGHTS

_SHORT = 4
_ENTAILED = MEANS_THE_SAME | {"broader"}
Rarity = Callable[[str], float]
"""The weight of a stem, at least 0: how much it says. Inverse document frequency where a corpus is at hand."""


class Unmet(NamedTuple):
    """A content word of the statement that the cited text does not have, and what kind of gap that is."""

    word: Word
    kind: str


class Coverage(NamedTuple):
    """Counts and shares that the weights apply to, and the heaviest word that is not met."""

    features: dict[str, float]
    missing: str


def plain_rarity(stem: str) -> float:
    """A weight without a corpus: longer words say more."""
    return 0.6 + min(len(stem), 10) / 10


def measure(
    statement: Reading, matches: Sequence[Match], pool: Pool, rewording: Rewording | None, rarity: Rarity
) -> Coverage:
    """The features of a statement; numbers and dates are left to their own checks."""
    valued = [(q.start, q.end) for q in statement.quantities] + [(day.start, day.end) for day in statement.dates]
    ranges = [statement.folded.source_range(*item) for item in valued]
    counted = [m for m in matches if not any(start < m.word.end and m.word.start < end for start, end in ranges)]
    total = sum(rarity(match.word.stem) for match in counted) or 1.0
    unmet = [*_in_place(counted, pool, rewording)] if rewording else [*_anywhere(counted, pool)]
    features: dict[str, float] = defaultdict(float)
    for word, kind in unmet:
        weight = rarity(word.stem)
        features[kind] += weight / total if kind == "missing" else 1.0
    missing = max(unmet, key=lambda item: rarity(item.word.stem), default=None)
    return Coverage(dict(features), missing.word.text if missing else "")


def _anywhere(matches: Sequence[Match], pool: Pool) -> Iterator[Unmet]:
    """Freer wording: words that are met nowhere, not even in the headline or the sentences before."""
    for match in matches:
        if not match.is_met and match.word.stem not in pool.stems_around:
            yield Unmet(match.word, "missing")


def _in_place(matches: Sequence[Match], pool: Pool, rewording: Rewording) -> Iterator[Unmet]:
    """Near-copies: words that stand where the cited sentence has others, or nothing."""
    by_start = {match.word.start: match for match in matches}
    titled = frozenset(stem for title in pool.titles for stem in title.stems)
    for edit in rewording.edits:
        known = {word.stem for word in edit.known if not word.is_stop}
        known.update(key for _, key in phrasal_verbs(edit.known))
        phrases = {edit.stated[place].start: key for place, key in phrasal_verbs(edit.stated)}
        named = titled if _only_describes(edit) else frozenset()
        for word in edit.stated:
            match = by_start.get(word.start)
            if match is None or word.stem in known or (word.capital and word.stem in named):
                continue
            stated = {word.stem, phrases.get(word.start, word.stem)}
            kinds = {relation(mine, stem) for stem in known for mine in stated}
            if kinds & _ENTAILED or word.folded == initials(edit.known):
                continue
            if not known or len(edit.known) > _SHORT:
                if not match.is_met and word.stem not in pool.stems_around:
                    yield Unmet(word, "missing" if known else "inserted")
            else:
                yield Unmet(word, _in_place_of(word, kinds))


def _only_describes(edit: Edit) -> bool:
    """Whether the cited text has no name but words that point to one: "he", "the mother"."""
    points = any(word.folded in POINTERS or word.folded == "the" for word in edit.known)
    return points and not any(is_name_like(word) for word in edit.known)


def _in_place_of(word: Word, kinds: set[str]) -> str:
    part = part_of_speech(word.stem)
    if word.folded.endswith("ly") or part not in {"n", ""}:
        return "word in place"
    return "rival in place" if "sibling" in kinds or not part else "noun in place"


def probability(features: dict[str, float]) -> float:
    """A logistic score between 0 and 1."""
    z = WEIGHTS["bias"] + sum(WEIGHTS.get(name, 0.0) * value for name, value in features.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))
