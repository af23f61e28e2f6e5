"""The side pane: an article with the cited words marked, its other citations too, and the way from one to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from qa.page.markup import Html, element, escape, isolated, join, link
from qa.page.words import article_line, day
from qa.records import Article, Citation, Span

AROUND = 40_000
"""Code points shown on either side of the words in question; the longest article must not stall a browser."""

EMPTY = element(
    "div",
    element("p", "Click a footnote to read the article it comes from, at the very words."),
    class_="qa-pane-empty",
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked range of an article: a footnote's, or (number 0) one that a person chose."""

    span: Span
    number: int = 0
    current: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """What is open: an article at some words, on behalf of a turn of the conversation.

    ``sources`` names the outlets of the answer's articles by their ids.
    """

    article: Article
    marks: Sequence[Mark]
    turn: int = -1
    citations: Sequence[Citation] = ()
    number: int = 0
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def current(self) -> Mark | None:
        """The mark to scroll to."""
        return next((mark for mark in self.marks if mark.current), None)


def opened_at(
    article: Article,
    citations: Sequence[Citation],
    number: int,
    turn: int,
    sources: Mapping[str, str] | None = None,
) -> Opened:
    """An article opened at the footnote ``number``, the answer's other footnotes in it marked too.

    A footnote whose words do not stand there any more, since the article was changed, is not marked.
    """
    marks = [
        Mark(Span(citation.start, citation.end), citation.number, citation.number == number)
        for citation in citations
        if citation.article_id == article.id
        and 0 <= citation.start < citation.end
        and article.text[citation.start : citation.end] == citation.quote
    ]
    return Opened(article, marks, turn, citations, number, sources or {})


def pane_failure(message: str) -> Html:
    """A pane that says why there is no article in it."""
    close = _button("Close (Esc)", "×", data_event="close", class_="qa-close")
    words = element("p", isolated(message), class_="qa-failed", role="alert")
    return element("section", element("div", close, class_="qa-pane-controls"), words, class_="qa-pane")


def pane(opened: Opened) -> Html:
    """The pane's content."""
    return element(
        "section",
        _controls(opened),
        _tabs(opened),
        _heading(opened.article),
        _changed() if opened.number and not opened.current else "",
        element("div", _text(opened), class_="qa-article-text", tabindex="0", dir="auto", aria_label="Article text"),
        class_="qa-pane",
        aria_label="Article",
    )


def _controls(opened: Opened) -> Html:
    numbers = [citation.number for citation in opened.citations]
    current = opened.number
    place = numbers.index(current) if current in numbers else -1
    before = numbers[place - 1] if place > 0 else None
    after = numbers[place + 1] if 0 <= place < len(numbers) - 1 else None
    parts = [_button("Close the article (Esc)", "×", data_event="close", class_="qa-close")]
    if place >= 0:
        parts = [
            _step("Previous footnote (p)", "‹", opened.turn, before),
            element("span", f"Footnote {current} of {len(numbers)}", class_="qa-place", role="status"),
            _step("Next footnote (n)", "›", opened.turn, after),
            *parts,
        ]
    return element("div", *parts, class_="qa-pane-controls")


def _step(label: str, sign: str, turn: int, number: int | None) -> Html:
    direction = "previous" if sign == "‹" else "next"
    return _button(
        label,
        sign,
        data_event="cite" if number else None,
        data_turn=turn,
        data_number=number,
        data_step=direction,
        disabled=number is None,
    )


def _button(label: str, sign: str, **attributes: str | int | bool | None) -> Html:
    return element(
        "button", element("span", sign, aria_hidden="true"), type="button", aria_label=label, title=label, **attributes
    )


def _tabs(opened: Opened) -> Html:
    """The other articles of the answer, when there are any."""
    first: dict[str, Citation] = {}
    for citation in opened.citations:
        first.setdefault(citation.article_id, citation)
    if len(first) < 2:
        return Html()
    rows = [
        element(
            "button",
            article_line(citation.title or citation.article_id, citation.published, opened.sources.get(article_id, "")),
            type="button",
            class_="qa-tab",
            data_event="cite",
            data_turn=opened.turn,
            data_number=citation.number,
            aria_current="true" if article_id == opened.article.id else None,
        )
        for article_id, citation in first.items()
    ]
    return element("nav", *rows, class_="qa-tabs", aria_label="Articles of this answer")


def _heading(article: Article) -> Html:
    details = [isolated(part) for part in (article.source, day(article.published), article.id) if part]
    if article.url:
        details.append(isolated(link(article.url, "original", class_="qa-original")))
    return element(
        "header",
        element("h2", isolated(article.title or article.id), dir="auto"),
        element("p", isolated(article.subtitle), class_="qa-subtitle", dir="auto") if article.subtitle else "",
        element("p", join(element("span", detail) for detail in details), class_="qa-details"),
    )


def _changed() -> Html:
    words = "The article has changed since it was cited: the quoted words do not stand there any more."
    return element("p", words, class_="qa-failed", role="alert")


def _text(opened: Opened) -> Html:
    """The text as paragraphs; ranges are never moved, only wrapped."""
    text, current = opened.article.text, opened.current
    middle = current.span.start if current else 0
    first, last = max(0, middle - AROUND), min(len(text), (current.span.end if current else 0) + AROUND)
    parts = []
    if first:
        parts.append(element("p", f"… {first:,} characters before this are not shown", class_="qa-small"))
    start = first
    for line in text[first:last].split("\n"):
        end = start + len(line)
        if line.strip():
            parts.append(_paragraph(opened, start, end))
        start = end + 1
    if last < len(text):
        parts.append(element("p", f"… {len(text) - last:,} characters after this are not shown", class_="qa-small"))
    return join(parts)


def _paragraph(opened: Opened, start: int, end: int) -> Html:
    """One paragraph; dimmed when words are marked somewhere but not here."""
    text = opened.article.text
    marks = [mark for mark in opened.marks if mark.span.start < end and mark.span.end > start]
    edges = {start, end}
    for mark in marks:
        edges |= {max(start, mark.span.start), min(end, mark.span.end)}
    ordered = sorted(edges)
    pieces = [
        _piece(text[left:right], [mark for mark in marks if mark.span.start <= left and right <= mark.span.end])
        for left, right in pairwise(ordered)
    ]
    dimmed = bool(opened.marks) and not marks
    return element("p", *pieces, class_="qa-dim" if dimmed else None, dir="auto")


def _piece(words: str, marks: Sequence[Mark]) -> Html:
    if not marks:
        return escape(words)
    current = any(mark.current for mark in marks)
    numbers = " ".join(str(mark.number) for mark in marks if mark.number)
    label = f"Footnote {numbers}" if numbers else "Marked words"
    return element(
        "mark",
        words,
        class_="qa-mark",
        data_current="true" if current else None,
        data_numbers=numbers or None,
        title=label,
        tabindex="-1" if current else None,
    )
