"""BM25 alone: the best passage by its words, and in it the sentence that holds most of the question's."""

from __future__ import annotations

from collections.abc import Sequence

from evals.baselines.quoting import quoting, split
from evals.baselines.words import WordSearch
from evals.datasets import Dataset
from qa.records import Answer, Passage, Turn


class _BM25:
    def __init__(self, dataset: Dataset) -> None:
        self._articles = {article.id: article for article in dataset.articles}
        self._words = WordSearch(split(dataset.articles))

    def answer(self, question: str, history: Sequence[Turn]) -> Answer:
        passages = self.search(question, 8)
        weights = self._words.weights(question)
        shares = [
            (sum(weights.get(term, 0.0) for term in set(self._words.terms(p.sentence_text(span)))), p.article_id, span)
            for p in passages[:1]
            for span in p.sentences
        ]
        best = max(shares, key=lambda item: (item[0], -item[2].start), default=None)
        quotes = [(best[1], best[2])] if best else []
        confidence = best[0] / sum(weights.values()) if best and weights else 0.0
        return quoting(question, quotes, self._articles, name="bm25", passages=passages, confidence=confidence)

    def search(self, query: str, k: int) -> list[Passage]:
        return self._words.search(query, k)


def open_system(dataset: Dataset) -> _BM25:
    """The baseline."""
    return _BM25(dataset)
