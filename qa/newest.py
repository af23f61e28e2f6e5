"""Where people or things are counted, the newest count of the time asked about stands first, wherever it was found.

A report of the last day often gives the final number in a short sentence that hardly looks like the question, and so is
not among those that were looked at again (``qa.ranking``): "The final number of dead is 23, it said."
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from qa.extract import Extract, Extraction, extract_of, sentences_of
from qa.figures import GROWING, SHRINKING, STATES, Asked, Figure, agree, asked_for, single_figure
from qa.index.store import Index
from qa.periods import Frame
from qa.ranking import RankedSentence
from qa.retold import news_day, stands_for_nothing, told_on
from qa.retrieve import Retrieved
from qa.sources import bears_on, same_matter
from qa.timely import wants_several
from qa.timing import frame_of
from qa.verify.dates import parse_published
from qa.verify.reading import read

_WEAKER = (4.0, 12.0)
"""How much lower than the best count's a newer count's sentence may score: of things, and of people that something
befell, which are counted in few words."""


@dataclass(frozen=True, slots=True)
class _Count:
    """What a sentence of a report of some day counts."""

    day: date
    sentence: RankedSentence
    figure: Figure


def with_newest_count(extraction: Extraction, retrieved: Retrieved, index: Index) -> Extraction:
    """The same with the newest count first, without older ones that it supersedes; as it is where none is newer."""
    asked = asked_for(retrieved.question.text)
    if not extraction.extracts or asked is None or asked.measure or wants_several(retrieved.question.text):
        return extraction
    counts = list(_counts(extraction.extracts[0], retrieved, asked))
    frame = frame_of(retrieved.question.text, max((count.day for count in counts), default=date.min))
    newest = _newest(counts, frame, _WEAKER[bool(asked.state)])
    if newest is None or _is_given(newest, extraction.extracts, asked, frame):
        return extraction
    made = extract_of(newest.sentence, index, extraction.extracts[0].probability)
    if made is None:
        return extraction
    others = [
        other
        for other in extraction.extracts
        if other.place != made.place and not _is_superseded(other, newest, asked, frame)
    ]
    return replace(extraction, extracts=(made, *others)[: len(extraction.extracts)])


def _counts(first: Extract, retrieved: Retrieved, asked: Asked) -> Iterator[_Count]:
    """All counts of what is asked, of the matter of the first sentence."""
    for candidate in retrieved.candidates:
        published = parse_published(candidate.passage.published)
        if published is None or not same_matter(retrieved, candidate, first.passage, asked):
            continue
        for sentence in sentences_of(candidate):
            figure = single_figure(sentence.text, asked)
            if figure is None or stands_for_nothing(sentence.text, candidate.passage.title):
                continue
            if bears_on(retrieved.question, sentence, asked, figure):
                yield _Count(told_on(sentence.text, published), sentence, figure)


def _newest(counts: Sequence[_Count], frame: Frame | None, weaker: float) -> _Count | None:
    """The newest of the time asked about whose sentence is not far below the best."""
    best = max((count.sentence.score for count in counts), default=0.0)
    usable = [count for count in counts if _is_of(frame, count.day) and best - count.sentence.score <= weaker]
    return max(usable, key=lambda count: (count.day, count.sentence.score), default=None)


def _is_of(frame: Frame | None, day: date) -> bool:
    return frame is None or (day <= frame.end and (not frame.bounded or day >= frame.start))


def _is_given(newest: _Count, extracts: Sequence[Extract], asked: Asked, frame: Frame | None) -> bool:
    """Whether the first of the chosen sentences that counts comes to the same, or is as new.

    Also where the first of them is newer and speaks of the same with numbers: it may be a count not understood.
    """
    for extract in extracts:
        figure, day = single_figure(extract.core_words, asked), news_day(extract.core_words, extract.passage)
        if day is None or not _is_of(frame, day):
            continue
        if figure is not None:
            return bool(agree(figure, newest.figure)) or day >= newest.day
        if extract is extracts[0] and day > newest.day and _may_count(extract.core_words, asked):
            return True
    return False


def _may_count(words: str, asked: Asked) -> bool:
    reading = read(words)
    return bool(reading.quantities) and bool((STATES.get(asked.state) or asked.nouns) & reading.stems)


def _is_superseded(extract: Extract, newest: _Count, asked: Asked, frame: Frame | None) -> bool:
    figure, day = single_figure(extract.core_words, asked), news_day(extract.core_words, extract.passage)
    if figure is None or day is None or figure.of not in GROWING | SHRINKING:
        return False
    return agree(figure, newest.figure) is False and (day < newest.day or not _is_of(frame, day))
