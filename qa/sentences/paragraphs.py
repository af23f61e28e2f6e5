"""Which line breaks end a paragraph, and so a sentence, and which only fit a text to a width.

Decided for each run of lines between blank ones. Words are not looked at beyond the case of their first letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from qa.records import Span

_LINE = re.compile(r"[^\n]*\n?")
_ENDS_SENTENCE = re.compile(r"""[.!?…:;。！？]["”’»)\]]*$""")
_BULLET = re.compile(r"(?:[-*•–—·#>|]|\d{1,3}[.)])\s")
_NARROWEST, _WIDEST = 25, 130  # code points in a line of hard-wrapped text


def paragraph_spans(text: str) -> Iterator[Span]:
    """Paragraphs: lines, or runs of lines broken only to fit a width. Each starts with a word, but for the first."""
    start = 0
    block: list[Span] = []
    for match in _LINE.finditer(text):
        if match.end() == match.start():
            break
        if match.group().strip():
            block.append(Span(match.start(), match.end()))
            continue
        for end in _paragraph_starts(text, block):
            if end > start:
                yield Span(start, end)
                start = end
        block = []
    for end in _paragraph_starts(text, block):
        if end > start:
            yield Span(start, end)
            start = end
    yield Span(start, len(text))


def _paragraph_starts(text: str, block: list[Span]) -> Iterator[int]:
    """Offsets at which a paragraph starts in a run of lines without a blank one; indents stay before them."""
    if not block:
        return
    lines = [line.of(text).strip() for line in block]
    width = _wrap_width(lines)
    for number, (line, words) in enumerate(zip(block, lines, strict=True)):
        if number == 0 or width is None or _breaks_on_purpose(lines[number - 1], words, width):
            yield line.start + line.of(text).index(words)


def _wrap_width(lines: list[str]) -> int | None:
    """The width the lines were wrapped to, or ``None`` where each line stands for itself.

    Wrapped lines break where the next word did not fit, rarely at the end of a sentence, and often go on in lower case.
    """
    breaks = list(pairwise(lines))
    if not breaks:
        return None
    width = sorted(map(len, lines))[(len(lines) - 1) * 9 // 10] if len(lines) > 10 else max(map(len, lines))
    if not _NARROWEST <= width <= _WIDEST:
        return None
    going_on = sum(after[0].islower() for _, after in breaks)
    stopping = sum(bool(_ENDS_SENTENCE.search(before)) for before, _ in breaks)
    on_purpose = sum(_breaks_on_purpose(before, after, width) for before, after in breaks)
    wrapped = going_on >= 0.4 * len(breaks) and stopping <= 0.5 * len(breaks) and on_purpose <= 0.4 * len(breaks)
    return width if wrapped else None


def _breaks_on_purpose(before: str, after: str, width: int) -> bool:
    """Whether the line was broken although the next word would have fitted."""
    if after[0].islower():
        return False
    fits = len(before) + 1 + len(after.split(maxsplit=1)[0]) <= 0.85 * width
    return fits or bool(_BULLET.match(after))
