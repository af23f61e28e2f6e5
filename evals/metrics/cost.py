"""What answers cost: tokens, calls, and seconds of each stage, with their spread."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Distribution:
    """Sum, mean, median, 95th percentile and largest of ``n`` measurements."""

    n: int
    total: float
    mean: float
    p50: float
    p95: float
    largest: float


def distribution(values: Iterable[float]) -> Distribution | None:
    """Describes ``values``; ``None`` without any. Percentiles are values that occurred (nearest rank)."""
    ordered = sorted(values)
    if not ordered:
        return None
    total = math.fsum(ordered)
    return Distribution(
        len(ordered), total, total / len(ordered), percentile(ordered, 50), percentile(ordered, 95), ordered[-1]
    )


def percentile(ordered: Sequence[float], percent: int) -> float:
    """A percentile of sorted values: one that occurred (nearest rank)."""
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def costs(rows: Iterable[Mapping[str, float]]) -> dict[str, Distribution]:
    """The distribution of each quantity over cases: stages in seconds, tokens, calls, whatever the rows name.

    A stage that a case did not reach is not measured there; ``n`` says how many did.
    """
    gathered: dict[str, list[float]] = {}
    for row in rows:
        for name, value in row.items():
            gathered.setdefault(name, []).append(value)
    described = ((name, distribution(gathered[name])) for name in sorted(gathered))
    return {name: spread for name, spread in described if spread is not None}
