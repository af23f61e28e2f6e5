"""How thoroughly the articles are looked through for a question: three presets.

What each costs and gives is measured by ``python -m evals bench --only price``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Depth:
    """How many passages and sentences are looked at.

    Args:
        pool: passages taken from each of the two searches, by meaning and by words.
        read: passages, at least, whose sentences are compared with the question.
        again: sentences compared token by token.
    """

    pool: int
    read: int
    again: int


BALANCED = Depth(pool=50, read=40, again=10)
DEPTHS: Mapping[str, Depth] = MappingProxyType(
    {"fast": Depth(pool=50, read=12, again=4), "balanced": BALANCED, "best": Depth(pool=100, read=80, again=10)}
)
"""The presets that the setting ``preset`` names."""
