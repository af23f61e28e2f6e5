"""Words that news reports use for one another, beyond what a dictionary tells: "call" and "characterize"."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from qa.words import stem


def interchangeable(first: str, second: str) -> bool:
    """Whether two stems, as ``qa.words.stem`` gives them, stand in one group of ``news_words.txt``."""
    groups = _groups()
    return not groups.get(first, _NONE).isdisjoint(groups.get(second, _NONE))


_NONE: frozenset[int] = frozenset()


@cache
def _groups() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    lines = Path(__file__).with_name("news_words.txt").read_text("utf-8").splitlines()
    for number, line in enumerate(lines):
        for word in line.split() if not line.startswith("#") else ():
            found.setdefault(stem(word), set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}
