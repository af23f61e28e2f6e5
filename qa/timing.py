"""Which report counts where reports follow one another: the one of the time asked about, else the newest.

"How many had died as of 4 March?" wants what was reported by then; "How many died?" what was reported last. Sentences
compete where they give different numbers for the same thing; those that do not count are left out, not contradicted.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from qa.question import Question
from qa.ranking import RankedSentence
from qa.verify.dates import Day, parse_published, resolve
from qa.verify.reading import read
from qa.words import content_stems

LATER, EARLIER = 1.0, 0.1
"""What a sentence's score loses for each unit of the logarithm of the days between its report and the time asked."""
NEARLY_AS_GOOD = 3.0
"""A newer report counts though it scores so much less."""
_LOOKED_AT = 6
_SAME_WORDS = 3
_CUE = re.compile(r"\b(?:as of|by|on|in|at|of|until|till|before|during|early|late|mid)\b[^,.?!]{0,32}$", re.IGNORECASE)
_SINCE = re.compile(r"\b(?:since|after|from|between|following)\b[^,.?!]{0,24}$", re.IGNORECASE)
_SEVERAL = re.compile(
    r"\b(?:according to|differ\w*|both|compar\w*|chang\w*|develop\w*|first|originally|initially|earlier|before"
    r"|previous\w*|at first|over time|disagree\w*|contradict\w*|wrong\w*|mistake\w*|correct\w*|claim\w*"
    r"|trace|in order|sequence|stations|grow|grew|grown)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"\d[\d.,]*\d|\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
    r"|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Frame:
    """The days a question asks about, first and last included."""

    start: date
    end: date


def frame_of(question: str, newest: date) -> Frame | None:
    """The time a question asks about; ``None`` where it names none, or several.

    Args:
        question: as asked.
        newest: day of the newest report found; a day without a year is the last one of that name before it.
    """
    days = _days(question)
    if len(days) != 1:
        return None
    before = read(question).folded.text[: days[0].start]
    if _SINCE.search(before) or not _CUE.search(before):
        return None
    return _frame(resolve(days[0], newest), before)


def _days(question: str) -> list[Day]:
    return [day for day in read(question).dates if day.month or day.year]


def _frame(day: Day, before: str) -> Frame | None:
    if day.year is None:
        return None
    try:
        start = date(day.year, day.month or 1, day.day or 1)
    except ValueError:
        return None
    end = start
    if not day.day:
        following = date(start.year + (not day.month or day.month == 12), (day.month or 12) % 12 + 1, 1)
        end = following - timedelta(days=1)
        if re.search(r"\b(?:end|late)\b", before):
            start = end - timedelta(days=7)
        elif re.search(r"\b(?:beginning|start|early)\b", before):
            end = start + timedelta(days=9)
    if re.search(r"\bbefore\b", before):
        start, end = start - timedelta(days=7), start - timedelta(days=1)
    return Frame(start, end)


def timely(ranked: Sequence[RankedSentence], question: Question) -> list[RankedSentence]:
    """The sentences in a new order, without those whose report does not count for the time asked about."""
    dated = [day for sentence in ranked if (day := _published(sentence))]
    if not dated:
        return list(ranked)
    frame = frame_of(question.text, max(dated))
    if frame is not None:
        moved = [replace(sentence, score=sentence.score - _distance(sentence, frame)) for sentence in ranked]
        ordered = sorted(moved, key=lambda sentence: -sentence.score)
        return _without_rivals(ordered, question)
    if _SEVERAL.search(question.text) or len(_days(question.text)) > 1:
        return list(ranked)
    return _without_rivals(_newest_first(ranked, question), question)


def _published(sentence: RankedSentence) -> date | None:
    return parse_published(sentence.candidate.passage.published)


def _distance(sentence: RankedSentence, frame: Frame) -> float:
    published = _published(sentence)
    if published is None:
        return 0.0
    late = max(0, (published - frame.end).days)
    early = max(0, (frame.start - published).days)
    return LATER * math.log1p(late) + EARLIER * math.log1p(early)


def _newest_first(ranked: Sequence[RankedSentence], question: Question) -> list[RankedSentence]:
    """The newest of the best sentence's rivals before it, if it is nearly as good."""
    best = ranked[0]
    rivals = [
        other
        for other in ranked[1:_LOOKED_AT]
        if best.score - other.score <= NEARLY_AS_GOOD and _compete(best, other, question) and _is_newer(other, best)
    ]
    newest = max(rivals, key=lambda other: _published(other) or date.min, default=best)
    return [newest, *(other for other in ranked if other is not newest)]


def _without_rivals(ranked: Sequence[RankedSentence], question: Question) -> list[RankedSentence]:
    """Without what gives other numbers than the first, in reports of other days."""
    best = ranked[0]
    day = _published(best)
    return [
        best,
        *(other for other in ranked[1:] if _published(other) == day or not _compete(best, other, question)),
    ]


def _is_newer(one: RankedSentence, other: RankedSentence) -> bool:
    first, second = _published(one), _published(other)
    return first is not None and second is not None and first > second


def _compete(one: RankedSentence, other: RankedSentence, question: Question) -> bool:
    """Whether two sentences give different numbers for what seems to be the same thing."""
    if question.expected not in ("amount", "time", "duration", "other"):
        return False
    asked = {number.lower() for number in _NUMBER.findall(question.text)}
    mine, theirs = ({n.lower() for n in _NUMBER.findall(s.text)} - asked for s in (one, other))
    if not mine or not theirs or mine & theirs:
        return False
    shared = {form for form in content_stems(one.text) & content_stems(other.text) if not form[0].isdigit()}
    return len(shared & question.stems.keys()) >= 1 and len(shared) >= _SAME_WORDS
