"""Text of articles and models made safe for a terminal: it can neither move the cursor nor turn the line around."""

from __future__ import annotations

import re

_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """``text`` with each control and direction character replaced by U+FFFD; line breaks and tabs stay."""
    return _UNSAFE.sub("\ufffd", text)
