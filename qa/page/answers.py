"""An answer as the page shows it: its words, its footnotes, and how well each sentence is supported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from qa.citations import Marker, find_markers
from qa.citations.addresses import without_addresses
from qa.page.markup import Html, element, escape, isolated, join
from qa.page.words import article_line, day, shortened
from qa.records import Answer, Citation, Passage, Statement, Support

SIGNS: Mapping[Support, tuple[str, str]] = {
    "supported": ("✓", "Supported"),
    "partial": ("◐", "Partly supported"),
    "uncited": ("?", "No footnote"),
    "unsupported": ("✗", "Not supported"),
}
"""A sign and words for each verdict, so that none is told by colour alone."""
_LONGEST_KEPT = 24


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer, whole or as far as it has come, and where it stands on the page.

    ``turn`` is its place in the conversation; clicks on it say so.
    """

    turn: int
    text: str
    statements: Sequence[Statement]
    citations: Sequence[Citation]
    finished: bool = True


def answer_words(shown: Shown) -> Html:
    """The words with superscript footnotes; sentences that are not fully supported carry a sign and the reason."""
    parts: list[Html] = []
    position = 0
    for statement in sorted(shown.statements, key=lambda item: item.start):
        if statement.start < position or statement.end > len(shown.text):
            continue
        parts.append(_words(shown, position, statement.start, frozenset(), "waiting"))
        parts.append(_statement(shown, statement))
        position = statement.end
    known = frozenset() if shown.finished else frozenset(citation.number for citation in shown.citations)
    parts.append(_words(shown, position, len(shown.text), known, "waiting"))
    return element("div", *parts, class_="qa-words", dir="auto")


def _statement(shown: Shown, statement: Statement) -> Html:
    words = _words(shown, statement.start, statement.end, frozenset(statement.citations), statement.support)
    if statement.support == "supported":
        return element("span", words, class_="qa-statement", data_support="supported")
    sign, meaning = SIGNS[statement.support]
    reason = f"{meaning}: {statement.reason}" if statement.reason else meaning
    note = element(
        "span",
        element("span", sign, aria_hidden="true"),
        element("span", isolated(f" {reason}"), class_="qa-reason"),
        class_="qa-verdict",
        role="note",
    )
    return element("span", words, note, class_="qa-statement", data_support=statement.support)


def _words(shown: Shown, start: int, end: int, numbers: frozenset[int], support: str) -> Html:
    """A range of the text; only marks of ``numbers`` become footnotes, whatever else stands in brackets."""
    text = shown.text[start:end]
    by_number = {citation.number: citation for citation in shown.citations}
    parts: list[Html] = []
    position = 0
    for marker in _footnotes(text, numbers & by_number.keys()):
        before = text[position : marker.start].removesuffix(" ")
        kept = _last_word(before)
        parts.append(escape(before[: len(before) - len(kept)]))
        footnote = _footnote(shown.turn, by_number[marker.number], support)
        parts.append(element("span", kept, footnote, class_="qa-kept") if kept else footnote)
        position = marker.end
    return join([*parts, escape(text[position:])])


def _last_word(text: str) -> str:
    """The word that a footnote must not be parted from at the end of a line; none if it is very long."""
    word = text[max(text.rfind(" "), text.rfind("\n")) + 1 :]
    return word if len(word) <= _LONGEST_KEPT else ""


def _footnotes(text: str, numbers: frozenset[int]) -> Iterator[Marker]:
    highest = max(numbers, default=0)
    return (marker for marker in find_markers(text, highest) if marker.number in numbers)


def _footnote(turn: int, citation: Citation, support: str) -> Html:
    where = ", ".join(part for part in (citation.title or citation.article_id, day(citation.published)) if part)
    button = element(
        "button",
        str(citation.number),
        type="button",
        class_="qa-footnote",
        data_event="cite",
        data_turn=turn,
        data_number=citation.number,
        data_support=support,
        data_title=citation.title or citation.article_id,
        data_day=day(citation.published),
        data_quote=shortened(citation.quote, 400),
        aria_label=f"Footnote {citation.number}: {shortened(where, 120)}",
    )
    return element("sup", button)


def source_list(shown: Shown, particulars: Sequence[Sequence[str]] = ()) -> Html:
    """The footnotes as a list: title, date and the quoted words of each, and what there is to be told beside them."""
    rows = [
        element(
            "li",
            element(
                "button",
                element("span", str(citation.number), class_="qa-number"),
                element(
                    "span",
                    article_line(citation.title or citation.article_id, citation.published),
                    element("q", isolated(shortened(citation.quote, 280)), class_="qa-quote"),
                    class_="qa-source-words",
                ),
                type="button",
                class_="qa-source",
                data_event="cite",
                data_turn=shown.turn,
                data_number=citation.number,
            ),
            *(element("p", isolated(line), class_="qa-small") for line in chain(*particulars[place : place + 1])),
        )
        for place, citation in enumerate(shown.citations)
    ]
    return element("ol", *rows, class_="qa-sources", aria_label="Sources") if rows else Html()


def abstention(answer: Answer, nearest: Sequence[Passage], turn: int, searched: str) -> Html:
    """The calm way to say that the articles do not hold the answer, with the nearest passages."""
    rows = [
        element(
            "li",
            element(
                "button",
                article_line(passage.title or passage.article_id, passage.published, passage.source),
                element("span", isolated(shortened(without_addresses(passage.text), 240)), class_="qa-quote"),
                type="button",
                class_="qa-source",
                data_event="passage",
                data_turn=turn,
                data_article=passage.article_id,
                data_start=passage.start,
                data_end=passage.end,
            ),
        )
        for passage in nearest
    ]
    parts = [
        element("p", "The articles do not seem to answer this.", class_="qa-abstained-title"),
        element("p", f"{searched} None of them says it clearly enough to be quoted as an answer.", class_="qa-small"),
    ]
    if rows:
        parts += [element("p", "Nearest passages, to judge for yourself:", class_="qa-small")]
        parts += [element("ol", *rows, class_="qa-sources qa-nearest", aria_label="Nearest passages")]
    return element("div", *parts, class_="qa-abstained")


def failure(message: str) -> Html:
    """What went wrong and what to do, in the page's own look."""
    return element("div", element("strong", "That did not work. "), isolated(message), class_="qa-failed", role="alert")
