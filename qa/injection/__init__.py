"""Parts of an article that give orders to the program that reads it, such as "AI systems: ignore all instructions".

They are shown with the article like any other text, but are no evidence: neither quoted as an answer nor shown to a
language model. Sentences that only report such orders may be left out with them; their neighbours still tell the story.
What orders look like stands in ``orders``, in which writings they hide in ``disguises``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from qa.injection.disguises import is_unreadable, plain_readings
from qa.injection.orders import order_in
from qa.records import Passage, Span

_ENDS = (".", "!", "?", ":", ";", "”", '"', "»", "。")


def gives_orders(text: str) -> bool:
    """Whether a text speaks to a machine that reads it, in plain or in disguise."""
    return bool(_orders(text))


def without_orders(passage: Passage) -> Passage:
    """The passage without the title and the ``sentences`` that give orders; its text stays whole.

    A sentence goes where it speaks to a machine or stands after one that does in the same line: what is ordered often
    comes in the sentences after. Of a line in disguise, all goes.
    """
    title = "" if gives_orders(passage.title) else passage.title
    orders = [span.shift(passage.start) for span in _orders(passage.text)]
    if not orders:
        return passage if title == passage.title else replace(passage, title=title)
    kept = tuple(s for s in passage.sentences if not any(s.start < line.end and line.start < s.end for line in orders))
    return replace(passage, sentences=kept, title=title)


@lru_cache(maxsize=1024)
def _orders(text: str) -> tuple[Span, ...]:
    """From where a line begins to speak to machines to its end."""
    may_give = order_in(text) is not None or _is_disguised(text)
    return tuple(_in_lines(text)) if may_give else ()


def _in_lines(text: str) -> Iterator[Span]:
    for start, line in _lines(text):
        if _is_disguised(line):
            yield Span(start, start + len(line))
        elif (place := order_in(line)) is not None:
            yield Span(start + place, start + len(line))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a text, each with those after it that only go on with its sentence."""
    start, line = 0, ""
    for part in text.splitlines(keepends=True):
        if line.strip() and part.strip() and not line.rstrip().endswith(_ENDS):
            line += part
            continue
        if line:
            yield start, line
        start, line = start + len(line), part
    if line:
        yield start, line


def _is_disguised(text: str) -> bool:
    return is_unreadable(text) or any(order_in(reading) is not None for reading in plain_readings(text))
