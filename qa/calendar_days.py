"""A question's "yesterday" and "last week" as days of the calendar, read from the day on which it is asked.

Articles never say when a question is asked, so such words are told to nothing else: in their place stand days that a
report can be of ("on 3 March 2031", "between 24 February 2031 and 2 March 2031"). "Today" in a question for what is so
now is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from qa.days import WEEKDAYS, in_words, month_in_words, month_of, week_of, year_of
from qa.verify.numerals import ONES

_NUMBERS = {word: value for word, value in ONES.items() if 1 <= value <= 12}
_BEFORE = (
    r"(?P<lead>(?P<before>since|after|from|by|until|till|as of|before|up to)\s+(?:the\s+)?"
    r"|(?:in|on|during|over|within|for|of)\s+(?:the\s+)?|the\s+(?=(?:last|past)\b))?"
)
_UNIT = r"(?:week(?:end)?|month|year)"
_WHEN = re.compile(
    rf"\b{_BEFORE}(?:(?P<day>[Yy]esterday|the day before yesterday|[Tt]oday|[Tt]onight)"
    rf"|(?P<which>[Ll]ast|past|[Tt]his)\s+(?P<unit>{_UNIT})"
    rf"|last\s+(?P<weekday>{'|'.join(WEEKDAYS)})"
    rf"|(?:last|past)\s+(?P<count>\d{{1,3}}|{'|'.join(_NUMBERS)}|few|couple of)\s+(?P<units>days|weeks|months|years))"
    r"\b(?!-)(?P<own>['’]s\s+(?P<noun>[\w-]+))?"
)
_OF_A_DAY = re.compile(r"\b(?:did|happen\w*)\b", re.IGNORECASE)
"""Asks for what was on a day, not for what is so now."""
_FEW = 3
_DAYS_OF = {"days": 1, "weeks": 7, "months": 30, "years": 365}
_OPENING = {"since", "from", "before"}


def in_calendar(question: str, today: date) -> str:
    """The question with days of the calendar in place of those told from ``today``; itself where it tells none."""
    of_a_day = bool(_OF_A_DAY.search(question))
    return _WHEN.sub(lambda match: _written(match, today, of_a_day), question)


def _written(match: re.Match[str], today: date, of_a_day: bool) -> str:
    if (match["day"] or "").lower() in ("today", "tonight") and (match["before"] or not of_a_day):
        return match.group()
    first, last = _span(match, today)
    words = _joined(first, last, match["before"] or "", in_year=match["unit"] == "year")
    if match["own"]:
        return f"{match['lead'] or ''}the {match['noun']} {_joined(first, last, '', in_year=match['unit'] == 'year')}"
    return words[0].upper() + words[1:] if match.start() == 0 else words


def _span(match: re.Match[str], today: date) -> tuple[date, date]:
    """The first and the last day that are meant."""
    if match["day"]:
        back = {"yesterday": 1, "the day before yesterday": 2}.get(match["day"].lower(), 0)
        return (today - timedelta(days=back),) * 2
    if match["weekday"]:
        back = (today.weekday() - WEEKDAYS.index(match["weekday"])) % 7 or 7
        return (today - timedelta(days=back),) * 2
    if match["count"]:
        count = _NUMBERS.get(match["count"]) or (int(match["count"]) if match["count"].isdigit() else _FEW)
        return max(today - timedelta(days=count * _DAYS_OF[match["units"]]), date.min), today
    return _UNITS[match["unit"]](today, match["which"].lower() != "this")


def _week(today: date, is_last: bool) -> tuple[date, date]:
    return week_of(today - timedelta(days=7)) if is_last else (week_of(today)[0], today)


def _weekend(today: date, is_last: bool) -> tuple[date, date]:
    saturday = today - timedelta(days=(today.weekday() - 5) % 7)
    if is_last and today.weekday() >= 5:
        saturday -= timedelta(days=7)
    return saturday, saturday + timedelta(days=1)


def _month(today: date, is_last: bool) -> tuple[date, date]:
    return month_of(today.replace(day=1) - timedelta(days=1) if is_last else today)


def _year(today: date, is_last: bool) -> tuple[date, date]:
    return year_of(date(today.year - is_last, 1, 1))


_UNITS: dict[str, Callable[[date, bool], tuple[date, date]]] = {
    "week": _week,
    "weekend": _weekend,
    "month": _month,
    "year": _year,
}


def _joined(first: date, last: date, before: str, *, in_year: bool) -> str:
    if before == "after":
        return f"after {in_words(last)}"
    if before:
        return f"{before} {in_words(first if before in _OPENING else last)}"
    if first == last:
        return f"on {in_words(first)}"
    if in_year:
        return f"in {first.year}"
    if first.day == 1 and (first.year, first.month) == (last.year, last.month) and last.day >= 28:
        return f"in {month_in_words(first)}"
    return f"between {in_words(first)} and {in_words(last)}"
