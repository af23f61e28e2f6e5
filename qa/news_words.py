"""Words that news reports use for one another, beyond what a dictionary tells: "call" and "characterize"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from pathlib import Path

from qa.words import stem


def interchangeable(first: str, second: str) -> bool:
    """Whether two stems, as ``qa.words.stem`` gives them, stand in one group of ``news_words.txt``."""
    groups = _groups()
    return not groups.get(first, _NONE).isdisjoint(groups.get(second, _NONE))


def alternatives(word: str, terms: Callable[[str], Sequence[str]]) -> set[str]:
    """The words that may stand for ``word``, as they are indexed; the word itself is not among them.

    Args:
        word: a word as it is indexed.
        terms: splits a text into words as they are indexed.
    """
    return {term for group in _indexed_groups(terms) if word in group for term in group} - {word}


_NONE: frozenset[int] = frozenset()


@lru_cache(maxsize=8)
def _indexed_groups(terms: Callable[[str], Sequence[str]]) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(term for word in group for term in terms(word)) for group in _lines())


@cache
def _lines() -> tuple[tuple[str, ...], ...]:
    lines = Path(__file__).with_name("news_words.txt").read_text("utf-8").splitlines()
    return tuple(tuple(line.split()) for line in lines if not line.startswith("#"))


@cache
def _groups() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for number, group in enumerate(_lines()):
        for word in group:
            found.setdefault(stem(word), set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}
