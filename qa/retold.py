"""Sentences that tell again what was said before: of which day their news is, and whether it still stands.

"You said in February that it would cost 2.4 billion" is no news of the interview's day, and "On Wednesday we reported
that 31 had died", under "A correction", is news of nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from qa.periods import frame_around
from qa.records import Passage
from qa.verify.dates import Day, parse_published, resolve
from qa.verify.quantities import Quantity
from qa.verify.reading import Reading, read

_TOLD = (
    r"(?:said|told|reported|announced|promised|estimated|put|wrote|written|claimed|stated|forecast|predicted|expected"
    r"|given|gave|named|quoted|confirmed|counted)"
)
_JUST_BEFORE = re.compile(
    rf"\b{_TOLD}(?: (?:us|it|so|back|only|again|him|her|them|this|early|late))?(?: (?:in|on))?\s*$"
)
_AT_THE_HEAD = re.compile(r"(?:^|[.;:“\"] ?|\b(?:and|but|while) )(?:back |only |early |late )?(?:in |on )?$")
_JUST_BEHIND = re.compile(rf"^,? (?:[\w'’-]+ ){{1,4}}(?:had |have )?{_TOLD}\b")
_BEFORE = re.compile(
    r"\b(?:not|rather than|instead of)(?: the)?(?: about| around| some)?\s*$"
    r"|\b(?:withdrew|withdrawn|withdraws?|withdrawing|retract(?:s|ed|ing)?)\b[^.;:]*$"
    r"|\b(?:corrected|revised|lowered|cut|raised)\b[^.;:]*\bfrom (?:about |around |some )?$"
    r"|(?<!as )\bwe (?:wrongly |incorrectly |mistakenly )(?:said|wrote|stated|reported|put|gave)\b[^.;:]*$"
)
_BEHIND = re.compile(
    r"^[^.;:]*\b(?:(?:was|were|is|are|had been) (?:wrong|mistaken|invented|erroneous|incorrect|withdrawn|retracted)"
    r"|in error|by mistake)\b"
)
"""What takes back a figure, before it and behind it."""
_OWNED = re.compile(
    r"(?<!as )\bwe (?:had |have )?(?:said|wrote|stated|reported|put|gave|printed|published)\b[^.;:]*$"
    r"|\b(?:our|this newspaper['’]?s?|an earlier|a previous|an article|a report)\b[^.;:]*"
    r"\b(?:said|wrote|stated|reported|put|gave|figure)\b[^.;:]*$"
)
"""What it is that an article headed as a correction takes back."""
_OWNED_CLAIM = re.compile(
    r"(?<!as )\bwe (?:also |had |have |wrongly )*"
    r"(?:said|wrote|stated|reported|gave|printed|published|called|described|quoted|named)\b"
    r"|\b(?:an?|our|this|the)(?: \w+){0,2} (?:article|report|story|headline|caption|column|picture|version)\b[^.;:]*"
    r"\b(?:misstated|misidentified|misspelled|misspelt|misattributed|misquoted|(?:wrongly|incorrectly|erroneously) \w+"
    r"|gave the wrong)\b"
)
_WRONG = re.compile(
    r"^\W*(?:(?:on|in) [^,.;]{2,40}? )?(?:we (?:said|wrote|reported|put|gave)|our (?:figure|number|count|report))\b"
)
_HEADED = re.compile(r"\b(?:correct(?:ion|ions|ed)|clarif(?:ication|ied|ies)|apolog(?:y|ises|izes)|erratum)\b")
_NEAR = 90
"""Characters on either side of a figure in which it is taken back."""


def told_on(words: str, published: date) -> date:
    """The day of which a sentence's news is: of its report, or an earlier one on which it says that it was told."""
    reading = read(words)
    told = (day for day in reading.dates if _dates_a_telling(reading.folded.text, day))
    frames = (frame_around(resolve(day, published)) for day in told)
    return min((*(frame.end for frame in frames if frame), published))


def news_day(words: str, passage: Passage) -> date | None:
    """The same for a sentence of a passage; ``None`` where the day of its report is not known."""
    published = parse_published(passage.published)
    return told_on(words, published) if published else None


def _dates_a_telling(text: str, day: Day) -> bool:
    before, behind = text[: day.start], text[day.end :]
    return bool(_JUST_BEFORE.search(before) or (_AT_THE_HEAD.search(before) and _JUST_BEHIND.search(behind)))


def is_headed_as_correction(title: str) -> bool:
    """Whether an article is headed as one that corrects another."""
    return _HEADED.search(title.casefold()) is not None


def owns_up(words: str, title: str) -> bool:
    """Whether a sentence tells what was reported wrongly, in an article headed as a correction."""
    return is_headed_as_correction(title) and _OWNED_CLAIM.search(words.casefold()) is not None


def worth(quantity: Quantity) -> float | None:
    """The number that is measured or counted, in its base unit; small counts are too common to tell anything."""
    if quantity.kind != "cardinal" or (quantity.unit is None and quantity.value < 10):
        return None
    return quantity.value * (quantity.unit.factor if quantity.unit else 1.0)


def taken_back(words: str, title: str = "") -> Iterator[float]:
    """The figures of a sentence that it takes back; ``title`` is its article's."""
    reading, headed = read(words), is_headed_as_correction(title)
    for quantity in reading.quantities:
        value = worth(quantity)
        if value is not None and _is_taken_back(reading, quantity, headed):
            yield value


def _is_taken_back(reading: Reading, quantity: Quantity, headed: bool) -> bool:
    text = reading.folded.text
    before, behind = text[max(0, quantity.start - _NEAR) : quantity.start], text[quantity.end :][:_NEAR]
    return bool(_BEFORE.search(before) or _BEHIND.search(behind) or (headed and _OWNED.search(before)))


def stands_for_nothing(words: str, title: str) -> bool:
    """Whether a sentence takes back all figures that it gives, or tells under a correction only what was wrong."""
    given = {value for quantity in read(words).quantities if (value := worth(quantity)) is not None}
    if given:
        return given <= set(taken_back(words, title))
    return is_headed_as_correction(title) and _WRONG.search(words.casefold()) is not None
