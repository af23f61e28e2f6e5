"""Learned weights, read from ``weights.json``, which ``python -m evals.bench.ranking --write`` makes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float32]

FILE = Path(__file__).with_name("weights.json")


@dataclass(frozen=True, slots=True)
class Linear:
    """A weighted sum: ``weights`` (n,) for features named by ``names``."""

    names: tuple[str, ...]
    weights: Numbers
    bias: float = 0.0

    def score(self, rows: Numbers) -> Numbers:
        """One number per row of features (m, n)."""
        scores: Numbers = np.asarray(rows @ self.weights + self.bias, np.float32)
        return scores


@dataclass(frozen=True, slots=True)
class Network:
    """A weighted sum and one hidden layer of h units beside it, on standardised features (n,)."""

    names: tuple[str, ...]
    mean: Numbers
    deviation: Numbers
    direct: Numbers
    hidden: Numbers
    bias: Numbers
    out: Numbers

    def score(self, rows: Numbers) -> Numbers:
        """One number per row of features (m, n)."""
        x = (rows - self.mean) / self.deviation
        units = np.tanh(x @ self.hidden + self.bias)
        scores: Numbers = np.asarray(x @ self.direct + units @ self.out, np.float32)
        return scores


@dataclass(frozen=True, slots=True)
class Weights:
    """Everything learned.

    ``sentence`` and ``passage`` order what both searches found, ``mixed`` the sentences by their own and their
    passage's score. ``second`` looks again at the best sentences, ``second_passage`` orders their passages by that, as
    the log-odds that a passage holds the answer. ``confidence`` gives the log-odds that the sentences shown answer the
    question; below the chance ``answer_above`` the articles are said not to.
    """

    sentence: Linear
    passage: Linear
    mixed: Linear
    second: Network
    second_passage: Linear
    confidence: Linear
    answer_above: float


@cache
def learned_weights() -> Weights:
    """The weights that come with the program."""
    return from_data(json.loads(FILE.read_text("utf-8")))


def from_data(data: Mapping[str, Any]) -> Weights:
    """Weights from what ``to_data`` gave."""
    linear = {name: _linear(data[name]) for name in ("sentence", "passage", "mixed", "second_passage", "confidence")}
    second = data["second"]
    arrays = {name: _array(second[name]) for name in ("mean", "deviation", "direct", "hidden", "bias", "out")}
    return Weights(**linear, second=Network(tuple(second["names"]), **arrays), answer_above=data["answer_above"])


def to_data(weights: Weights) -> dict[str, Any]:
    """Weights as they stand in the file, rounded to four decimals."""
    data: dict[str, Any] = {}
    for name in ("sentence", "passage", "mixed", "second_passage", "confidence"):
        part: Linear = getattr(weights, name)
        values = zip(part.names, _rounded(part.weights), strict=True)
        data[name] = {"weights": dict(values), "bias": round(float(part.bias), 4)}
    second = weights.second
    data["second"] = {"names": list(second.names)} | {
        name: _rounded(getattr(second, name)) for name in ("mean", "deviation", "direct", "hidden", "bias", "out")
    }
    return {**data, "answer_above": round(weights.answer_above, 4)}


def _linear(data: Mapping[str, Any]) -> Linear:
    return Linear(tuple(data["weights"]), _array(list(data["weights"].values())), data["bias"])


def _array(values: Sequence[Any]) -> Numbers:
    return np.array(values, np.float32)


def _rounded(values: Numbers) -> list[Any]:
    rounded: list[Any] = np.round(values.astype(np.float64), 4).tolist()
    return rounded
