"""Reads numbers and dates out of folded English text as values: ``$8.5m`` and ``8.5 million dollars`` are equal.

Knows digits with thousands separators and decimals, number words up to trillions, scales, percent and the common
currencies, and dates with a month's name or in ISO form. Ambiguous all-digit dates (``04/05/2025``), clock times and
scores such as ``3-2`` are left as words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SMALL = {word: value for value, word in enumerate(_ONES)} | {word: 20 + 10 * place for place, word in enumerate(_TENS)}
_SCALES = {
    "hundred": 100,
    **dict.fromkeys(("k", "thousand"), 10**3),
    **dict.fromkeys(("m", "mn", "mln", "million"), 10**6),
    **dict.fromkeys(("b", "bn", "billion"), 10**9),
    **dict.fromkeys(("tn", "trillion"), 10**12),
}
_UNITS = {
    **dict.fromkeys(("%", "percent", "per cent"), "%"),
    **dict.fromkeys(("percentage points", "percentage point", "pp"), "percentage points"),
    **dict.fromkeys(("$", "us$", "usd", "dollars", "dollar"), "usd"),
    **dict.fromkeys(("€", "eur", "euros", "euro"), "eur"),
    **dict.fromkeys(("£", "gbp", "pounds", "pound"), "gbp"),
    **dict.fromkeys(("¥", "jpy", "yen"), "jpy"),
    **dict.fromkeys(("a$", "aud"), "aud"),
    **dict.fromkeys(("c$", "cad"), "cad"),
    **dict.fromkeys(("nz$", "nzd"), "nzd"),
    **dict.fromkeys(("hk$", "hkd"), "hkd"),
}
_SHARES = {"%", "percentage points"}
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|"
            "september sept sep|october oct|november nov|december dec"
        ).split("|"),
        1,
    )
    for name in names.split()
}


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_MONTH = rf"(?:{_any_of(_MONTHS)})\b\.?"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?!\w|[.,:/-]\d)"
_YEAR = r"(?:1[0-9]|20)\d\d(?!\w|[.,:/-]\d)"
_APART = r"(?<![\w.,:/])"
_SMALL_WORDS = rf"(?:(?:{_any_of(_TENS)})(?:[ -](?:{_any_of(_ONES[1:10])})\b)?|(?:{_any_of(_ONES)})\b)"
_PART = rf"{_SMALL_WORDS}(?:[ -]hundred\b(?: and)?(?: {_SMALL_WORDS})?)?"
_SCALE_WORD = r"(?:thousand|million|billion|trillion)\b"
_WORDS = rf"(?:{_PART}|a hundred|a(?= {_SCALE_WORD}))(?:[ -]{_SCALE_WORD}(?:(?:,| and)? {_PART})?)*"
_CURRENCY = (
    rf"(?:us|nz|hk|a|c)\$|[$€£¥]|\b(?:{_any_of(code for code in _UNITS if len(code) == 3 and code.isalpha())}) ?"
)
VALUE = re.compile(
    rf"{_APART}(?P<iso>\d{{4}}-\d\d-\d\d)(?![\w-])"
    rf"|{_APART}(?P<day>{_DAY}) (?:of )?(?P<month>{_MONTH})(?:,? (?P<year>{_YEAR}))?"
    rf"|\b(?P<month2>{_MONTH}) (?P<day2>{_DAY})(?:,? (?P<year2>{_YEAR}))?"
    rf"|\b(?P<month3>{_MONTH}),? (?P<year3>{_YEAR})"
    rf"|(?P<sign>(?<!\w)-)?(?:(?P<currency>{_CURRENCY}) ?|{_APART})"
    rf"(?P<digits>\d+(?:,\d{{3}})*(?:\.\d+)?)(?!\d|[.,:/]\d)"
    rf"(?:[ -]?(?P<scale>hundred|thousand|million|billion|trillion|mln|mn|bn|tn)\b|(?P<letter>[kmb])\b)?"
    rf"(?P<unit>%|[ -](?:{_any_of(_UNITS)})(?!\w))?(?!\w)"
    rf"|\b(?P<words>{_WORDS})(?!\w)(?:[ -](?P<unit2>{_any_of(_UNITS)})(?!\w))?"
)
"""Finds every quantity and date of a folded text; :func:`read_value` turns a match into its value."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit (a currency's code, ``%``, ``percentage points``, or empty)."""

    value: Decimal
    unit: str = ""

    def matches(self, other: Quantity, tolerance: float = 0.0) -> bool:
        """Whether ``other`` says the same value, within a relative tolerance.

        A currency may be left out on one side, but two currencies must be the same, and percent only equals percent.
        """
        if self.unit != other.unit and ("" not in (self.unit, other.unit) or _SHARES & {self.unit, other.unit}):
            return False
        return abs(self.value - other.value) <= abs(self.value) * Decimal(str(tolerance))


@dataclass(frozen=True, slots=True)
class Date:
    """A calendar date; ``None`` for the parts that the text leaves open."""

    year: int | None
    month: int
    day: int | None = None

    def matches(self, other: Date) -> bool:
        """Whether ``other`` states every part that this date states, alike. It may be more exact."""
        return all(
            wanted is None or wanted == found
            for wanted, found in ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        )


def month_number(word: str) -> int | None:
    """1 to 12 for the name of a month, else ``None``."""
    return _MONTHS.get(word)


def read_value(found: re.Match[str]) -> Quantity | Date:
    """The value of one match of :data:`VALUE`."""
    part = found.groupdict()
    if part["iso"]:
        year, month, day = (int(digits) for digits in part["iso"].split("-"))
        return Date(year, month, day)
    for suffix in ("", "2", "3"):
        if name := part[f"month{suffix}"]:
            return _named_date(name, part.get(f"day{suffix}"), part.get(f"year{suffix}"))
    unit = _UNITS.get((part["unit"] or part["unit2"] or part["currency"] or "").strip(" -"), "")
    if part["words"]:
        return Quantity(Decimal(_spelled(part["words"])), unit)
    value = Decimal((part["sign"] or "") + part["digits"].replace(",", ""))
    return Quantity(value * _SCALES.get(part["scale"] or part["letter"] or "", 1), unit)


def _named_date(name: str, day: str | None, year: str | None) -> Date:
    number = re.sub(r"\D", "", day) if day else ""
    return Date(int(year) if year else None, _MONTHS[name.rstrip(".")], int(number) if number else None)


def _spelled(words: str) -> int:
    """The value of number words: ``three hundred and twenty-five thousand`` is 325,000."""
    total = current = 0
    for word in re.findall(r"[a-z]+", words):
        if word in _SMALL:
            current += _SMALL[word]
        elif word == "hundred":
            current = max(current, 1) * 100
        elif word in _SCALES:
            total += max(current, 1) * _SCALES[word]
            current = 0
    return total + current
