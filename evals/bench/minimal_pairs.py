"""Statements made from real sentences: faithful ones, and ones with exactly one thing altered.

Every pair is made by a rule and a seeded choice, so that the same texts give the same pairs. Rules are plain: a
number, a date, a name or a unit is exchanged, "not" is put in or taken out, two names change places, "X said" is cut
off, "may" is made "will", the evidence is taken from another article. Nothing here knows how the verifier works.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa.sentences import sentence_spans
from qa.words import is_stop_word

ALTERED = (
    *("number", "date", "unit", "name", "negation added", "negation removed", "certainty"),
    *("attribution dropped", "swap", "wrong article"),
)
FAITHFUL = ("identity", "typography", "clause dropped")

_WORDS = (
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "twenty",
    "thirty",
)
_NUMBER = re.compile(rf"(?<![\w.,$€£-])(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?(?![\w-])|\b(?:{'|'.join(_WORDS)})\b")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DATE = re.compile(rf"\b(?:{'|'.join(_MONTHS)}|{'|'.join(_DAYS)}|1[6-9]\d\d|20[0-2]\d)\b(?!s)")
_UNITS = {
    **{
        "million": "billion",
        "billion": "million",
        "thousand": "million",
        "percent": "percentage points",
        "%": " million",
    },
    **{
        "km": "miles",
        "miles": "kilometres",
        "mi": "km",
        "kilometres": "miles",
        "kilometers": "miles",
        "feet": "metres",
    },
    **{"metres": "feet", "meters": "feet", "years": "months", "months": "weeks", "weeks": "days", "days": "weeks"},
    **{
        "hours": "minutes",
        "minutes": "hours",
        "acres": "hectares",
        "ha": "acres",
        "m": "km",
        "tons": "pounds",
        "kg": "lb",
    },
}
_UNIT = re.compile(
    r"(?<=\d)( ?%)|(?<=[\d])( (?:" + "|".join(word for word in _UNITS if word != "%") + r"))\b"
    r"|\b(?<=(?:two|ten|six) )("
    + "|".join(("years", "months", "weeks", "days", "hours", "minutes"))
    + r")\b|([$€£])(?=\d)"
)
_NAME = re.compile(r"(?<=[a-z,] )(?:[A-Z][a-z]{2,}(?: [A-Z][a-z]{2,})*)(?=[ ,.;'’])")
_NOT_NAMES = re.compile(rf"\b(?:{'|'.join(_MONTHS)}|{'|'.join(_DAYS)}|May)\b")
_AUXILIARY = re.compile(
    r"\b(is|are|was|were|has|have|had|will|can|could|would|should|may|might|must)\b (?!not\b|never\b|no\b|been\b)"
)
_NEGATED = re.compile(r"\b(?:not|never) |(?<=[a-z])n['’]t\b")
_MODAL = re.compile(r"\b(?:may|might|could)\b (?=[a-z])")
_VERBS = (
    r"(?:said|says|claimed|argued|argues|believes?|believed|insisted|alleged|suggested|contended|stated"
    r"|asserted|warned)"
)
_SAID_THAT = re.compile(rf"^[^,;:\"“”]{{2,60}}? {_VERBS}(?: on \w+)? that (?P<content>[^\"“”]+)$")
_STILL_ATTRIBUTED = re.compile(r"\b(?:is|are|was|were) said to\b|\baccording to\b|^an? [^,]+, |\b(?:says|said|told)\b")
_NO_SPEAKER = r"(?!(?:although|though|while|but|and|as|who|which)\b)"
_SAID_AFTER = re.compile(
    rf"^[\"“]?(?P<content>[^\"“”]+?),[\"”]? {_NO_SPEAKER}[^,\"“”]{{2,50}} {_VERBS}\b[^,\"“”]{{0,20}}\.$"
)
_ACCORDING = re.compile(r"^According to [^,]{2,60}, (?P<content>.+)$")
_PARENTHESIS = re.compile(r" \([^()]{3,80}\)")
_INSERTION = re.compile(r", (?:which|who|where|whose|including|such as) [^,;:()]{8,90}(?:,(?= [a-z])|(?=\.$))")
_SYMMETRIC = re.compile(r"\b(?:and|or|with|between|met|both|,)\b|,")


@dataclass(frozen=True, slots=True)
class Source:
    """A sentence of an article with the one that follows it, its title and what stands before it."""

    text: str
    following: str
    title: str
    before: str
    article_id: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A statement, the sentence it was made from (or not, for ``"wrong article"``), and what was done to it."""

    kind: str
    statement: str
    source: Source


def sources(article_id: str, title: str, text: str) -> Iterator[Source]:
    """The sentences of an article that are of use: prose of 8 to 45 words."""
    found = [span.of(text).strip() for span in sentence_spans(text)]
    found = [sentence for sentence in found if sentence]
    for i, sentence in enumerate(found):
        if (
            8 <= len(sentence.split()) <= 45
            and sentence[0].isupper()
            and sentence[-1] in ".!?"
            and "\n" not in sentence
        ):
            following = found[i + 1] if i + 1 < len(found) else ""
            yield Source(sentence, following, title, " ".join(found[max(0, i - 2) : i]), article_id)


def make_pairs(pool: Sequence[Source], seed: int = 0) -> Iterator[Pair]:
    """All pairs that the rules make of the sentences, at most one of each kind for a sentence."""
    chance = random.Random(seed)
    names = sorted({(match.group(), s.article_id) for s in pool for match in _names(s.text)})
    rules: dict[str, Callable[[Source], str | None]] = {
        "number": lambda source: _substitute(source.text, _NUMBER, chance, _other_number),
        "date": lambda source: _substitute(source.text, _DATE, chance, _other_date),
        "unit": lambda source: _substitute(source.text, _UNIT, chance, _other_unit),
        "name": lambda source: _other_name(source, names, chance),
        "negation added": lambda source: _once(_AUXILIARY, r"\1 not ", source.text),
        "negation removed": lambda source: _once(_NEGATED, "", source.text),
        "certainty": lambda source: _once(_MODAL, "will ", source.text),
        "attribution dropped": lambda source: _without_speaker(source.text),
        "swap": lambda source: _swapped(source.text),
        "identity": lambda source: source.text,
        "typography": lambda source: _typography(source.text),
        "clause dropped": lambda source: _shorter(source.text),
    }
    for source in pool:
        for kind, rule in rules.items():
            statement = rule(source)
            if statement and (statement != source.text or kind in FAITHFUL):
                yield Pair(kind, statement, source)
        other = chance.choice(pool)
        if other.article_id != source.article_id:
            yield Pair("wrong article", source.text, other)


def _once(pattern: re.Pattern[str], by: str, text: str) -> str | None:
    changed = pattern.sub(by, text, count=1)
    return changed if changed != text else None


def _substitute(
    text: str, pattern: re.Pattern[str], chance: random.Random, other: Callable[[str, random.Random], str | None]
) -> str | None:
    places = [*pattern.finditer(text)]
    if not places:
        return None
    match = chance.choice(places)
    new = other(match.group(), chance)
    return None if new is None else text[: match.start()] + new + text[match.end() :]


def _other_number(old: str, chance: random.Random) -> str | None:
    if old in _WORDS:
        return chance.choice([word for word in _WORDS if word != old])
    if re.fullmatch(r"1[5-9]\d\d|20\d\d", old):
        return None
    last = old[-1]
    if chance.random() < 0.5:
        return old[:-1] + chance.choice([digit for digit in "123456789" if digit != last])
    first = old[0]
    return chance.choice([digit for digit in "123456789" if digit != first]) + old[1:]


def _other_date(old: str, chance: random.Random) -> str:
    for group in (_MONTHS, _DAYS):
        if old in group:
            return chance.choice([name for name in group if name != old])
    return str(int(old) + chance.choice([-10, -3, -2, -1, 1, 2, 3, 10]))


def _other_unit(old: str, chance: random.Random) -> str:
    bare = old.strip()
    if bare in "$€£":
        return chance.choice([sign for sign in "$€£" if sign != bare])
    new = _UNITS[bare]
    return old.replace(bare, new)


def _names(text: str) -> list[re.Match[str]]:
    return [match for match in _NAME.finditer(text) if not _NOT_NAMES.search(match.group())]


def _other_name(source: Source, names: Sequence[tuple[str, str]], chance: random.Random) -> str | None:
    here = _names(source.text)
    if not here:
        return None
    match = chance.choice(here)
    for _ in range(20):
        name, article_id = chance.choice(names)
        if article_id != source.article_id and not set(name.split()) & set(source.text.replace(",", " ").split()):
            return source.text[: match.start()] + name + source.text[match.end() :]
    return None


def _swapped(text: str) -> str | None:
    """The first two names exchanged, where only lower-case words without "and", "with" or a comma stand between."""
    runs = re.finditer(r"\b[A-Z][a-z]{2,}(?: [A-Z][a-z]{2,})*", text)
    names = [run for run in runs if not is_stop_word(run.group().split()[0].lower())]
    for first, second in pairwise(names):
        between = text[first.end() : second.start()]
        if _NOT_NAMES.search(first.group() + " " + second.group()) or first.group() == second.group():
            continue
        if 1 < len(between.split()) < 6 and not _SYMMETRIC.search(between) and re.search(r" [a-z]+ed ", between):
            return text[: first.start()] + second.group() + between + first.group() + text[second.end() :]
    return None


def _without_speaker(text: str) -> str | None:
    for pattern in (_SAID_THAT, _SAID_AFTER, _ACCORDING):
        match = pattern.match(text)
        if match and len(match["content"].split()) >= 5 and not _STILL_ATTRIBUTED.search(match["content"]):
            content = match["content"].strip().rstrip(".") + "."
            return content[0].upper() + content[1:]
    return None


def _typography(text: str) -> str:
    text = re.sub(r'"([^"]*)"', r"“\1”", text).replace("'", "’").replace("...", "…")
    return re.sub(r"(?<=\d) (?=[a-z])", "\u00a0", text).replace(" - ", " – ")


def _shorter(text: str) -> str | None:
    for pattern in (_PARENTHESIS, _INSERTION):
        changed = pattern.sub("", text, count=1)
        if changed != text and len(changed.split()) >= 5:
            return changed
    return None
