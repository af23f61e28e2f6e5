"""What a statement changes in the cited sentence that it is nearly a copy of, place by place.

Where most words of a statement stand in the same order in one cited sentence, the few that differ are the whole
question: a number, name or "not" in place of another, two names exchanged. That a word occurs elsewhere in the cited
text is then no excuse. Freer wording is the concern of the other checks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from qa.records import Support
from qa.verify.comparison import compare
from qa.verify.dates import is_covered, parse_published
from qa.verify.names import is_name_like, name_key
from qa.verify.opposites import are_opposite
from qa.verify.polarity import is_negation, modal_strength, turns_round
from qa.verify.reading import Pool, Reading, Word, phrasal_verbs
from qa.verify.related import relation
from qa.verify.verdicts import Finding

NEARLY_A_COPY = 0.7
_SHORT = 5
_MARGIN = 2
_LONG = 400
"""Words; comparing takes time that grows with the square of the length, and no sentence is so long."""
_BOTH_WAYS = frozenset(["and", "or", "with", "between", "both", "meet", "versus", "vs", "the", "a"])


@dataclass(frozen=True, slots=True)
class Edit:
    """Words of the statement that stand where the sentence has others; either side may be empty."""

    stated: tuple[Word, ...]
    known: tuple[Word, ...]
    leaves_out: bool = False
    """Whether nothing stands in place of whole clauses, which a shorter statement may leave out."""


@dataclass(frozen=True, slots=True)
class Rewording:
    """The differences from the nearest cited sentence. ``source`` is its text's index in ``pool.cited``."""

    source: int
    edits: tuple[Edit, ...]
    between: tuple[tuple[Word, ...], ...]
    """The unchanged words between one edit and the next, one run fewer than there are edits."""


def closest_sentence(statement: Reading, pool: Pool) -> Rewording | None:
    """The differences from the cited sentence that shares most words; ``None`` where it shares too few."""
    if len(statement.words) > _LONG:
        return None
    mine = Counter(word.stem for word in statement.words)
    best: tuple[Word, ...] = ()
    source = share = 0
    for i, reading in enumerate(pool.cited):
        for sentence in _sentences(reading.words):
            common = sum((mine & Counter(word.stem for word in sentence)).values())
            if common > share:
                best, source, share = sentence, i, common
    if share < NEARLY_A_COPY * len(statement.words):
        return None
    return _compare(statement.words, best, source)


def _sentences(words: Sequence[Word]) -> Iterator[tuple[Word, ...]]:
    start = 0
    for i in range(1, len(words) + 1):
        if i == len(words) or words[i].sentence != words[start].sentence:
            yield tuple(words[start:i])
            start = i


def _compare(stated: Sequence[Word], known: Sequence[Word], source: int) -> Rewording | None:
    matcher = SequenceMatcher(
        None, [name_key(word) for word in known], [name_key(word) for word in stated], autojunk=False
    )
    edits: list[Edit] = []
    between: list[tuple[Word, ...]] = []
    kept = 0
    for operation, known_start, known_end, start, end in matcher.get_opcodes():
        if operation == "equal":
            kept += end - start
            if edits:
                between.append(tuple(stated[start:end]))
        else:
            leaves_out = start == end and _ends_clause(known, known_start) and _ends_clause(known, known_end)
            edits.append(Edit(tuple(stated[start:end]), tuple(known[known_start:known_end]), leaves_out))
    if kept < NEARLY_A_COPY * len(stated):
        return None
    return Rewording(source, tuple(edits), tuple(between[: max(0, len(edits) - 1)]))


def _ends_clause(words: Sequence[Word], place: int) -> bool:
    return place in {0, len(words)} or words[place - 1].clause != words[place].clause


def rewording_findings(statement: Reading, pool: Pool, rewording: Rewording) -> Iterator[Finding]:
    """What speaks against the differences, one by one and in pairs."""
    for edit in rewording.edits:
        yield from _values(statement, pool, rewording.source, edit)
        yield from _names(edit)
        yield from _polarity(edit)
        yield from _opposites(edit)
    yield from _exchanges(rewording)


def _quote(words: Sequence[Word]) -> str:
    return repr(" ".join(word.text for word in words))


def _difference(edit: Edit) -> str:
    """An edit in words; either side may have nothing."""
    if not edit.known:
        return f"{_quote(edit.stated)} is not in the cited text"
    if not edit.stated:
        return f"the cited text says {_quote(edit.known)}, the statement leaves that out"
    return f"the cited text says {_quote(edit.known)}, the statement {_quote(edit.stated)}"


def _overlap(reading: Reading, words: Sequence[Word], start: int, end: int) -> bool:
    first, last = reading.folded.source_range(start, end)
    return any(word.start < last and first < word.end for word in words)


def _values(statement: Reading, pool: Pool, source: int, edit: Edit) -> Iterator[Finding]:
    """A number or date in place of another."""
    reading = pool.cited[source]
    there = [q for q in reading.quantities if _overlap(reading, edit.known, q.start, q.end)]
    here = [q for q in statement.quantities if _overlap(statement, edit.stated, q.start, q.end)]
    for asked in here if there else []:
        nearest = max((compare(known, asked) for known in there), key=["no", "loosely", "yes"].index)
        if nearest != "yes":
            support: Support = "unsupported" if nearest == "no" else "partial"
            yield Finding(support, f"the cited text has {_quote(edit.known)} in place of {_quote(edit.stated)}")
    days = [day for day in reading.dates if _overlap(reading, edit.known, day.start, day.end)]
    asked_days = [day for day in statement.dates if _overlap(statement, edit.stated, day.start, day.end)]
    published = parse_published(pool.published[source])
    if days and any(not is_covered(asked, reading.dates_near(days), published) for asked in asked_days):
        yield Finding("unsupported", f"the cited text has {_quote(edit.known)} in place of {_quote(edit.stated)}")


def _names(edit: Edit) -> Iterator[Finding]:
    """A name in place of another."""
    here = {name_key(word): word for word in edit.stated if is_name_like(word)}
    there = {name_key(word) for word in edit.known if is_name_like(word)}
    known = {name_key(word) for word in edit.known}
    if len(edit.known) > 2 * len(edit.stated) + _MARGIN:
        return
    initials = "".join(word.folded[0] for word in edit.known if word.capital)
    titles = {word.stem for word in edit.stated if word.capital and not word.initial and not word.is_stop}
    mine = "".join(word.folded[0] for word in edit.stated if word.capital)
    if (here or titles) and there and not (here.keys() | titles) & known and initials not in here and mine not in there:
        yield Finding("unsupported", f"the cited text has {_quote(edit.known)} in place of {_quote(edit.stated)}")


def _polarity(edit: Edit) -> Iterator[Finding]:
    """A "not", "may" or "will" put in, taken out or exchanged."""
    if edit.leaves_out or len(edit.stated) > _SHORT or len(edit.known) > _SHORT:
        return
    here, there = _noes(edit.stated, edit.known), _noes(edit.known, edit.stated)
    if (here - there) % 2:
        yield Finding("unsupported", _difference(edit))
    stated, known = (min((modal_strength(word) for word in words), default=4) for words in (edit.stated, edit.known))
    if stated != known and min(stated, known) < 3:
        yield Finding("unsupported" if known < stated else "partial", _difference(edit))


def _noes(words: Sequence[Word], others: Sequence[Word]) -> int:
    """How many words make a no of a yes; a verb does only where no other verb stands in its place."""
    instead = any(not word.is_stop for word in others)
    return sum(is_negation(word) or (turns_round(word) and not instead) for word in words)


def _opposites(edit: Edit) -> Iterator[Finding]:
    if any(is_negation(word) for word in (*edit.stated, *edit.known)):
        return
    known = {word.stem for word in edit.known}
    phrases, known_phrases = dict(phrasal_verbs(edit.stated)), dict(phrasal_verbs(edit.known))
    for i, word in enumerate(edit.stated):
        for j, other in enumerate(edit.known):
            mine, theirs = phrases.get(i, word.stem), known_phrases.get(j, other.stem)
            if word.stem in known:
                continue
            if (
                are_opposite(mine, theirs)
                or are_opposite(word.stem, other.stem)
                or are_opposite(word.folded, other.folded)
                or relation(word.stem, other.stem) == "opposite"
            ):
                yield Finding("unsupported", f"the cited text says {other.text!r}, the statement {word.text!r}")
                return


def _exchanges(rewording: Rewording) -> Iterator[Finding]:
    """Two parts that have changed places with the same words between them."""
    for i, first in enumerate(rewording.edits):
        for j in range(i + 1, min(i + 3, len(rewording.edits))):
            second = rewording.edits[j]
            between = [word for run in rewording.between[i:j] for word in run]
            if _are_crossed(first, second) and not all(word.stem in _BOTH_WAYS for word in between):
                yield Finding("unsupported", f"{_quote(first.stated)} and {_quote(second.stated)} have changed places")
                return
            if _is_turned_round(first, second) or _is_turned_round(second, first):
                moved = _quote(first.stated or second.stated)
                yield Finding("unsupported", f"{moved} stands elsewhere in the cited text, the other way round")
                return


def _are_crossed(first: Edit, second: Edit) -> bool:
    return bool(_content(first.stated) & _content(second.known) and _content(second.stated) & _content(first.known))


def _is_turned_round(gone: Edit, new: Edit) -> bool:
    """Whether words with a name moved to another place and into another order: "X led the Y" to "Y led the X"."""
    if gone.stated or new.known:
        return False
    before = [name_key(word) for word in gone.known if not word.is_stop]
    after = [name_key(word) for word in new.stated if not word.is_stop]
    common = set(before) & set(after)
    named = any(is_name_like(word) and name_key(word) in common for word in gone.known)
    return named and [key for key in before if key in common] != [key for key in after if key in common]


def _content(words: Sequence[Word]) -> set[str]:
    return {name_key(word) for word in words if not word.is_stop}
