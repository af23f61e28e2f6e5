"""How much of what a statement says in content words the cited text says too."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from qa.verify.alignment import Match
from qa.verify.reading import Pool, Reading
from qa.verify.related import part_of_speech

Rarity = Callable[[str], float]
"""The weight of a stem, at least 0: how much it says. Inverse document frequency where a corpus is at hand."""


class Coverage(NamedTuple):
    """``features`` are inputs of the weights below; ``missing`` is the heaviest word that is not met."""

    features: dict[str, float]
    missing: str


def plain_rarity(stem: str) -> float:
    """A weight without a corpus: longer words say more."""
    return 0.6 + min(len(stem), 10) / 10


def measure(statement: Reading, matches: Sequence[Match], pool: Pool, rarity: Rarity) -> Coverage:
    """The features of a statement's matches; numbers and dates are left to their own checks."""
    valued = [*statement.quantities, *statement.dates]
    ranges = [statement.folded.source_range(item.start, item.end) for item in valued]
    total = missing_weight = 0.0
    features = dict.fromkeys(FEATURES, 0.0)
    heaviest, missing = 0.0, ""
    for match in matches:
        if any(start < match.word.end and match.word.start < end for start, end in ranges):
            continue
        weight = rarity(match.word.stem)
        total += weight
        if match.is_met:
            continue
        if match.word.stem in pool.stems_around:
            features["around"] += 1
            continue
        kind = part_of_speech(match.word.stem) or "n"
        name = match.relation or "none"
        features[f"{'n' if kind == 'n' else 'v' if kind == 'v' else 'a'}_{name}"] += 1
        missing_weight += weight
        if weight > heaviest:
            heaviest, missing = weight, match.word.text
    features["share"] = missing_weight / total if total else 0.0
    return Coverage(features, missing)


FEATURES = (
    "share",
    "around",
    *(f"{part}_{kind}" for part in "nva" for kind in ("none", "broader", "narrower", "sibling", "opposite")),
)

WEIGHTS: dict[str, float] = {
    "bias": 2.0,
    "share": -6.0,
}


def probability(features: dict[str, float]) -> float:
    """A logistic score between 0 and 1."""
    z = WEIGHTS["bias"] + sum(WEIGHTS.get(name, 0.0) * value for name, value in features.items())
    return 1 / (1 + math.exp(-z))
