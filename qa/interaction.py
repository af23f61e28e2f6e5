"""A question and a sentence compared word by word in meaning ("late interaction").

Each token of the question looks for the token of the sentence that is nearest to it (Khattab and Zaharia 2020,
arXiv:2004.12832); how near they are, on the whole, weighed by the rarity of words, and at worst, are the features.
Beside them stands what a dictionary says of the words: "daily" is a "newspaper".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from qa.news_words import interchangeable
from qa.question import Question
from qa.verify.related import relation
from qa.words import content_stems

Vectors = NDArray[np.float32]

INTERACTION_FEATURES = (
    *("near_all", "near_content", "near_rare", "near_rare_fourth", "near_other", "near_least"),
    *("related", "related_in_context"),
)
_UNKNOWN = 0.4
_RELATED = {"same": 1.0, "derived": 1.0, "synonym": 0.8, "narrower": 0.7, "broader": 0.5, "sibling": 0.3}
"""How much of a question's word a related word counts for."""
_INTERCHANGEABLE = 0.8


@runtime_checkable
class TokenEmbedder(Protocol):
    """An embedder that gives a vector for each token."""

    def token_vectors(self, texts: Sequence[str]) -> list[tuple[list[tuple[int, int]], Vectors]]:
        """For each text the ranges of its tokens and their vectors (tokens, dimension), of unit length."""


def interact(
    question: Question,
    sentences: Sequence[tuple[str, str]],
    embedder: TokenEmbedder,
    terms: Callable[[str], Sequence[str]],
) -> Vectors:
    """Compares the question with each sentence: (number of sentences, ``len(INTERACTION_FEATURES)``).

    Args:
        question: the question, understood.
        sentences: each sentence with its context: title and the sentences before it.
        embedder: gives the tokens' vectors.
        terms: splits a text into words as they are indexed.
    """
    (ranges, asked), *found = embedder.token_vectors([question.text, *(sentence for sentence, _ in sentences)])
    words, weights = _token_words(question, ranges, terms)
    rows = [
        [*_nearness(asked, vectors, words, weights), *_relatedness(question, sentence, context)]
        for (sentence, context), (_, vectors) in zip(sentences, found, strict=True)
    ]
    return np.array(rows, np.float32).reshape(-1, len(INTERACTION_FEATURES))


def _nearness(asked: Vectors, vectors: Vectors, words: NDArray[np.int64], weights: Vectors) -> list[float]:
    if not len(vectors) or not len(asked):
        return [_UNKNOWN] * 6
    nearest = (asked @ vectors.T).max(axis=1)
    content = weights > 0
    if not content.any():
        content, weights = np.ones_like(content), np.ones_like(weights)
    total = float(weights.sum())
    by_word = [float(nearest[content & (words == word)].mean()) for word in np.unique(words[content])]
    return [
        float(nearest.mean()),
        float(nearest[content].mean()),
        float(nearest @ weights) / total,
        float(np.maximum(nearest, 0) ** 4 @ weights) / total,
        float(nearest[~content].mean()) if not content.all() else _UNKNOWN,
        min(by_word),
    ]


def _relatedness(question: Question, sentence: str, context: str) -> tuple[float, float]:
    """Share of the question's words that the sentence says or nearly says; and the same with its context."""
    total = sum(question.stems.values())
    if not total:
        return 0.0, 0.0
    own, around = _stems(sentence), _stems(context)
    alone = {word: _best_relation(word, own) for word in question.stems}
    shared = {word: max(alone[word], _best_relation(word, around)) for word in question.stems}
    return (
        sum(weight * alone[word] for word, weight in question.stems.items()) / total,
        sum(weight * shared[word] for word, weight in question.stems.items()) / total,
    )


def _best_relation(word: str, others: frozenset[str]) -> float:
    if word in others:
        return 1.0
    return max((_relation(other, word) for other in others), default=0.0)


@lru_cache(maxsize=65536)
def _relation(other: str, word: str) -> float:
    return _INTERCHANGEABLE if interchangeable(other, word) else _RELATED.get(relation(other, word), 0.0)


_stems = lru_cache(maxsize=4096)(content_stems)


def _token_words(
    question: Question, ranges: Sequence[tuple[int, int]], terms: Callable[[str], Sequence[str]]
) -> tuple[NDArray[np.int64], Vectors]:
    """For each token where its word starts, and the rarity of that word; zero for words that carry no content."""
    text = question.text
    starts, weights = [], []
    for start, end in ranges:
        while start > 0 and text[start - 1].isalnum():
            start -= 1
        while end < len(text) and text[end].isalnum():
            end += 1
        starts.append(start)
        weights.append(max((question.weights.get(term, 0.0) for term in terms(text[start:end])), default=0.0))
    return np.array(starts, np.int64), np.array(weights, np.float32)
