"""Question -> passages: by meaning and by words, fused, re-ordered by what their sentences hold, copies folded.

Both searches give their best passages; the best of them are glanced at (``qa.fusion``), and the sentences of the most
promising compared with the question one by one (``qa.evidence``, ``qa.ranking``). How many of each, ``qa.depth`` says.
An adapter for LlamaIndex users is in ``qa.llamaindex``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from qa.acronyms import other_forms
from qa.depth import BALANCED, Depth
from qa.embedders import Embedder
from qa.evidence import weigh_sentences
from qa.fusion import Glance, Pools, glance, most_promising, overlooked
from qa.index.lexical import Filter
from qa.index.sketch import is_copy
from qa.index.store import Found, Index
from qa.question import Question, understand
from qa.ranking import Candidate, RankedSentence, rank, rank_once, within
from qa.reading import ReadPassage, read_passage
from qa.recent import Recent
from qa.records import Passage
from qa.spelling import Vocabulary, respell
from qa.weights import Weights, learned_weights

Vectors = NDArray[np.float32]

VERSION = 10
"""Part of an answer's recipe."""

_DEEPER = (20, 200)
"""How many times as many passages are asked for where copies fill the searches."""
_MORE = 5
"""Passages more than are wanted: some turn out to be copies."""

_LOOKED_THROUGH = 12
"""Passages that are looked through for what an acronym stands for."""
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

    def is_reprint(self, candidate: Candidate, article_id: str) -> bool:
        """Whether an article and a candidate's are one report that both print, told by what the index keeps of them."""
        sketch = next((one.sketch for one in self.candidates if one.passage.article_id == article_id), "")
        return is_copy(candidate.sketch, sketch)


class Retriever:
    """Finds passages in an index; safe to share between threads."""

    def __init__(
        self, index: Index, embedder: Embedder, weights: Weights | None = None, depth: Depth = BALANCED
    ) -> None:
        self.index = index
        self.embedder = embedder
        self.depth = depth
        self._weights = weights
        self._read: Recent[tuple[str, str, str | None], ReadPassage] = Recent(_KEPT)

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
        pool, glanced = max(self.depth.pool, 2 * limit), max(self.depth.glanced, limit) + _MORE
        with self.index.view() as catalog:
            lexical_index = self.index.lexical
            forms = other_forms(text, lexical_index.terms, lexical_index.frequency, self._texts_with)
            count = max(catalog.passage_count(), 1)
            question = understand(text, lexical_index.terms, lexical_index.frequency, count, forms)
            pools = self._pools([*question.weights, *forms], vector, pool, restrict)
            found = self._look_at(pools, glanced)
            if nearer := overlooked(pools, found, vector):
                pools = replace(pools, dense={**pools.dense, **nearer})
                found = self._look_at(pools, glanced)
        glances = [glance(one, vector, pools) for one in found.values()]
        read = most_promising(glances, max(self.depth.read, limit + _MORE))
        return question, [self._weigh(question, one) for one in read]

    def _pools(self, words: Sequence[str], vector: Vectors, size: int, restrict: Filter) -> Pools:
        """What each search finds; more of it where copies of a few passages fill it."""
        for times in (1, *_DEEPER):
            limit = size * times
            lexical = dict(self.index.matching(words, limit, restrict))
            dense = dict(self.index.nearest(vector, limit, restrict))
            pools = Pools(lexical, dense, limit)
            if len(pools.fused) >= min(self.depth.read, size) or max(len(lexical), len(dense)) < limit:
                break
        return pools

    def _look_at(self, pools: Pools, count: int) -> dict[str, Found]:
        return self.index.passages(list(pools.fused)[:count], vectors=True)

    def _texts_with(self, words: str) -> Iterator[str]:
        found = self.index.matching(self.index.lexical.terms(words), _LOOKED_THROUGH, Filter())
        for one in self.index.passages([id_ for id_, _ in found]).values():
            yield f"{one.entry.title}\n{one.passage.text}"

    def _respelt(self, text: str) -> str:
        """The text with words as the articles spell them; mistakes in words that are asked for everywhere stay."""
        with self.index.view():
            lexical = self.index.lexical
            return respell(text, Vocabulary(lexical.terms, lexical.frequency, self._texts_with_near))

    def _texts_with_near(self, term: str, letters: int, limit: int) -> Iterator[str]:
        for found in self.index.passages(self.index.lexical.near(term, letters, limit)).values():
            yield f"{found.entry.title}\n{found.passage.text}"

    def _weigh(self, question: Question, seen: Glance) -> Candidate:
        stored, passage = seen.found.passage, to_passage(seen.found)
        evidence = weigh_sentences(question, self._reading(stored.id, passage), seen.cosines)
        total = question.weight or 1.0
        covered = question.share(evidence.covered)
        row = np.array([*seen.fused, seen.cosine, seen.lexical / total / 5, seen.best_cosine, covered], np.float32)
        return Candidate(stored.id, passage, evidence, row, seen.cosines, sketch=seen.found.entry.sketch)

    def _reading(self, id_: str, passage: Passage) -> ReadPassage:
        key = (id_, passage.title, passage.published)
        read = self._read.get(key)
        if read is None:
            read = read_passage(passage, self.index.lexical.terms)
            self._read.put(key, read)
        return read


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
