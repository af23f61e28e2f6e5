"""Bytes to text: which encoding, and what is no text at all."""

from __future__ import annotations

import codecs
import re
import unicodedata

from qa.articles.reports import Findings, Refused

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_RTF = b"{\\rtf"
_BINARY = (
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"PK\x03\x04", "a zip archive or an office document"),
    (b"PK\x05\x06", "a zip archive"),
    (b"\x1f\x8b", "gzip data"),
    (b"BZh", "bzip2 data"),
    (b"\xfd7zXZ\x00", "xz data"),
    (b"\x28\xb5\x2f\xfd", "zstd data"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old office document"),
    (_RTF, "an RTF document"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x7fELF", "a program"),
)
_SAMPLE = 1 << 20
"""Bytes looked at to tell an encoding; decoding the rest then shows if it was right."""

_NARROW = (
    "cp1252 cp1250 iso8859_2 cp1251 koi8_r cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp874 shift_jis euc_jp cp949 "
    "gb18030 big5 mac_roman"
).split()
"""Encodings in which news has been written; statistics choose among these."""

_WESTERN = frozenset("äöüßéèêëàâáãåæçñíìîïóòôõøœúùûýÿÄÖÜÉÈÊËÀÂÁÃÅÆÇÑÍÌÎÏÓÒÔÕØŒÚÙÛÝšžŠŽ")
_MARKS_OF_PRINT = frozenset("‘’‚“”„–—…•€£¥§©®™°±²³´·«»‹›¿¡¼½¾ºª×\u00a0\u00ad")
_NOT_INSIDE_WORDS = re.compile(r"[a-zA-Z][£¥§©°±²³¼½¾ºª¿¡¹¶¦×÷†‡][a-zA-Z]")
_NOT_WRITTEN = re.compile("[\x80-\x9f\ufffe\uffff]|[\ue000-\uf8ff]")


def decode(data: bytes, findings: Findings) -> str:
    """The text of a file, or of one line of it.

    Args:
        data: its bytes.
        findings: told when the encoding is not UTF-8, or bytes had to be replaced.

    Raises:
        Refused: if it is empty, binary, or in no encoding that can be told.
    """
    if not data.strip():
        raise Refused("empty")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decode_as(data.removeprefix(mark), encoding, findings)
    holds_nul = b"\x00" in data[:_SAMPLE]
    if not holds_nul and not data.startswith(_RTF):
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            pass
    if kind := next((kind for start, kind in _BINARY if data.startswith(start)), None):
        raise Refused(f"is {kind}, not text")
    return _decode_as(data, _wide_encoding(data[:_SAMPLE]) if holds_nul else _narrow_encoding(data), findings)


def byte_order_mark(data: bytes) -> str | None:
    """The encoding that the first bytes of a file name, or ``None``."""
    return next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)


def _decode_as(data: bytes, encoding: str, findings: Findings) -> str:
    if encoding != "utf-8":
        findings.add(f"not UTF-8: read as {encoding}")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        findings.add("damaged characters became U+FFFD")
        return data.decode(encoding, "replace")


def _wide_encoding(sample: bytes) -> str:
    """UTF-16 without its mark shows as NUL in every other byte.

    Raises:
        Refused: if this is no text.
    """
    sample = sample[: len(sample) // 4 * 4] or sample
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = max(len(sample) // 2, 1)
    for encoding, many, few in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if many > 8 * few and _reads_as_text(sample, encoding):
            latin = many > 0.3 * half
            if latin or " ".encode(encoding) in sample or "\n".encode(encoding) in sample:
                return encoding
    raise Refused("binary data, not text (it holds NUL bytes)")


def _reads_as_text(sample: bytes, encoding: str) -> bool:
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        return False
    odd = sum(
        unicodedata.category(character) in ("Cc", "Cn", "Co") for character in text if character not in "\r\n\t\f"
    )
    return odd <= 0.01 * len(text)


def _narrow_encoding(data: bytes) -> str:
    """The encoding of bytes that are not valid UTF-8 and hold no NUL.

    Text that is UTF-8 but for a few bytes (cut off, or mixed) stays UTF-8. English text with a few accents and
    typographic quotes is Windows-1252; statistics tell the others apart.

    Raises:
        Refused: if none fits.
    """
    from charset_normalizer import from_bytes

    sample = data[:_SAMPLE]
    text = sample.decode("utf-8", "replace")
    if 20 * text.count("\ufffd") <= sum(character > "\x7f" for character in text):
        return "utf-8"
    if _is_western(sample):
        return "cp1252"
    best = from_bytes(sample, cp_isolation=_NARROW).best()
    if best is None or best.encoding == "ascii" or _NOT_WRITTEN.search(str(best)):
        if _reads_as_text(sample, "cp1252"):
            return "cp1252"
        raise Refused("binary data, or text in an encoding that could not be told; save it as UTF-8")
    return best.encoding


def _is_western(sample: bytes) -> bool:
    try:
        text = sample.decode("cp1252")
    except UnicodeDecodeError:
        return False
    strange = {character for character in text if character > "\x7f"} - _WESTERN - _MARKS_OF_PRINT
    accented = sum(character in _WESTERN for character in text)
    letters = sum(character.isalpha() for character in text)
    return not strange and not _NOT_INSIDE_WORDS.search(text) and accented <= 0.15 * letters + 1
