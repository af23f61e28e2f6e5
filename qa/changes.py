"""An answer that later reports may change says as of when it is: "As of 5 March 2031: ...".

Only where reports of other days were found to give other numbers (``qa.timely``); an answer that never changed needs
no day before it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from qa.days import in_words
from qa.extract import Extract, Extraction
from qa.figures import asked_for, figures
from qa.retrieve import Retrieved
from qa.timely import timely
from qa.timing import asks_for_newest, frame_of
from qa.verify.dates import parse_published
from qa.verify.reading import read


def as_of(extraction: Extraction, retrieved: Retrieved) -> Extraction:
    """The same with the day of its report before the first sentence, where reports of other days say otherwise."""
    if not extraction.extracts or not _has_changed(retrieved):
        return extraction
    first, *others = extraction.extracts
    day = parse_published(first.passage.published)
    if day is None or first.label or _looks_back(first.core_words) or _lacks_figure(first, retrieved):
        return extraction
    return replace(extraction, extracts=(replace(first, label=f"as of {in_words(day)}"), *others))


def _lacks_figure(first: Extract, retrieved: Retrieved) -> bool:
    """Whether a figure is asked for and the sentence gives none: then it is not what has changed."""
    asked = asked_for(retrieved.question.text)
    return asked is not None and not figures(first.core_words, asked)


def _looks_back(words: str) -> bool:
    """Whether a sentence tells of a month or a year by name, or of what was said before: it is no news of its day."""
    days = read(words).dates
    return any(day.relative.startswith("last") or ((day.month or day.year) and not day.day) for day in days)


def _has_changed(retrieved: Retrieved) -> bool:
    """Whether sentences were left out because other numbers count for the time asked about."""
    ranked, question = retrieved.sentences, retrieved.question
    wants_a_number = question.expected in ("amount", "duration", "time") or asked_for(question.text) is not None
    if not wants_a_number and not asks_for_newest(question.text) and frame_of(question.text, date.max) is None:
        return False
    return len(ranked) > 1 and len(timely(ranked, question)) < len(ranked)
