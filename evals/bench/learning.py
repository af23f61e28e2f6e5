"""Learning to rank and to tell right from wrong, in numpy: small, and the same numbers on every run."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_FIRST, _SECOND, _TINY = 0.9, 0.999, 1e-8
Gradient = Callable[[list[Floats]], list[Floats]]


def adam(parameters: Sequence[Floats], gradient: Gradient, steps: int, rate: float) -> list[Floats]:
    """Minimises by Adam (Kingma and Ba 2015, arXiv:1412.6980)."""
    current = [parameter.astype(np.float64).copy() for parameter in parameters]
    means = [np.zeros_like(parameter) for parameter in current]
    squares = [np.zeros_like(parameter) for parameter in current]
    for step in range(1, steps + 1):
        for place, slope in enumerate(gradient(current)):
            means[place] = _FIRST * means[place] + (1 - _FIRST) * slope
            squares[place] = _SECOND * squares[place] + (1 - _SECOND) * slope**2
            mean = means[place] / (1 - _FIRST**step)
            square = squares[place] / (1 - _SECOND**step)
            current[place] = current[place] - rate * mean / (np.sqrt(square) + _TINY)
    return current


class Lists:
    """Lists of rows, each with at least one right and one wrong row; the others teach nothing and are left out.

    Args:
        rows: one matrix per list.
        right: for each list which of its rows are right.
    """

    def __init__(self, rows: Sequence[NDArray[np.float32]], right: Sequence[NDArray[np.bool_]]) -> None:
        kept = [place for place, labels in enumerate(right) if labels.any() and not labels.all()]
        self.count = len(kept)
        self.rows = np.concatenate([rows[place] for place in kept]).astype(np.float64)
        self._right = np.concatenate([right[place] for place in kept]).astype(np.float64)
        lengths = [len(rows[place]) for place in kept]
        self._starts = np.cumsum([0, *lengths[:-1]])
        self._list = np.repeat(np.arange(self.count), lengths)

    def with_rows(self, rows: Floats) -> Lists:
        """The same lists with other features."""
        other = copy.copy(self)
        other.rows = rows
        return other

    def slope(self, scores: Floats) -> Floats:
        """Derivative, by each score, of the mean negative log of the probability that a right row is drawn."""
        powers = np.exp(scores - np.maximum.reduceat(scores, self._starts)[self._list])
        drawn = powers / np.add.reduceat(powers, self._starts)[self._list]
        wanted = powers * self._right
        wanted /= np.maximum(np.add.reduceat(wanted, self._starts), 1e-12)[self._list]
        slope: Floats = (drawn - wanted) / self.count
        return slope


def fit_linear(lists: Lists, *, penalty: float = 1e-3, steps: int = 300) -> Floats:
    """Weights of a weighted sum that puts right rows first."""

    def gradient(parameters: list[Floats]) -> list[Floats]:
        (weights,) = parameters
        return [lists.rows.T @ lists.slope(lists.rows @ weights) + penalty * weights]

    return adam([np.zeros(lists.rows.shape[1])], gradient, steps, 0.05)[0]


def fit_network(
    lists: Lists, *, hidden: int = 8, members: int = 5, penalty: float = 1e-2, steps: int = 300
) -> tuple[Floats, ...]:
    """Mean, deviation, direct, hidden, bias, out of a ``qa.weights.Network`` that puts right rows first.

    It is the mean of ``members`` networks with ``hidden`` units each that begin differently, as one network.
    """
    mean, deviation = lists.rows.mean(axis=0), lists.rows.std(axis=0) + 1e-6
    scaled = lists.with_rows((lists.rows - mean) / deviation)
    direct = fit_linear(scaled, steps=200)
    found = [_fit_member(scaled, direct, hidden, penalty, steps, seed) for seed in range(members)]
    own, into, bias, out = zip(*found, strict=True)
    return (
        mean,
        deviation,
        np.mean(own, axis=0),
        np.concatenate(into, axis=1),
        np.concatenate(bias),
        np.concatenate(out) / members,
    )


def _fit_member(
    lists: Lists, direct: Floats, hidden: int, penalty: float, steps: int, seed: int
) -> tuple[Floats, Floats, Floats, Floats]:
    rows = lists.rows
    random = np.random.default_rng(seed)
    start = [direct, random.normal(0, 0.3, (rows.shape[1], hidden)), np.zeros(hidden), np.zeros(hidden)]

    def gradient(parameters: list[Floats]) -> list[Floats]:
        direct, into, bias, out = parameters
        units = np.tanh(rows @ into + bias)
        slope = lists.slope(rows @ direct + units @ out)
        inner = np.outer(slope, out) * (1 - units**2)
        return [
            rows.T @ slope + 0.1 * penalty * direct,
            rows.T @ inner + penalty * into,
            inner.sum(axis=0),
            units.T @ slope + penalty * out,
        ]

    own, into, bias, out = adam(start, gradient, steps, 0.01)
    return own, into, bias, out


def fit_logistic(
    rows: NDArray[np.float32],
    right: NDArray[np.bool_],
    weight: Floats,
    *,
    signs: Floats | None = None,
    penalty: float = 1e-3,
    steps: int = 800,
) -> tuple[Floats, float]:
    """Weights and bias of a logistic regression; ``weight`` says how much each row counts.

    ``signs`` forbids weights of the other sign: 1 for features that can only speak for, -1 for those that can only
    speak against, 0 for either.
    """
    features, wanted, share = rows.astype(np.float64), right.astype(np.float64), weight / weight.sum()

    def gradient(parameters: list[Floats]) -> list[Floats]:
        if signs is not None:
            parameters[0][signs * parameters[0] < 0] = 0.0
        weights, bias = parameters
        slope = (1 / (1 + np.exp(-(features @ weights + bias))) - wanted) * share
        return [features.T @ slope + penalty * weights, np.array([slope.sum()])]

    weights, bias = adam([np.zeros(features.shape[1]), np.zeros(1)], gradient, steps, 0.05)
    if signs is not None:
        weights[signs * weights < 0] = 0.0
    return weights, float(bias[0])
