"""Intervals, tests and power for means over cases, the same to the last digit on every machine.

Sums are exact: scores become integers of a fixed point before they are added, so neither their order nor the width of
a vector unit matters; random draws are raw bits of PCG64, whose stream numpy guarantees. Cases that share an article
are not independent, so articles are drawn, not cases. Methods: Efron and Tibshirani 1993 (percentile bootstrap),
Wilson 1927, Phipson and Smyth 2010 (a permutation p is never 0), McNemar 1947, Holm 1979, Miller 2024 (power).
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RESAMPLES = 10_000
_ROWS = 500


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its 95% interval, from ``n`` cases in ``clusters`` independent clusters."""

    estimate: float
    low: float
    high: float
    n: int
    clusters: int
    standard_error: float


def bootstrap_mean(
    values: Sequence[float],
    clusters: Sequence[Hashable] | None = None,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
    confidence: float = 0.95,
) -> Interval | None:
    """Percentile bootstrap interval of a mean over cases; whole clusters are drawn with replacement.

    The order of the cases does not matter. With few clusters (fewer than about twenty) the interval is too narrow, and
    with one it is the estimate: nothing is known.

    Args:
        values: one score a case.
        clusters: what dependent cases share; each case by itself if not given.
        resamples: number of bootstrap samples.
        seed: of the random draws.
        confidence: mass inside the interval.

    Returns:
        ``None`` without values.
    """
    if not values:
        return None
    sums, counts, scale = _cluster_sums(values, clusters)
    means = sorted(_bootstrap_means(sums, counts, scale, resamples, seed))
    tail = (1 - confidence) / 2
    low = means[math.floor(tail * (resamples - 1))]
    high = means[math.ceil((1 - tail) * (resamples - 1))]
    estimate = math.fsum(values) / len(values)
    return Interval(estimate, low, high, len(values), len(sums), _spread(means))


def paired_bootstrap(
    new: Sequence[float],
    old: Sequence[float],
    clusters: Sequence[Hashable] | None = None,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Interval | None:
    """The interval of the mean difference ``new - old`` over the same cases in the same order."""
    return bootstrap_mean(_differences(new, old), clusters, resamples=resamples, seed=seed)


def permutation_p(
    new: Sequence[float],
    old: Sequence[float],
    clusters: Sequence[Hashable] | None = None,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> float | None:
    """Two-sided sign-flip test of no difference: ``p = (1 + #{|T*| >= |T|}) / (1 + B)``, never 0.

    The signs of whole clusters are flipped. ``None`` without cases.
    """
    if not new:
        return None
    import numpy as np

    sums, _, _ = _cluster_sums(_differences(new, old), clusters)
    observed = abs(sum(sums))
    column = np.array(sums, dtype=np.int64)
    source = np.random.PCG64(seed)
    reached = 0
    for start in range(0, resamples, _ROWS):
        rows = min(_ROWS, resamples - start)
        bits = _raw(source, rows * len(sums)).reshape(rows, len(sums)) >> np.uint64(63)
        signs = bits.astype(np.int64) * 2 - 1
        reached += int(np.count_nonzero(np.abs((signs * column).sum(axis=1)) >= observed))
    return (1 + reached) / (1 + resamples)


def mcnemar_p(fixed: int, broken: int) -> float:
    """Exact two-sided McNemar test from the cases that one run got right and the other wrong.

    Args:
        fixed: wrong before, right now.
        broken: right before, wrong now.
    """
    total = fixed + broken
    tail = sum(math.comb(total, count) for count in range(min(fixed, broken) + 1))
    return min(1.0, 2 * tail / 2**total) if total else 1.0


def wilson(successes: int, n: int, confidence: float = 0.95) -> tuple[float, float] | None:
    """Wilson score interval of a proportion; never empty at 0 or ``n`` successes. ``None`` without cases.

    Raises:
        ValueError: unless ``0 <= successes <= n``.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"successes lie between 0 and n, got {successes} of {n}")
    if not n:
        return None
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share = successes / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == n else min(1.0, centre + half)
    return low, high


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Holm's adjusted p-values of a family of tests, by name."""
    adjusted: dict[str, float] = {}
    least = 0.0
    ordered = sorted(p_values.items(), key=lambda item: (item[1], item[0]))
    for place, (name, p_value) in enumerate(ordered):
        least = max(least, min(1.0, (len(ordered) - place) * p_value))
        adjusted[name] = least
    return adjusted


def standard_deviation(values: Sequence[float]) -> float | None:
    """Sample standard deviation; ``None`` for fewer than two values."""
    if len(values) < 2:
        return None
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))


def minimum_detectable_effect(standard_error: float, alpha: float = 0.05, power: float = 0.8) -> float:
    """The smallest true difference that a two-sided test finds with ``power``: ``(z_a/2 + z_power) * SE``.

    Args:
        standard_error: of the difference; for pairs, ``SD of the differences / sqrt(n)``, or that of the clustered
            bootstrap. For one run alone, its own standard error stands for two runs that correlate by half.
        alpha: level of the test.
        power: wished chance to find it.
    """
    normal = NormalDist()
    return (normal.inv_cdf(1 - alpha / 2) + normal.inv_cdf(power)) * standard_error


def _differences(new: Sequence[float], old: Sequence[float]) -> list[float]:
    return [one - other for one, other in zip(new, old, strict=True)]


def _cluster_sums(values: Sequence[float], clusters: Sequence[Hashable] | None) -> tuple[list[int], list[int], int]:
    """Sum and size of each cluster, in a fixed order, sums as integers of ``1 / scale``.

    The scale leaves room in 64 bits for as many clusters as there are, each the largest.
    """
    names = range(len(values)) if clusters is None else clusters
    gathered: dict[Hashable, list[float]] = {}
    for name, value in zip(names, values, strict=True):
        if not math.isfinite(value):
            raise ValueError(f"a score is a finite number, got {value!r}")
        gathered.setdefault(name, []).append(value)
    parts = sorted((math.fsum(sorted(group)), len(group)) for group in gathered.values())
    largest = max(abs(total) for total, _ in parts) * len(parts)
    scale = 1 << max(0, min(40, 61 - math.frexp(largest)[1]))
    return [round(total * scale) for total, _ in parts], [count for _, count in parts], scale


def _bootstrap_means(sums: list[int], counts: list[int], scale: int, resamples: int, seed: int) -> list[float]:
    import numpy as np

    totals, sizes = np.array(sums, dtype=np.int64), np.array(counts, dtype=np.int64)
    source = np.random.PCG64(seed)
    means: list[float] = []
    for start in range(0, resamples, _ROWS):
        rows = min(_ROWS, resamples - start)
        raw = _raw(source, rows * len(sums)).reshape(rows, len(sums))
        drawn = ((raw >> np.uint64(32)) * np.uint64(len(sums))) >> np.uint64(32)
        places = drawn.astype(np.intp)
        sums_drawn, sizes_drawn = totals[places].sum(axis=1).tolist(), sizes[places].sum(axis=1).tolist()
        means += [total / (size * scale) for total, size in zip(sums_drawn, sizes_drawn, strict=True)]
    return means


def _raw(source: np.random.PCG64, count: int) -> NDArray[np.uint64]:
    import numpy as np

    return np.asarray(source.random_raw(count), dtype=np.uint64)


def _spread(means: Sequence[float]) -> float:
    return standard_deviation(means) or 0.0
