"""Sentences that only head others: crossheads, bold lines, the first row of a table. They say nothing by themselves."""

from __future__ import annotations

import re

from qa.records import Passage

_HEADING = re.compile(r"\s*(?:#{1,6}\s[^\n]*|(\*\*|__)[^\n]{1,120}\1:?)\s*")
_ROW = re.compile(r"\s*\|[^\n]*\|\s*")
_RULE = re.compile(r"\s*\|?\s*:?-{2,}[\s|:-]*")


def is_heading(passage: Passage, position: int) -> bool:
    """Whether a sentence of a passage, by its place, is a heading or the first row of a table."""
    text = passage.sentence_text(passage.sentences[position])
    if _HEADING.fullmatch(text) or _RULE.fullmatch(text):
        return True
    below = passage.sentences[position + 1 : position + 2]
    return bool(_ROW.fullmatch(text) and below and _RULE.fullmatch(passage.sentence_text(below[0])))
