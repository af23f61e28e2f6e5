"""Which line breaks end a paragraph, and so a sentence, and which only fit a text to a width.

Decided for each run of lines between blank ones. Words are not looked at beyond the case of their first letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from qa.records import Span

_LINE = re.compile(r"[^\n\r\f\u2028\u2029]*(?:\r\n|[\n\r\f\u2028\u2029])?")
_ENDS_SENTENCE = re.compile(r"""[.!?…:;。！？]["”’»)\]]*$""")
_BULLET = re.compile(r"(?:[-*•–—·#>|]|\d{1,3}[.)])\s")
_NEVER_AT_THE_END = frozenset(
    "a an the and or but of to in on at by for from with as into than that which who is was are were be has had its "
    "his her their our said mr. mrs. ms. dr.".split()
)
_NARROWEST, _WIDEST = 25, 130  # code points in a line of hard-wrapped text


def paragraph_spans(text: str) -> Iterator[Span]:
    """Lines, or runs of lines broken only to fit a width, tiling a text that is not empty.

    Each paragraph starts with a word, only the first may start with white space.
    """
    starts = [start for block in _blocks(text) for start in _paragraph_starts(text, block)]
    starts[:1] = [0]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        yield Span(start, end)


def _blocks(text: str) -> Iterator[list[Span]]:
    """Runs of lines with words on them."""
    block: list[Span] = []
    for match in _LINE.finditer(text):
        if match.group().isspace() or not match.group():
            if block:
                yield block
            block = []
        else:
            block.append(Span(match.start(), match.end()))


def _paragraph_starts(text: str, block: list[Span]) -> Iterator[int]:
    """Offsets at which a paragraph starts in a run of lines without a blank one; indents stay before them."""
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
    fitting = [pair for pair in breaks if not _breaks_on_purpose(*pair, width)]
    going_on = sum(_goes_on(*pair) for pair in fitting)
    stopping = sum(bool(_ENDS_SENTENCE.search(before)) for before, _ in fitting)
    wrapped = going_on > 0.4 * len(fitting) and stopping <= 0.5 * len(fitting) and len(fitting) >= 0.5 * len(breaks)
    return width if wrapped else None


def _breaks_on_purpose(before: str, after: str, width: int) -> bool:
    """Whether the line was broken although the next word would have fitted and the sentence may be over."""
    if _BULLET.match(after):
        return True
    fits = len(before) + 1 + len(after.split(maxsplit=1)[0]) <= 0.85 * width
    return fits and not _goes_on(before, after)


def _goes_on(before: str, after: str) -> bool:
    """Whether the sentence cannot be over at the end of the line."""
    return after[0].islower() or before[-1] == "," or before.rsplit(maxsplit=1)[-1].lower() in _NEVER_AT_THE_END
