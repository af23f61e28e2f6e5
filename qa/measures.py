"""Numbers that measure: whether one gives an age, a speed, a weight, a length, a time or a sum of money."""

from __future__ import annotations

import re

from qa.verify.quantities import Quantity
from qa.verify.reading import Reading
from qa.words import stem

SPENDING = frozenset(map(stem, "cost price worth pay paid value spend spent sum total damage bill".split()))
"""Stems of words that make a bare number one of money."""
_AGED = re.compile(r"\b(?:aged|at the age of|age of|at)\s*$")
_OLD = re.compile(r"^[\s-]*(?:years?[\s-]*)?old\b")
_BESIDE_NAME = re.compile(r"[^\W\d_]+(?:, | is )$")
_CLOSED = re.compile(r"^(?:[,;.)]|$| and\b)")
_YEAR = 12
"""Months, the base unit of spans of the calendar; ages are given in years, with and without saying so."""
_AN_HOUR = frozenset({"hour", "second", "h", "knot"})

_HOUR_IN_WORDS = re.compile(
    r"\b(?:noon|midday|midnight|(?:half|quarter) (?:past|to)|o['’]clock"
    r"|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d{1,2})"
    r" (?:in the (?:morning|afternoon|evening)|at night))\b",
    re.IGNORECASE,
)


def tells_hour(sentence: str) -> bool:
    """Whether a sentence tells a time of day in words: "shortly after two in the morning"."""
    return _HOUR_IN_WORDS.search(sentence) is not None


def measured(reading: Reading, quantity: Quantity, measure: str) -> str | None:
    """What a number of a sentence measures, where it is what is asked: "age", "speed", "time", "money:..." or a thing.

    Args:
        reading: the sentence.
        quantity: one of its numbers.
        measure: "age", "speed", "weight", "length", "time" or "money".
    """
    text = reading.folded.text
    if measure == "age":
        is_age = (
            _AGED.search(text[: quantity.start])
            or _OLD.search(text[quantity.end :])
            or _is_beside_name(reading, quantity)
        )
        years = quantity.unit is None or (quantity.unit.dimension, quantity.unit.factor) == ("calendar", _YEAR)
        return "age" if is_age and years and 0 < quantity.value < 130 else None
    if measure == "speed":
        of_speed = quantity.unit and quantity.unit.dimension == "length" and _AN_HOUR & set(quantity.counted[:1])
        return "speed" if of_speed or (quantity.unit and quantity.unit.dimension == "speed") else None
    if measure in ("weight", "length"):
        of_speed = _AN_HOUR & set(quantity.counted[:1])
        return measure if quantity.unit and quantity.unit.dimension == measure and not of_speed else None
    if measure == "time":
        return quantity.unit.dimension if quantity.unit and quantity.unit.dimension in ("time", "calendar") else None
    if quantity.unit is not None:
        return quantity.unit.dimension if quantity.unit.dimension.startswith("money:") else None
    return quantity.counted[0] if quantity.counted and SPENDING & reading.stems else None


def _is_beside_name(reading: Reading, quantity: Quantity) -> bool:
    """Whether it stands behind a name as ages do: "Dr Kerran, 41, said", "Mr Zhelnin is 63"."""
    text = reading.folded.text
    before = _BESIDE_NAME.search(text[: quantity.start])
    if before is None or not _CLOSED.match(text[quantity.end :]) or not 0 < quantity.value < 110:
        return False
    start = reading.folded.source_range(before.start(), before.end())[0]
    return reading.text[start : start + 1].isupper()
