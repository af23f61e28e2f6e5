"""The gold evidence, quoted: what quoting whole sentences can reach at best, and a check of the gold itself."""

from __future__ import annotations

from collections.abc import Sequence

from evals.baselines.quoting import passage_of, quoting
from evals.cases import Case
from evals.datasets import Dataset
from qa.records import Answer, Passage, Span, Turn
from qa.sentences import sentence_spans


class _Oracle:
    def __init__(self, dataset: Dataset) -> None:
        self._articles = {article.id: article for article in dataset.articles}
        self._cases = {(case.question, case.history): case for case in dataset.cases}
        self._by_question = {case.question: case for case in dataset.cases}
        self._sentences: dict[str, list[Span]] = {}

    def answer(self, question: str, history: Sequence[Turn]) -> Answer:
        case = self._cases[question, tuple(history)]
        passages = self._passages(case) if case.answerable else []
        quotes = [(p.article_id, Span(p.start, p.end)) for p in passages]
        return quoting(question, quotes, self._articles, name="oracle", passages=passages, confidence=1.0)

    def search(self, query: str, k: int) -> list[Passage]:
        return self._passages(self._by_question[query])[:k]

    def _passages(self, case: Case) -> list[Passage]:
        """The first alternative of each group, widened to whole sentences, each sentence once."""
        wanted = {
            (item.article_id, span)
            for group in case.evidence
            for item in group[0]
            for span in self._spans(item.article_id)
            if span.start < item.end and item.start < span.end
        }
        return [passage_of(self._articles[article_id], [span]) for article_id, span in sorted(wanted)]

    def _spans(self, article_id: str) -> list[Span]:
        if article_id not in self._sentences:
            self._sentences[article_id] = sentence_spans(self._articles[article_id].text)
        return self._sentences[article_id]


def open_system(dataset: Dataset) -> _Oracle:
    """The baseline."""
    return _Oracle(dataset)
