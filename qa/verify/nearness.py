"""Whether a number or date of a statement stands, in the cited text, beside the verb that the statement has it with.

"Performed in 1949 and published in 1958" supports no "published in 1949", though every word of that is there. Only
values that have a rival of their kind in the same sentence are looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from qa.verify.comparison import is_another
from qa.verify.dates import Day
from qa.verify.quantities import Quantity
from qa.verify.reading import Reading, Word
from qa.verify.related import can_be_verb
from qa.verify.verdicts import Evidence, Finding

Value = Day | Quantity


class _Placed(NamedTuple):
    """A value and the index of the first word of it."""

    value: Value
    at: int


def nearness_findings(statement: str, evidence: Sequence[Evidence]) -> Iterator[Finding]:
    """What speaks against the place of the numbers and dates of a statement.

    Args:
        statement: one sentence of an answer, without its footnote numbers.
        evidence: what it cites.
    """
    reading, cited = Reading(statement), [Reading(one.text) for one in evidence]
    for value, at in _placed(reading):
        verb = _nearest_verb(reading.words, at)
        if verb is None:
            continue
        found = [_is_nearest(known, value, verb) for known in cited]
        if False in found and True not in found:
            yield Finding("partial", f"another number or date stands by {verb.text!r} in the cited text")


def _placed(reading: Reading) -> list[_Placed]:
    values: list[Value] = [*reading.dates, *reading.quantities]
    starts = [(value, reading.folded.source_range(value.start, value.end)[0]) for value in values]
    return [
        _Placed(value, next(i for i, word in enumerate(reading.words) if word.end > start))
        for value, start in starts
        if reading.words and reading.words[-1].end > start
    ]


def _nearest_verb(words: Sequence[Word], at: int) -> Word | None:
    """The verb nearest to a value in its clause, one before it rather than one after it."""
    verbs = [i for i, word in enumerate(words) if _is_verb(word) and word.sentence == words[at].sentence]
    before = [i for i in verbs if i < at]
    chosen = before[-1:] or [i for i in verbs if i > at][:1]
    return words[chosen[0]] if chosen else None


def _is_verb(word: Word) -> bool:
    return not word.capital and not word.is_stop and can_be_verb(word.stem) and word.folded != word.stem


def _is_nearest(reading: Reading, asked: Value, verb: Word) -> bool | None:
    """Whether the value, rather than a rival, stands by the verb; ``None`` where the text lacks one of the two."""
    places = [i for i, word in enumerate(reading.words) if word.stem == verb.stem]
    known = [item for item in _placed(reading) if isinstance(item.value, type(asked))]
    same = [item for item in known if is_another(asked, item.value) is False]
    rivals = [item for item in known if is_another(asked, item.value)]
    if not places or not same:
        return None
    return any(
        _distance(reading.words, place, one.at)
        <= min((_distance(reading.words, place, r.at) for r in rivals), default=9999)
        for place in places
        for one in same
    )


def _distance(words: Sequence[Word], verb: int, value: int) -> int:
    """In words; a value before the verb counts as further away, one of another sentence as out of reach."""
    if words[verb].sentence != words[value].sentence:
        return 10_000
    return value - verb if value > verb else 2 * (verb - value)
