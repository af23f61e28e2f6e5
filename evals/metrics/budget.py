"""Retrieval measured by what is read, not by rank: recall within a budget of tokens, and what splitting allows at best.

Recall at a fixed k simply grows with the length of passages; at a fixed number of tokens it does not.
"""

from __future__ import annotations

from collections.abc import Sequence

from evals.metrics.ranges import Group, Range, best_alternatives, merge, overlap, size
from evals.metrics.retrieval import found_in
from evals.metrics.score import ratio


def within_budget(ranked: Sequence[Range], tokens: Sequence[int], budget: int) -> list[Range]:
    """The part of ``ranked`` that ``budget`` tokens reach, best first.

    The passage that crosses the budget is cut in proportion, so that long passages are neither lost whole nor given
    for free. A passage that comes twice is paid for twice.

    Raises:
        ValueError: if the lengths differ.
    """
    read: list[Range] = []
    left = budget
    for (article_id, start, end), cost in zip(ranked, tokens, strict=True):
        if left <= 0:
            break
        length = end - start if cost <= left else (end - start) * left // cost
        if length:
            read.append((article_id, start, start + length))
        left -= cost
    return read


def budgeted_evidence_recall(
    ranked: Sequence[Range], tokens: Sequence[int], groups: Sequence[Group], budget: int, tau: float = 0.5
) -> float | None:
    """The share of evidence that the first ``budget`` tokens hold to at least ``tau``; ``None`` without evidence."""
    read = within_budget(ranked, tokens, budget)
    return ratio(sum(found_in(group, read, "range", tau) for group in groups), len(groups))


def budgeted_character_recall(
    ranked: Sequence[Range], tokens: Sequence[int], groups: Sequence[Group], budget: int
) -> float | None:
    """The share of gold characters in the first ``budget`` tokens, best alternatives; ``None`` without evidence."""
    if not groups:
        return None
    read = merge(within_budget(ranked, tokens, budget))
    gold = merge(best_alternatives(groups, read))
    return overlap(read, gold) / size(gold)


def chunking_ceiling(chunks: Sequence[Range], groups: Sequence[Group]) -> float | None:
    """The share of evidence of which every range of one alternative lies inside one chunk.

    What a perfect ranking of these chunks can reach with whole evidence. ``None`` without evidence.
    """
    return ratio(sum(found_in(group, chunks, "passage", 1.0) for group in groups), len(groups))
