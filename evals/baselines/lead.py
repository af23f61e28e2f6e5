"""The first sentences of the article that BM25 finds: news tells the most important thing first."""

from __future__ import annotations

from collections.abc import Sequence

from evals.baselines.quoting import passage_of, quoting, split
from evals.baselines.words import WordSearch
from evals.datasets import Dataset
from qa.records import Answer, Passage, Turn
from qa.sentences import sentence_spans, trimmed

SENTENCES = 3


class _Lead:
    def __init__(self, dataset: Dataset) -> None:
        self._articles = {article.id: article for article in dataset.articles}
        self._words = WordSearch(split(dataset.articles))

    def answer(self, question: str, history: Sequence[Turn]) -> Answer:
        passages = self.search(question, 8)
        quotes = [(p.article_id, span) for p in passages[:1] for span in p.sentences]
        return quoting(question, quotes, self._articles, name="lead", passages=passages, confidence=0.5)

    def search(self, query: str, k: int) -> list[Passage]:
        """The opening of each of the articles that hold the best passages."""
        found = self._words.search(query, 5 * k)
        return [self._opening(article_id) for article_id in dict.fromkeys(p.article_id for p in found)][:k]

    def _opening(self, article_id: str) -> Passage:
        article = self._articles[article_id]
        visible = [span for span in sentence_spans(article.text) if trimmed(article.text, span)]
        return passage_of(article, visible[:SENTENCES])


def open_system(dataset: Dataset) -> _Lead:
    """The baseline."""
    return _Lead(dataset)
