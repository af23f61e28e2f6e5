"""Days in English words, whatever language the machine is set to; the week, the month and the year of a day."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def in_words(day: date) -> str:
    """As in "4 March 2031"."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def month_in_words(day: date) -> str:
    """As in "March 2031"."""
    return f"{_MONTHS[day.month - 1]} {day.year}"


def weekday(day: date) -> str:
    """As in "Tuesday"."""
    return WEEKDAYS[day.weekday()]


def week_of(day: date) -> tuple[date, date]:
    """Monday and Sunday of the week that a day is in."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of the month that a day is in."""
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def year_of(day: date) -> tuple[date, date]:
    """The first and the last day of the year that a day is in."""
    return date(day.year, 1, 1), date(day.year, 12, 31)


def span_in_words(first: date, last: date) -> str:
    """As in "March 2031", "2031", "3 to 9 March 2031", "29 March to 4 April 2031"."""
    if first == last:
        return in_words(first)
    if (first, last) == year_of(first):
        return str(first.year)
    if (first, last) == month_of(first):
        return month_in_words(first)
    if first.year != last.year:
        return f"{in_words(first)} to {in_words(last)}"
    opening = str(first.day) if first.month == last.month else f"{first.day} {_MONTHS[first.month - 1]}"
    return f"{opening} to {in_words(last)}"
