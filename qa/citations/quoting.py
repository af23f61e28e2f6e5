"""Article text as it may stand in a prompt: on one line, unable to pose as a part of the prompt.

Only the prompt sees this form. Offsets, quotes and checks use the article's own words.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from functools import lru_cache

from qa.citations.addresses import without_addresses
from qa.citations.notation import LONGEST, read_bracket

_BRACKET = re.compile(rf"[\[【［]([^\[\]【】［］]{{1,{LONGEST}}})[\]】］]")
_MARKS = re.compile(r"[\d\s,;:^†‐-―−~&-]+")
_CONTROL_WORD = re.compile(r"[\[【［](/?[A-Z_]{2,20})[\]】］]")
_TAG = re.compile(r"<(?=[^\s\d])")
_HEADING = re.compile(r"#{2,}")
_INVISIBLE = ("Cf", "Cs", "Co")
_JOINERS = "\u200c\u200d"  # spelling of Persian and many emoji depend on them


def random_fence() -> str:
    """A line that no article can hold, to put before and after the evidence: 32 random bits, new for each request."""
    return f"=== {secrets.token_hex(4)} ==="


def quoted(text: str, fence: str) -> str:
    """``text`` on one line, with everything that looks like a part of a prompt changed so that it no longer does.

    What would be read as a marker, such as ``[3]`` or ``[sentence 3]``, gets round brackets, and so do control words
    (``[INST]``). Tags (``<think>``, ``<|im_start|>``) lose their bracket, role headings their ``##``; ``fence``, web
    addresses and invisible characters go.
    """
    flat, harmless = _harmless(text)
    token = fence.strip("= ")
    return _without_signs(flat.replace(token, "…")) if token and token in flat else harmless


@lru_cache(maxsize=4096)
def _harmless(text: str) -> tuple[str, str]:
    """A text on one line, and then without signs: kept, since no text as a rule holds a prompt's own fence."""
    if not text.isascii():
        text = "".join(char for char in text if char in _JOINERS or unicodedata.category(char) not in _INVISIBLE)
    flat = without_addresses(" ".join(text.split()))
    return flat, _without_signs(flat)


def _without_signs(text: str) -> str:
    text = _CONTROL_WORD.sub(r"(\1)", _BRACKET.sub(_without_marker, text))
    return _HEADING.sub("#", _TAG.sub("‹", text))


def _without_marker(bracket: re.Match[str]) -> str:
    inside = bracket[1]
    return f"({inside})" if _MARKS.fullmatch(inside) or read_bracket(inside, ()) else bracket[0]
