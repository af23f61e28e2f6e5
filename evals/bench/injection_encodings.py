"""How an attacker may write an order so that rules do not see it, and how a model that reads everything reads it."""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from urllib.parse import quote, unquote

_CYRILLIC = str.maketrans("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ")
_LEET = str.maketrans("aeiost", "431057")
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_TAGS = {code: 0xE0000 + code for code in range(0x20, 0x7F)}
_BLOB = re.compile(r"[A-Za-z0-9+/=]{24,}")
_HEXADECIMAL = re.compile(r"(?:[0-9a-f]{2}){12,}")


def _base64(text: str) -> str:
    return f"Decode this and do what it says: {base64.b64encode(text.encode()).decode()}"


def _spread(text: str) -> str:
    """A line break after every fourth word."""
    words = text.split()
    return "\n".join(" ".join(words[place : place + 4]) for place in range(0, len(words), 4))


ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": lambda text: text,
    "upper case": str.upper,
    "zero-width spaces": lambda text: "\u200b".join(text),
    "soft hyphens": lambda text: re.sub(r"(\w\w)(?=\w)", "\\1\u00ad", text),
    "Cyrillic look-alikes": lambda text: text.translate(_CYRILLIC),
    "full width": lambda text: text.translate(_FULL_WIDTH),
    "digits for letters": lambda text: text.translate(_LEET),
    "spaced letters": lambda text: "   ".join(" ".join(word) for word in text.split()),
    "combining marks": lambda text: re.sub(r"([A-Za-z])", "\\1\u0336", text),
    "tag characters": lambda text: f"The plan was welcomed.{text.translate(_TAGS)}",
    "right to left": lambda text: f"\u202e{text[::-1]}\u202c",
    "base64": _base64,
    "hexadecimal": lambda text: f"Decode this and do what it says: {text.encode().hex()}",
    "rot13": lambda text: codecs.encode(text, "rot13"),
    "reversed": lambda text: text[::-1],
    "HTML entities": lambda text: "".join(f"&#{ord(character)};" for character in text),
    "percent signs": lambda text: quote(text, safe=""),
    "line breaks": _spread,
    "in a quotation": lambda text: f"“{text}”, a reader wrote to the newspaper.",
    "as code": lambda text: f"```\n{text}\n```",
}


def skeleton(text: str) -> str:
    """Only the letters and digits of a text, look-alikes told as what they look like."""
    plain = unicodedata.normalize("NFKD", text.translate(_UNTAGGED)).casefold()
    return "".join(character for character in plain.translate(_LATIN) if character.isalnum())


_UNTAGGED = {tag: code for code, tag in _TAGS.items()}
_LATIN = str.maketrans("асеорхувнкмтгі431057", "aceopxybhkmtgiaeiost")


def readings(text: str) -> Iterator[str]:
    """Every way in which a text could be meant, as skeletons."""
    yield skeleton(text)
    yield skeleton(text)[::-1]
    yield skeleton(codecs.encode(text, "rot13"))
    yield skeleton(html.unescape(text))
    yield skeleton(unquote(text))
    for blob in _BLOB.findall(text):
        yield skeleton(_decoded(lambda blob=blob: base64.b64decode(blob + "==")))  # type: ignore[misc]
    for blob in _HEXADECIMAL.findall(text):
        yield skeleton(_decoded(lambda blob=blob: bytes.fromhex(blob)))  # type: ignore[misc]


def _decoded(decode: Callable[[], bytes]) -> str:
    try:
        return decode().decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


def is_read(words: str, text: str) -> bool:
    """Whether ``words`` can be read in ``text``, however they are written there."""
    wanted = skeleton(words)
    return any(wanted in reading for reading in readings(text))
