"""The cases that went wrong, with the words that were cited and the words that should have been, marked in place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from evals.metrics.ranges import Range
from evals.scoring import Scored

STEPS = ("error", "abstention", "answer", "retrieval", "citation")
"""Groups of wrong cases, in the order of the page."""
MOST = 12
"""Cases shown of a group."""
AROUND = 160
"""Code points shown before and after a marked range."""

Segment = tuple[str, str]
"""Some text and how it is marked: ``gold``, ``cited``, ``both`` or nothing."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A stretch of one article, in pieces that join to its exact words."""

    article_id: str
    start: int
    end: int
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """One case as the page shows it."""

    scored: Scored
    why: str
    said: tuple[Segment, ...]
    gold: tuple[Excerpt, ...]
    cited: tuple[Excerpt, ...]


def worst_cases(scored: Sequence[Scored], texts: Mapping[str, str]) -> list[tuple[str, int, list[Shown]]]:
    """``(step, how many, the worst of them)`` for each step that lost cases, the most confident mistakes first."""
    groups = []
    for step in STEPS:
        lost = sorted((item for item in scored if item.lost_at == step), key=_order)
        if lost:
            groups.append((step, len(lost), [_shown(item, texts) for item in lost[:MOST]]))
    return groups


def _order(item: Scored) -> tuple[float, float, str]:
    return -(item.value("forbidden_hit") or 0.0), -float(item.answer["confidence"]), item.case.id


def _shown(item: Scored, texts: Mapping[str, str]) -> Shown:
    gold = [(place.article_id, place.start, place.end) for place in item.case.ranges]
    cited = [(one["article_id"], one["start"], one["end"]) for one in item.answer["citations"]]
    cited = [place for place in cited if place[0] in texts and 0 <= place[1] < place[2] <= len(texts[place[0]])]
    return Shown(
        item, _why(item), _said(item.answer), excerpts(gold, gold, cited, texts), excerpts(cited, gold, cited, texts)
    )


def _why(item: Scored) -> str:
    names = ("correct", "correct_and_supported", "forbidden_hit")
    reasons = (item.scores[name].reason for name in names if item.value(name) is not None)
    return item.answer["error"] or "; ".join(dict.fromkeys(reason for reason in reasons if reason))


def _said(answer: Mapping[str, Any]) -> tuple[Segment, ...]:
    """The answer's sentences, each marked with its support."""
    text, at, segments = answer["text"], 0, []
    for statement in answer["statements"]:
        segments += [
            (text[at : statement["start"]], ""),
            (text[statement["start"] : statement["end"]], statement["support"]),
        ]
        at = statement["end"]
    return tuple((piece, mark) for piece, mark in [*segments, (text[at:], "")] if piece)


def excerpts(
    wanted: Sequence[Range], gold: Sequence[Range], cited: Sequence[Range], texts: Mapping[str, str]
) -> tuple[Excerpt, ...]:
    """The surroundings of ``wanted``, with gold and cited ranges marked; what lies close together is one excerpt."""
    windows: list[Range] = []
    for article_id, start, end in sorted(set(wanted)):
        start, end = max(0, start - AROUND), min(len(texts[article_id]), end + AROUND)
        if windows and windows[-1][0] == article_id and start <= windows[-1][2]:
            windows[-1] = (article_id, windows[-1][1], max(end, windows[-1][2]))
        else:
            windows.append((article_id, start, end))
    return tuple(Excerpt(*window, tuple(segments(texts[window[0]], window, gold, cited))) for window in windows)


def segments(text: str, window: Range, gold: Iterable[Range], cited: Iterable[Range]) -> list[Segment]:
    """The words of ``window``, cut wherever a mark begins or ends."""
    article_id, start, end = window
    golden = [(a, b) for one, a, b in gold if one == article_id]
    quoted = [(a, b) for one, a, b in cited if one == article_id]
    inner = (place for pair in (*golden, *quoted) for place in pair if start < place < end)
    cuts = sorted({start, end, *inner})
    return [(text[low:high], _MARKS[_covers(golden, low), _covers(quoted, low)]) for low, high in pairwise(cuts)]


_MARKS = {(False, False): "", (True, False): "gold", (False, True): "cited", (True, True): "both"}


def _covers(ranges: Iterable[tuple[int, int]], place: int) -> bool:
    return any(low <= place < high for low, high in ranges)
