"""What is kept of an article's words to tell copies by: an agency's report that outlets print, cut or changed a bit.

Runs of four words are hashed, and the smallest hashes kept. Up to the smaller one of two sketches' greatest hashes,
both are fair samples of their texts, and what one has of the other estimates how much of the shorter text is copied
(Broder, "On the resemblance and containment of documents", 1997).
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

VERSION = 1
"""Part of an index's recipe."""

_KEPT = 64
_RUN = 4
_WIDTH = 8
"""Hexadecimal digits of a hash."""
_FEWEST = 12
"""Hashes of the shorter text from which a copy can be told."""
_COPIED = 0.3
"""Share of the shorter text's runs that make it a copy; reports of one event in words of their own share a tenth."""
_WORD = re.compile(r"\w+")


def sketch_of(text: str) -> str:
    """The smallest hashes of a text's runs of words, in order, as hexadecimal digits; empty for a few words."""
    words = _WORD.findall(text.casefold())
    runs = {" ".join(words[place : place + _RUN]) for place in range(len(words) - _RUN + 1)}
    hashes = {_hash(run) for run in runs}
    return "".join(sorted(hashes)[:_KEPT])


def _hash(run: str) -> str:
    return hashlib.blake2b(run.encode("utf-8", "surrogatepass"), digest_size=_WIDTH // 2).hexdigest()


def is_copy(one: str, other: str) -> bool:
    """Whether the texts of two sketches share much of the shorter one, run by run."""
    first, second = _hashes(one), _hashes(other)
    last = min((hashes[-1] for hashes in (first, second) if len(hashes) == _KEPT), default="g")
    mine, theirs = ({item for item in hashes if item <= last} for hashes in (first, second))
    fewer = min(len(mine), len(theirs))
    return fewer >= _FEWEST and len(mine & theirs) >= _COPIED * fewer


@lru_cache(maxsize=1024)
def _hashes(sketch: str) -> tuple[str, ...]:
    return tuple(sketch[place : place + _WIDTH] for place in range(0, len(sketch), _WIDTH))
