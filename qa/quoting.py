"""How much is quoted with a sentence, so that it can be read alone: who "he" is, and whose the quoted words are.

A sentence that begins with "He said ..." brings the one before it. One that begins or ends between quotation marks
brings the rest of what is quoted, with the words that say who speaks: "'There was no siren. None,' said Ida Brenn."
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from qa.reading import points_back, refers_back
from qa.records import Span

MOST_BEFORE = 2
"""Sentences at most that a sentence brings along to be understood."""
MOST_BEHIND = 2
"""Sentences at most that follow it up to the end of the words it quotes."""
_LONGEST = 600
"""Characters quoted at most for the sake of quotation marks."""
_CLOSED_BY = {"“": "”", "«": "»", "„": "“”", '"': '"'}
_BEFORE_OPENING = frozenset(" \t\n\u00a0([-–—/")
_SAYING = r"(?:sa(?:id|ys)|add(?:ed|s)|told|tells|asked|replied|wrote|insisted|explained|recalled|continued|went on)"
_LATER_SUBJECT = re.compile(
    r"\W*(?:In|On|At|After|Before|By|With|From|Last|Earlier|Later|Then|But|And|Yet|Asked|Yesterday|Today)\b"
    r"[^A-Z“„«\".;:?!]{0,60}\b(?:he|she)\b"
)
"""A sentence whose subject is a word that stands for somebody, behind words that name nobody."""
_BEGINS_QUOTED = re.compile(r"\s*[“„«\"]")
_PRONOUN = re.compile(rf"^\W*(?:(?:he|she|they) (?:\w+ ){{0,2}}?{_SAYING}|{_SAYING} (?:he|she|they))\b", re.IGNORECASE)
_SAID = re.compile(rf"\b{_SAYING}\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]")
_MARK = re.compile('[“”„«»"]')


def quotations(text: str) -> Iterator[Span]:
    """The ranges between quotation marks, marks included.

    A closing mark without an opening one closes what was opened before the text; behind a digit it stands for inches.
    A quotation that a paragraph leaves open goes on in the next one if that opens with a mark, too; else somebody
    forgot the closing one, and there is none.
    """
    start, begun = 0, None
    for paragraph in text.split("\n"):
        if paragraph.strip():
            begun = begun if begun is not None and _BEGINS_QUOTED.match(paragraph) else None
            for opened, closed in _in_paragraph(paragraph):
                first = start + opened if begun is None else begun
                begun = None if closed is not None else first
                if closed is not None:
                    yield Span(first, start + closed)
        start += len(paragraph) + 1


def leaves_open(text: str) -> bool:
    """Whether a text ends in the middle of a quotation."""
    return any(closed is None for _, closed in _in_paragraph(text.rpartition("\n")[2]))


def _in_paragraph(paragraph: str) -> Iterator[tuple[int, int | None]]:
    """Where quotations open and close; the last may not close."""
    opened: int | None = None
    for number, match in enumerate(_MARK.finditer(paragraph)):
        place, mark = match.start(), match.group()
        if opened is not None:
            if mark in _CLOSED_BY[paragraph[opened]]:
                yield opened, place + 1
                opened = None
        elif mark in "“„«" or (mark == '"' and _opens(paragraph, place)):
            opened = place
        elif number == 0 and not paragraph[place - 1 : place].isdigit():
            yield 0, place + 1
    if opened is not None:
        yield opened, None


def _opens(paragraph: str, place: int) -> bool:
    return place == 0 or paragraph[place - 1] in _BEFORE_OPENING


def readable(text: str, sentences: Sequence[Span], place: int) -> Span:
    """The range to quote for the sentence at a place.

    Args:
        text: the passage, and what stands before and behind it.
        sentences: its sentences, in order, as offsets of ``text``.
        place: the number of the sentence that is wanted.
    """
    quoted = list(quotations(text))
    begun = _begin(sentences, place, quoted)
    last = _resumed(text, sentences, begun, _end(sentences, place, quoted), quoted)
    if sentences[last].end - sentences[begun].start > _LONGEST:
        begun = last = place
    first = _understood(text, sentences, begun, sentences[last].end, quoted)
    whole = _begin(sentences, first, quoted)
    first = whole if sentences[last].end - sentences[whole].start <= _LONGEST else first
    return Span(sentences[first].start, sentences[last].end)


def _understood(text: str, sentences: Sequence[Span], begun: int, end: int, quoted: Sequence[Span]) -> int:
    """The number of the sentence with which to begin so that no word, and no quotation, needs one before it."""
    first = begun
    while first > max(0, begun - MOST_BEFORE):
        own = Span(sentences[first].start, sentences[first].end if first < begun else end)
        if not _refers_back(text, sentences, first, end) and not _lacks_speaker(text, own, quoted):
            break
        first -= 1
    return first


def _begin(sentences: Sequence[Span], place: int, quoted: Sequence[Span]) -> int:
    """The number of the sentence with which the quotation opens in whose middle the one at a place begins.

    The place itself where that one is too far: more of a speech does not tell who holds it.
    """
    near = range(place, max(-1, place - MOST_BEFORE - 1), -1)
    return next((first for first in near if not _is_inside(sentences[first].start, quoted)), place)


def _end(sentences: Sequence[Span], place: int, quoted: Sequence[Span]) -> int:
    """The same for the sentence with which the quotation closes in whose middle the one at a place ends."""
    near = range(place, min(len(sentences), place + MOST_BEHIND + 1))
    return next((last for last in near if not _is_inside(sentences[last].end, quoted)), place)


def _resumed(text: str, sentences: Sequence[Span], first: int, last: int, quoted: Sequence[Span]) -> int:
    """The number of the sentence with which what somebody says ends that goes on behind "she said".

    "'We have waited,' said Tom Ashby. 'We will not wait again.'"
    """
    outside = _outside(text, Span(sentences[first].start, sentences[last].end), quoted)
    if outside is None or not _SAID.search(outside) or last + 1 == len(sentences):
        return last
    between, behind = text[sentences[last].start : sentences[last].end], text[sentences[last + 1].start :]
    if "\n" in between[len(between.rstrip()) :] or not _BEGINS_QUOTED.match(behind):
        return last
    return _end(sentences, last + 1, quoted)


def _is_inside(place: int, quoted: Sequence[Span]) -> bool:
    return any(quotation.start < place < quotation.end for quotation in quoted)


def _refers_back(text: str, sentences: Sequence[Span], first: int, end: int) -> bool:
    """Whether what begins with a sentence begins with a word that stands for something before it."""
    start = sentences[first].start
    rest = text[start:end]
    if _BEGINS_QUOTED.match(rest):  # "they" are known to who speaks
        return False
    if points_back(rest) and "\n" in text[sentences[first - 1].start : start]:
        return False
    return refers_back(rest) or _LATER_SUBJECT.match(rest) is not None


def _lacks_speaker(text: str, span: Span, quoted: Sequence[Span]) -> bool:
    """Whether a range quotes somebody, and says no more than "he said" of who it is.

    Not where it begins in the middle of a quotation: what says it is too far.
    """
    if _is_inside(span.start, quoted):
        return False
    outside = _outside(text, span, quoted)
    return outside is not None and (_PRONOUN.match(outside) is not None or not _WORD.search(outside))


def _outside(text: str, span: Span, quoted: Sequence[Span]) -> str | None:
    """The words of a range that stand outside quotation marks; ``None`` where there are no marks in it."""
    parts, start = [], span.start
    for quotation in quoted:
        if quotation.start < span.end and span.start < quotation.end:
            parts.append(text[start : quotation.start])
            start = quotation.end
    return "".join([*parts, text[start : span.end]]) if parts else None
