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
        glanced: of these, at least, whose sentences' vectors are compared with the question's.
        read: of these, at least, whose words are read as well.
        again: sentences compared token by token.
    """

    pool: int
    glanced: int
    read: int
    again: int


BALANCED = Depth(pool=50, glanced=40, read=24, again=10)
DEPTHS: Mapping[str, Depth] = MappingProxyType(
    {
        "fast": Depth(pool=50, glanced=20, read=10, again=4),
        "balanced": BALANCED,
        "best": Depth(pool=100, glanced=80, read=40, again=10),
    }
)
"""The presets that the setting ``preset`` names."""
