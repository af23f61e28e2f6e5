"""What a reader of a footnote wants to know beside it: opinion or report, the times left open, who else prints it.

Copies, such as those of an agency's report, are one source: they are named, not counted.
"""

from __future__ import annotations

from dataclasses import dataclass

from qa.advertisements import is_advertisement
from qa.archive import Archive
from qa.index.lexical import Filter
from qa.inferred_times import inferred_times
from qa.opinion import opinion_sign
from qa.records import Citation
from qa.retrieve import shingles

MOST_COPIES = 5
_LOOKED_AT = 12
_FEWEST, _SHARED = 5, 0.75
"""Runs of four words that a quote must have for copies to be told, and how many of them a copy shares."""


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
    times = [f"“{one.words}”: {one.in_calendar}, by the day of the report" for one in inferred_times(citation)]
    copies = []
    for copy in copies_of(citation, archive):
        where = ", ".join(part for part in (copy.source, copy.published or "", copy.article_id) if part)
        copies.append(f"also printed as “{copy.title or copy.article_id}” ({where})")
    return [*paid, *opinion, *times, *copies]


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
