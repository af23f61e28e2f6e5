"""What became of an accusation: who was charged in May and acquitted in July is not left as one who was charged.

Where the sentence that answers accuses somebody whom the question names, and a later report about the same names says
how that ended, its sentence is shown as well, with its outlet and day. How an accusation ends is told by its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from qa.extract import Extract, Extraction, extract_of, sentences_of
from qa.index.store import Index
from qa.ranking import RankedSentence
from qa.retrieve import Retrieved
from qa.sources import label_of
from qa.timely import wants_several
from qa.timing import days_in
from qa.verify.dates import parse_published

_ACCUSES = re.compile(
    r"\b(?:charged|indict(?:ed|ment)|accus(?:ed|es|ations?)|allegations?|alleged(?:ly)?|arrested|suspected|on suspicion"
    r"|guilty|on trial|stand trial)\b",
    re.IGNORECASE,
)
_ENDED = re.compile(
    r"\b(?:(?:dismiss|drop|threw|thrown|throw|overturn|quash|withdr)\w*\b[^.;]{0,40}"
    r"\b(?:charges?|case|indictment|conviction|verdict)"
    r"|(?:charges?|case|indictment|conviction|verdict)\b[^.;]{0,40}"
    r"\b(?:dismissed|dropped|thrown out|overturned|quashed)"
    r"|acquit(?:ted|s|tal)|cleared of|convicted|sentenced|found (?:\w+ )?(?:not )?guilty|pardoned)\b",
    re.IGNORECASE,
)


def with_what_came_of_it(extraction: Extraction, retrieved: Retrieved, index: Index) -> Extraction:
    """The same; behind a first sentence that accuses stands what a later report says came of it.

    A question for a day, or for what was said first, wants what was known then.
    """
    question = retrieved.question
    if not extraction.extracts or not question.name_terms or days_in(question.text) or wants_several(question.text):
        return extraction
    first, *others = extraction.extracts
    shown = " ".join(extract.quote for extract in extraction.extracts)
    if not _ACCUSES.search(first.core_words) or _ENDED.search(shown):
        return extraction
    found = max(_endings(first, retrieved), key=_told, default=None)
    made = extract_of(found, index, first.probability) if found else None
    if made is None:
        return extraction
    older = replace(first, label=first.label or label_of(first.passage))
    newer = replace(made, label=f"later, {label_of(made.passage)}")
    answered = [other for other in others if other.label]
    rest = [other for other in others if not other.label]
    return replace(extraction, extracts=(older, *answered, newer, *rest))


def _endings(accusation: Extract, retrieved: Retrieved) -> Iterator[RankedSentence]:
    """Sentences of later reports about all names of the question that say how it ended, the best of each report."""
    day = parse_published(accusation.passage.published)
    for candidate in retrieved.candidates:
        published = parse_published(candidate.passage.published)
        if day is None or published is None or published <= day:
            continue
        if retrieved.question.name_terms <= candidate.evidence.covered.keys():
            best = next((one for one in sentences_of(candidate) if _ENDED.search(one.text)), None)
            if best is not None:
                yield best


def _told(sentence: RankedSentence) -> tuple[date, float]:
    return parse_published(sentence.candidate.passage.published) or date.min, sentence.score
