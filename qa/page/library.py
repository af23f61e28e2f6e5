"""The articles at hand: what there is of them, filtered and sorted, for the page's list and its header."""

from __future__ import annotations

from collections.abc import Sequence
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
    file: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Overview:
    """How many articles there are, between which dates, and from which outlets."""

    articles: int = 0
    first: str = ""
    last: str = ""
    sources: tuple[str, ...] = ()


def overview(assistant: Assistant) -> Overview:
    """What there is; nothing where there is no index yet."""
    try:
        with assistant.archive.index.view() as catalog:
            count, first, last = catalog.rows("select count(*), min(published), max(published) from articles")[0]
            return Overview(int(str(count)), str(first or ""), str(last or ""), tuple(catalog.sources()))
    except QAError:
        return Overview()


def find(assistant: Assistant, wanted: Wanted) -> tuple[list[Row], int]:
    """The articles wanted and how many there are in all: by date, newest first, or best first where words are given.

    Raises:
        QAError: for a malformed date, or where the index cannot be used.
    """
    if any(character.isalnum() for character in wanted.words):
        return _found_by_words(assistant, wanted)
    restriction(wanted.since or None, wanted.until or None, wanted.sources)
    conditions: list[str] = ["1"]
    values: list[object] = []
    if wanted.since:
        conditions, values = [*conditions, "substr(published, 1, 10) >= ?"], [*values, wanted.since]
    if wanted.until:
        conditions, values = [*conditions, "substr(published, 1, 10) <= ?"], [*values, wanted.until]
    if wanted.sources:
        marks = ", ".join("?" * len(wanted.sources))
        conditions, values = [*conditions, f"source in ({marks})"], [*values, *wanted.sources]
    where = " and ".join(conditions)
    with assistant.archive.index.view() as catalog:
        total = catalog.number(f"select count(*) from articles where {where}", values)
        rows = catalog.rows(
            f"select id, title, published, source, file from articles where {where}"
            " order by published is null, published desc, id limit ?",
            [*values, wanted.count],
        )
    return [_row(row) for row in rows], total


def _found_by_words(assistant: Assistant, wanted: Wanted) -> tuple[list[Row], int]:
    passages = assistant.search(
        wanted.words,
        min(4 * wanted.count, 400),
        since=wanted.since or None,
        until=wanted.until or None,
        sources=wanted.sources,
    )
    rows: dict[str, Row] = {}
    for item in passages:
        file = assistant.archive.index.entry(item.article_id).file
        rows.setdefault(item.article_id, Row(item.article_id, item.title, item.published, item.source, file, item.text))
    return list(rows.values())[: wanted.count], len(rows)


def _row(row: Sequence[object]) -> Row:
    id_, title, published, source, file = row
    return Row(str(id_), str(title), str(published) if published else None, str(source), str(file))


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
