"""Dates as news files spell them, to ISO 8601. Nothing is guessed: 03/04/2025 is two days, so it is none.

English and numeric forms, with a time and a zone or without. A zone whose abbreviation is used in several parts of
the world is left out, the time kept.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone

_LONGEST = 100
_YEARS = range(1000, 3000)
_YEARS_IN_NAMES = range(1900, 2100)

_MONTHS = {
    name: number
    for number, names in enumerate(
        "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|september sept sep|october oct|"
        "november nov|december dec".split("|"),
        start=1,
    )
    for name in names.split()
}
_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4})"
_GAP = r"(?:\s*[-,/]\s*|\s+)"

_WORDED = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_DAY}(?:\s+of)?{_GAP}{_MONTH}{_GAP}?{_YEAR}",
        rf"{_MONTH}{_GAP}?{_DAY}{_GAP}{_YEAR}",
        rf"{_YEAR}{_GAP}{_MONTH}{_GAP}?{_DAY}",
    )
]
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{4})(\d\d)(\d\d)")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
_WEEKDAY = re.compile(r"(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?\b\.?,?\s*", re.IGNORECASE)
_EDGES = re.compile(r"^(?:[\s,|·•–—-]|\b(?:on|at)\b)+|(?:[\s,|·•–—-]|\b(?:at|T)\b|(?<=\d)T)+$", re.IGNORECASE)
_TIME = re.compile(
    r"""(?:(?<=\d)[Tt]|(?<![\d:.]))
    (?: (?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?(?![\d:])\s*(?P<half>[AaPp]\.?[Mm]\b\.?)?
      | (?P<hour_only>\d{1,2})\s*(?P<half_only>[AaPp]\.?[Mm]\b\.?)
      | (?<=[Tt])(?P<packed>\d{6}|\d{4}) )
    (?:\s*\(?(?P<zone>[Zz]\b|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d\d)?(?!\d)|(?!MAY\b|JUNE\b|JULY\b|MARCH\b|APRIL\b)[A-Z]{2,5}\b)\)?)?
    (?:\s*\([A-Z]{2,5}\))?""",
    re.VERBOSE,
)
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d\d)?")
_ZONES = {"Z": 0, "UTC": 0, "GMT": 0, "EST": -5, "EDT": -4, "PST": -8, "PDT": -7, "CET": 1, "CEST": 2, "MSK": 3}
_SEPARATED_IN_NAME = re.compile(r"(?<!\d)(\d{4})([-_.])(\d\d)\2(\d\d)(?!\d)")
_PACKED_IN_NAME = re.compile(r"(?<![^\W_])(\d{4})()(\d\d)(\d\d)(?![^\W_])")
_FOLDERS_IN_NAME = re.compile(r"(?:^|/)(\d{4})(/)(\d\d)/(\d\d)/")


def read_date(text: str) -> str | None:
    """The ISO form of a date, as ``2025-09-24`` or with its time as ``2025-09-24T10:30:00+00:00``.

    Args:
        text: the date alone; a weekday and a time may stand with it.

    Returns:
        ``None`` where the text is no date, or could be more than one.
    """
    text = " ".join(text.split())
    if len(text) > _LONGEST:
        return None
    found = _TIME.search(text)
    rest = f"{text[: found.start()]} {text[found.end() :]}" if found else text
    day = _day(_trimmed(rest))
    if day is None or found is None:
        return day.isoformat() if day else None
    moment = _time(found)
    return datetime.combine(day, moment).isoformat() if moment else None


def date_in_name(name: str) -> str | None:
    """The date in a file's path: ``2025-09-24-title.txt``, ``title_20250924.txt``, ``2025/09/24/title.txt``.

    Args:
        name: the path with ``/`` between its parts.

    Returns:
        ``None`` where there is none, or several different ones.
    """
    own = name.rsplit("/", 1)[-1]
    for pattern, part in ((_SEPARATED_IN_NAME, own), (_PACKED_IN_NAME, own), (_FOLDERS_IN_NAME, name)):
        days = {
            day.isoformat()
            for year, _, month, number in pattern.findall(part)
            if int(year) in _YEARS_IN_NAMES and (day := _valid(year, month, number))
        }
        if len(days) == 1:
            return days.pop()
    return None


def _trimmed(text: str) -> str:
    """The text without a weekday, and without what joins a date and a time, at its ends."""
    text = _EDGES.sub("", text)
    return _EDGES.sub("", _WEEKDAY.sub("", text, count=1) if _WEEKDAY.match(text) else text)


def _day(text: str) -> date | None:
    for pattern in _WORDED:
        if found := pattern.fullmatch(text):
            return _valid(found["year"], str(_MONTHS[found["month"].lower()]), found["day"])
    if found := _YEAR_FIRST.fullmatch(text):
        return _valid(*(part for part in found.group(1, 3, 4, 5, 6, 7) if part))
    if found := _YEAR_LAST.fullmatch(text):
        first, second, year = found.group(1, 3, 4)
        readings = {_valid(year, second, first), _valid(year, first, second)} - {None}
        return readings.pop() if len(readings) == 1 else None
    return None


def _valid(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day)) if int(year) in _YEARS else None
    except ValueError:
        return None


def _time(found: re.Match[str]) -> time | None:
    if packed := found["packed"]:
        hour, minute, second = packed[:2], packed[2:4], packed[4:]
    else:
        hour, minute, second = found["hour"] or found["hour_only"], found["minute"] or "0", found["second"] or ""
    hours = int(hour)
    if half := found["half"] or found["half_only"]:
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if half[0] in "Pp" else 0)
    try:
        return time(hours, int(minute), int(second or 0), tzinfo=_zone(found["zone"] or ""))
    except ValueError:
        return None


def _zone(name: str) -> timezone | None:
    """The zone of a name or an offset; ``None`` where there is none, or the name means several.

    Raises:
        ValueError: if the offset is a day or more.
    """
    if found := _OFFSET.fullmatch(name):
        sign, hours, minutes = found.groups()
        offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
        return timezone(-offset if sign == "-" else offset)
    hour = _ZONES.get(name.upper())
    return None if hour is None else timezone(timedelta(hours=hour))
