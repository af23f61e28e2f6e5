"""What a reader of a footnote wants to know beside it: opinion or report, the days left open, who else prints it.

"On Wednesday" is a day of the calendar only together with the day of the report, so that day is inferred, and said to
be. Copies, such as those of an agency's report, are one source: they are named, not counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from qa.advertisements import is_advertisement
from qa.archive import Archive
from qa.days import in_words, weekday
from qa.index.lexical import Filter
from qa.opinion import opinion_sign
from qa.records import Citation
from qa.retrieve import shingles
from qa.verify.dates import Day, parse_published, resolve
from qa.verify.reading import read

MOST_COPIES = 5
_LOOKED_AT = 12
_FEWEST, _SHARED = 5, 0.75
"""Runs of four words that a quote must have for copies to be told, and how many of them a copy shares."""
_AHEAD = frozenset("will shall to next coming expected plans planned due until by from".split())
"""Words of what is still to come: "on Friday" may then be the Friday before or after the report."""
_NEAR = 12
"""Words before a weekday among which those count."""


@dataclass(frozen=True, slots=True)
class InferredDay:
    """Words of a quote and the day that they mean, inferred from the day of the report."""

    words: str
    day: date


@dataclass(frozen=True, slots=True)
class Copy:
    """Another article with the same words."""

    article_id: str
    title: str
    published: str | None
    source: str


def particulars(citation: Citation, archive: Archive) -> list[str]:
    """All of it as lines to be read."""
    article = archive.article(citation.article_id)
    paid = ["advertisement: somebody paid for it, it is no report"] if is_advertisement(article) else []
    sign = opinion_sign(article)
    opinion = [f"opinion, {sign}: somebody's view, not a report"] if sign else []
    days = [
        f"“{inferred.words}”: {weekday(inferred.day)}, {in_words(inferred.day)}, by the day of the report"
        for inferred in inferred_days(citation)
    ]
    copies = []
    for copy in copies_of(citation, archive):
        where = ", ".join(part for part in (copy.source, copy.published or "", copy.article_id) if part)
        copies.append(f"also printed as “{copy.title or copy.article_id}” ({where})")
    return [*paid, *opinion, *days, *copies]


def inferred_days(citation: Citation) -> list[InferredDay]:
    """The days that the words of a footnote leave open; none where the day of the report is not known."""
    published = parse_published(citation.published)
    if published is None:
        return []
    reading = read(citation.quote)
    found: dict[str, InferredDay] = {}
    for named in reading.dates:
        day = _open_day(named, published, reading.folded.text)
        if day is not None:
            words = reading.source(named.start, named.end).rstrip(".,")
            found.setdefault(words.lower(), InferredDay(words, day))
    return list(found.values())


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


def copies_of(citation: Citation, archive: Archive) -> list[Copy]:
    """Other articles that print nearly the same words, ``MOST_COPIES`` at most; none for a few words."""
    index, words = archive.index, shingles(citation.quote)
    if len(words) < _FEWEST:
        return []
    with index.view():
        terms = list(dict.fromkeys(index.lexical.terms(citation.quote)))
        found = index.passages(id_ for id_, _ in index.matching(terms, _LOOKED_AT, Filter()))
    copies: dict[str, Copy] = {}
    for item in found.values():
        entry = item.entry
        if entry.id != citation.article_id and len(words & shingles(item.passage.text)) >= _SHARED * len(words):
            copies.setdefault(entry.id, Copy(entry.id, entry.title, entry.published, entry.source))
    return list(copies.values())[:MOST_COPIES]
