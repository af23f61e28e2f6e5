"""Who holds an office: "Who is the interior minister?" wants who does today, whom the newest report names.

A report that calls somebody the minister was right on its day. Where a later one gives the office to another person, it
stands first, and the older one is said to be older.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain

from qa.days import in_words
from qa.extract import Extract, Extraction, extract_of, sentences_of
from qa.index.store import Index
from qa.ranking import RankedSentence
from qa.retrieve import Retrieved
from qa.sources import label_of
from qa.timing import days_in
from qa.verify.dates import parse_published

_ASKS = re.compile(
    r"^\W*(?i:who(?:['’]s| is)(?: now| currently)?|what is the name of)(?: [A-Z]\w+(?: [A-Z]\w+)*['’]s| the)"
    r"(?: (?:current|new|present|acting))?(?P<office> [a-z][a-z-]+(?: [a-z][a-z-]+){0,3}?)"
    r"(?: (?:of|in|at|for)(?: the)?(?: [A-Z][\w'’-]*)+)?(?: now| today| at present)?\W*$"
)
_NAME = r"[^\W\d_a-z][\w'’.-]+(?: (?:(?:van|von|de|der|den|al|el|bin|di|da) )*[^\W\d_a-z][\w'’.-]+)+"
_NO_LONGER = re.compile(
    r"\b(?:former|ex|late|then|previous|outgoing|ousted|deposed|sacked|disgraced|past|deputy|vice|shadow|future"
    r"|designate|next|would-be)\W(?:\w+\W){0,2}$",
    re.IGNORECASE,
)
"""What stands before an office that somebody does not hold."""


@dataclass(frozen=True, slots=True)
class _Holder:
    """Whom a sentence of a report of some day gives the office to."""

    day: date
    sentence: RankedSentence
    name: str


def office_of(question: str) -> str | None:
    """The office whose holder is asked for; ``None`` for any other question."""
    found = _ASKS.match(question)
    return found["office"].strip() if found and not days_in(question) else None


def named_holder(words: str, office: str) -> str | None:
    """Whom a sentence calls the holder of an office today: by the name right behind it or right before it."""
    role = r"[ -]".join(re.escape(word) for word in office.split())
    behind = re.compile(
        rf"\b(?P<office>(?i:{role}))(?: of(?: the)?(?: [A-Z][\w'’-]*)+)?(?:,| -| –| —)? (?P<name>{_NAME})"
    )
    before = re.compile(
        rf"(?P<name>{_NAME})(?:, \d+)?(?:,| is| was named| became| was sworn in as| was elected)"
        rf"(?: the| a| its| their| as)?(?: [^\s,.;]+['’]s)?(?: [a-z-]+){{0,2}} (?P<office>(?i:{role}))\b(?! who)"
    )
    found = chain(behind.finditer(words), before.finditer(words))
    held = (one["name"] for one in found if not _NO_LONGER.search(words[: one.start("office")]))
    return next((name.rstrip(".") for name in held), None)


def with_newest_holder(extraction: Extraction, retrieved: Retrieved, index: Index) -> Extraction:
    """The same, the newest report that names the holder of the office first; others named before it marked as such."""
    office = office_of(retrieved.question.text)
    if office is None or not extraction.extracts:
        return extraction
    known = list(_holders(retrieved, office))
    newest = max(known, key=lambda one: (one.day, one.sentence.score), default=None)
    if newest is None:
        return extraction
    first, *rest = extraction.extracts
    named = named_holder(first.core_words, office)
    if named is None or _surname(named) != _surname(newest.name):
        made = extract_of(newest.sentence, index, first.probability)
        if made is None:
            return extraction
        rest = [other for other in extraction.extracts if other.place != made.place]
        first = made
    others = [_older(other, newest, office) for other in rest]
    day = parse_published(first.passage.published)
    if day and any(_surname(one.name) != _surname(newest.name) for one in known):
        first = replace(first, label=f"as of {in_words(day)}")
    return replace(extraction, extracts=(first, *others)[: max(2, len(extraction.extracts))])


def _holders(retrieved: Retrieved, office: str) -> Iterator[_Holder]:
    """All who are named as holders in passages that have all names of the question."""
    for candidate in retrieved.candidates:
        day = parse_published(candidate.passage.published)
        if day is None or not retrieved.question.name_terms <= candidate.evidence.covered.keys():
            continue
        for sentence in sentences_of(candidate):
            name = named_holder(sentence.text, office)
            if name:
                yield _Holder(day, sentence, name)


def _older(extract: Extract, newest: _Holder, office: str) -> Extract:
    name, day = named_holder(extract.core_words, office), parse_published(extract.passage.published)
    if name is None or day is None or day >= newest.day or _surname(name) == _surname(newest.name):
        return extract
    return replace(extract, label=f"earlier, {label_of(extract.passage)}")


def _surname(name: str) -> str:
    return re.sub(r"['’]s$", "", name.split()[-1]).casefold()
