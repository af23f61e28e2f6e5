"""Bytes to text: which encoding, and what is no text at all."""

from __future__ import annotations

import codecs

from qa.articles.reports import Findings, Refused

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(data: bytes, findings: Findings) -> str:
    """The text of a file or of one line of it.

    Args:
        data: its bytes.
        findings: told when the encoding is not UTF-8, or bytes had to be replaced.

    Raises:
        Refused: if it is empty, binary, or in no known encoding.
    """
    if not data.strip():
        raise Refused("empty")
    if b"\x00" in data[:65536]:
        raise Refused("binary data, not text")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        findings.add("not UTF-8: read as windows-1252")
        return data.decode("cp1252", "replace")
