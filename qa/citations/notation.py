"""How models write citations: reads the inside of one bracket, of bounded length.

Understood: ``17``, ``3, 7``, ``3-5``, ``3–5``, ``^3``, ``#3``, ``S3``, ``ID:3``, ``sentence 3``, ``sentences 3 and 7``,
``citation:3``, ``3†source``, ``3†L1-L4`` (gpt-oss, which was trained to add lines), in any decimal digits.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST = 100
"""Code points in a bracket; a longer one is text."""
WIDEST_RANGE = 20
"""Known sentences that one range can cite; a wider one points at nothing in particular and counts as unknown."""

OPENERS = "[【［"
CLOSERS = "]】］"

_WORDS = ("sentence", "sentences", "source", "sources", "citation", "citations", "id", "and")
_MARKS = frozenset(",;:、，^#†&~-‐‑‒–—―− \t\u00a0\u202f")
_NOISE = re.compile(
    r"(?i:[\^#]|†(?:sources?|L\d+(?:-L?\d+)?)?|(?:sentences?|sources?|citations?|\bid\b)[ \t]*:?|\bs(?=\d))"
)
_LABEL = re.compile(r"(?i:#|\bid\b|\bs\d)")
_ITEM = re.compile(r"(\d+)(?:\s*[-‐‑‒–—―−~]\s*(\d+))?")
_BETWEEN = re.compile(r"(?i:[\s,;、，&]|and)*")
_LAST_WORD = re.compile(r"[^\W\d_]*$")
_YEARS = range(1000, 3000)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one bracket says: known sentence numbers in order, how many unknown ones, whether it may be no citation."""

    known: tuple[int, ...]
    unknown: int
    may_be_text: bool
    """As years and labels may: ``[2023]``, ``[#12]``, ``[ID: 12]``."""


def can_continue(inside: str, char: str) -> bool:
    """Whether a bracket that holds ``inside`` so far may still be a citation with ``char`` added."""
    if len(inside) >= LONGEST:
        return False
    if char.isdecimal() or char in _MARKS:
        return True
    if not char.isalpha():
        return False
    if char == "L" and "†" in inside:
        return True
    word = _LAST_WORD.search(inside + char)
    return word is not None and any(known.startswith(word[0].lower()) for known in _WORDS)


def read_bracket(inside: str, known: Sequence[int]) -> Reading | None:
    """What the text between two brackets cites, or ``None`` if it is no citation.

    Args:
        inside: at most `LONGEST` code points.
        known: the sentence numbers that exist, ascending.
    """
    items = _items(inside)
    if not items:
        return None
    found: dict[int, None] = {}
    unknown = 0
    for low, high in items:
        numbers = known[bisect_left(known, low) : bisect_right(known, high)]
        if numbers and len(numbers) <= WIDEST_RANGE:
            found.update(dict.fromkeys(numbers))
        else:
            unknown += 1
    years = all(low in _YEARS and high in _YEARS for low, high in items)
    return Reading(tuple(found), unknown, years or bool(_LABEL.search(inside)))


def _items(inside: str) -> list[tuple[int, int]]:
    """Pairs of lowest and highest number; empty if ``inside`` is not a list of numbers and ranges."""
    text = _NOISE.sub(" ", inside)
    items: list[tuple[int, int]] = []
    position = _end(_BETWEEN, text, 0)
    while position < len(text):
        item = _ITEM.match(text, position)
        if item is None:
            return []
        first = int(item[1])
        last = int(item[2]) if item[2] else first
        items.append((min(first, last), max(first, last)))
        position = _end(_BETWEEN, text, item.end())
    return items


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    found = pattern.match(text, position)
    return found.end() if found else position
