"""Numbers written in digits or words, as values: "4.1 million", "forty-two", "half a dozen", "two-thirds", "21st".

What a number counts or measures is the concern of ``quantities``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_ORDINAL_ONES = (
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth"
)
ONES = {word: value for value, word in enumerate(_ONES.split())}
TENS = {
    word: 10 * value for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(" "), 2)
}
SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "dozen": 12.0}
SCALE_LETTERS = {"k": 1e3, "m": 1e6, "mn": 1e6, "mln": 1e6, "b": 1e9, "bn": 1e9, "tn": 1e12}
ORDINALS = {word: value for value, word in enumerate(_ORDINAL_ONES.split())} | {
    **{word.replace("y", "ieth"): value for word, value in TENS.items()},
    "hundredth": 100,
}
FRACTIONS = {"half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourths": 4, "fifth": 5}
FRACTIONS |= {"fifths": 5, "sixths": 6, "sevenths": 7, "eighths": 8, "ninths": 9, "tenth": 10, "tenths": 10}
VULGAR = {"½": 1 / 2, "⅓": 1 / 3, "⅔": 2 / 3, "¼": 1 / 4, "¾": 3 / 4, "⅕": 1 / 5, "⅛": 1 / 8}
MULTIPLES = {"twice": 2.0, "double": 2.0, "triple": 3.0, "thrice": 3.0}
_DIGITS = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_DIGITS_WITH_LETTERS = re.compile(r"(\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(°?[a-z]+)$")


class Numeral(NamedTuple):
    """A number read from lexemes ``start:end``; ``kind`` is ``"cardinal"``, ``"ordinal"`` or ``"fraction"``."""

    value: float
    kind: str
    start: int
    end: int
    unit_letters: str = ""
    """Letters written onto the digits that are no scale: ``"km"`` of ``"5km"``."""


def read_numeral(words: Sequence[str], start: int) -> Numeral | None:
    """The longest number that begins at ``words[start]`` (folded lexemes), or ``None``."""
    return (
        _read_fraction(words, start)
        or _read_digits(words, start)
        or _read_words(words, start)
        or _read_dozen(words, start)
    )


def _at(words: Sequence[str], i: int) -> str:
    return words[i] if i < len(words) else ""


def _skip_hyphen(words: Sequence[str], i: int) -> int:
    return i + 1 if _at(words, i) == "-" else i


def _read_fraction(words: Sequence[str], start: int) -> Numeral | None:
    first = words[start]
    if first in VULGAR:
        return Numeral(VULGAR[first], "fraction", start, start + 1)
    if first == "half" and _at(words, start + 1) == "a" and _at(words, start + 2) in {"dozen", "million", "billion"}:
        return Numeral(SCALES[words[start + 2]] / 2, "cardinal", start, start + 3)
    if first == "half":
        return Numeral(0.5, "fraction", start, start + 1)
    top = ONES.get(first, 1 if first == "a" else None)
    if top is None:
        return None
    i = _skip_hyphen(words, start + 1)
    word = _at(words, i)
    if word not in FRACTIONS or (first in {"a", "one"} and word != "half" and not _is_share(words, i)):
        return None
    if first == "a" and word == "second":
        return None
    return Numeral(top / FRACTIONS[word], "fraction", start, i + 1)


def _is_share(words: Sequence[str], i: int) -> bool:
    """Whether "a third", "one quarter" means a part: "of" follows, or a hyphen stands before it."""
    return _at(words, i + 1) == "of" or words[i - 1] == "-"


def _read_digits(words: Sequence[str], start: int) -> Numeral | None:
    first = words[start].replace(" ", "")
    if _DIGITS.fullmatch(first):
        value = float(first.replace(",", ""))
        i = start + 1
        if _at(words, i) in VULGAR:
            return Numeral(value + VULGAR[words[i]], "cardinal", start, i + 1)
        return _scaled(words, value, start, i)
    match = _DIGITS_WITH_LETTERS.fullmatch(first)
    if match is None:
        return None
    value, letters = float(match[1].replace(",", "")), match[2]
    if letters in {"st", "nd", "rd", "th"}:
        return Numeral(value, "ordinal", start, start + 1)
    if letters in SCALE_LETTERS:
        return Numeral(round(value * SCALE_LETTERS[letters], 6), "cardinal", start, start + 1, letters)
    return Numeral(value, "cardinal", start, start + 1, letters)


def _scaled(words: Sequence[str], value: float, start: int, i: int) -> Numeral:
    after = _skip_hyphen(words, i)
    scale = _at(words, after).removesuffix("s") if value < 1e4 else ""
    if scale in SCALES:
        return Numeral(round(value * SCALES[scale], 6), "cardinal", start, after + 1)
    if _at(words, i) in {"bn", "mn", "mln", "tn"}:
        return Numeral(round(value * SCALE_LETTERS[words[i]], 6), "cardinal", start, i + 1)
    return Numeral(value, "cardinal", start, i)


def _read_words(words: Sequence[str], start: int) -> Numeral | None:
    """Number words by the usual grammar: scales multiply what stands before them, the rest adds up."""
    total, current, i, end = 0.0, 0.0, start, start
    while i < len(words):
        word = words[i]
        step = ONES.get(word, TENS.get(word))
        if word in ORDINALS and _fits(current, ORDINALS[word]):
            return Numeral(total + current + ORDINALS[word], "ordinal", start, i + 1)
        if step is not None and _fits(current, step):
            current += step
        elif word in {"hundred", "dozen"} and end > start:
            current *= SCALES[word]
        elif word in SCALES and end > start:
            total, current = total + current * SCALES[word], 0.0
        else:
            break
        end = i + 1
        i = _next_part(words, end)
    return Numeral(total + current, "cardinal", start, end) if end > start else None


def _fits(current: float, step: float) -> bool:
    """Whether a number word can follow: "twenty" before "three", not "two" before "three"."""
    return current % 100 == 0 or (current % 10 == 0 and current % 100 >= 20 and step < 10)


def _next_part(words: Sequence[str], end: int) -> int:
    """Where the number goes on: past a hyphen, and past the "and" of "two hundred and five"."""
    word, following = _at(words, end), _at(words, end + 1)
    if word == "-" and (following in ONES or following in ORDINALS or following in SCALES):
        return end + 1
    if word == "and" and words[end - 1] in SCALES and (following in ONES or following in TENS):
        return end + 1
    return end


def _read_dozen(words: Sequence[str], start: int) -> Numeral | None:
    if words[start] in {"a", "an"} and _at(words, start + 1) in SCALES:
        following = _at(words, start + 2)
        if following in SCALES and following != "dozen":
            return Numeral(SCALES[words[start + 1]] * SCALES[following], "cardinal", start, start + 3)
        return Numeral(SCALES[words[start + 1]], "cardinal", start, start + 2)
    return None
