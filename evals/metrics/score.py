"""One number with the reason for it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Score:
    """A metric of one case: its value, or ``None`` where the case does not define it, and why.

    Raises:
        ValueError: if the value is not a finite number.
    """

    value: float | None
    reason: str = ""

    def __post_init__(self) -> None:
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError(f"a score is a finite number or None, got {self.value!r}")


def ratio(part: float, whole: float) -> float | None:
    """``part / whole``, undefined where ``whole`` is zero."""
    return part / whole if whole else None


def harmonic_mean(precision: float | None, recall: float | None) -> float | None:
    """F1 of a precision and a recall.

    Undefined only without a recall, that is without gold. Without a precision nothing was predicted, and F1 is 0:
    a system cannot raise its mean by staying silent.
    """
    if recall is None:
        return None
    if not precision or not recall:
        return 0.0
    return 2 * precision * recall / (precision + recall)


def mean_defined(values: Iterable[float | None]) -> tuple[float | None, int, int]:
    """``(mean, n, undefined)``: the mean of the defined values, how many they are, and how many are not defined."""
    everything = list(values)
    defined = sorted(value for value in everything if value is not None)
    mean = math.fsum(defined) / len(defined) if defined else None
    return mean, len(defined), len(everything) - len(defined)
