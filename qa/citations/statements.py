"""Statements: the sentences of an answer, each with the footnotes that belong to it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from qa.citations.pieces import Marker
from qa.records import Span, Statement
from qa.sentences import sentence_spans, trimmed

_BULLET = re.compile(r"(?:[-*•–>|]|#{1,6}|\d{1,3}[.)])\s+")
_WORD = re.compile(r"[^\W_]")


def build_statements(text: str, markers: Sequence[Marker] = ()) -> tuple[Statement, ...]:
    """Split an answer into statements, in order, without overlap; ``support`` is still to be judged.

    A mark belongs to the sentence that it stands in or after. Where a line starts with a mark (``[1] It rained. [2] It
    snowed.``), the marks of that line stand before their sentences. A range takes its marks in; bullets, white space,
    ``#`` of headings, and lines without words are left out.

    Args:
        text: the answer.
        markers: its footnote marks, in order.
    """
    plain, cuts = _cut(text, markers)
    sentences = [span for span in (_words(plain, tile) for tile in sentence_spans(plain)) if span is not None]
    if not sentences:
        return ()
    owned: list[list[Marker]] = [[] for _ in sentences]
    for cut, owner in zip(cuts, _owners(plain, sentences, cuts), strict=True):
        owned[owner].append(cut.marker)
    original = _Original(cuts)
    return tuple(
        Statement(
            start=min([original.of(sentence.start), *(marker.start for marker in own)]),
            end=max([original.of(sentence.end - 1) + 1, *(marker.end for marker in own)]),
            citations=tuple(dict.fromkeys(marker.number for marker in own)),
        )
        for sentence, own in zip(sentences, owned, strict=True)
    )


def without_markers(text: str, markers: Sequence[Marker] = ()) -> str:
    """The words of a text without its footnote marks and the space before them."""
    return _cut(text, markers)[0].strip()


@dataclass(frozen=True, slots=True)
class _Cut:
    """A mark taken out: its place in the text without marks, and how many code points went with it."""

    place: int
    length: int
    marker: Marker


class _Original:
    """Offsets of the text without marks, in the text with them."""

    def __init__(self, cuts: Sequence[_Cut]) -> None:
        self._places = [cut.place for cut in cuts]
        self._removed = [0, *accumulate(cut.length for cut in cuts)]

    def of(self, offset: int) -> int:
        """Where the code point at ``offset`` stands."""
        return offset + self._removed[bisect_right(self._places, offset)]


def _cut(text: str, markers: Sequence[Marker]) -> tuple[str, list[_Cut]]:
    parts: list[str] = []
    cuts: list[_Cut] = []
    place = end = 0
    for marker in markers:
        words = text[end : marker.start].rstrip(" \t\u00a0")
        parts.append(words)
        place += len(words)
        cuts.append(_Cut(place, marker.end - end - len(words), marker))
        end = marker.end
    return "".join([*parts, text[end:]]), cuts


def _words(plain: str, tile: Span) -> Span | None:
    """The sentence without bullet and white space; ``None`` if it has no words, as a rule or a fence."""
    span = trimmed(plain, tile)
    if span is None or not _WORD.search(span.of(plain)):
        return None
    bullet = _BULLET.match(span.of(plain))
    return Span(span.start + bullet.end(), span.end) if bullet else span


def _owners(plain: str, sentences: Sequence[Span], cuts: Sequence[_Cut]) -> Iterator[int]:
    """For each mark the index of the sentence that it belongs to; never less than the one before."""
    starts = [sentence.start for sentence in sentences]
    leading_line = -1
    for cut in cuts:
        after = bisect_left(starts, cut.place)  # the first sentence that starts here or later
        end_before = sentences[after - 1].end if after else 0
        line = plain.rfind("\n", 0, cut.place) + 1
        leads = cut.place >= end_before and after < len(starts) and not plain[cut.place : starts[after]].strip(" \t")
        if leads and end_before <= line:
            leading_line = line
        yield after if after == 0 or (leads and leading_line == line) else after - 1
