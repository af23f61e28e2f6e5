"""Whether a number or date of a statement stands, in the cited text, beside the words that the statement has it with.

"Performed in 1949 and published in 1958" supports no "published in 1949", though every word of that is there; nor does
"22 metres below the market, the machine that digs the tunnel stopped" support a tunnel of 22 metres.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from qa.verify.comparison import is_another
from qa.verify.dates import Day
from qa.verify.quantities import Quantity
from qa.verify.reading import Reading, Word
from qa.verify.related import part_of_speech
from qa.verify.verdicts import Evidence, Finding

Value = Day | Quantity
_AROUND = 2
_CLOSE = 8
"""Words between a value and what it is said of."""


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
        company = _company(reading, value, at)
        if company and all(_is_apart(known, value, company) for known in cited):
            text = reading.source(value.start, value.end)
            yield Finding("partial", f"{text!r} is said of something else in the cited text")
        verb = _nearest_verb(reading.words, at) if isinstance(value, Day) and len(reading.dates) == 1 else None
        if verb is None:
            continue
        found = [_is_nearest(known, value, verb) for known in cited]
        if False in found and True not in found:
            yield Finding("partial", f"another date stands by {verb.text!r} in the cited text")


def _company(reading: Reading, value: Value, at: int) -> set[str]:
    """Stems of the words of content nearest to a value in its sentence, two on each side."""
    first, last = reading.folded.source_range(value.start, value.end)
    own = [word for word in reading.words if word.sentence == reading.words[at].sentence and not word.is_stop]
    before = [word.stem for word in own if word.end <= first]
    after = [word.stem for word in own if word.start >= last]
    return {*before[-_AROUND:], *after[:_AROUND]}


def _is_apart(reading: Reading, asked: Value, company: set[str]) -> bool:
    """Whether a text has some of the company of a value, none of it close to the value."""
    places = [i for i, word in enumerate(reading.words) if word.stem in company]
    same = [item for item in _placed(reading) if is_another(asked, item.value) is False]
    return bool(places and same) and not any(
        abs(place - item.at) <= _CLOSE and reading.words[place].sentence == reading.words[item.at].sentence
        for place in places
        for item in same
    )


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
    told = part_of_speech(word.stem) == "v" or (word.folded.endswith("ed") and word.folded != word.stem)
    return told and not word.capital and not word.is_stop


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
