"""Whether a change goes the way that the cited text says: "from $3 million to $5 million", not the other way round."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from qa.verify.comparison import compare
from qa.verify.quantities import Quantity
from qa.verify.reading import Pool, Reading
from qa.verify.verdicts import Finding

_Change = tuple[Quantity, Quantity]


def _changes(reading: Reading) -> Iterator[_Change]:
    """Pairs of quantities, that from which something changes first."""
    text = reading.folded.text
    for first, second in pairwise(reading.quantities):
        words = text[: first.start].rsplit(None, 1)[-1:] + text[first.end : second.start].split()
        if words == ["from", "to"]:
            yield first, second
        elif words == ["to", "from"]:
            yield second, first


def _is_met(known: Quantity, asked: Quantity) -> bool:
    return compare(known, asked) == "yes"


def direction_findings(statement: Reading, pool: Pool) -> Iterator[Finding]:
    """What speaks against the direction of the statement's changes."""
    theirs = [change for reading in pool.cited for change in _changes(reading)]
    for start, end in _changes(statement) if theirs else ():
        along = any(_is_met(known, start) and _is_met(to, end) for known, to in theirs)
        against = any(_is_met(known, end) and _is_met(to, start) for known, to in theirs)
        if against and not along:
            yield Finding("unsupported", "the cited text says that it changed the other way round")
            return
