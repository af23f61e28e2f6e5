"""Numbers, money, shares, durations, measures, ordinals, scores and clock times of a text, as values.

"$4.1 million" is read as 4,100,000 dollars, "half an hour" as 0.5 hours, "more than 50 people" as a number of people
with a hedge. Whether two of them agree is decided in ``comparison``; dates are the concern of ``dates``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from qa.verify.dates import Day
from qa.verify.numerals import MULTIPLES, Numeral, read_numeral
from qa.verify.units import SIGNS, UNITS, Unit, read_unit
from qa.words import is_stop_word, stem

_LEXEME = re.compile(
    r"\d{1,3}(?: \d{3})+(?![\w.,-])"
    r"|\d+(?:,\d{3})+(?:\.\d+)?(?![\d])|\d+(?:\.\d+)? ?°[cf]\b|\d+(?:\.\d+)?(?:[a-z]+)?|[^\W\d_]+(?:'[^\W\d_]+)?"
    r"|[½⅓⅔¼¾⅕⅛]|[-$€£¥₹₽₩₿₺₴%+.,;:!?()/\"]"
)
_CLOCK = re.compile(r"(?<![\d.,:-])(\d{1,2})(?:[:.](\d{2}))? ?([ap])\.?m\b\.?|(?<![\d.,:-])(\d{1,2}):(\d{2})(?![\d:])")
_SCORE = re.compile(
    r"(?<![\d.,$€£/-])(\d{1,3})[-/](\d{1,3})(?![\d,.]*\d|-)"
    r"(?! ?(?:percent|%|year|day|hour|mile|kilomet|million|billion))"
)
_HEDGES = (
    ("over", ("more than", "over", "above", "greater than", "exceeding", "upwards of", "in excess of", "well over")),
    ("under", ("less than", "fewer than", "under", "below", "short of")),
    ("least", ("at least", "no fewer than", "no less than", "minimum of")),
    ("most", ("at most", "up to", "no more than", "as many as", "as much as", "maximum of")),
    ("nearly", ("nearly", "almost", "close to", "just under", "approaching")),
    ("about", ("about", "around", "roughly", "approximately", "some", "an estimated", "estimated", "circa")),
)  # fmt: skip
_HEDGE_BEFORE = tuple((name, tuple(phrase.split() for phrase in phrases)) for name, phrases in _HEDGES)
_RANGE = re.compile(r" ?(?:-|to|or|and) ?")
_PHRASE_END = frozenset('.,;:!?()"')


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with what it measures; ``start:end`` is its range in the folded text.

    ``kind`` is ``cardinal``, ``ordinal``, ``fraction``, ``multiple``, ``score`` (with ``second``) or ``clock`` (minutes
    after midnight). ``hedge`` is empty or one of ``over under least most nearly about``. ``counted`` holds stems of the
    words that follow: what is counted.
    """

    value: float
    kind: str
    start: int
    end: int
    unit: Unit | None = None
    hedge: str = ""
    counted: tuple[str, ...] = ()
    second: float = 0.0


def read_quantities(folded: str, dates: Sequence[Day]) -> list[Quantity]:
    """All quantities of a folded text outside its dates, in order."""
    masked = _mask(folded, [(day.start, day.end) for day in dates if not day.relative])
    special = [*_clock_times(masked)]
    masked = _mask(masked, [(found.start, found.end) for found in special])
    scores = [*_scores(masked)]
    masked = _mask(masked, [(found.start, found.end) for found in scores])
    numbers = _share_units([*_numbers(masked)], masked)
    return sorted([*special, *scores, *numbers], key=lambda quantity: quantity.start)


def _share_units(numbers: list[Quantity], text: str) -> list[Quantity]:
    """Gives the first number of a range the unit of the last: "7 to 9 years"."""
    for i in range(len(numbers) - 2, -1, -1):
        first, last = numbers[i], numbers[i + 1]
        if first.unit is None and first.kind == last.kind and _RANGE.fullmatch(text[first.end : last.start]):
            numbers[i] = replace(first, unit=last.unit, counted=last.counted)
    return numbers


def _mask(text: str, ranges: Sequence[tuple[int, int]]) -> str:
    for start, end in ranges:
        text = text[:start] + "." * (end - start) + text[end:]
    return text


def _clock_times(text: str) -> Iterator[Quantity]:
    for match in _CLOCK.finditer(text):
        hour, minute = int(match[1] or match[4]), int(match[2] or match[5] or 0)
        if hour > 24 or minute > 59:
            continue
        if match[3] is not None:
            hour = hour % 12 + (12 if match[3] == "p" else 0)
        yield Quantity(60 * hour + minute, "clock", match.start(), match.end())


def _scores(text: str) -> Iterator[Quantity]:
    for match in _SCORE.finditer(text):
        yield Quantity(float(match[1]), "score", match.start(), match.end(), second=float(match[2]))


def _numbers(text: str) -> Iterator[Quantity]:
    lexemes = [*_LEXEME.finditer(text)]
    words = [lexeme.group() for lexeme in lexemes]
    i = 0
    while i < len(words):
        found = _measure(words, i)
        if found is None:
            i += 1
            continue
        quantity, end = _with_half(words, *found)
        yield replace(
            quantity,
            start=lexemes[i].start(),
            end=lexemes[end - 1].end(),
            hedge=_hedge(words, i, end),
            counted=_counted(words, end),
        )
        i = end


def _measure(words: list[str], i: int) -> tuple[Quantity, int] | None:
    """The quantity at lexeme ``i`` and the lexeme after it."""
    sign = SIGNS.get(words[i])
    numeral = read_numeral(words, i + 1) if sign and i + 1 < len(words) else read_numeral(words, i)
    if numeral is None:
        return _unit_alone(words, i)
    unit, end = _unit_after(words, numeral)
    if sign:
        unit = Unit(sign, 1.0)
    elif numeral.unit_letters in {"c", "f"}:
        unit = UNITS["°" + numeral.unit_letters]
    elif numeral.unit_letters in UNITS and numeral.value < 1e6:
        unit = UNITS[numeral.unit_letters]
    kind = numeral.kind
    if kind == "ordinal" and (words[i] == "second" and i and words[i - 1] in {"a", "per"}):
        return None
    if kind == "fraction" and unit is not None:
        kind = "cardinal"
    return Quantity(numeral.value, kind, 0, 0, unit), end


def _with_half(words: list[str], quantity: Quantity, end: int) -> tuple[Quantity, int]:
    """Takes in what follows in "an hour and a half", "two and a half years"."""
    if quantity.kind != "cardinal" or words[end : end + 3] != ["and", "a", "half"]:
        return quantity, end
    unit, end = (quantity.unit, end + 3) if quantity.unit else read_unit(words, end + 3)
    return replace(quantity, value=quantity.value + 0.5, unit=unit), end


def _unit_after(words: list[str], numeral: Numeral) -> tuple[Unit | None, int]:
    if numeral.kind == "ordinal":
        return None, numeral.end
    at = numeral.end
    if at < len(words) and words[at] == "-":
        unit, end = read_unit(words, at + 1)
        return (unit, end) if unit else (None, at)
    if numeral.kind == "fraction" and words[at : at + 1] in (["of"], ["a"], ["an"]):
        unit, end = read_unit(words, at + 1)
        return (unit, end) if unit and words[at] != "of" else (None, at)
    return read_unit(words, at)


def _unit_alone(words: list[str], i: int) -> tuple[Quantity, int] | None:
    """Measures without a number word: "an hour", "hour-long", "twice"."""
    word, following = words[i], words[i + 1] if i + 1 < len(words) else ""
    if word in MULTIPLES:
        return Quantity(MULTIPLES[word], "multiple", 0, 0), i + 1
    timed = {"time", "calendar"}
    if word in {"a", "an"} and following in UNITS and UNITS[following].dimension in timed and following != "second":
        if words[i + 2 : i + 3] == ["ago"] or not following.endswith("s"):
            return Quantity(1, "cardinal", 0, 0, UNITS[following]), i + 2
    elif word in UNITS and following == "-" and words[i + 2 : i + 3] == ["long"] and UNITS[word].dimension in timed:
        return Quantity(1, "cardinal", 0, 0, UNITS[word]), i + 3
    elif word == "hourlong":
        return Quantity(1, "cardinal", 0, 0, UNITS["hour"]), i + 1
    return None


def _hedge(words: list[str], start: int, end: int) -> str:
    if words[end : end + 2] == ["or", "more"] or words[end : end + 1] == ["+"]:
        return "least"
    if words[end : end + 2] in (["or", "less"], ["or", "fewer"]):
        return "most"
    before = words[max(0, start - 4) : start]
    if before and before[-1] in {"a", "an", "the"}:
        before.pop()
    for name, phrases in _HEDGE_BEFORE:
        if any(before[-len(phrase) :] == phrase for phrase in phrases):
            return name
    return ""


def _counted(words: list[str], end: int) -> tuple[str, ...]:
    stems: list[str] = []
    for word in words[end : end + 5]:
        if word in _PHRASE_END or word[0].isdigit():
            break
        if word[0].isalpha() and not is_stop_word(word):
            stems.append(stem(word))
        if len(stems) == 3:
            break
    return tuple(stems)
