"""Sentence boundaries as offsets.

``sentence_spans`` tiles a text with sentences; ``trimmed`` takes the white space off one of them for citing. News
English is what it is measured on (``python -m evals.bench.sentences``); other languages get their own full stops but
no abbreviations. The text itself is never changed, and nothing is parsed: a heading is a sentence like any other.

``paragraphs`` decides about line breaks, ``stops`` about full stops; here they are joined and over-long sentences cut.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from qa.records import Span
from qa.sentences.paragraphs import paragraph_spans
from qa.sentences.stops import sentence_starts

__all__ = ["LONGEST", "sentence_spans", "trimmed"]

LONGEST = 1_000
"""No sentence has more code points than this, not counting the white space around it."""

_PIECE = 600  # where an over-long sentence is preferably cut
_SLACK = 200  # how far from there a better place is looked for

_CLAUSE_END = re.compile(r"[,;:.!?—–|)\]”]\s+(?=\S)")
_GAP = re.compile(r"\s(?=\S)")
_VISIBLE = re.compile(r"\S")


def sentence_spans(text: str) -> list[Span]:
    """The sentences of a text, in order.

    They tile it: the first starts at 0, each starts where the one before ends, the last ends at ``len(text)``. White
    space belongs to the sentence before it, at the start of the text to the first. A line break ends a sentence,
    except inside hard-wrapped text. A sentence of more than ``LONGEST`` code points is cut between words or clauses.

    Args:
        text: any string, of any length.

    Returns:
        Spans in code points of ``text``; none for an empty text, one for a text of white space only.
    """
    if not text:
        return []
    starts = [0]
    for unit in paragraph_spans(text):
        for start in _unit_starts(text, unit):
            starts.extend(_cuts(text, starts[-1], start))
            starts.append(start)
    starts.extend(_cuts(text, starts[-1], len(text)))
    return [Span(start, end) for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


def trimmed(text: str, span: Span) -> Span | None:
    """The span without the white space around its words, or ``None`` if there is nothing else in it."""
    words = span.of(text)
    body = words.strip()
    if not body:
        return None
    start = span.start + len(words) - len(words.lstrip())
    return Span(start, start + len(body))


def _unit_starts(text: str, unit: Span) -> Iterator[int]:
    """Where the sentences of one paragraph start, in offsets of the whole text; 0 is left out."""
    words = unit.of(text)
    if unit.start > 0:
        yield unit.start
    for start in sentence_starts(words):
        yield unit.start + start


def _cuts(text: str, start: int, end: int) -> Iterator[int]:
    """Where to cut the sentence ``start:end`` so that no piece is longer than ``LONGEST``."""
    if end - start <= LONGEST:
        return
    words = trimmed(text, Span(start, end))
    if words is None:
        return
    start = words.start
    while words.end - start > LONGEST:
        start = _cut(text, start + _PIECE)
        yield start


def _cut(text: str, wish: int) -> int:
    """The best place to cut near ``wish``: after a clause, else between words, else between letters."""
    low, high = wish - _SLACK, wish + _SLACK
    for pattern in (_CLAUSE_END, _GAP):
        places = [match.end() for match in pattern.finditer(text, low, high)]
        if places:
            return min(places, key=lambda place: abs(place - wish))
    if text[high - 1].isspace():
        match = _VISIBLE.search(text, high)
        return match.start() if match else len(text)
    place = wish
    while place > low and _joins(text[place - 1], text[place]):
        place -= 1
    return place


def _joins(before: str, after: str) -> bool:
    """Whether the second letter is drawn together with the first."""
    return unicodedata.combining(after) > 0 or after in "\u200d\ufe0f" or before == "\u200d"
