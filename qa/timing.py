"""The time that a question asks about: "as of 4 March", "in February", "since the strike", "so far"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from qa.periods import Frame, frame_around
from qa.ranking import Candidate
from qa.verify.dates import Day, parse_published, resolve
from qa.verify.reading import read

_CUE = re.compile(r"\b(?:as of|by|on|in|at|of|until|till|before|during|early|late|mid)\b[^,.?!]{0,32}$", re.IGNORECASE)
_SINCE = re.compile(r"\b(?:since|after|from|between|following)\b[^,.?!]{0,24}$", re.IGNORECASE)
_FROM_ON = re.compile(
    r"\b(?:since|after|from)(?: the)?(?: (?:morning|evening|night|end|beginning) of)?\s*$", re.IGNORECASE
)
_NEWEST = re.compile(
    r"\b(?:latest|newest|most recent|current(?:ly)?|now|so far|at present|today|by now)\b", re.IGNORECASE
)
_JOINING = re.compile(
    r"(?:\b(?:between|from|since|after|before|until|till|by|as of|up to|in|on|at|of|during|early|late|and|to|the|end"
    r"|beginning|start|month|year)\s+)+$",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\b(?:between|from)(?: the)?\s*$", re.IGNORECASE)
_TO = re.compile(r"^\s*(?:and|to|until|till)(?: the)?\s*$", re.IGNORECASE)
_KNOWN_ON = re.compile(r"\b(?:known|clear|certain)\b[^.?!]*\bon(?: the)?\s*$", re.IGNORECASE)
_LAST_NIGHT = re.compile(r"\b(?:last night|overnight|late (?:in the evening|at night))\b", re.IGNORECASE)
_UP_TO = re.compile(r"\b(?:as of|by|until|till|before|up to)\b[^,.?!]{0,32}$", re.IGNORECASE)


def frame_of(question: str, newest: date) -> Frame | None:
    """The time a question asks about; ``None`` where it names none, or several.

    Args:
        question: as asked.
        newest: day of the newest report found; a day without a year is the last one of that name before it.
    """
    days, folded = days_in(question), read(question).folded.text
    if len(days) == 2:
        return _between(days, folded, newest)
    if len(days) != 1:
        return None
    before = folded[: days[0].start]
    named = frame_around(resolve(days[0], newest), before)
    if named is not None and _FROM_ON.search(before):
        after = re.search(r"\bafter\b[^.?!]*$", before)
        start = named.end + timedelta(days=1) if after else named.start
        return Frame(start, newest, bounded=True) if start <= newest else None
    return None if _SINCE.search(before) or not _CUE.search(before) else named


def without_days(text: str) -> str:
    """The text without its days and the words that join them to it; the text itself where nothing else is left."""
    reading = read(text)
    left, place = "", 0
    for day in days_in(text):
        start, end = reading.folded.source_range(day.start, day.end)
        left += _JOINING.sub(" ", text[place:start])
        place = end
    kept = " ".join((left + text[place:]).split()).replace(" ?", "?")
    return kept if any(character.isalnum() for character in kept) else text


def _between(days: Sequence[Day], folded: str, newest: date) -> Frame | None:
    """The time from the first of two days to the second, where a question says so."""
    first, last = days
    if not _BETWEEN.search(folded[: first.start]) or not _TO.search(folded[first.end : last.start]):
        return None
    frames = [frame_around(resolve(day, newest)) for day in (first, last)]
    if frames[0] is None or frames[1] is None or frames[0].start > frames[1].end:
        return None
    return Frame(frames[0].start, frames[1].end, bounded=True)


def asks_for_newest(question: str) -> bool:
    """Whether a question wants what is newest, in so many words."""
    return bool(_NEWEST.search(question))


def asks_what_was_known(question: str) -> bool:
    """Whether a question wants what was known by a day: "as of", "by", "until", "known on"."""
    folded = read(question).folded.text
    return any(_UP_TO.search(folded[: day.start]) or _KNOWN_ON.search(folded[: day.start]) for day in days_in(question))


def reports_within(candidates: Sequence[Candidate], question: str, frame: Frame | None = None) -> list[Candidate]:
    """The reports of the time that a question asks about; all of them where it asks about none.

    What happens on a day stands in the reports of the next one, too: those that say so count, unless it is asked what
    was known by then. What was long before any report stands in all of them.

    Args:
        candidates: the reports.
        question: asks about a time.
        frame: that time, where it has been read.
    """
    dated = [day for candidate in candidates if (day := parse_published(candidate.passage.published))]
    if frame is None:
        frame = frame_of(question, max(dated)) if dated else None
        if frame is None or frame.end < min(dated):
            return list(candidates)
    was_known = asks_what_was_known(question)
    start = date.min if was_known and not frame.bounded else frame.start
    return [
        one
        for one in candidates
        if (day := parse_published(one.passage.published))
        and start <= day
        and (day <= frame.end or (not was_known and _tells_of_the_day_before(one, day, frame)))
    ]


def _tells_of_the_day_before(candidate: Candidate, published: date, frame: Frame) -> bool:
    """Whether a report of the day after the time names a day of it, or speaks of last night."""
    if (published - frame.end).days != 1:
        return False
    text = candidate.passage.text
    if _LAST_NIGHT.search(text):
        return True
    days = (frame_around(resolve(day, published)) for day in read(text).dates)
    return any(day and day.start == day.end and frame.start <= day.start <= frame.end for day in days)


def days_in(question: str) -> list[Day]:
    """The days, months and years that a question names."""
    return [day for day in read(question).dates if day.month or day.year]
