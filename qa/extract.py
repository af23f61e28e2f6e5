"""Answering without a language model: the sentences that best answer, word for word, or none.

Sentences are scored by what they hold (``qa.evidence``) and by the passage they stand in. A sentence that begins with
"He said ..." brings the one before it, so that what is shown can be read alone. How sure the choice is decides whether
to answer at all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa import weights
from qa.evidence import SENTENCE_FEATURES, refers_back
from qa.index.catalog import passage_ids
from qa.index.store import Index
from qa.records import Passage, Span
from qa.retrieve import Candidate, Retrieved
from qa.sentences import trimmed

VERSION = 1
"""Part of an answer's recipe."""

MOST_BEFORE = 2
"""Sentences at most that a sentence brings along to be understood."""


@dataclass(frozen=True, slots=True)
class Extract:
    """A chosen sentence: ``core`` answers; ``shown``, which may begin earlier, is quoted. Both in article offsets."""

    passage: Passage
    core: Span
    shown: Span
    quote: str
    probability: float


@dataclass(frozen=True, slots=True)
class Extraction:
    """The chosen sentences, best first, and the estimated chance that they answer the question."""

    extracts: tuple[Extract, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class _Scored:
    candidate: Candidate
    position: int
    score: float


CONFIDENCE_FEATURES = tuple(weights.CONFIDENCE)


def extract(retrieved: Retrieved, index: Index, most: int) -> Extraction:
    """Chooses up to ``most`` sentences from the passages retrieved.

    Further sentences are added only while the best one leaves room for doubt. The caller compares ``confidence`` with
    ``weights.ANSWER_ABOVE`` to decide whether to answer.
    """
    ranked = rank_sentences(retrieved)
    if not ranked:
        return Extraction((), 0.0)
    chances = _chances([item.score for item in ranked])
    extracts: list[Extract] = []
    for item, chance in zip(ranked, chances, strict=True):
        doubt = 1 - sum(chosen.probability for chosen in extracts)
        if len(extracts) == most or (extracts and doubt < weights.ENOUGH):
            break
        made = _extract(item, index, chance)
        if made and not any(_same(made, other) for other in extracts):
            extracts.append(made)
    features = confidence_features(retrieved, ranked, chances)
    logit = float(features @ np.array(list(weights.CONFIDENCE.values()), np.float32)) + weights.CONFIDENCE_BIAS
    return Extraction(tuple(extracts), 1 / (1 + math.exp(-logit)) if extracts else 0.0)


def rank_sentences(retrieved: Retrieved) -> list[_Scored]:
    """All sentences of the passages with a score each, best first."""
    scored = []
    for candidate in retrieved.candidates:
        for position, score in enumerate(candidate.sentence_scores):
            if candidate.passage.sentence_text(candidate.passage.sentences[position]).strip():
                scored.append(_Scored(candidate, position, float(score) + weights.PASSAGE_IN_SENTENCE * candidate.raw))
    return sorted(scored, key=lambda item: -item.score)


def confidence_features(
    retrieved: Retrieved, ranked: Sequence[_Scored], chances: Sequence[float]
) -> NDArray[np.float32]:
    """What tells a right answer from a wrong one, shape (``len(CONFIDENCE_FEATURES)``,)."""
    question, best = retrieved.question, ranked[0]
    row = dict(zip(SENTENCE_FEATURES, best.candidate.evidence.features[best.position].tolist(), strict=True))
    total = question.weight or 1.0
    covered = best.candidate.evidence.covered
    missing = {word: weight for word, weight in question.weights.items() if word not in covered}
    named = sum(weight for word, weight in missing.items() if word in question.name_terms)
    everywhere = set().union(*(candidate.evidence.covered for candidate in retrieved.candidates))
    absent = sum(weight for word, weight in question.weights.items() if word not in everywhere)
    kinds = ("time", "duration", "amount", "place", "person", "reason", "other_names")
    top = max((float(c.cosines.max()) for c in retrieved.candidates if c.cosines is not None), default=row["cosine"])
    return np.array(
        [
            row["with_title"],
            row["with_context"],
            row["pairs"],
            row["cosine"],
            top,
            sum(row[kind] for kind in kinds),
            float(question.expected in ("duration", "amount", "time") and not any(row[kind] for kind in kinds)),
            1 - sum(missing.values()) / total,
            named / total,
            float(named > 0),
            absent / total,
            chances[0],
            best.candidate.raw / 10,
            min(len(question.weights), 10) / 10,
        ],
        np.float32,
    )


def _chances(scores: Sequence[float]) -> list[float]:
    shifted = np.exp(np.array(scores) - scores[0])
    return [float(value) for value in shifted / shifted.sum()]


def _extract(item: _Scored, index: Index, chance: float) -> Extract | None:
    passage = item.candidate.passage
    core = trimmed(passage.text, passage.sentences[item.position].shift(-passage.start))
    if core is None:
        return None
    core = core.shift(passage.start)
    text, offset, before = _text_before(item, index)
    start = core.start
    for span in reversed(before[-MOST_BEFORE:]):
        if not refers_back(text[start - offset : core.end - offset]):
            break
        start = span.start
    shown = trimmed(text, Span(start - offset, core.end - offset))
    shown = shown.shift(offset) if shown else core
    return Extract(passage, core, shown, text[shown.start - offset : shown.end - offset], chance)


def _text_before(item: _Scored, index: Index) -> tuple[str, int, list[Span]]:
    """The passage's text, with the one before it where needed: text, its offset, sentences before the chosen one."""
    passage = item.candidate.passage
    before = list(passage.sentences[: item.position])
    if len(before) >= MOST_BEFORE or passage.start == 0:
        return passage.text, passage.start, before
    digest, _, ordinal = item.candidate.id.partition(".")
    earlier = passage_ids(digest, int(ordinal))[-1]
    found = index.passages([earlier]).get(earlier)
    if found is None:
        return passage.text, passage.start, before
    return found.passage.text + passage.text, found.passage.start, [*found.passage.sentences, *before]


def _same(first: Extract, second: Extract) -> bool:
    """Whether two extracts say the same words, or one's sentence is shown in the other."""
    if first.passage.article_id == second.passage.article_id:
        return first.core.start < second.shown.end and second.core.start < first.shown.end
    return first.quote.split() == second.quote.split()
