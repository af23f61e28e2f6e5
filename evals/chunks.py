"""Chunks of at most so many tokens, as ranges: cut at the coarsest mark that helps, small neighbours joined again.

The behaviour of the recursive splitters that published benchmarks use, so that figures can stand beside theirs. Tokens
are those of ``cl100k_base``, which LlamaIndex brings along.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

MARKS = ("\n\n", "\n", ".", "?", "!", " ", "")
"""Where to cut, from coarse to fine; a chunk begins with its mark. The last cuts between any two characters."""

Bounds = tuple[int, int]


def recursive_chunks(text: str, limit: int, count: Callable[[str], int]) -> list[Bounds]:
    """Ranges of ``text`` without overlap, white space around them left out.

    Args:
        text: to be cut.
        limit: tokens of a chunk at most, as the sum over its pieces.
        count: tokens of a text.
    """
    bounds = (_stripped(text, one) for one in _chunks(text, (0, len(text)), limit, count, MARKS))
    return [one for one in bounds if one[0] < one[1]]


def _chunks(text: str, whole: Bounds, limit: int, count: Callable[[str], int], marks: Sequence[str]) -> list[Bounds]:
    place = next(place for place, mark in enumerate(marks) if text.find(mark, *whole) >= 0)
    mark, finer = marks[place], marks[place + 1 :]
    chunks: list[Bounds] = []
    small: list[tuple[Bounds, int]] = []
    for piece in _pieces(text, whole, mark):
        tokens = count(text[slice(*piece)])
        if tokens < limit:
            small.append((piece, tokens))
            continue
        chunks += _joined(small, limit)
        small = []
        chunks += _chunks(text, piece, limit, count, finer) if finer else [piece]
    return chunks + _joined(small, limit)


def _pieces(text: str, whole: Bounds, mark: str) -> list[Bounds]:
    """``whole`` cut before each ``mark``."""
    start, end = whole
    if not mark:
        return [(place, place + 1) for place in range(start, end)]
    cuts = [start]
    found = text.find(mark, start, end)
    while found >= 0:
        if found > cuts[-1]:
            cuts.append(found)
        found = text.find(mark, found + len(mark), end)
    return list(zip(cuts, [*cuts[1:], end], strict=True))


def _joined(small: Sequence[tuple[Bounds, int]], limit: int) -> list[Bounds]:
    """Neighbours joined, first come first served, up to ``limit`` tokens."""
    chunks: list[Bounds] = []
    held = 0
    for (start, end), tokens in small:
        if chunks and held + tokens <= limit:
            chunks[-1] = (chunks[-1][0], end)
            held += tokens
        else:
            chunks.append((start, end))
            held = tokens
    return chunks


def _stripped(text: str, bounds: Bounds) -> Bounds:
    start, end = bounds
    words = text[start:end]
    return start + len(words) - len(words.lstrip()), end - (len(words) - len(words.rstrip()))


@cache
def token_counter() -> Callable[[str], int]:
    """Counts tokens of ``cl100k_base``."""
    from llama_index.core.utils import get_tokenizer

    tokenize = get_tokenizer()
    return lambda text: len(tokenize(text))
