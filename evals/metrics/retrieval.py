"""Ranked passages against gold evidence, with the unit stated: the same run differs by half between units.

Units: ``article`` (the right article is there), ``passage`` (one passage holds at least ``tau`` of each range),
``range`` (the passages together do). An evidence is a group of the case: one alternative suffices, and all its ranges
are needed. Questions without evidence are left to ``abstention``: here they are ``None``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from evals.metrics.ranges import Group, Range, coverage, merge

Unit = Literal["article", "passage", "range"]


@dataclass(frozen=True, slots=True)
class Ranking:
    """What one question's ranking found: of ``evidences``, ``new[r]`` were first found at rank ``r + 1``.

    All measures below are between 0 and 1, and 1 for an ideal ranking.
    """

    new: tuple[int, ...]
    evidences: int

    def hit(self, k: int) -> float:
        """1 if the first ``k`` ranks find any evidence."""
        return float(any(self.new[:k]))

    def evidence_recall(self, k: int) -> float:
        """The share of evidence that the first ``k`` ranks find."""
        return sum(self.new[:k]) / self.evidences

    def all_evidence(self, k: int) -> float:
        """1 if the first ``k`` ranks find all evidence."""
        return float(sum(self.new[:k]) == self.evidences)

    def reciprocal_rank(self, k: int) -> float:
        """1 / the first rank that finds evidence, 0 if none of the first ``k`` does."""
        return next((1 / rank for rank, new in enumerate(self.new[:k], 1) if new), 0.0)

    def average_precision(self, k: int) -> float:
        """AP@k: the sum over ranks of new evidence times cumulative precision, over min(evidences, k), at most 1.

        Cumulative: the official MultiHop-RAG script uses only the new evidence of a rank and gives an ideal ranking
        of two 0.75. Precision at rank r is found / r, at most 1, since one passage may hold several evidences.
        """
        found, total = 0, 0.0
        for rank, new in enumerate(self.new[:k], 1):
            found += new
            total += new * min(1.0, found / rank)
        return min(1.0, total / min(self.evidences, k))

    def ndcg(self, k: int) -> float:
        """nDCG@k with the new evidence of a rank as gain; ideal is one evidence a rank, so it is capped at 1."""
        gained = math.fsum(new / math.log2(rank + 1) for rank, new in enumerate(self.new[:k], 1))
        ideal = math.fsum(1 / math.log2(rank + 1) for rank in range(1, min(self.evidences, k) + 1))
        return min(1.0, gained / ideal)


def rank_evidence(ranked: Sequence[Range], groups: Sequence[Group], unit: Unit, tau: float = 0.5) -> Ranking | None:
    """Where the evidence turns up in ``ranked``, best first; ``None`` without evidence.

    For the unit ``article`` a rank is an article, at its first passage. An empty ranking finds nothing.
    """
    if not groups:
        return None
    steps = _articles(ranked) if unit == "article" else [[item] for item in ranked]
    shown: list[Range] = []
    missing = list(groups)
    new = []
    for step in steps:
        shown += step
        left = [group for group in missing if not found_in(group, shown, unit, tau)]
        new.append(len(missing) - len(left))
        missing = left
    return Ranking(tuple(new), len(groups))


def _articles(ranked: Sequence[Range]) -> list[list[Range]]:
    """One step for each article, in the order of first appearance."""
    return [[(article_id, 0, 1)] for article_id in dict.fromkeys(item[0] for item in ranked)]


def found_in(group: Group, shown: Sequence[Range], unit: Unit, tau: float = 0.5) -> bool:
    """Whether the ranges ``shown`` hold one whole alternative of ``group``, in the sense of ``unit``."""
    return any(all(_holds(item, shown, unit, tau) for item in alternative) for alternative in group)


def _holds(wanted: Range, shown: Sequence[Range], unit: Unit, tau: float) -> bool:
    if unit == "article":
        return any(item[0] == wanted[0] for item in shown)
    near = [item for item in shown if item[0] == wanted[0]]
    if unit == "range":
        return coverage(wanted, merge(near)) >= tau
    return any(coverage(wanted, merge([item])) >= tau for item in near)


def deduplicate(ranked: Sequence[Range], share: float = 0.5) -> list[Range]:
    """``ranked`` without the passages of which more than ``share`` was already shown by one better passage.

    Overlapping windows of one place otherwise fill the ranks of a splitter with much overlap.
    """
    kept: list[Range] = []
    for item in ranked:
        if all(coverage(item, merge([better])) <= share for better in kept if better[0] == item[0]):
            kept.append(item)
    return kept
