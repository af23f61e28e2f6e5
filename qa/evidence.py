"""How well a sentence bears on a question, in numbers: words, meaning, and the kind of answer it could hold.

The numbers are weighed in ``qa.ranking`` to order passages and sentences. No index is needed here, and no model.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.periods import fit
from qa.question import Expected, Question
from qa.reading import ReadPassage, ReadSentence

SENTENCE_FEATURES = (
    *("overlap", "overlap_squared", "with_title", "with_context", "pairs", "cosine", "cosine_gain", "closeness"),
    *("time", "duration", "amount", "place", "person", "reason", "naming", "speech", "other_names"),
    *("short", "long", "heading", "question", "reference", "lead"),
)
_KIND_COLUMNS: dict[Expected, int] = {
    **{kind: SENTENCE_FEATURES.index(kind) for kind in ("time", "duration", "amount", "place", "person", "reason")},
    **{"naming": SENTENCE_FEATURES.index("naming"), "speech": SENTENCE_FEATURES.index("speech")},
    "other": SENTENCE_FEATURES.index("other_names"),
}
_SHAPE_COLUMN = SENTENCE_FEATURES.index("short")
_CONTEXT_COLUMN = SENTENCE_FEATURES.index("with_context")
_ENOUGH = 0.5
"""Share of a question that has to stand around a time: "(1990-93)" alone may be anybody's."""
UNKNOWN_COSINE = 0.4
"""Stands for a similarity where the store gives no vector."""


@dataclass(frozen=True, slots=True)
class SentenceEvidence:
    """The sentences of one passage against a question: one row of ``features`` per sentence.

    ``covered`` are the question's words found in the passage or in its title, and how well (``Question.held``).
    ``times`` is what each sentence's score gains by the times it names (``qa.periods``), shape (n,).
    """

    features: NDArray[np.float32]
    covered: dict[str, float]
    overlaps: tuple[float, ...]
    times: NDArray[np.float32]


def weigh_sentences(question: Question, passage: ReadPassage, cosines: NDArray[np.float32] | None) -> SentenceEvidence:
    """Compares each sentence of a passage with a question.

    Args:
        question: the question, understood.
        passage: the passage with its n sentences, read.
        cosines: similarity of each sentence with the question, shape (n,), or ``None``.

    Returns:
        Features of shape (n, ``len(SENTENCE_FEATURES)``), roughly between 0 and 1.
    """
    sentences = passage.sentences
    similar = cosines if cosines is not None else np.full(len(sentences), UNKNOWN_COSINE, np.float32)
    found = [question.held(sentence.words) for sentence in sentences]
    overlaps = [question.share(held) if held else 0.0 for held in found]
    title = question.held(passage.title)
    rows = np.zeros((len(sentences), len(SENTENCE_FEATURES)), np.float32)
    rows[:, :5] = _lexical(question, passage, found, overlaps, title)
    rows[:, 5], rows[:, 6] = similar, similar - similar.sum() / max(len(sentences), 1)
    rows[:, 7] = [
        _closeness(sentence, question) if held else 0.0 for sentence, held in zip(sentences, found, strict=True)
    ]
    rows[:, _KIND_COLUMNS[question.expected]] = _signs_of_answer(question, sentences)
    rows[:, _SHAPE_COLUMN:] = passage.shapes
    return SentenceEvidence(
        rows, best_of(title, *found), tuple(overlaps), _times(question, sentences, rows[:, _CONTEXT_COLUMN])
    )


def _times(question: Question, sentences: Sequence[ReadSentence], around: NDArray[np.float32]) -> NDArray[np.float32]:
    """What each sentence gains by the times it names; in full where half of what is asked stands in or before it.

    Asked about a single day, reports that have a day count by that (``qa.timely``).
    """
    asked = question.period
    if asked is None or (asked.start == asked.end and sentences and sentences[0].published):
        return np.zeros(len(sentences), np.float32)
    told = np.array([fit(asked, sentence.periods) for sentence in sentences], np.float32)
    return np.where(told > 0, told * np.minimum(1.0, around / _ENOUGH), told)


def _lexical(
    question: Question,
    passage: ReadPassage,
    found: Sequence[dict[str, float]],
    overlaps: Sequence[float],
    title: dict[str, float],
) -> list[tuple[float, ...]]:
    """The first five features: words of the sentence, also with the title's and the sentences' before it, and pairs."""
    rows: list[tuple[float, ...]] = []
    by_title = question.share(title)
    for position, (held, overlap) in enumerate(zip(found, overlaps, strict=True)):
        with_title = question.share(best_of(held, title)) if held and title else max(overlap, by_title)
        before = [earlier for earlier in found[max(0, position - 2) : position] if earlier]
        context = question.share(best_of(title, *before, held)) if before else with_title
        pairs = _pairs(question, passage.sentences[position].words) if held else 0.0
        rows.append((overlap, overlap * overlap, with_title, context, pairs))
    return rows


def best_of(*found: Mapping[str, float]) -> dict[str, float]:
    """Words found in any of several places, each as well as in the best of them."""
    best: dict[str, float] = {}
    for held in found:
        if not best:
            best.update(held)
            continue
        for word, degree in held.items():
            if degree > best.get(word, 0.0):
                best[word] = degree
    return best


def _pairs(question: Question, words: Sequence[str]) -> float:
    if not question.pairs:
        return 0.0
    return len(question.pairs.intersection(itertools.pairwise(words))) / len(question.pairs)


def _closeness(sentence: ReadSentence, question: Question) -> float:
    """How densely the question's words stand together: 1 side by side, towards 0 far apart."""
    words = sentence.words
    places = [place for place, word in enumerate(words) if word in question.bearing]
    found = {words[place] for place in places}
    return len(found) / (places[-1] - places[0] + 1) if len(found) > 1 else 0.0


def _signs_of_answer(question: Question, sentences: Sequence[ReadSentence]) -> list[float]:
    """How well each sentence could hold an answer of the kind that is expected; what was asked is none."""
    expected = question.expected
    if expected == "person" or expected == "other":
        most = 2 if expected == "person" else 3
        return [min(_others(sentence.names, question.names), most) / most for sentence in sentences]
    asked = frozenset(re.findall(r"\d+", question.text)) if expected in ("time", "amount") else frozenset()
    return [sentence.sign(expected, asked) for sentence in sentences]


def _others(names: Sequence[str], asked: frozenset[str]) -> int:
    """How many of the names were not asked about."""
    return len(names) if asked.isdisjoint(names) else sum(name not in asked for name in names)
