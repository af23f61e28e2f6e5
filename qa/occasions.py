"""Days of occasions: "since the election" is since 27 April 2031, as far as the articles say so.

A day counts for an occasion where it stands beside its name ("the April 27 election", "the storm of 17 May"), and
only the one that most such places name. How it was read is told to whoever asks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from qa.archive import Archive
from qa.days import in_words
from qa.index.lexical import Filter
from qa.records import Passage
from qa.verify.dates import parse_published, resolve
from qa.verify.reading import Word, read
from qa.words import content_stems, is_stop_word, stem, tokens

_SINCE = re.compile(
    r"\b(?P<word>since|after|before|until)\s+(?P<occasion>(?:the |that |last |this )?[^\W\d_][^?.,;:]*?)\s*[?.!]*\s*$",
    re.IGNORECASE,
)
_LONGEST = 4
"""Words of an occasion at most; longer ones are clauses ("since he accepted the report")."""
_TO_COME = re.compile(r"\b(?:will|would|shall|next|ahead|before|upcoming|coming|to be|is to|are to|until)\b")
_PASSAGES = 24
_BETWEEN = 1
"""Words between a day and the name of the occasion at most."""


def with_day(question: str, archive: Archive, restrict: Filter) -> str:
    """The question with the day of its occasion in place of it; the question itself where that is not known."""
    found = _SINCE.search(question)
    if not found or len(found["occasion"].split()) > _LONGEST or read(found["occasion"]).dates:
        return question
    names = [stem(token.text.lower()) for token in tokens(found["occasion"]) if not is_stop_word(token.text.lower())]
    if not names or not content_stems(question[: found.start()]):
        return question
    passages = archive.retrieve(found["occasion"], _PASSAGES, restrict, look_again=False).passages
    day = _agreed(day for passage in passages for day in _days_beside(passage, names))
    day = day or _agreed(day for passage in passages for day in _days_beside(passage, names, by_weekday=True))
    if day is None:
        return question
    return f"{question[: found.start('occasion')]}{in_words(day)}{question[found.end('occasion') :]}"


def _agreed(days: Iterator[date]) -> date | None:
    """The one day that is said, or the one that is said more often than any other; ``None`` where they are divided."""
    counted = Counter(days).most_common(2)
    if not counted or (len(counted) == 2 and counted[0][1] == counted[1][1]):
        return None
    return counted[0][0]


def _days_beside(passage: Passage, names: list[str], *, by_weekday: bool = False) -> Iterator[date]:
    """The days that stand beside the last word of the occasion, where its other words are in the sentence, too.

    "Sunday's election" may be the one before or the one to come: with ``by_weekday`` it counts as the one before where
    nothing in the sentence is still to come.
    """
    published = parse_published(passage.published)
    for span in passage.sentences:
        reading = read(passage.sentence_text(span))
        if not set(names) <= reading.stems or (by_weekday and _TO_COME.search(reading.folded.text)):
            continue
        places = [place for place, word in enumerate(reading.words) if word.stem == names[-1]]
        for day in reading.dates:
            if not (day.weekday is not None if by_weekday else day.month and day.day):
                continue
            full = resolve(day, published)
            start, end = reading.folded.source_range(day.start, day.end)
            beside = any(_is_beside(reading.words, place, start, end) for place in places)
            if full.year and full.month and full.day and beside:
                yield date(full.year, full.month, full.day)


def _is_beside(words: Sequence[Word], place: int, start: int, end: int) -> bool:
    """Whether few words stand between the word at a place and a day, in the same clause."""
    word = words[place]
    first, last = (word.end, start) if word.end <= start else (end, word.start)
    between = [one for one in words if first <= one.start and one.end <= last]
    return len(between) <= _BETWEEN and all(one.clause == word.clause for one in between)
