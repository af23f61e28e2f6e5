"""The canonical form of a text: no byte order mark, line ends of one kind (LF), nothing else changed."""

from __future__ import annotations

import re

from qa.articles.reports import Findings

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_CONTROL = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_CONTROL_BYTES = bytes([*range(9), *range(14, 32), 127])


def canonical(text: str, findings: Findings, where: str = "") -> str:
    """The text that citations are ranges of.

    Half surrogate pairs and NUL cannot be stored or printed: each becomes one U+FFFD, so offsets stay as they were.
    Other control characters are kept. Both are noted.

    Args:
        text: as decoded.
        findings: of its file.
        where: the part of the file it comes from, as ``line 7: ``; empty where the file is one article.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not _may_hold_any(text):
        return text
    text, replaced = _UNSTORABLE.subn("\ufffd", text)
    if replaced:
        findings.add(f"{where}half surrogate pairs or NUL became U+FFFD ({replaced:,})")
    if control := len(_CONTROL.findall(text)):
        findings.add(f"{where}control characters in the text ({control:,})")
    return text


def _may_hold_any(text: str) -> bool:
    """A quick look at the bytes: control characters, or the first bytes of C1 controls and of half surrogates."""
    data = text.encode("utf-8", "surrogatepass")
    return len(data.translate(None, _CONTROL_BYTES)) < len(data) or b"\xc2" in data or b"\xed" in data


def one_line(text: str) -> str:
    """A title or name on one line, white space single, without what cannot be stored."""
    return " ".join(_UNSTORABLE.sub("\ufffd", text).split())
