"""Units of measure and money: what a word after (or a sign before) a number makes of it.

A unit has a dimension and a factor into the base of that dimension: hours and minutes are both ``"time"`` in seconds,
miles and kilometres ``"length"`` in metres, months and years ``"calendar"``; each currency is a dimension of its own.
"""

from __future__ import annotations

from typing import NamedTuple


class Unit(NamedTuple):
    """``value * factor`` is in the dimension's base unit."""

    dimension: str
    factor: float


_TABLE = """
time 1: second seconds sec secs
time 60: minute minutes min mins
time 3600: hour hours hr hrs hourlong
time 86400: day days
time 604800: week weeks
time 1209600: fortnight fortnights
calendar 1: month months
calendar 12: year years yr yrs
calendar 120: decade decades
calendar 1200: century centuries
length 0.01: centimetre centimetres centimeter centimeters cm
length 0.001: millimetre millimetres millimeter millimeters mm
length 1: metre metres meter meters m asl
length 1000: kilometre kilometres kilometer kilometers km kms
length 1609.344: mile miles mi
length 0.3048: foot feet ft
length 0.0254: inch inches
length 0.9144: yard yards
speed 1: mph
speed 0.621371: kph kmh
area 10000: hectare hectares ha
area 4046.86: acre acres
weight 1: gram grams gramme grammes
weight 1000: kilogram kilograms kg kgs kilo kilos
weight 0.001: milligram milligrams mg
weight 1000000: tonne tonnes
weight 907185: ton tons
weight 453.592: pounds_weight lb lbs
weight 28.3495: ounce ounces oz
volume 1: litre litres liter liters
volume 3.78541: gallon gallons
volume 158.987: barrel barrels
volume 0.001: millilitre millilitres milliliter milliliters ml
temperature 1: celsius °c
temperature 1000: fahrenheit °f
power 1: watt watts
power 1e3: kilowatt kilowatts kw
power 1e6: megawatt megawatts mw
power 1e9: gigawatt gigawatts gw
bytes 1e6: megabyte megabytes mb
bytes 1e9: gigabyte gigabytes gb
bytes 1e12: terabyte terabytes tb
percent 1: percent %
money:dollar 1: dollar dollars usd
money:dollar 0.01: cent cents
money:euro 1: euro euros eur
money:pound 1: pound pounds gbp sterling quid
money:pound 0.01: pence penny
money:yen 1: yen jpy
money:yuan 1: yuan renminbi rmb cny
money:ruble 1: ruble rubles rouble roubles rub
money:rupee 1: rupee rupees inr
money:franc 1: franc francs chf
money:won 1: krw
money:peso 1: peso pesos
money:hryvnia 1: hryvnia hryvnias uah
money:lira 1: lira liras
money:real 1: reais brl
money:rand 1: zar
money:shekel 1: shekel shekels
money:krona 1: krona kronor krone kroner sek nok dkk
money:bitcoin 1: bitcoin bitcoins btc
"""

UNITS = {
    word: Unit(head.split()[0], float(head.split()[1]))
    for head, _, words in (line.rpartition(": ") for line in _TABLE.strip().splitlines())
    for word in words.split()
}
SIGNS = {"$": "money:dollar", "€": "money:euro", "£": "money:pound", "¥": "money:yen", "₹": "money:rupee"}
SIGNS |= {"₽": "money:ruble", "₩": "money:won", "₿": "money:bitcoin", "₺": "money:lira", "₴": "money:hryvnia"}
POINTS = Unit("points", 1.0)
BASIS_POINTS = Unit("points", 0.01)


def read_unit(words: list[str], i: int) -> tuple[Unit | None, int]:
    """The unit whose words begin at lexeme ``i`` and the place after it; no unit leaves the place as it is."""
    word = words[i] if i < len(words) else ""
    following = words[i + 1] if i + 1 < len(words) else ""
    if word == "per" and following == "cent":
        word, i, following = "percent", i + 1, words[i + 2] if i + 2 < len(words) else ""
    if word in {"degree", "degrees"} and following in {"celsius", "centigrade", "c", "fahrenheit", "f"}:
        return UNITS["°" + following[0]], i + 2
    if word in {"percent", "%", "percentage"} and following in {"point", "points"}:
        return POINTS, i + 2
    if word == "basis" and following in {"point", "points"}:
        return BASIS_POINTS, i + 2
    if word in UNITS:
        return UNITS[word], i + 1
    if word in {"us", "american", "canadian", "australian"} and following in UNITS:
        return UNITS[following], i + 2
    return None, i
