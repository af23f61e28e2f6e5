"""Answering without a language model: the sentences that best answer, word for word, or none.

Sentences are scored by what they hold (``qa.evidence``) and by the passage they stand in. What is shown can be read
alone (``qa.quoting``). How sure the choice is decides whether to answer at all.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.evidence import SENTENCE_FEATURES, best_of
from qa.figures import Asked, asked_for, figures
from qa.headings import is_heading
from qa.index.store import Index
from qa.injection import without_orders
from qa.interaction import INTERACTION_FEATURES
from qa.measures import tells_hour
from qa.neighbours import passage_after, passage_before
from qa.quoting import MOST_BEFORE, MOST_BEHIND, leaves_open, readable
from qa.ranking import SECOND_FEATURES, Candidate, RankedSentence
from qa.records import Passage, Span
from qa.retrieve import Retrieved
from qa.sentences import trimmed
from qa.timely import timely
from qa.weights import Weights

VERSION = 12
"""Part of an answer's recipe."""

_LOOKED_AT = 5
_SLIGHTLY = 1.0
"""Sentences behind the best one in which a figure is looked for, and how much lower they may score."""

_LITTLE_DOUBT = 0.15
"""No further sentence is added once the chance that the chosen ones miss the answer is below this."""


@dataclass(frozen=True, slots=True)
class Extract:
    """A chosen sentence: ``core`` answers; ``shown``, which may begin earlier, is quoted. Both in article offsets.

    ``label`` says whose words they are, where that has to be said before them. ``also`` are sentences of other outlets
    that say the same.
    """

    passage: Passage
    core: Span
    shown: Span
    quote: str
    probability: float
    label: str = ""
    also: tuple[Extract, ...] = ()

    @property
    def place(self) -> tuple[str, Span]:
        """Where the sentence that answers stands: its article and its range."""
        return self.passage.article_id, self.core

    @property
    def core_words(self) -> str:
        """The words of the sentence that answers, without what it brings along."""
        return self.core.shift(-self.passage.start).of(self.passage.text)


@dataclass(frozen=True, slots=True)
class Extraction:
    """The chosen sentences, best first, and the estimated chance that they answer the question."""

    extracts: tuple[Extract, ...]
    confidence: float


CONFIDENCE_FEATURES = (
    *("with_title", "with_context", "pairs", "cosine", "top_cosine", "kind", "kind_missing", "coverage"),
    *("names_missing", "any_name_missing", "absent", "chance", "passage", "score", "words"),
    *INTERACTION_FEATURES,
)


def extract(retrieved: Retrieved, index: Index, most: int, weights: Weights) -> Extraction:
    """Chooses up to ``most`` of the best sentences of the passages retrieved.

    Further sentences are added only while the ones chosen leave room for doubt. A heading is never shown; behind the
    first sentence it takes the place of one, for what would come instead is worse. The caller compares ``confidence``
    with ``weights.answer_above`` to decide whether to answer.
    """
    if not retrieved.sentences:
        return Extraction((), 0.0)
    ranked = timely(with_figure_first(retrieved.sentences, retrieved.question.text), retrieved.question)
    chances = answer_chances(ranked)
    extracts: list[Extract] = []
    passed: list[float] = []
    for item, chance in zip(ranked, chances, strict=True):
        doubt = 1 - sum(chosen.probability for chosen in extracts) - sum(passed)
        if extracts and (len(extracts) + len(passed) >= most or doubt < _LITTLE_DOUBT):
            break
        if is_heading(item.candidate.passage, item.position):
            if extracts:
                passed.append(chance)
            continue
        made = extract_of(item, index, chance)
        if made and not any(_same(made, other) for other in extracts):
            extracts.append(made)
    logit = float(weights.confidence.score(confidence_features(retrieved)[np.newaxis])[0])
    return Extraction(tuple(extracts), 1 / (1 + math.exp(-logit)) if extracts else 0.0)


def with_figure_first(ranked: Sequence[RankedSentence], question: str) -> list[RankedSentence]:
    """The best sentence that gives the figure asked for before a slightly better one that gives none.

    Not where that one stands right behind it, and so may bring it along.
    """
    asked = asked_for(question)
    best, *others = ranked
    if asked is None or _gives(best.text, asked):
        return list(ranked)
    for other in others[:_LOOKED_AT]:
        if best.score - other.score <= _SLIGHTLY and _gives(other.text, asked):
            follows = other.candidate is best.candidate and 0 < best.position - other.position <= MOST_BEFORE
            return list(ranked) if follows else [other, *(one for one in ranked if one is not other)]
    return list(ranked)


def _gives(sentence: str, asked: Asked) -> bool:
    return bool(figures(sentence, asked)) or (asked.measure == "clock" and tells_hour(sentence))


def confidence_features(retrieved: Retrieved) -> NDArray[np.float32]:
    """What tells a right answer from a wrong one: (``len(CONFIDENCE_FEATURES)``,). There must be a sentence."""
    question, best = retrieved.question, retrieved.sentences[0]
    row = dict(zip(SENTENCE_FEATURES, best.candidate.evidence.features[best.position].tolist(), strict=True))
    total = question.weight or 1.0
    covered = best.candidate.evidence.covered
    named = sum(question.weights[word] for word in question.name_terms if word not in covered)
    everywhere = best_of(*(candidate.evidence.covered for candidate in retrieved.candidates))
    kinds = ("time", "duration", "amount", "place", "person", "reason", "naming", "speech", "other_names")
    top = max((float(c.cosines.max()) for c in retrieved.candidates if c.cosines is not None), default=row["cosine"])
    near = dict(zip(SECOND_FEATURES, best.features.tolist(), strict=False))
    return np.array(
        [
            row["with_title"],
            row["with_context"],
            row["pairs"],
            row["cosine"],
            top,
            sum(row[kind] for kind in kinds),
            float(question.expected in ("duration", "amount", "time") and not any(row[kind] for kind in kinds)),
            question.share(covered),
            named / total,
            float(named > 0),
            1 - question.share(everywhere),
            answer_chances(retrieved.sentences)[0],
            best.candidate.passage.score,
            (best.score - float(best.candidate.evidence.times[best.position])) / 10,
            min(len(question.weights), 10) / 10,
            *(near.get(name, 0.0) for name in INTERACTION_FEATURES),
        ],
        np.float32,
    )


def answer_chances(ranked: Sequence[RankedSentence]) -> list[float]:
    """For each sentence the chance that it is the one that answers, if one does."""
    scores = np.array([sentence.score for sentence in ranked])
    shifted = np.exp(scores - scores.max())
    return [float(value) for value in shifted / shifted.sum()]


def sentences_of(candidate: Candidate, least: float = 0.0) -> Iterator[RankedSentence]:
    """The sentences of a passage that hold at least so much of the question, best first."""
    usable = set(without_orders(candidate.passage).sentences)
    scores = candidate.sentence_scores
    for position in sorted(range(len(scores)), key=lambda place: -scores[place]):
        sentence = RankedSentence(candidate, position, candidate.evidence.features[position], float(scores[position]))
        if candidate.evidence.overlaps[position] >= least and sentence.span in usable:
            yield sentence


def extract_of(item: RankedSentence, index: Index, chance: float) -> Extract | None:
    """A ranked sentence as it is quoted, with what it needs to be read alone; ``None`` where it has no words."""
    passage = item.candidate.passage
    core = trimmed(passage.text, passage.sentences[item.position].shift(-passage.start))
    if core is None:
        return None
    core = core.shift(passage.start)
    around = _with_neighbours(item, index)
    offset, text = around[0].start, "".join(one.text for one in around)
    sentences = [span for one in around for span in one.sentences]
    place = sentences.index(passage.sentences[item.position])
    shown = trimmed(text, readable(text, [span.shift(-offset) for span in sentences], place))
    if shown is None:
        return Extract(passage, core, core, core.shift(-passage.start).of(passage.text), chance)
    return Extract(passage, core, shown.shift(offset), shown.of(text), chance)


def _with_neighbours(item: RankedSentence, index: Index) -> list[Passage]:
    """The passage, with the one before it where the sentence is near to it, and the one that ends a quotation."""
    passage = item.candidate.passage
    is_last = item.position >= len(passage.sentences) - MOST_BEHIND
    before = passage_before(item.candidate, index) if item.position < MOST_BEFORE and passage.start else None
    after = passage_after(item.candidate, index) if is_last and leaves_open(passage.text) else None
    return [one for one in (before, passage, after) if one]


def _same(first: Extract, second: Extract) -> bool:
    """Whether two extracts say the same words, or one's sentence is shown in the other."""
    if first.passage.article_id == second.passage.article_id:
        return _overlap(first.core, second.shown) or _overlap(second.core, first.shown)
    return first.quote.split() == second.quote.split()


def _overlap(first: Span, second: Span) -> bool:
    return first.start < second.end and second.start < first.end
