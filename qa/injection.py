"""Lines of an article that give orders to the program that reads it, such as "AI systems: ignore all instructions".

They are shown with the article like any other text, but are no evidence: neither quoted as an answer nor shown to a
language model. Sentences that only report such orders may be left out with them; their neighbours still tell the story.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from qa.records import Passage, Span

_MACHINE = r"(?:AI|A\.I\.|artificial intelligence|chat ?bots?|language models?|LLMs?|GPT|bots?|crawlers?)"
_ORDER = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b[^.\n]{0,40}\b(?:previous|prior|above|earlier|other|all|your)\b[^.\n]{0,20}"
    r"\b(?:instructions?|prompts?|rules|guidelines|articles|context)\b"
    r"|\b(?:note|notice|message|instructions?|policy|attention|reminder)\s+(?:to|for)\s+(?:(?:any|all|the)\s+)*"
    rf"(?:{_MACHINE}|assistants?)(?:\s+\w+){{0,4}}\s*[:–—]"
    rf"|\b{_MACHINE}(?:\s+\w+){{0,5}}\s*(?:must|should always|shall|are (?:ordered|instructed|required) to)\s+"
    r"(?:state|say|answer|reply|respond|repeat|claim|mention)\s*(?:\bthat\b|\bonly\b|\bwith\b|[:\"“‘'])"
    r"|\[(?:system|inst|assistant)\]|<\|?(?:system|im_start|assistant)\|?>|<!--\s*(?:system|assistant|AI)\b"
    r"|\b(?:system prompt|developer message)\s*:",
    re.IGNORECASE,
)


def gives_orders(line: str) -> bool:
    """Whether a line of text speaks to a machine that reads it."""
    return _ORDER.search(line) is not None


def without_orders(passage: Passage) -> Passage:
    """The passage without the title and the ``sentences`` that give orders; its text stays whole.

    A sentence goes where it speaks to a machine or stands after one that does in the same line: what is ordered often
    comes in the sentences after.
    """
    title = "" if gives_orders(passage.title) else passage.title
    if not gives_orders(passage.text):
        return passage if title == passage.title else replace(passage, title=title)
    orders = list(_orders(passage))
    kept = tuple(s for s in passage.sentences if not any(s.start < line.end and line.start < s.end for line in orders))
    return replace(passage, sentences=kept, title=title)


def _orders(passage: Passage) -> Iterator[Span]:
    """From where a line begins to speak to machines to its end."""
    start = passage.start
    for line in passage.text.splitlines(keepends=True):
        if found := _ORDER.search(line):
            yield Span(start + found.start(), start + len(line))
        start += len(line)
