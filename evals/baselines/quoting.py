"""What the baselines share: passages of a dataset, and answers that quote ranges of its articles."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from qa.events import Event, Finished, Working
from qa.passages import passage_sentences
from qa.records import Answer, Article, Citation, Passage, PassageReference, Span, Statement, Turn
from qa.sentences import sentence_spans, trimmed

READ = 8
"""Passages named in an answer, as many as the assistant reads."""


class Answering(Protocol):
    """A system that answers in one go."""

    def answer(self, question: str, history: Sequence[Turn]) -> Answer:
        """The answer."""

    def search(self, query: str, k: int) -> list[Passage]:
        """The best ``k`` passages, best first."""


class Unstreamed:
    """Asked like the assistant, answers at once."""

    def __init__(self, system: Answering) -> None:
        self._system = system

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Event]:
        """Two events: ``Working`` and ``Finished``."""
        started = time.perf_counter()
        yield Working("reading")
        answer = self._system.answer(question, history)
        yield Finished(replace(answer, seconds=round(time.perf_counter() - started, 6)))

    def search(self, query: str, k: int) -> list[Passage]:
        """The best ``k`` passages, best first."""
        return self._system.search(query, k)


def split(articles: Sequence[Article]) -> list[Passage]:
    """The passages of all articles, as the assistant splits them."""
    return [
        passage_of(article, sentences)
        for article in articles
        for sentences in passage_sentences(article.text, sentence_spans(article.text))
    ]


def passage_of(article: Article, sentences: Sequence[Span]) -> Passage:
    """Sentences of an article that follow each other, as a passage."""
    start, end = sentences[0].start, sentences[-1].end
    return Passage(
        article.id,
        start,
        end,
        article.text[start:end],
        tuple(sentences),
        article.title,
        article.published,
        article.source,
    )


def quoting(
    question: str,
    quotes: Sequence[tuple[str, Span]],
    articles: Mapping[str, Article],
    *,
    name: str,
    passages: Sequence[Passage] = (),
    confidence: float = 0.0,
) -> Answer:
    """An answer that says ``quotes``, pairs of article id and range, each with a footnote to itself; else silent."""
    text = ""
    statements: list[Statement] = []
    citations: list[Citation] = []
    for article_id, span in quotes:
        article = articles[article_id]
        cited = trimmed(article.text, span)
        if cited is None:
            continue
        number = len(citations) + 1
        quote = cited.of(article.text)
        citations.append(Citation(number, article_id, article.title, article.published, cited.start, cited.end, quote))
        text += " " if text else ""
        start = len(text)
        text += f"{' '.join(quote.split())} [{number}]"
        statements.append(Statement(start, len(text), (number,), "supported"))
    return Answer(
        question,
        "answered" if citations else "abstained",
        text,
        tuple(statements),
        tuple(citations),
        tuple(PassageReference(p.article_id, p.start, p.end, p.score) for p in passages[:READ]),
        confidence=round(min(1.0, max(0.0, confidence)), 4) if citations else 0.0,
        model=name,
        recipe=name,
    )
