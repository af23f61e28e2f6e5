"""Ordering what both searches found: first all of it by words and vectors, then the best sentences once more.

The second look compares tokens (``qa.interaction``), which would cost too much for all. Weights are learned; each
function takes them, so that learning sees exactly what answering sees.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from qa.depth import BALANCED
from qa.embedders import Embedder
from qa.evidence import SENTENCE_FEATURES, SentenceEvidence
from qa.injection import without_orders
from qa.interaction import INTERACTION_FEATURES, TokenEmbedder, interact
from qa.question import Question
from qa.records import Passage, Span
from qa.weights import Weights

Vectors = NDArray[np.float32]
Terms = Callable[[str], Sequence[str]]

FOUND_FEATURES = ("lexical", "dense", "cosine", "lexical_density", "best_cosine", "coverage")
PASSAGE_FEATURES = (*FOUND_FEATURES, "best_sentence", "all_sentences")
MIXED_FEATURES = ("sentence", "passage")
SECOND_FEATURES = (*SENTENCE_FEATURES, *INTERACTION_FEATURES, "passage", "first_look")
SECOND_PASSAGE_FEATURES = ("passage", "best_sentence", "all_sentences")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage found, with all that was seen of it.

    ``found`` are features named by ``FOUND_FEATURES``. ``cosines`` are the sentences' similarities with the question,
    or ``None``. ``first`` is the score of the first look and ``sentence_scores`` are its sentences'. ``copies`` names
    other articles that hold the same words. ``id`` is the passage's in the index. ``sketch`` tells copies of its
    article (``qa.index.sketch``).
    """

    id: str
    passage: Passage
    evidence: SentenceEvidence
    found: Vectors
    cosines: Vectors | None = None
    first: float = 0.0
    sentence_scores: Vectors = field(default_factory=lambda: np.zeros(0, np.float32))
    copies: tuple[str, ...] = ()
    sketch: str = ""


@dataclass(frozen=True, slots=True)
class RankedSentence:
    """A sentence that was looked at again: its place in the candidate's passage, its features and its score."""

    candidate: Candidate
    position: int
    features: Vectors
    score: float

    @property
    def span(self) -> Span:
        """The sentence's range in its article."""
        return self.candidate.passage.sentences[self.position]

    @property
    def text(self) -> str:
        """The sentence's words."""
        return self.candidate.passage.sentence_text(self.span)

    @property
    def context(self) -> str:
        """The article's title and the two sentences before this one in its passage."""
        passage = self.candidate.passage
        before = passage.sentences[max(0, self.position - 2) : self.position]
        return " ".join([passage.title, *(passage.sentence_text(span) for span in before)])


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates and the sentences that were looked at again, each best first."""

    candidates: list[Candidate]
    sentences: list[RankedSentence]


def rank(
    question: Question,
    candidates: Sequence[Candidate],
    embedder: Embedder,
    terms: Terms,
    weights: Weights,
    again: int = BALANCED.again,
) -> Ranking:
    """Orders candidates, and picks and orders their ``again`` best sentences.

    Passages' scores come out as the estimated chance that a passage holds the answer.
    """
    if not candidates:
        return Ranking([], [])
    first = first_look(candidates, weights)
    sentences = second_look(question, first, embedder, terms, weights, again)
    return Ranking(order_passages(first, sentences, weights), sentences)


def rank_once(candidates: Sequence[Candidate], weights: Weights) -> Ranking:
    """Orders candidates by the first look alone; no sentences are picked.

    Passages' scores come out as the estimated chance that a passage holds the answer, if one of them does.
    """
    if not candidates:
        return Ranking([], [])
    first = sorted(first_look(candidates, weights), key=_by_first_look)
    chances = np.exp([candidate.first - first[0].first for candidate in first])
    scored = zip(first, (chances / chances.sum()).tolist(), strict=True)
    return Ranking([_scored(candidate, chance) for candidate, chance in scored], [])


def first_look(candidates: Sequence[Candidate], weights: Weights) -> list[Candidate]:
    """Scores passages by their words, their vectors and their best sentences; and sentences by that and their own."""
    own = own_scores(candidates, weights)
    passages = weights.passage.score(passage_rows(candidates, own))
    lengths = [len(scores) for scores in own]
    mixed = weights.mixed.score(np.stack([np.concatenate(own), np.repeat(passages, lengths)], axis=1))
    mixed += np.concatenate([candidate.evidence.times for candidate in candidates])
    scored = zip(candidates, passages.tolist(), _split(mixed, lengths), strict=True)
    return [replace(candidate, first=first, sentence_scores=scores) for candidate, first, scores in scored]


def own_scores(candidates: Sequence[Candidate], weights: Weights) -> list[Vectors]:
    """What the sentences of each candidate are worth by themselves."""
    rows = [candidate.evidence.features for candidate in candidates]
    return _split(weights.sentence.score(np.concatenate(rows)), [len(part) for part in rows])


def passage_rows(candidates: Sequence[Candidate], own: Sequence[Vectors]) -> Vectors:
    """Features of passages, as named by ``PASSAGE_FEATURES``, from their sentences' own scores."""
    rows = [np.append(candidate.found, best_and_all(scores)) for candidate, scores in zip(candidates, own, strict=True)]
    return np.stack(rows)


def _split(values: Vectors, lengths: Sequence[int]) -> list[Vectors]:
    return np.split(values, np.cumsum(lengths)[:-1])


def best_and_all(scores: Vectors) -> Vectors:
    """The highest score, and all of them together as the logarithm of the sum of their exponentials."""
    best = scores.max()
    return np.array([best, best + np.log(np.exp(scores - best).sum())], np.float32)


def second_look(
    question: Question,
    candidates: Sequence[Candidate],
    embedder: Embedder,
    terms: Terms,
    weights: Weights,
    again: int = BALANCED.again,
) -> list[RankedSentence]:
    """The ``again`` best sentences, best first; compared token by token where the embedder can."""
    picked = pick(candidates, again)
    if isinstance(embedder, TokenEmbedder) and picked:
        near = interact(question, [(sentence.text, sentence.context) for sentence in picked], embedder, terms)
        rows = np.stack([second_row(sentence, row) for sentence, row in zip(picked, near, strict=True)])
        times = [sentence.candidate.evidence.times[sentence.position] for sentence in picked]
        scores = weights.second.score(rows) + np.array(times, np.float32)
        picked = [
            replace(sentence, features=row, score=float(score))
            for sentence, row, score in zip(picked, rows, scores, strict=True)
        ]
    return sorted(picked, key=lambda sentence: -sentence.score)


def pick(candidates: Sequence[Candidate], count: int) -> list[RankedSentence]:
    """The ``count`` best sentences by the first look, best first; none without words."""
    places = [(place, position) for place, c in enumerate(candidates) for position in range(len(c.sentence_scores))]
    scores = np.concatenate([candidate.sentence_scores for candidate in candidates])
    picked: list[RankedSentence] = []
    usable: dict[int, set[Span]] = {}
    for number in np.argsort(-scores, kind="stable"):
        place, position = places[number]
        candidate = candidates[place]
        if place not in usable:
            usable[place] = set(without_orders(candidate.passage).sentences)
        features = candidate.evidence.features[position]
        sentence = RankedSentence(candidate, position, features, float(scores[number]))
        if sentence.text.strip() and sentence.span in usable[place]:
            picked.append(sentence)
        if len(picked) == count:
            break
    return picked


def second_row(sentence: RankedSentence, near: Vectors) -> Vectors:
    """Features of a sentence picked, as named by ``SECOND_FEATURES``."""
    evidence = sentence.candidate.evidence.features[sentence.position]
    return np.concatenate([evidence, near, [sentence.candidate.first, sentence.score]]).astype(np.float32)


def second_passage_rows(
    candidates: Sequence[Candidate], sentences: Sequence[RankedSentence]
) -> tuple[list[Candidate], Vectors]:
    """The passages of the sentences looked at again, with features named by ``SECOND_PASSAGE_FEATURES``."""
    scores: dict[str, list[float]] = {}
    for sentence in sentences:
        scores.setdefault(sentence.candidate.id, []).append(sentence.score)
    known = [candidate for candidate in candidates if candidate.id in scores]
    rows = [[candidate.first, *best_and_all(np.array(scores[candidate.id], np.float32))] for candidate in known]
    return known, np.array(rows, np.float32).reshape(-1, len(SECOND_PASSAGE_FEATURES))


def order_passages(
    candidates: Sequence[Candidate], sentences: Sequence[RankedSentence], weights: Weights
) -> list[Candidate]:
    """Passages of the sentences looked at again come first, the others follow in the order of the first look."""
    known, rows = second_passage_rows(candidates, sentences)
    chances = 1 / (1 + np.exp(-weights.second_passage.score(rows)))
    ahead = [_scored(candidate, float(chance)) for candidate, chance in zip(known, chances, strict=True)]
    ids = {candidate.id for candidate in known}
    rest = sorted((candidate for candidate in candidates if candidate.id not in ids), key=_by_first_look)
    ahead.sort(key=lambda candidate: (-candidate.passage.score, *_by_first_look(candidate)))
    least = ahead[-1].passage.score if ahead else 1.0
    behind = [_scored(candidate, least / (place + 1)) for place, candidate in enumerate(rest, start=1)]
    return [*ahead, *behind]


def within(sentences: Sequence[RankedSentence], kept: Sequence[Candidate]) -> tuple[RankedSentence, ...]:
    """Those of the sentences whose passage is kept, each with its passage as it is kept."""
    known = {candidate.id: candidate for candidate in kept}
    return tuple(
        replace(sentence, candidate=known[sentence.candidate.id])
        for sentence in sentences
        if sentence.candidate.id in known
    )


def _scored(candidate: Candidate, score: float) -> Candidate:
    return replace(candidate, passage=replace(candidate.passage, score=score))


def _by_first_look(candidate: Candidate) -> tuple[float, str, int]:
    return -candidate.first, candidate.passage.article_id, candidate.passage.start
