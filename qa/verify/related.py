"""How two words are related: same meaning, one broader than the other, opposite. Also their usual part of speech.

The table is made from WordNet 3.0 by ``evals/bench/related_words.py`` and read when first needed (about 0.1 s). It
works on stems and has no idea of context: a word has all its usual senses at once.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple


class _Table(NamedTuple):
    senses: dict[str, str]
    broader: dict[str, tuple[str, ...]]
    opposite: frozenset[tuple[str, str]]
    derived: dict[str, frozenset[str]]
    rare: dict[str, str]


@cache
def _table() -> _Table:
    senses: dict[str, str] = {}
    broader: dict[str, tuple[str, ...]] = {}
    opposite: set[tuple[str, str]] = set()
    derived: dict[str, set[str]] = {}
    rare: dict[str, str] = {}
    data = gzip.decompress(Path(__file__).with_name("related_words.txt.gz").read_bytes()).decode("ascii")
    for line in data.splitlines():
        letter, first, rest = line.split(" ", 2)
        if letter == "w":
            senses[first] = rest
        elif letter == "b":
            broader[first] = tuple(rest.split(" "))
        elif letter == "a":
            opposite |= {(first, rest), (rest, first)}
        elif letter == "p":
            rare[first] = rest
        else:
            derived.setdefault(first, set()).add(rest)
            derived.setdefault(rest, set()).add(first)
    together = {word: frozenset(others) for word, others in derived.items()}
    return _Table(senses, broader, frozenset(opposite), together, rare)


@lru_cache(maxsize=65536)
def _senses(stem: str) -> dict[str, tuple[str, ...]]:
    """The numbers of the senses of a stem by part of speech, the usual part first."""
    entry = _table().senses.get(stem, "")
    return {part[0]: tuple(part[2:].split(",")) for part in entry.split(" ") if part}


class _Meaning(NamedTuple):
    """The senses of a stem as one part of speech, and those one and two steps more general."""

    senses: frozenset[str]
    above: frozenset[str]
    two_above: frozenset[str]


@lru_cache(maxsize=16384)
def _meanings(stem: str) -> dict[str, _Meaning]:
    found = {}
    for part, numbers in _senses(stem).items():
        above = _broader(numbers)
        found[part] = _Meaning(frozenset(numbers), above, _broader(above))
    return found


def _broader(senses: Iterable[str]) -> frozenset[str]:
    broader = _table().broader
    return frozenset(above for sense in senses for above in broader.get(sense, ()))


def is_common_word(stem: str) -> bool:
    """Whether the stem is a word of the general vocabulary."""
    return stem in _table().senses


def is_word(stem: str) -> bool:
    """Whether the stem is a word at all, however rare, and not only a name."""
    return stem in _table().senses or stem in _table().rare


def part_of_speech(stem: str) -> str:
    """The usual part of speech of a stem: ``"n"``, ``"v"``, ``"a"``, ``"r"`` (adverb); ``""`` where it is unknown."""
    return next(iter(_senses(stem)), "") or _table().rare.get(stem, "")


def phrasal_verb(stem: str, following: Iterable[str]) -> str:
    """What a verb and a particle among the folded words after it mean together: ``"turn_down"``; ``""`` for none."""
    return next((key for word in following if (key := f"{stem}_{word}") in _table().senses), "")


def can_be_verb(stem: str) -> bool:
    """Whether a stem is a verb in one of its usual senses: "cost", "drive"."""
    return "v" in _senses(stem)


@lru_cache(maxsize=65536)
def relation(stated: str, known: str) -> str:
    """How the stem ``stated`` stands to the stem ``known``.

    ``"same"``, ``"derived"`` (run, runner), ``"synonym"``, ``"broader"`` (animal for dog), ``"narrower"`` (dog for
    animal), ``"sibling"`` (dog, cat), ``"opposite"``, or ``""``.
    """
    if stated == known:
        return "same"
    table = _table()
    if (stated, known) in table.opposite:
        return "opposite"
    if known in table.derived.get(stated, ()) or _same_root(stated, known):
        return "derived"
    return _by_sense(stated, known)


_ENDINGS = (
    "ment",
    "ation",
    "ion",
    "er",
    "or",
    "ity",
    "al",
    "ly",
    "ness",
    "ance",
    "ence",
    "iv",
    "y",
    "ist",
    "ism",
    "ful",
    "",
)


def _same_root(first: str, second: str) -> bool:
    """Whether two stems differ only by endings that make new words: "derail", "derailment"."""
    short, long = sorted((first, second), key=len)
    roots = {short, short.removesuffix("y"), short.removesuffix("y").removesuffix("at")}
    return any(len(root) > 3 and long.startswith(root) and long[len(root) :] in _ENDINGS for root in roots)


def _by_sense(stated: str, known: str) -> str:
    stated_parts, known_parts = _meanings(stated), _meanings(known)
    best = ""
    for part, mine in stated_parts.items():
        theirs = known_parts.get(part)
        if theirs is None:
            continue
        if not mine.senses.isdisjoint(theirs.senses):
            return "synonym"
        if not mine.senses.isdisjoint(theirs.above) or (part == "n" and not mine.senses.isdisjoint(theirs.two_above)):
            best = "broader"
        elif not theirs.senses.isdisjoint(mine.above):
            best = best or "narrower"
        elif not mine.above.isdisjoint(theirs.above):
            best = best or "sibling"
    return best
