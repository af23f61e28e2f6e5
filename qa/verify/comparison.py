"""Whether the quantities and dates of a statement are those of the cited text, by value.

Sixty minutes are an hour, "more than 50" is met by 57, five kilometres are not five miles. A number that the text gives
for something else ("50 missing" against "57 missing, 50 found") does not count.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from qa.verify.dates import Day, is_covered, parse_published
from qa.verify.quantities import Quantity
from qa.verify.reading import Pool, Reading
from qa.verify.verdicts import Finding
from qa.words import STOP_WORDS, is_stop_word, stem, tokens

_IMPLIED_BY = {
    "about": ("", "nearly"),
    "least": ("", "over"),
    "most": ("", "under", "nearly"),
    "over": (),
    "under": ("nearly",),
    "nearly": ("under",),
}
_BOUNDS = {
    "about": (0.9, 1.1),
    "nearly": (0.85, 1.0),
    "over": (1.0, 2.0),
    "least": (1.0, 2.0),
    "under": (0.5, 1.0),
    "most": (0.5, 1.0),
}


_HALF_A_POINT = 0.005
_WINDOW = 40
_WORD_BEFORE = re.compile(r"(?<!\w)[^\W\d_][\w']*[ -]$")
_WORD_AFTER = re.compile(r"[ -][^\W\d_][\w']*")


def _convert(known: Quantity, asked: Quantity) -> float | None:
    """The value of ``known`` in the unit of ``asked``, or ``None`` where they measure different things."""
    if known.kind == "fraction" and asked.unit is not None and asked.unit.dimension == "percent":
        return known.value * 100
    if asked.kind == "fraction" and known.unit is not None and known.unit.dimension == "percent":
        share = known.value / 100
        return asked.value if abs(share - asked.value) < _HALF_A_POINT else share
    if {known.kind, asked.kind} <= {"cardinal", "fraction"}:
        if known.unit is None and asked.unit is None:
            return known.value
        if known.unit is None or asked.unit is None or known.unit.dimension != asked.unit.dimension:
            return None
        return known.value * known.unit.factor / asked.unit.factor
    return known.value if known.kind == asked.kind and known.second == asked.second else None


def _same(value: float, asked: Quantity, converted: bool) -> bool:
    if math.isclose(value, asked.value, rel_tol=1e-9):
        return True
    if asked.kind == "clock":
        return abs(value - asked.value) == 720 and min(value, asked.value) < 720 and value % 60 != 0
    return converted and _rounds_to(value, asked.value)


def _rounds_to(value: float, rounded: float) -> bool:
    """Whether ``rounded`` is ``value`` with fewer significant digits (two at least)."""
    if value <= 0 or rounded <= 0:
        return False
    digits = len(f"{rounded:.6g}".replace(".", "").strip("0"))
    return float(f"{value:.{max(digits, 2)}g}") == float(f"{rounded:.6g}")


def compare(known: Quantity, asked: Quantity) -> str:
    """Whether ``known`` supports ``asked``: ``"yes"``, ``"loosely"`` (the same number, another hedge) or ``"no"``."""
    value = _convert(known, asked)
    if value is None:
        return "no"
    converted = known.unit != asked.unit or known.kind != asked.kind
    same = _same(value, asked, converted)
    if same and known.hedge == asked.hedge:
        return "yes"
    if same:
        return _compare_hedges(known.hedge, asked.hedge)
    if converted and _digits(asked.value) > 2:
        return "no"
    return _compare_hedged(value, known.hedge, asked)


def _compare_hedges(known: str, wanted: str) -> str:
    """The same number, hedged in different ways."""
    if known in _IMPLIED_BY.get(wanted, ()):
        return "yes"
    return "no" if wanted in {"over", "under"} and not known else "loosely"


def _compare_hedged(value: float, known: str, asked: Quantity) -> str:
    """Different numbers. "About 60" is met by 58, not by "about 61": only a rounder number may differ."""
    wanted, limit = asked.hedge, asked.value
    if wanted == "":
        return "loosely" if _rounds_to(value, limit) and asked.kind != "ordinal" else "no"
    low, high = _BOUNDS[wanted]
    if not low * limit <= value <= high * limit:
        return "no"
    against = {"under", "most", "nearly"} if high > 1.5 else {"over", "least"} if low < 0.8 else set()
    return "yes" if _digits(limit) < _digits(value) and known not in against else "loosely"


def _digits(value: float) -> int:
    return len(f"{value:.10g}".replace(".", "").strip("0"))


def quantity_findings(statement: Reading, pool: Pool) -> Iterator[Finding]:
    """What speaks against the numbers of the statement."""
    if not statement.quantities:
        return
    known = [(reading, quantity) for reading in pool.cited for quantity in reading.quantities]
    years = {day.year for reading in pool.cited for day in reading.dates}
    for asked in statement.quantities:
        if asked.value in years and asked.unit is None:
            continue
        if _is_enumerator(statement, asked) or _is_of_title(statement, asked, pool):
            continue
        finding = _judge(statement, asked, known) or _repeated(statement, asked, known)
        if finding is not None:
            yield finding


def _judge(statement: Reading, asked: Quantity, known: list[tuple[Reading, Quantity]]) -> Finding | None:
    text = statement.source(asked.start, asked.end)
    outcomes = [(compare(quantity, asked), reading, quantity) for reading, quantity in known]
    met = [(reading, quantity) for outcome, reading, quantity in outcomes if outcome == "yes"]
    rivals = [(r, q) for outcome, r, q in outcomes if outcome == "no" and _counts_the_same(q, asked)]
    rival = rivals[0][0].source(rivals[0][1].start, rivals[0][1].end) if rivals else None
    if met:
        if rival is None:
            return None
        fitting = [item for item in met if not item[1].counted or _shares_counted(item[1], asked)]
        if fitting and _closeness(statement, asked, fitting) >= _closeness(statement, asked, rivals):
            return None
        return Finding("unsupported", f"the cited text says {rival!r}, not {text!r}")
    if asked.value == 1 and asked.unit is None and asked.kind == "cardinal" and rival is None:
        return None
    loose = next((r.source(q.start, q.end) for outcome, r, q in outcomes if outcome == "loosely"), None)
    if loose is not None:
        return Finding("partial", f"{text!r} is not exactly what the cited text says ({loose!r})")
    if asked.value == 1 and asked.unit is None and asked.kind == "ordinal" and rival is None:
        return Finding("partial", f"{text!r} is not in the cited text")
    also = f", which says {rival!r}" if rival else ""
    return Finding("unsupported", f"{text!r} is not in the cited text{also}")


def _closeness(statement: Reading, asked: Quantity, known: list[tuple[Reading, Quantity]]) -> int:
    """How many of the words around ``asked`` stand around the one of ``known`` that shares most."""
    mine = _company(statement, asked)
    return max(len(mine & _company(reading, quantity)) for reading, quantity in known)


def _company(reading: Reading, quantity: Quantity) -> set[str]:
    window = reading.folded.text[max(0, quantity.start - _WINDOW) : quantity.end + _WINDOW]
    return {stem(token.text) for token in tokens(window) if not is_stop_word(token.text)}


def _is_of_title(statement: Reading, value: Quantity | Day, pool: Pool) -> bool:
    """Whether a number or date is part of what a headline names: "2nd Marquess of Linlithgow", "Under-21"."""
    text = statement.folded.text
    before = _WORD_BEFORE.search(text[max(0, value.start - _WINDOW) : value.start])
    after = _WORD_AFTER.match(text[value.end : value.end + _WINDOW])
    phrases = [text[value.start - len(before[0]) : value.end]] if before else []
    phrases += [text[value.start : value.end + len(after[0])]] if after else []
    return any(
        re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", title.folded.text)
        for phrase in phrases
        for title in pool.titles
        if STOP_WORDS.isdisjoint(phrase.strip().split())
    )


def _is_enumerator(statement: Reading, asked: Quantity) -> bool:
    """Whether the number only counts items: "(1)", "2)"."""
    return statement.folded.text[asked.end : asked.end + 1] == ")" and asked.value < 10 and not asked.unit


def _repeated(statement: Reading, asked: Quantity, known: list[tuple[Reading, Quantity]]) -> Finding | None:
    """A share or amount that the statement has more often than the cited text: one of them took another's place."""
    if asked.unit is None or asked.unit.dimension in {"time", "calendar"}:
        return None
    mine = sum(other.value == asked.value and other.unit == asked.unit for other in statement.quantities)
    theirs = sum(compare(quantity, asked) != "no" for _, quantity in known)
    if mine <= max(1, theirs):
        return None
    text = statement.source(asked.start, asked.end)
    return Finding("unsupported", f"{text!r} stands only once in the cited text")


def has_rivals(value: str, text: str) -> bool:
    """Whether a text has other numbers or dates of the kind that a bare one ("24", "in 1907") is.

    Args:
        value: words that say little beside a number or date.
        text: what they are said to be from.
    """
    mine, theirs = Reading(value), Reading(text)
    numbers = [is_another(asked, known) for asked in mine.quantities for known in theirs.quantities]
    return any(numbers) or any(is_another(asked, known) for asked in mine.dates for known in theirs.dates)


def is_another(asked: Day | Quantity, known: Day | Quantity) -> bool | None:
    """Whether a number or date is another one of the same kind; ``None`` where the two are of different kinds."""
    if isinstance(asked, Quantity) and isinstance(known, Quantity):
        return compare(known, asked) == "no" if _of_one_kind(asked, known) else None
    if not isinstance(asked, Day) or not isinstance(known, Day) or not _same_parts(asked, known):
        return None
    return any(getattr(asked, part) not in {None, getattr(known, part)} for part in ("year", "month", "day", "weekday"))


def _of_one_kind(asked: Quantity, known: Quantity) -> bool:
    if asked.unit is None or known.unit is None:
        return asked.unit is known.unit and asked.kind == known.kind
    return asked.unit.dimension == known.unit.dimension


def _same_parts(asked: Day, known: Day) -> bool:
    return (asked.year is None, asked.weekday is None) == (known.year is None, known.weekday is None)


def _counts_the_same(known: Quantity, asked: Quantity) -> bool:
    """Whether both stand right before the same word: "57 people", "50 people"."""
    if known.unit is not None and asked.unit is not None and known.unit.dimension != asked.unit.dimension:
        return False
    return bool(asked.counted[:1]) and asked.counted[0] in known.counted[:2]


def _shares_counted(known: Quantity, asked: Quantity) -> bool:
    return not asked.counted or bool(set(known.counted) & set(asked.counted))


def date_findings(statement: Reading, pool: Pool) -> Iterator[Finding]:
    """What speaks against the days, months and years of the statement."""
    if not statement.dates:
        return
    numbers = {quantity.value for reading in pool.cited for quantity in reading.quantities}
    titled = {day.year for reading in pool.titles for day in reading.dates}
    for asked in statement.dates:
        if asked.month is None and asked.weekday is None and asked.year in numbers | titled:
            continue
        if _is_of_title(statement, asked, pool):
            continue
        if not any(
            is_covered(asked, reading.dates, parse_published(published))
            for reading, published in zip(pool.cited, pool.published, strict=True)
        ):
            yield Finding("unsupported", f"{statement.source(asked.start, asked.end)!r} is not in the cited text")
