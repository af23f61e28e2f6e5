"""How much of what a statement says in content words the cited text says too.

Words that are not met are counted by kind: noun, verb or other; put in, put in place of another, or simply not there;
and how they are related to the nearest word. The weights of these counts are in ``weights``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from qa.verify.alignment import NEAREST_FIRST, Match
from qa.verify.reading import Pool, Reading, Word
from qa.verify.related import part_of_speech, relation
from qa.verify.rewording import Rewording
from qa.verify.weights import WEIGHTS

Rarity = Callable[[str], float]
"""The weight of a stem, at least 0: how much it says. Inverse document frequency where a corpus is at hand."""


class Unmet(NamedTuple):
    """A content word of the statement that the cited text does not have, and what kind of gap that is."""

    word: Word
    kind: str


class Coverage(NamedTuple):
    """Counts and shares that the weights apply to, and the heaviest word that is not met."""

    features: dict[str, float]
    missing: str


def plain_rarity(stem: str) -> float:
    """A weight without a corpus: longer words say more."""
    return 0.6 + min(len(stem), 10) / 10


def measure(
    statement: Reading, matches: Sequence[Match], pool: Pool, rewording: Rewording | None, rarity: Rarity
) -> Coverage:
    """The features of a statement; numbers and dates are left to their own checks."""
    valued = [(q.start, q.end) for q in statement.quantities] + [(day.start, day.end) for day in statement.dates]
    ranges = [statement.folded.source_range(*item) for item in valued]
    counted = [m for m in matches if not any(start < m.word.end and m.word.start < end for start, end in ranges)]
    total = sum(rarity(match.word.stem) for match in counted) or 1.0
    unmet = [*_in_place(counted, rewording)] if rewording else [*_anywhere(counted, pool)]
    missing = max(unmet, key=lambda item: rarity(item.word.stem), default=None)
    features = {"near": float(rewording is not None), "share": 0.0}
    for word, kind in unmet:
        features[kind] = features.get(kind, 0.0) + 1.0
        if not kind.endswith(("derived", "synonym", "around", "elsewhere")):
            features["share"] += rarity(word.stem) / total
    return Coverage(features, missing.word.text if missing else "")


def _part(word: Word) -> str:
    part = part_of_speech(word.stem)
    if word.folded.endswith("ly"):
        return "a"
    return "n" if part in {"n", ""} else "v" if part == "v" else "a"


def _anywhere(matches: Sequence[Match], pool: Pool) -> Iterator[Unmet]:
    for match in matches:
        if match.relation == "same":
            continue
        if match.word.stem in pool.stems_around:
            yield Unmet(match.word, "far around")
        else:
            yield Unmet(match.word, f"far {_part(match.word)} {match.relation or 'none'}")


def _in_place(matches: Sequence[Match], rewording: Rewording) -> Iterator[Unmet]:
    by_start = {match.word.start: match for match in matches}
    for edit in rewording.edits:
        known = {word.stem for word in edit.known if not word.is_stop}
        for word in edit.stated:
            match = by_start.get(word.start)
            if match is None or word.stem in known:
                continue
            kinds = {relation(word.stem, stem) for stem in known}
            nearest = next(kind for kind in (*NEAREST_FIRST,) if kind in kinds or not kind)
            if not nearest and match.relation == "same":
                yield Unmet(word, f"near {_part(word)} elsewhere")
            elif not known:
                yield Unmet(word, f"near {_part(word)} inserted")
            else:
                yield Unmet(word, f"near {_part(word)} {nearest or 'none'}")


def probability(features: dict[str, float]) -> float:
    """A logistic score between 0 and 1."""
    z = WEIGHTS["bias"] + sum(WEIGHTS.get(name, 0.0) * value for name, value in features.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))
