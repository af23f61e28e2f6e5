"""Set algebra of character ranges over many articles. Overlaps are merged before anything is measured.

Ranges are half-open, so two that only touch share nothing; counting closed ends, or counting an overlap twice, is how
recall comes out above 1. Gold evidence is an AND of ORs: groups are all needed, one alternative of a group
suffices, and an alternative is a set of ranges that are all needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

Range = tuple[str, int, int]
"""``(article_id, start, end)``, half-open, in code points."""
Alternative = Sequence[Range]
Group = Sequence[Alternative]
Cover = Mapping[str, Sequence[tuple[int, int]]]
"""Disjoint, sorted ranges of each article."""


def merge(ranges: Iterable[Range]) -> dict[str, list[tuple[int, int]]]:
    """The union of ``ranges`` as disjoint sorted ranges of each article.

    Raises:
        ValueError: if a range is empty or runs backwards.
    """
    merged: dict[str, list[tuple[int, int]]] = {}
    for article_id, start, end in sorted(ranges):
        if start >= end:
            raise ValueError(f"a range needs start < end, got {article_id!r} {start}:{end}")
        parts = merged.setdefault(article_id, [])
        if parts and start <= parts[-1][1]:
            parts[-1] = (parts[-1][0], max(parts[-1][1], end))
        else:
            parts.append((start, end))
    return merged


def merge_overlapping(ranges: Iterable[Range]) -> list[Range]:
    """Like :func:`merge`, but ranges that only touch stay apart, because they were given as two."""
    units: list[Range] = []
    for article_id, start, end in sorted(ranges):
        if units and units[-1][0] == article_id and start < units[-1][2]:
            units[-1] = (article_id, units[-1][1], max(units[-1][2], end))
        else:
            units.append((article_id, start, end))
    return units


def size(cover: Cover) -> int:
    """Code points in a merged cover."""
    return sum(end - start for parts in cover.values() for start, end in parts)


def overlap(one: Cover, other: Cover) -> int:
    """Code points that two merged covers share."""
    return sum(_overlap(parts, other[article_id]) for article_id, parts in one.items() if article_id in other)


def _overlap(one: Sequence[tuple[int, int]], other: Sequence[tuple[int, int]]) -> int:
    shared = first = second = 0
    while first < len(one) and second < len(other):
        shared += max(0, min(one[first][1], other[second][1]) - max(one[first][0], other[second][0]))
        if one[first][1] <= other[second][1]:
            first += 1
        else:
            second += 1
    return shared


def coverage(target: Range, cover: Cover) -> float:
    """The share of ``target`` that ``cover`` holds, 0 to 1."""
    article_id, start, end = target
    return _overlap([(start, end)], cover.get(article_id, ())) / (end - start)


def best_alternatives(groups: Sequence[Group], cover: Cover) -> list[Range]:
    """All ranges of the alternative of each group that ``cover`` holds the largest share of.

    Ties go to the shorter alternative, then to the earlier in sort order, so the order of the file does not matter.
    """

    def rank(alternative: Alternative) -> tuple[float, int, list[Range]]:
        wanted = merge(alternative)
        return -overlap(wanted, cover) / size(wanted), size(wanted), sorted(alternative)

    return [item for group in groups for item in min(group, key=rank)]


def every_range(groups: Sequence[Group]) -> list[Range]:
    """The ranges of all alternatives of all groups."""
    return [item for group in groups for alternative in group for item in alternative]
