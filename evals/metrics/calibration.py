"""Does the confidence of an answer say how likely it is right? Cases with equal confidence have no order.

Within a tie every measure takes the expectation over all orders, so neither the file's order nor a lucky sort helps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """Answering everything at or above ``threshold`` answers ``coverage`` of the cases, ``risk`` of them wrongly."""

    threshold: float
    coverage: float
    risk: float


def auroc(confidence: Sequence[float], correct: Sequence[bool]) -> float | None:
    """P(a right answer has more confidence than a wrong one), ties counting half. ``None`` if all are alike."""
    pairs = _pairs(confidence, correct)
    positive = sum(right for _, right in pairs)
    negative = len(pairs) - positive
    if not positive or not negative:
        return None
    above = doubled = 0
    for _, tie in groupby(pairs, key=lambda pair: pair[0]):
        rights = [right for _, right in tie]
        here = len(rights) - sum(rights)
        doubled += sum(rights) * (2 * (negative - above - here) + here)
        above += here
    return doubled / (2 * positive * negative)


def risk_coverage(confidence: Sequence[float], correct: Sequence[bool], total: int | None = None) -> list[RiskPoint]:
    """The points a threshold can reach, from strict to lenient.

    Args:
        confidence: of each answer.
        correct: whether it was right.
        total: cases in all, those not answered included; the number of answers by default.
    """
    points = []
    count = wrong = 0
    for threshold, tie in groupby(_pairs(confidence, correct), key=lambda pair: pair[0]):
        rights = [right for _, right in tie]
        count += len(rights)
        wrong += len(rights) - sum(rights)
        points.append(RiskPoint(threshold, count / (total or len(confidence)), wrong / count))
    return points


def area_under_risk_coverage(confidence: Sequence[float], correct: Sequence[bool]) -> float | None:
    """AURC: mean risk over the first 1, 2, ... n answers by falling confidence (Geifman and El-Yaniv 2017)."""
    risks = []
    count, wrong = 0, 0.0
    for expected in _expected_wrong(_pairs(confidence, correct)):
        count += 1
        wrong += expected
        risks.append(wrong / count)
    return math.fsum(risks) / count if count else None


def excess_area(confidence: Sequence[float], correct: Sequence[bool]) -> float | None:
    """E-AURC: AURC less that of the best possible order of the same answers."""
    area = area_under_risk_coverage(confidence, correct)
    ideal = area_under_risk_coverage([float(right) for right in correct], correct)
    return None if area is None or ideal is None else area - ideal


def coverage_at_risk(
    confidence: Sequence[float], correct: Sequence[bool], risk: float = 0.05, total: int | None = None
) -> float | None:
    """The largest coverage a threshold can reach at no more than ``risk``; 0 if none does, ``None`` without cases."""
    if not (total or confidence):
        return None
    points = risk_coverage(confidence, correct, total)
    return max((point.coverage for point in points if point.risk <= risk), default=0.0)


@dataclass(frozen=True, slots=True)
class Bin:
    """Mean confidence and share of right answers of one bin of ``count`` answers."""

    confidence: float
    accuracy: float
    count: int


def reliability(confidence: Sequence[float], correct: Sequence[bool], bins: int = 10) -> list[Bin]:
    """Bins of equal mass by confidence, low to high; bins of equal width are mostly empty at a hundred answers.

    Raises:
        ValueError: if a confidence lies outside 0 to 1.
    """
    pairs = _pairs(confidence, correct)[::-1]
    _check_probabilities(confidence)
    right = [1 - wrong for wrong in _expected_wrong(pairs)]
    bins = min(bins, len(pairs))
    edges = [len(pairs) * place // bins for place in range(bins + 1)] if bins else [0]
    return [
        Bin(
            math.fsum(value for value, _ in pairs[start:end]) / (end - start),
            math.fsum(right[start:end]) / (end - start),
            end - start,
        )
        for start, end in pairwise(edges)
    ]


def expected_calibration_error(confidence: Sequence[float], correct: Sequence[bool], bins: int = 10) -> float | None:
    """ECE over bins of equal mass: mean distance of confidence and accuracy, by bin size. ``None`` without answers."""
    parts = reliability(confidence, correct, bins)
    if not parts:
        return None
    return math.fsum(part.count * abs(part.confidence - part.accuracy) for part in parts) / len(confidence)


def brier(confidence: Sequence[float], correct: Sequence[bool]) -> float | None:
    """Mean squared distance of confidence and outcome; ``None`` without answers.

    Raises:
        ValueError: if a confidence lies outside 0 to 1.
    """
    _check_probabilities(confidence)
    pairs = _pairs(confidence, correct)
    return math.fsum((value - right) ** 2 for value, right in pairs) / len(pairs) if pairs else None


def _pairs(confidence: Sequence[float], correct: Sequence[bool]) -> list[tuple[float, bool]]:
    """``(confidence, right)`` by falling confidence.

    Raises:
        ValueError: if the lengths differ or a confidence is not a number.
    """
    pairs = [(float(value), bool(right)) for value, right in zip(confidence, correct, strict=True)]
    if any(math.isnan(value) for value, _ in pairs):
        raise ValueError("a confidence is not a number")
    return sorted(pairs, reverse=True)


def _expected_wrong(pairs: Sequence[tuple[float, bool]]) -> list[float]:
    """For each place, the share of wrong answers in its tie."""
    expected: list[float] = []
    for _, tie in groupby(pairs, key=lambda pair: pair[0]):
        rights = [right for _, right in tie]
        expected += [(len(rights) - sum(rights)) / len(rights)] * len(rights)
    return expected


def _check_probabilities(confidence: Sequence[float]) -> None:
    outside = [value for value in confidence if not 0 <= value <= 1]
    if outside:
        raise ValueError(f"confidence lies between 0 and 1, got {outside[0]!r}")
