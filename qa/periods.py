"""Times that a text names, as days of the calendar: "from 2014 to 2016", "(1993-95)", "since May 2012".

A sentence that tells of the time a question asks about answers it rather than one that tells of another time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from qa.verify.dates import Day, resolve
from qa.verify.reading import Reading

_HAS_YEAR = re.compile(r"(?<!\d)(?:1\d|20)\d\d(?!\d)")
_JOINED = re.compile(r"\s*(?:-|to|and|until|till|through)\s*(?:(?:the|late|early|mid|around)\s+)*")
_AND = re.compile(r"\s*and\b")
_BETWEEN = re.compile(r"\bbetween(?: the)?\s*$")
_SHORT_YEAR = re.compile(r"-(\d\d)(?![\d-])")
_STILL = re.compile(r"\s*(?:-|to|until|till)\s*(?:the )?(?:present|now|today)\b")
_FROM = re.compile(r"\b(?:since|from|after)(?: (?:late|early|mid))?\s*$")
_UNTIL = re.compile(r"\b(?:until|till|before|up to)(?: (?:late|early|mid))?\s*$")

SAME, WHOLE, PART, ANOTHER = 3.0, 2.0, 1.5, -0.5
"""What it adds to a sentence's score that it tells of the very time, of a longer one, of one that shares days with it,
or only of other times. Chosen on the even articles of TimeQA, see ``evals/bench/README.md``."""
_TIMES_AS_LONG = 50
"""A longer time than so many times the one asked about tells nothing of it: "since 2009" of a day in 2031."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The days a question asks about, first and last included; ``bounded`` where earlier reports do not count, too."""

    start: date
    end: date
    bounded: bool = False


def frame_around(day: Day, before: str = "") -> Frame | None:
    """All days of a month, a year or a day, as far as ``before``, the words before it, do not narrow them."""
    if day.year is None:
        return None
    try:
        start = date(day.year, day.month or 1, day.day or 1)
    except ValueError:
        return None
    end = start
    if not day.day:
        following = date(start.year + (not day.month or day.month == 12), (day.month or 12) % 12 + 1, 1)
        end = following - timedelta(days=1)
        if re.search(r"\b(?:end|late)\b", before):
            start = end - timedelta(days=7)
        elif re.search(r"\b(?:beginning|start|early)\b", before):
            end = start + timedelta(days=9)
    if re.search(r"\bbefore\b", before):
        start, end = start - timedelta(days=7), start - timedelta(days=1)
    return Frame(start, end)


def periods(text: str, published: date | None = None) -> tuple[Frame, ...]:
    """The times that a text names, in order; one that has no end yet ends on the last day there is.

    Args:
        text: names them with their years.
        published: the day of the text, if known, which tells the year of a month or a day without one.
    """
    if published is None and not _HAS_YEAR.search(text):
        return ()
    reading = Reading(text)
    named = [day for day in reading.dates if day.year or day.month]
    days, folded = [day if day.year else resolve(day, published) for day in named], reading.folded.text
    found: list[Frame] = []
    place = 0
    while place < len(days):
        joined = place + 1 < len(days) and _are_joined(folded, days[place], days[place + 1])
        frame = _joined(days[place], days[place + 1]) if joined else _single(folded, days[place])
        if frame:
            found.append(frame)
        place += 2 if joined else 1
    return tuple(found)


def fit(asked: Frame, told: Sequence[Frame]) -> float:
    """What it is worth that a sentence tells of these times where a question asks about one; 0 where it tells none."""
    if not told:
        return 0.0
    if any((one.start, one.end) == (asked.start, asked.end) for one in told):
        return SAME
    shared = [one for one in told if one.start <= asked.end and asked.start <= one.end]
    if not shared:
        return ANOTHER
    most = _TIMES_AS_LONG * ((asked.end - asked.start).days + 1)
    near = [one for one in shared if (asked.start - one.start).days <= most and not _ends_late(one, asked, most)]
    if any(one.start <= asked.start and asked.end <= one.end for one in near):
        return WHOLE
    return PART if near else 0.0


def _ends_late(told: Frame, asked: Frame, most: int) -> bool:
    return told.end != date.max and (told.end - asked.end).days > most


def _are_joined(folded: str, first: Day, last: Day) -> bool:
    """Whether two days are the ends of one time: "from 1990 to 1993", "between May and June 2012"."""
    between = folded[first.end : last.start]
    if not last.year or not _JOINED.fullmatch(between):
        return False
    return bool(_BETWEEN.search(folded[: first.start])) if _AND.match(between) else True


def _joined(first: Day, last: Day) -> Frame | None:
    opening, closing = frame_around(replace(first, year=first.year or last.year)), frame_around(last)
    return Frame(opening.start, closing.end) if opening and closing and opening.start <= closing.end else None


def _single(folded: str, day: Day) -> Frame | None:
    frame = frame_around(day)
    if frame is None:
        return None
    before, behind = folded[: day.start], folded[day.end :]
    short = _SHORT_YEAR.match(behind)
    if short and not day.month:
        end = frame_around(Day(0, 0, frame.start.year // 100 * 100 + int(short[1])))
        return Frame(frame.start, end.end) if end and end.end >= frame.start else frame
    if _STILL.match(behind) or _FROM.search(before):
        return Frame(frame.start, date.max)
    return Frame(date.min, frame.end) if _UNTIL.search(before) else frame
