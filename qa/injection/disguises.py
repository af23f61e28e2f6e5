"""Ways of writing that hide words from rules but not from a model, and what such a text says.

News has no use for them. Some are taken for an order whatever they say, since nobody writes so to be read by people;
of the others the plain reading is looked through.
"""

from __future__ import annotations

import codecs
import html
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

_UNUSUAL = re.compile(
    "[\u00ad\u0300-\u058f\u180e\u1d00-\u1dbf\u200b-\u200f\u202d\u202e\u2060-\u2064\u20d0-\u20ff\u2460-\u24ff"
    "\ufe00-\ufe0f\ufeff\uff01-\uff5e\U0001d400-\U0001d7ff\U000e0020-\U000e007e]"
)
_HIDDEN = re.compile(
    "[\U000e0020-\U000e007e]{4}"  # tag characters: invisible letters
    "|[\u202d\u202e]"  # text turned around by force
    "|(?:[A-Za-z][\u0300-\u036f\u0488\u0489\u20d0-\u20ff]){6}"  # each letter struck out
)
_MIXED = re.compile(r"(?<![^\W\d_])(?=[^\W\d_]*[A-Za-z])[^\W\d_]*[\u0370-\u058f][^\W\d_]*")
_SPELT = re.compile(r"(?:&#(?:6[5-9]|[7-9]\d|1[01]\d|12[0-2]);){4}")
_ESCAPED = re.compile(r"%[0-9a-fA-F]{2}")
_BACKWARDS = re.compile(r"\b(?:eht|taht|siht|htiw|morf|hcihw|rieht|ruoy|dluohs)\b", re.IGNORECASE)
_ROTATED = re.compile(r"\b(?:gur|gung|guvf|jvgu|sebz|juvpu|gurve|lbhe|fubhyq)\b", re.IGNORECASE)
_SET_APART = re.compile(r"(?:\s\w){6}\s")
_CODED = re.compile(r"(?=[a-z0-9+]*[A-Z])(?=[A-Z0-9+]*[a-z])(?=[A-Za-z]*[0-9+])[A-Za-z0-9+]{40}|(?:[0-9a-f]{2}){24}")
_LONG_WORD = 40
_INVISIBLE = re.compile("[\u00ad\u034f\u180e\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_LATIN = str.maketrans(
    "асеорхуіјѕкмтвнАВСЕНКМОРТХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧαορν", "aceopxyijskmtbhABCEHKMOPTXIJSABEZHIKMNOPTYXaopv"
)
_DIGIT_IN_WORD = re.compile(r"(?<=[A-Za-z])[0134578$@]{1,2}(?=[A-Za-z])")
_LETTERS = str.maketrans("0134578$@", "oieastbsa")
_TURNED = ("erongi", "ylper", "rewsna", "tpmorp", "snoitcurtsni", "tnatsissa")
_TURNED_BY_13 = ("vtaber", "ercyl", "nafjre", "cebzcg", "vafgehpgvba", "nffvfgnag")
_ENOUGH = 2


def is_unreadable(text: str) -> bool:
    """Whether a text is written so that a person cannot read it, but a machine can."""
    if not text.isascii() and _UNUSUAL.search(text) and (_HIDDEN.search(text) or len(_MIXED.findall(text)) >= _ENOUGH):
        return True
    if any(len(word) >= _LONG_WORD and _is_coded(word) for word in text.split()):
        return True
    if len(_BACKWARDS.findall(text)) >= _ENOUGH or len(_ROTATED.findall(text)) >= _ENOUGH:
        return True
    return _SET_APART.search(f" {text} ") is not None


def _is_coded(word: str) -> bool:
    if _CODED.search(word) or _SPELT.search(word):
        return True
    return "://" not in word and len(_ESCAPED.findall(word)) >= _ENOUGH


def plain_readings(text: str) -> Iterator[str]:
    """What a text says that is written in an unusual way; nothing where it is not."""
    if not text.isascii() and _UNUSUAL.search(text):
        letters = unicodedata.normalize("NFKD", _INVISIBLE.sub("", text))
        letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
        yield letters.translate(_LATIN)
    if len(_DIGIT_IN_WORD.findall(text)) > _ENOUGH:
        yield text.translate(_LETTERS)
    if text.count("&#") >= _ENOUGH:
        yield html.unescape(text)
    if text.count("%") >= _ENOUGH:
        yield unquote(text)
    small = text.lower()
    if any(word in small for word in _TURNED):
        yield text[::-1]
    if any(word in small for word in _TURNED_BY_13):
        yield codecs.encode(text, "rot13")
