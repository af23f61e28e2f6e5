"""The days of the calendar that a footnote's words leave open: "on Wednesday", "yesterday", "last week".

They follow only from the day of the report, so they are inferred, and have to be said to be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from qa.days import in_words, month_of, span_in_words, week_of, weekday, year_of
from qa.records import Citation
from qa.verify.dates import Day, parse_published, resolve
from qa.verify.numerals import ONES
from qa.verify.reading import Reading, read

_AHEAD = frozenset("will shall to next coming expected plans planned due until by from".split())
"""Words of what is still to come: "on Friday" may then be the Friday before or after the report."""
_NEAR = 12
"""Words before a weekday among which those count."""
_FEW = tuple(word for word, value in ONES.items() if 2 <= value <= 6)
_OF_THE_DAY = re.compile(
    r"\b(?:(?P<same>this (?:morning|afternoon|evening))|(?P<before>last night)"
    rf"|(?P<count>\d{{1,2}}|{'|'.join(_FEW)}) days ago)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class InferredTime:
    """Words of a quote and the days that they mean, the last one included, inferred from the day of the report."""

    words: str
    first: date
    last: date

    @property
    def in_calendar(self) -> str:
        """The days as a reader writes them: "Friday, 14 March 2031", "3 to 9 March 2031", "February 2031"."""
        day = f"{weekday(self.first)}, {in_words(self.first)}"
        return day if self.first == self.last else span_in_words(self.first, self.last)


def inferred_times(citation: Citation) -> list[InferredTime]:
    """The times that the words of a footnote leave open, in order; none where the day of the report is not known."""
    published = parse_published(citation.published)
    if published is None:
        return []
    reading = read(citation.quote)
    found: dict[str, InferredTime] = {}
    for start, end, first, last in sorted([*_by_dates(reading, published), *_by_words(reading, published)]):
        words = reading.source(start, end).rstrip(".,")
        found.setdefault(words.lower(), InferredTime(words, first, last))
    return list(found.values())


_Found = tuple[int, int, date, date]
"""A range of the folded text, and the first and the last day that it means."""


def _by_dates(reading: Reading, published: date) -> Iterator[_Found]:
    for named in reading.dates:
        day = _open_day(named, published, reading.folded.text)
        if day is not None:
            yield named.start, named.end, day, day
        elif named.relative:
            span = _open_span(named.relative, published)
            if span is not None:
                yield named.start, named.end, *span


def _by_words(reading: Reading, published: date) -> Iterator[_Found]:
    """Parts of days, and days that are counted back."""
    for match in _OF_THE_DAY.finditer(reading.folded.text):
        count = match["count"]
        back = 0 if match["same"] else 1 if match["before"] else ONES.get(count) or int(count)
        if back < published.toordinal():
            day = published - timedelta(days=back)
            yield match.start(), match.end(), day, day


def _open_day(named: Day, published: date, text: str) -> date | None:
    """The day of the calendar, where the text names it only by its weekday, by "yesterday", or without its year."""
    is_weekday = named.weekday is not None and named.day is None
    is_open = is_weekday or named.relative in ("today", "tonight", "yesterday", "tomorrow")
    if not (is_open or (named.day and named.month and not named.year)):
        return None
    if is_weekday and not _AHEAD.isdisjoint(text[: named.start].split()[-_NEAR:]):
        return None
    full = resolve(named, published)
    try:
        return date(full.year or 0, full.month or 0, full.day or 0)
    except ValueError:
        return None


def _open_span(relative: str, published: date) -> tuple[date, date] | None:
    """The days of "last week", "this month", "next year"; of weekends only the last, for the others may be disputed."""
    which, _, unit = relative.partition(" ")
    ahead = {"last": -1, "this": 0, "next": 1}.get(which)
    if ahead is None or not date.min.year < published.year < date.max.year:
        return None
    if unit == "week":
        return week_of(published + timedelta(days=7 * ahead))
    if unit == "month":
        first, last = month_of(published)
        return month_of(first - timedelta(days=1) if ahead < 0 else last + timedelta(days=1) if ahead else published)
    if unit == "year":
        return year_of(date(published.year + ahead, 1, 1))
    if unit == "weekend" and ahead < 0:
        sunday = week_of(published)[0] - timedelta(days=1)
        return sunday - timedelta(days=1), sunday
    return None
