"""Passages cut down to the sentences that bear on a question, within a number of tokens.

A whole passage is a coarse thing to pay for: most of its sentences stand beside what was asked. Sentences are taken in
the order of their scores, each with its neighbours, until the tokens are used up; at 1,000 tokens that holds more of
the evidence than whole passages do (``python -m evals chunking``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from qa.prompts import estimate_tokens
from qa.ranking import Candidate
from qa.records import Passage, Span

VERSION = 1
"""Part of an answer's recipe."""

_NEIGHBOUR = 2.0
"""A sentence scores no less than its best neighbour less this, so that what is quoted can be understood."""
_RANK = 0.3
"""What a passage loses by its place, for each unit of its logarithm."""


def excerpts(
    candidates: Sequence[Candidate],
    tokens: int,
    *,
    count_tokens: Callable[[str], int] = estimate_tokens,
) -> list[Passage]:
    """The sentences of ``candidates`` that bear most on the question, as passages of their own, best article first.

    Args:
        candidates: passages found, best first, as ``Retriever.search`` gives them.
        tokens: that all sentences may take together.
        count_tokens: number of tokens of a text.

    Returns:
        Runs of neighbouring sentences in the order of the candidates; each keeps its passage's score.
    """
    chosen: dict[int, list[int]] = {}
    for place, position in _by_score(candidates):
        passage = candidates[place].passage
        cost = count_tokens(passage.sentence_text(passage.sentences[position]))
        if cost <= tokens:
            tokens -= cost
            chosen.setdefault(place, []).append(position)
    return [
        _part(candidates[place].passage, run)
        for place in sorted(chosen)
        for run in _runs(candidates[place].passage, sorted(chosen[place]))
    ]


def _by_score(candidates: Sequence[Candidate]) -> Iterator[tuple[int, int]]:
    """Places of sentences, as numbers of candidate and sentence, best first."""
    lengths = [len(candidate.sentence_scores) for candidate in candidates]
    if not lengths:
        return
    # All in one row, with nothing between two passages, so that what stands at their edges has no neighbour there.
    row = np.full(sum(lengths) + len(lengths) + 1, -np.inf)
    places = np.repeat(np.arange(len(lengths)), np.array(lengths) + 1)
    ends = np.cumsum(np.array(lengths) + 1)
    own = np.ones(len(row), bool)
    own[[0, *ends]] = False
    row[own] = np.concatenate([candidate.sentence_scores for candidate in candidates])
    scores = np.maximum(row[1:-1], np.maximum(row[:-2], row[2:]) - _NEIGHBOUR) - _RANK * np.log1p(places[:-1])
    starts = [0, *ends.tolist()]
    for number in np.argsort(-scores, kind="stable").tolist():
        place = int(places[number])
        if number - starts[place] < lengths[place]:
            yield place, number - starts[place]


def _runs(passage: Passage, positions: Sequence[int]) -> Iterator[list[Span]]:
    run: list[Span] = []
    for position in positions:
        span = passage.sentences[position]
        if run and run[-1].end != span.start:
            yield run
            run = []
        run.append(span)
    yield run


def _part(passage: Passage, sentences: Sequence[Span]) -> Passage:
    start, end = sentences[0].start, sentences[-1].end
    text = passage.text[start - passage.start : end - passage.start]
    return replace(passage, start=start, end=end, text=text, sentences=tuple(sentences))
