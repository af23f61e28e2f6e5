"""A question and a sentence compared word by word in meaning ("late interaction").

Each token of the question looks for the token of the sentence that is nearest to it (Khattab and Zaharia 2020,
arXiv:2004.12832); how near they are, on the whole and weighed by the rarity of words, are the features.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from qa.question import Question

Vectors = NDArray[np.float32]

INTERACTION_FEATURES = ("near_all", "near_content", "near_rare", "near_rare_fourth", "near_other")
_UNKNOWN = 0.4


@runtime_checkable
class TokenEmbedder(Protocol):
    """An embedder that gives a vector for each token."""

    def token_vectors(self, texts: Sequence[str]) -> list[tuple[list[tuple[int, int]], Vectors]]:
        """For each text the ranges of its tokens and their vectors (tokens, dimension), of unit length."""


def interact(
    question: Question, sentences: Sequence[str], embedder: TokenEmbedder, terms: Callable[[str], Sequence[str]]
) -> Vectors:
    """Compares the question with each sentence: (number of sentences, ``len(INTERACTION_FEATURES)``).

    Args:
        question: the question, understood.
        sentences: the sentences.
        embedder: gives the tokens' vectors.
        terms: splits a text into words as they are indexed.
    """
    (ranges, asked), *found = embedder.token_vectors([question.text, *sentences])
    weights = _token_weights(question, ranges, terms)
    content = weights > 0
    if not content.any():
        content, weights = np.ones_like(content), np.ones_like(weights)
    rows = [_row(asked, vectors, weights, content) for _, vectors in found]
    return np.array(rows, np.float32).reshape(-1, len(INTERACTION_FEATURES))


def _row(asked: Vectors, vectors: Vectors, weights: Vectors, content: NDArray[np.bool_]) -> list[float]:
    if not len(vectors) or not len(asked):
        return [_UNKNOWN] * len(INTERACTION_FEATURES)
    nearest = (asked @ vectors.T).max(axis=1)
    total = float(weights.sum())
    return [
        float(nearest.mean()),
        float(nearest[content].mean()),
        float(nearest @ weights) / total,
        float(np.maximum(nearest, 0) ** 4 @ weights) / total,
        float(nearest[~content].mean()) if not content.all() else _UNKNOWN,
    ]


def _token_weights(
    question: Question, ranges: Sequence[tuple[int, int]], terms: Callable[[str], Sequence[str]]
) -> Vectors:
    """For each token the rarity of the word it is part of; zero for words that carry no content."""
    text = question.text
    weights = []
    for start, end in ranges:
        while start > 0 and text[start - 1].isalnum():
            start -= 1
        while end < len(text) and text[end].isalnum():
            end += 1
        weights.append(max((question.weights.get(term, 0.0) for term in terms(text[start:end])), default=0.0))
    return np.array(weights, np.float32)
