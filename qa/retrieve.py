"""Question -> passages: by meaning and by words, fused, re-ordered by what their sentences hold, copies folded.

Both searches give their best passages; min-max fusion keeps the best of them, whose sentences are then compared with
the question one by one (``qa.evidence``, ``qa.ranking``). How many of each, ``qa.depth`` says. An adapter for
LlamaIndex users is in ``qa.llamaindex``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from qa.depth import BALANCED, Depth
from qa.embedders import Embedder
from qa.evidence import UNKNOWN_COSINE, weigh_sentences
from qa.index.lexical import Filter
from qa.index.store import Found, Index
from qa.question import Question, understand
from qa.ranking import Candidate, RankedSentence, rank, rank_once, within
from qa.reading import ReadPassage, read_passage
from qa.recent import Recent
from qa.records import Passage
from qa.spelling import Vocabulary, respell
from qa.weights import Weights, learned_weights

Vectors = NDArray[np.float32]

VERSION = 7
"""Part of an answer's recipe."""

_DEEPER = (20, 200)
"""How many times as many passages are asked for where copies fill the searches."""
_COPIES = 10
"""Passages of the same scores that are read."""
_ROUNDING = 1e-4

_KEPT = 2048
"""Passages whose words are kept for the next question, about 4 kB each."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A question understood, the passages that bear on it and their best sentences, each best first.

    ``lead_ins`` are the sentences before some of them, where asked for (``qa.neighbours``).
    """

    question: Question
    candidates: tuple[Candidate, ...]
    sentences: tuple[RankedSentence, ...]
    lead_ins: tuple[Passage, ...] = ()

    @property
    def passages(self) -> list[Passage]:
        """The passages alone."""
        return [candidate.passage for candidate in self.candidates]


@dataclass(frozen=True)
class Pools:
    """The best passages by words and by meaning, ``size`` of each at most, with their scores."""

    lexical: Mapping[str, float]
    dense: Mapping[str, float]
    size: int

    @cached_property
    def fused(self) -> dict[str, tuple[float, float]]:
        """Both scores of each, best first, of copies only a few."""
        return without_crowds(fuse(self.lexical, self.dense, self.size))


class Retriever:
    """Finds passages in an index; safe to share between threads."""

    def __init__(
        self, index: Index, embedder: Embedder, weights: Weights | None = None, depth: Depth = BALANCED
    ) -> None:
        self.index = index
        self.embedder = embedder
        self.depth = depth
        self._weights = weights
        self._read: Recent[tuple[str, str], ReadPassage] = Recent(_KEPT)

    def search(self, text: str, limit: int, restrict: Filter | None = None, *, look_again: bool = True) -> Retrieved:
        """The passages that best bear on a question or some words, best first.

        Args:
            text: the question or the words.
            limit: how many passages at most.
            restrict: which articles count.
            look_again: whether to compare the best sentences token by token, too, which takes half of the time. For who
                reads many passages it changes nothing: a model is shown the same evidence without it
                (``python -m evals.bench.prompts``).
        """
        question, candidates = self.candidates(text, limit, restrict)
        weights = self._weights or learned_weights()
        if look_again:
            ranking = rank(question, candidates, self.embedder, self.index.lexical.terms, weights, self.depth.again)
        else:
            ranking = rank_once(candidates, weights)
        kept = fold_copies(ranking.candidates, limit)
        return Retrieved(question, tuple(kept), within(ranking.sentences, kept))

    def candidates(self, text: str, limit: int, restrict: Filter | None = None) -> tuple[Question, list[Candidate]]:
        """What both searches find, before anything learned orders it."""
        restrict = restrict or Filter()
        text = self._respelt(text)
        vector = self.embedder.embed_queries([text])[0]
        pool, depth = max(self.depth.pool, 2 * limit), max(self.depth.read, limit)
        with self.index.view() as catalog:
            lexical_index = self.index.lexical
            question = understand(text, lexical_index.terms, lexical_index.frequency, max(catalog.passage_count(), 1))
            pools = self._pools(question, vector, pool, restrict)
            wanted, found = self._read_best(pools, depth + 5)
            if nearer := overlooked(pools, found, vector):
                pools = replace(pools, dense={**pools.dense, **nearer})
                wanted, found = self._read_best(pools, depth + 5)
            lexical, fused = pools.lexical, pools.fused
        return question, [
            self._weigh(question, found[id_], vector, lexical.get(id_, 0.0), fused[id_])
            for id_ in wanted
            if id_ in found
        ]

    def _pools(self, question: Question, vector: Vectors, size: int, restrict: Filter) -> Pools:
        """What each search finds; more of it where copies of a few passages fill it."""
        words = list(question.weights)
        for times in (1, *_DEEPER):
            limit = size * times
            lexical = dict(self.index.matching(words, limit, restrict))
            dense = dict(self.index.nearest(vector, limit, restrict))
            pools = Pools(lexical, dense, limit)
            if len(pools.fused) >= min(self.depth.read, size) or max(len(lexical), len(dense)) < limit:
                break
        return pools

    def _read_best(self, pools: Pools, count: int) -> tuple[list[str], dict[str, Found]]:
        wanted = list(pools.fused)[:count]
        return wanted, self.index.passages(wanted, vectors=True)

    def _respelt(self, text: str) -> str:
        """The text with words as the articles spell them; mistakes in words that are asked for everywhere stay."""
        with self.index.view():
            lexical = self.index.lexical
            return respell(text, Vocabulary(lexical.terms, lexical.frequency, self._texts_with_near))

    def _texts_with_near(self, term: str, letters: int, limit: int) -> Iterator[str]:
        for found in self.index.passages(self.index.lexical.near(term, letters, limit)).values():
            yield f"{found.entry.title}\n{found.passage.text}"

    def _weigh(
        self, question: Question, found: Found, vector: Vectors, lexical: float, fused: tuple[float, float]
    ) -> Candidate:
        stored, passage = found.passage, to_passage(found)
        cosines = None if stored.sentence_vectors is None else stored.sentence_vectors @ vector
        evidence = weigh_sentences(question, self._reading(stored.id, passage), cosines)
        cosine = float(stored.vector @ vector) if stored.vector is not None else UNKNOWN_COSINE
        total = question.weight or 1.0
        best_cosine = float(cosines.max()) if cosines is not None else cosine
        covered = question.share(evidence.covered)
        row = np.array([*fused, cosine, lexical / total / 5, best_cosine, covered], np.float32)
        return Candidate(stored.id, passage, evidence, row, cosines)

    def _reading(self, id_: str, passage: Passage) -> ReadPassage:
        read = self._read.get((id_, passage.title))
        if read is None:
            read = read_passage(passage, self.index.lexical.terms)
            self._read.put((id_, passage.title), read)
        return read


def fuse(lexical: Mapping[str, float], dense: Mapping[str, float], pool: int) -> dict[str, tuple[float, float]]:
    """Min-max fusion: each search's scores mapped to 0..1, a passage it did not find counts 0; best sum first.

    A search that found fewer than ``pool`` passages found all there are, and then its lowest score is not its zero.
    Min-max beat reciprocal rank fusion on every collection it was measured on.
    """
    scaled = [_scaled(lexical, 0.0 if len(lexical) < pool else None), _scaled(dense, None)]
    ids = {**lexical, **dense}
    both = {id_: (scaled[0].get(id_, 0.0), scaled[1].get(id_, 0.0)) for id_ in ids}
    return dict(sorted(both.items(), key=lambda item: (-sum(item[1]), item[0])))


def without_crowds(fused: Mapping[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """The fused scores without what comes after the first few passages that both searches score alike: copies."""
    seen: Counter[tuple[float, float]] = Counter()
    kept = {}
    for id_, (words, meaning) in fused.items():
        alike = (round(words, 5), round(meaning, 5))
        seen[alike] += 1
        if meaning == 0.0 or seen[alike] <= _COPIES:
            kept[id_] = (words, meaning)
    return kept


def overlooked(pools: Pools, found: Mapping[str, Found], vector: Vectors) -> dict[str, float]:
    """Cosines of passages read that are nearer than the farthest that the search by meaning found, but not among those.

    Its graph of vectors falls apart where hundreds of passages are the same, and then loses others.
    """
    farthest = min(pools.dense.values(), default=1.0)
    unseen = {id_: one.passage.vector for id_, one in found.items() if id_ not in pools.dense}
    cosines = {id_: float(stored @ vector) for id_, stored in unseen.items() if stored is not None}
    return {id_: cosine for id_, cosine in cosines.items() if cosine > farthest + _ROUNDING}


def _scaled(scores: Mapping[str, float], lowest: float | None) -> dict[str, float]:
    if not scores:
        return {}
    high = max(scores.values())
    low = min(scores.values()) if lowest is None else lowest
    return {id_: (score - low) / (high - low) if high > low else 1.0 for id_, score in scores.items()}


def to_passage(found: Found) -> Passage:
    """A stored passage as the rest of the program knows it."""
    stored, entry = found.passage, found.entry
    return Passage(
        article_id=entry.id,
        start=stored.start,
        end=stored.end,
        text=stored.text,
        sentences=stored.sentences,
        title=entry.title,
        published=entry.published,
        source=entry.source,
        url=entry.url,
    )


def fold_copies(candidates: Sequence[Candidate], limit: int) -> list[Candidate]:
    """The first ``limit`` candidates, copies of others left out: what shares nearly all its words, such as wire copies.

    The articles that hold the copies are named in the candidate that stands for them.
    """
    kept: list[Candidate] = []
    held: list[frozenset[str]] = []
    for candidate in candidates:
        mine = shingles(candidate.passage.text)
        twin = next((place for place, other in enumerate(held) if _alike(mine, other)), None)
        if twin is not None and candidate.passage.article_id != kept[twin].passage.article_id:
            copies = (*kept[twin].copies, candidate.passage.article_id)
            kept[twin] = replace(kept[twin], copies=tuple(dict.fromkeys(copies)))
            continue
        if len(kept) == limit:
            break
        kept.append(candidate)
        held.append(mine)
    return kept


@lru_cache(maxsize=1024)
def shingles(text: str) -> frozenset[str]:
    """The runs of four words of a text; all of its words where they are fewer."""
    words = text.lower().split()
    return frozenset(" ".join(words[place : place + 4]) for place in range(max(1, len(words) - 3)))


def _alike(first: frozenset[str], second: frozenset[str]) -> bool:
    """Whether two sets share nine tenths of their members."""
    shared = len(first & second)
    return shared >= 0.9 * max(len(first), len(second))
