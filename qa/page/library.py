"""The articles at hand: what there is of them, filtered and sorted, for the page's list and its header."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qa.archive import restriction
from qa.assistant import Assistant
from qa.errors import QAError
from qa.page.markup import Html, element, join
from qa.page.words import article_line, counted, day, shortened

PAGE = 25
"""Articles listed at a time."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which articles to list; dates are ISO dates and inclusive, empty ones are none."""

    words: str = ""
    since: str = ""
    until: str = ""
    sources: tuple[str, ...] = ()
    count: int = PAGE


@dataclass(frozen=True, slots=True)
class Row:
    """An article in the list; ``words`` are from its text, where it was found by them."""

    id: str
    title: str
    published: str | None
    source: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Overview:
    """How many articles there are, between which dates, and from which outlets."""

    articles: int = 0
    first: str = ""
    last: str = ""
    sources: tuple[str, ...] = ()


class Library:
    """The articles of an assistant, listed once for each state of its index. Safe to share between threads."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._lock = threading.Lock()
        self._listed: tuple[int, list[Row]] | None = None

    def overview(self) -> Overview:
        """What there is; nothing where there is no index yet."""
        try:
            rows = self._rows()
        except QAError:
            return Overview()
        dates = [row.published for row in rows if row.published]
        sources = sorted({row.source for row in rows if row.source})
        return Overview(len(rows), min(dates, default=""), max(dates, default=""), tuple(sources))

    def find(self, wanted: Wanted) -> tuple[list[Row], int]:
        """The articles wanted and how many there are in all: newest first, or best first where words are given.

        Raises:
            QAError: for a malformed date, or where the index cannot be used.
        """
        if any(character.isalnum() for character in wanted.words):
            return self._found_by_words(wanted)
        restriction(wanted.since or None, wanted.until or None, wanted.sources)
        rows = [row for row in self._rows() if _fits(row, wanted)]
        return rows[: wanted.count], len(rows)

    def sources_of(self, ids: Iterable[str]) -> dict[str, str]:
        """The outlets of some articles by their ids; articles that are gone are left out."""
        found: dict[str, str] = {}
        with self._assistant.archive.index.view() as catalog:
            for id_ in set(ids):
                entry = catalog.entry(id_)
                if entry is not None:
                    found[id_] = entry.source
        return found

    def _found_by_words(self, wanted: Wanted) -> tuple[list[Row], int]:
        passages = self._assistant.search(
            wanted.words,
            min(4 * wanted.count, 400),
            since=wanted.since or None,
            until=wanted.until or None,
            sources=wanted.sources,
        )
        rows: dict[str, Row] = {}
        for item in passages:
            rows.setdefault(item.article_id, Row(item.article_id, item.title, item.published, item.source, item.text))
        return list(rows.values())[: wanted.count], len(rows)

    def _rows(self) -> list[Row]:
        with self._lock, self._assistant.archive.index.view() as catalog:
            generation = catalog.generation
            if self._listed is None or self._listed[0] != generation:
                rows = [Row(item.id, item.title, item.published, item.source) for item in catalog.entries()]
                # Newest first, undated last, those of one day in the order of their ids.
                rows.sort(key=lambda row: (row.published or "")[:10], reverse=True)
                self._listed = generation, rows
            return self._listed[1]


def _fits(row: Row, wanted: Wanted) -> bool:
    day_ = (row.published or "")[:10]
    return (
        (not wanted.since or day_ >= wanted.since)
        and (not wanted.until or "" < day_ <= wanted.until)
        and (not wanted.sources or row.source in wanted.sources)
    )


def article_list(rows: Sequence[Row], total: int, changeable: bool, by_words: bool) -> Html:
    """The list, each article with a way to open and to remove it."""
    if not rows:
        return element("p", "No article fits. Change the words, the dates or the sources.", class_="qa-small")
    shown = "best first" if by_words else "newest first"
    head = element("p", f"{len(rows):,} of {counted(total, 'article')}, {shown}", class_="qa-small", role="status")
    return join([head, element("ul", *(_entry(row, changeable) for row in rows), class_="qa-articles")])


def _entry(row: Row, changeable: bool) -> Html:
    words = element("span", shortened(row.words, 200), class_="qa-quote") if row.words else ""
    opening = element(
        "button",
        article_line(row.title or row.id, row.published, row.source),
        words,
        type="button",
        class_="qa-source",
        data_event="open",
        data_article=row.id,
    )
    removing = element(
        "button",
        "Remove",
        type="button",
        class_="qa-action",
        data_event="remove",
        data_article=row.id,
        aria_label=f"Remove {shortened(row.title or row.id, 80)}",
    )
    return element("li", opening, removing if changeable else "")


def overview_line(found: Overview) -> str:
    """The overview in words."""
    if not found.articles:
        return "No articles yet"
    parts = [counted(found.articles, "article")]
    if found.first:
        parts.append(f"{day(found.first)} – {day(found.last)}" if found.first != found.last else day(found.first))
    if found.sources:
        parts.append(counted(len(found.sources), "source"))
    return " · ".join(parts)
