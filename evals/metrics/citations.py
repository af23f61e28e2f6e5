"""Citations held against gold evidence, character by character and evidence by evidence.

Overlapping citations are merged first, so citing twice never helps. Precision looks at the ranges of all alternatives,
since citing a second good source is no fault; the rest looks at the best alternative of each group. A citation as
long as an article finds all its evidence: read the evidence scores beside the character scores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evals.metrics.ranges import (
    Alternative,
    Cover,
    Group,
    Range,
    best_alternatives,
    coverage,
    every_range,
    merge,
    merge_overlapping,
    overlap,
    size,
)
from evals.metrics.score import harmonic_mean, ratio


@dataclass(frozen=True, slots=True)
class Agreement:
    """Precision is undefined without citations, everything is undefined without gold; F1 is 0 without citations."""

    precision: float | None
    recall: float | None
    f1: float | None
    iou: float | None = None


def is_valid_citation(citation: Range, quote: str, texts: Mapping[str, str]) -> bool:
    """Whether the article exists, the range lies in it, is not empty, and ``text[start:end] == quote``."""
    article_id, start, end = citation
    text = texts.get(article_id)
    return text is not None and 0 <= start < end <= len(text) and text[start:end] == quote


def citation_validity(citations: Sequence[tuple[Range, str]], texts: Mapping[str, str]) -> float | None:
    """The share of ``(range, quote)`` pairs that are valid; anything below 1.0 is a defect. ``None`` without any."""
    return ratio(sum(is_valid_citation(place, quote, texts) for place, quote in citations), len(citations))


def character_agreement(cited: Sequence[Range], groups: Sequence[Group]) -> Agreement:
    """Precision, recall, F1 and IoU of the cited characters.

    recall = |C n G| / |G| and IoU = |C n G| / |C u G| with G the union of the best alternatives of the groups;
    precision = |C n A| / |C| with A the union of all alternatives.
    """
    if not groups:
        return Agreement(None, None, None)
    citations = merge(cited)
    gold = merge(best_alternatives(groups, citations))
    shared = overlap(citations, gold)
    recall = ratio(shared, size(gold))
    precision = ratio(overlap(citations, merge(every_range(groups))), size(citations))
    iou = ratio(shared, size(citations) + size(gold) - shared)
    return Agreement(precision, recall, harmonic_mean(precision, recall), iou)


def evidence_agreement(cited: Sequence[Range], groups: Sequence[Group], tau: float = 0.5) -> Agreement:
    """Precision, recall and F1 that count evidence and citations instead of characters.

    A group is found if every range of one alternative is covered to at least ``tau``. A citation (after merging those
    that overlap) is right if it shares with some gold range at least ``tau`` of the shorter of the two.
    """
    if not groups:
        return Agreement(None, None, None)
    citations = merge(cited)
    recall = ratio(sum(_is_found(group, citations, tau) for group in groups), len(groups))
    units = merge_overlapping(cited)
    gold = every_range(groups)
    precision = ratio(sum(any(_touches(unit, item, tau) for item in gold) for unit in units), len(units))
    return Agreement(precision, recall, harmonic_mean(precision, recall))


def _is_found(group: Group, citations: Cover, tau: float) -> bool:
    return any(all(coverage(item, citations) >= tau for item in alternative) for alternative in group)


def _touches(unit: Range, gold: Range, tau: float) -> bool:
    shared = overlap(merge([unit]), merge([gold]))
    return shared >= tau * min(unit[2] - unit[1], gold[2] - gold[1])


def article_agreement(cited: Sequence[Range], groups: Sequence[Group]) -> Agreement:
    """Precision, recall and F1 of the articles cited, wherever in them."""
    if not groups:
        return Agreement(None, None, None)
    articles = {article_id for article_id, _, _ in cited}
    gold = {article_id for article_id, _, _ in every_range(groups)}
    recall = ratio(sum(any(_articles(option) <= articles for option in group) for group in groups), len(groups))
    precision = ratio(len(articles & gold), len(articles))
    return Agreement(precision, recall, harmonic_mean(precision, recall))


def _articles(alternative: Alternative) -> set[str]:
    return {article_id for article_id, _, _ in alternative}


def mean_citation_length(cited: Sequence[Range]) -> float | None:
    """Code points a citation, overlaps merged: keeps ``cite everything`` from looking good. ``None`` without any."""
    units = merge_overlapping(cited)
    return ratio(sum(end - start for _, start, end in units), len(units))
