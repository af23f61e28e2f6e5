"""Article -> passages: runs of whole sentences, in order, without overlap or gap, of even length.

A passage is what is embedded, searched and read. Context beyond it comes from its neighbours when a question is
asked, not from overlap. Adapters for LlamaIndex users are in ``qa.llamaindex``.
"""

from __future__ import annotations

from collections.abc import Sequence

from qa.records import Span

TARGET_LENGTH = 1200
"""Code points aimed at, about 270 tokens of English news."""
LONGEST = 1800
"""No passage of more than one sentence is longer."""
VERSION = 1
"""Part of the index recipe: any change to where passages end changes it."""

_MOST_STARTS = 40
"""Bounds the work on a text of very many tiny sentences: only the longest candidates are weighed then."""

_INSIDE_PARAGRAPH = 0.06
"""Cost of ending a passage inside a paragraph, against a squared relative deviation from the target length."""


def passage_sentences(text: str, sentences: Sequence[Span]) -> list[tuple[Span, ...]]:
    """Groups ``sentences``, which tile ``text``, into passages that tile it too.

    Chooses the ends that minimise the sum of squared relative deviations from the target length, plus a small cost
    for each end inside a paragraph (dynamic programming over sentence ends).
    """
    best: list[float] = [0.0]
    previous: list[int] = [0]
    for end in range(1, len(sentences) + 1):
        cost, start = min(
            (best[start] + _cost(text, sentences, start, end), start) for start in _starts(sentences, end)
        )
        best.append(cost)
        previous.append(start)
    groups = []
    end = len(sentences)
    while end:
        groups.append(tuple(sentences[previous[end] : end]))
        end = previous[end]
    return groups[::-1]


def _starts(sentences: Sequence[Span], end: int) -> list[int]:
    """Where a passage that ends before sentence ``end`` may start: at least one sentence, at most ``LONGEST`` long."""
    starts = [end - 1]
    for start in range(end - 2, -1, -1):
        if sentences[end - 1].end - sentences[start].start > LONGEST:
            break
        starts.append(start)
    return starts[-_MOST_STARTS:]


def _cost(text: str, sentences: Sequence[Span], start: int, end: int) -> float:
    first, last = sentences[start], sentences[end - 1]
    deviation = (last.end - first.start - TARGET_LENGTH) / TARGET_LENGTH
    inside = end < len(sentences) and "\n" not in text[max(last.end - 2, last.start) : last.end]
    return deviation * deviation + (_INSIDE_PARAGRAPH if inside else 0.0)
