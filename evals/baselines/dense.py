"""The built-in embedder alone: the passage nearest in meaning, and in it the nearest sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from evals.baselines.quoting import quoting, split
from evals.datasets import Dataset
from qa.embedders import PassageInput, open_embedder
from qa.records import Answer, Passage, Turn


class _Dense:
    def __init__(self, dataset: Dataset) -> None:
        self._articles = {article.id: article for article in dataset.articles}
        self._passages = split(dataset.articles)
        self._embedder = open_embedder("minilm")
        inputs = [
            PassageInput(p.title, p.text, tuple(span.shift(-p.start) for span in p.sentences)) for p in self._passages
        ]
        vectors = self._embedder.embed_passages(inputs)
        self._vectors = np.stack([one.passage for one in vectors])
        self._sentences = {
            (p.article_id, p.start): one.sentences for p, one in zip(self._passages, vectors, strict=True)
        }

    def answer(self, question: str, history: Sequence[Turn]) -> Answer:
        passages = self.search(question, 8)
        best = passages[0]
        vectors = self._sentences[best.article_id, best.start]
        assert vectors is not None  # the built-in embedder gives them
        cosines = vectors @ self._embedder.embed_queries([question])[0]
        place = int(np.argmax(cosines))
        quotes = [(best.article_id, best.sentences[place])]
        confidence = float(cosines[place])
        return quoting(question, quotes, self._articles, name="dense", passages=passages, confidence=confidence)

    def search(self, query: str, k: int) -> list[Passage]:
        cosines = self._vectors @ self._embedder.embed_queries([query])[0]
        order = np.argsort(-cosines, kind="stable")[:k]
        return [replace(self._passages[place], score=float(cosines[place])) for place in order]


def open_system(dataset: Dataset) -> _Dense:
    """The baseline."""
    return _Dense(dataset)
