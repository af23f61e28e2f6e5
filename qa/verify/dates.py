"""Days, months, years and weekdays named in a text, and whether one text's dates cover another's.

Dates are partial: "in September", "on Wednesday", "24 September 2025". The day of publication turns weekdays and
"yesterday" into days of the calendar; without it they stay what they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from qa.verify.units import UNITS

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTH = (
    r"(?P<month>january|jan|february|feb|march|mar|april|apr|may|june|jun|july|jul|august|aug"
    r"|september|sept|sep|october|oct|november|nov|december|dec)\b\.?"
)
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>1[0-9]\d\d|20\d\d)(?![\d,.]*\d)"
_AMBIGUOUS = {"may", "march", "mar", "sun", "sat", "jan", "dec"}


@dataclass(frozen=True, slots=True)
class Day:
    """A date as far as it is said; ``start:end`` is its range in the folded text. ``month`` is 1-12, Monday is 0."""

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    decade: int | None = None
    relative: str = ""


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Compiled when first needed: importing stays quick."""
    measures = "|".join(re.escape(word) + r"\b" for word in UNITS if word.isalpha())
    return tuple(
        re.compile(pattern)
        for pattern in (
            r"(?<!\d)(?P<year>[12]\d{3})-(?P<month>[01]\d)-(?P<day>[0-3]\d)(?!\d)",
            rf"\b{_MONTH} {_DAY}\b(?!:)(?:[,.]* {_YEAR})?",
            rf"(?<![\d.,$]){_DAY}(?: of)? {_MONTH}(?:,? {_YEAR})?",
            rf"\b{_MONTH}(?:,? (?:of )?{_YEAR})",
            rf"\b{_MONTH}",
            r"\b(?P<weekday>mon|tues?|wednes|thurs?|fri|satur|sun)days?\b",
            r"\b(?P<decade>1[5-9]\d0|20\d0)'?s\b",
            r"\b(?P<relative>today|yesterday|tomorrow|tonight|(?:last|this|next) (?:week|month|year|weekend))\b",
            rf"(?<![\d.,$€£#/-]){_YEAR}(?![%\w])(?! (?:percent|per cent|people|million|billion|{measures}))",
            r"(?<=\d{4}-)(?P<year>1[5-9]\d\d|20\d\d)(?!\d)",
        )
    )


def read_dates(folded: str, source_is_upper: Callable[[int], bool]) -> list[Day]:
    """The dates of a folded text; ``source_is_upper(i)`` says whether its character ``i`` was a capital.

    Capitals tell the month from the verb in "may" and "march".
    """
    found: list[Day] = []
    taken = bytearray(len(folded))
    for pattern in _patterns():
        for match in pattern.finditer(folded):
            if any(taken[match.start() : match.end()]) or not _is_date(match, source_is_upper):
                continue
            taken[match.start() : match.end()] = b"\1" * (match.end() - match.start())
            found.append(_day(match))
    return sorted(found, key=lambda day: day.start)


def _is_date(match: re.Match[str], source_is_upper: Callable[[int], bool]) -> bool:
    groups = match.groupdict()
    month = groups.get("month")
    if month in _AMBIGUOUS and match.group() == month and not source_is_upper(match.start()):
        return False
    number = groups.get("day")
    return number is None or 1 <= int(number) <= 31


def _day(match: re.Match[str]) -> Day:
    groups = match.groupdict()
    month, weekday = groups.get("month"), groups.get("weekday")
    return Day(
        match.start(),
        match.end(),
        year=_number(groups.get("year")),
        month=None if month is None else int(month) if month.isdigit() else _MONTHS.index(month[:3]) + 1,
        day=_number(groups.get("day")),
        weekday=None if weekday is None else _WEEKDAYS.index(weekday[:3]),
        decade=_number(groups.get("decade")),
        relative=groups.get("relative") or "",
    )


def _number(digits: str | None) -> int | None:
    return None if digits is None else int(digits)


def parse_published(published: str | None) -> date | None:
    """The day of an ISO date or date-time; ``None`` where there is none or it is not one."""
    try:
        return date.fromisoformat(published[:10]) if published else None
    except ValueError:
        return None


def resolve(day: Day, published: date | None) -> Day:
    """The same day with all parts of the calendar that follow from the day of publication filled in."""
    if published is not None:
        day = _fill(day, published)
    if day.year and day.month and day.day and day.weekday is None:
        try:
            return replace(day, weekday=date(day.year, day.month, day.day).weekday())
        except ValueError:
            return day
    return day


def _fill(day: Day, published: date) -> Day:
    shift = {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1}.get(day.relative)
    if day.weekday is not None:
        shift = -((published.weekday() - day.weekday) % 7)
    if shift is not None and 0 < published.toordinal() + shift <= date.max.toordinal():
        on = date.fromordinal(published.toordinal() + shift)
        return replace(day, year=on.year, month=on.month, day=on.day)
    if day.relative.endswith("year"):
        return replace(day, year=published.year + {"last": -1, "this": 0, "next": 1}[day.relative[:4]])
    if day.month is not None and day.year is None:
        later = (day.month, day.day or 1) > (published.month, published.day)
        return replace(
            day, year=published.year - 1 if later and _months_ahead(day.month, published) > 3 else published.year
        )
    return day


def _months_ahead(month: int, published: date) -> int:
    return (month - published.month) % 12


def is_covered(asked: Day, known: Sequence[Day], published: date | None) -> bool:
    """Whether one of the ``known`` days says all that ``asked`` says, read with the day of publication."""
    years = {day.year for day in known if day.year}
    return any(_says(day, asked, years, published) for day in known)


def _says(known: Day, asked: Day, years: set[int], published: date | None) -> bool:
    if asked.relative:
        if known.relative == asked.relative:
            return True
        asked = replace(resolve(asked, published), weekday=None)
        if asked.year is None:
            return False
    if asked.decade is not None:
        return known.decade == asked.decade or (known.year is not None and known.year // 10 * 10 == asked.decade)
    if asked.weekday is not None and known.weekday == asked.weekday:
        return _agrees(known, asked)
    full = resolve(known, published)
    for part in ("month", "day", "weekday"):
        wanted = getattr(asked, part)
        if wanted is not None and getattr(full, part) != wanted:
            return False
    return asked.year is None or asked.year == full.year or (known.year is None and known.month and asked.year in years)  # type: ignore[return-value]


def _agrees(known: Day, asked: Day) -> bool:
    pairs = ((known.month, asked.month), (known.day, asked.day), (known.year, asked.year))
    return all(wanted is None or have is None or have == wanted for have, wanted in pairs)
