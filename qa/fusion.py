"""What both searches found, fused; then a glance at the vectors of the best of it, which tells what is worth reading.

Comparing vectors costs a tenth of reading words, and reading the passages that promise most finds as much as reading
all: see ``evals/bench/README.md``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from qa.evidence import UNKNOWN_COSINE
from qa.index.store import Found

Vectors = NDArray[np.float32]

_COPIES = 10
"""Passages of the same scores that are read."""
_ROUNDING = 1e-4


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


@dataclass(frozen=True, slots=True)
class Glance:
    """A passage found, with all that is known of it before its words are read: both searches' scores and cosines."""

    found: Found
    lexical: float
    fused: tuple[float, float]
    cosine: float
    cosines: Vectors | None
    best_cosine: float


def glance(found: Found, vector: Vectors, pools: Pools) -> Glance:
    """Compares the vectors of a passage and of its sentences with a question's."""
    stored = found.passage
    cosine = float(stored.vector @ vector) if stored.vector is not None else UNKNOWN_COSINE
    cosines = None if stored.sentence_vectors is None else stored.sentence_vectors @ vector
    best = float(cosines.max()) if cosines is not None else cosine
    return Glance(found, pools.lexical.get(stored.id, 0.0), pools.fused[stored.id], cosine, cosines, best)


def most_promising(glances: Sequence[Glance], count: int) -> list[Glance]:
    """Those that are worth reading: by both searches' scores and the cosine of the best sentence, summed."""
    return sorted(glances, key=lambda seen: -(sum(seen.fused) + seen.best_cosine))[:count]


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
