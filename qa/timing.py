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
from qa.ranking import Candidate, RankedSentence
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
_FROM_ON = re.compile(
    r"\b(?:since|after|from)(?: the)?(?: (?:morning|evening|night|end|beginning) of)?\s*$", re.IGNORECASE
)
_NEWEST = re.compile(
    r"\b(?:latest|newest|most recent|current(?:ly)?|now|so far|at present|today|by now)\b", re.IGNORECASE
)
_JOINING = re.compile(
    r"(?:\b(?:between|from|since|after|before|until|till|by|as of|up to|in|on|at|of|during|early|late|and|to|the|end"
    r"|beginning|start|month|year)\s+)+$",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\b(?:between|from)(?: the)?\s*$", re.IGNORECASE)
_TO = re.compile(r"^\s*(?:and|to|until|till)(?: the)?\s*$", re.IGNORECASE)
_UP_TO = re.compile(r"\b(?:as of|by|until|till|before|up to)\b[^,.?!]{0,32}$", re.IGNORECASE)
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
    """The days a question asks about, first and last included; ``bounded`` where earlier reports do not count, too."""

    start: date
    end: date
    bounded: bool = False


def frame_of(question: str, newest: date) -> Frame | None:
    """The time a question asks about; ``None`` where it names none, or several.

    Args:
        question: as asked.
        newest: day of the newest report found; a day without a year is the last one of that name before it.
    """
    days, folded = _days(question), read(question).folded.text
    if len(days) == 2:
        return _between(days, folded, newest)
    if len(days) != 1:
        return None
    before = folded[: days[0].start]
    named = _frame(resolve(days[0], newest), before)
    if named is not None and _FROM_ON.search(before):
        after = re.search(r"\bafter\b[^.?!]*$", before)
        start = named.end + timedelta(days=1) if after else named.start
        return Frame(start, newest, bounded=True) if start <= newest else None
    return None if _SINCE.search(before) or not _CUE.search(before) else named


def without_days(text: str) -> str:
    """The text without its days and the words that join them to it; the text itself where nothing else is left."""
    reading = read(text)
    left, place = "", 0
    for day in _days(text):
        start, end = reading.folded.source_range(day.start, day.end)
        left += _JOINING.sub(" ", text[place:start])
        place = end
    kept = " ".join((left + text[place:]).split())
    return kept if any(character.isalnum() for character in kept) else text


def _between(days: Sequence[Day], folded: str, newest: date) -> Frame | None:
    """The time from the first of two days to the second, where a question says so."""
    first, last = days
    if not _BETWEEN.search(folded[: first.start]) or not _TO.search(folded[first.end : last.start]):
        return None
    frames = [_frame(resolve(day, newest), "") for day in (first, last)]
    if frames[0] is None or frames[1] is None or frames[0].start > frames[1].end:
        return None
    return Frame(frames[0].start, frames[1].end, bounded=True)


def asks_for_newest(question: str) -> bool:
    """Whether a question wants what is newest, in so many words."""
    return bool(_NEWEST.search(question))


def reports_within(candidates: Sequence[Candidate], question: str) -> list[Candidate]:
    """The reports of the time that a question asks about; all of them where it asks about none.

    What happens on a day stands in the reports of the next one, too; what was long before any report, in all of them.
    """
    dated = [day for candidate in candidates if (day := parse_published(candidate.passage.published))]
    frame = frame_of(question, max(dated)) if dated else None
    if frame is None or frame.end < min(dated):
        return list(candidates)
    up_to = any(_UP_TO.search(read(question).folded.text[: day.start]) for day in _days(question))
    start = date.min if up_to and not frame.bounded else frame.start
    end = min(frame.end, date.max - timedelta(days=1)) + timedelta(days=1)
    return [one for one in candidates if start <= (parse_published(one.passage.published) or date.max) <= end]


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
        return _without_rivals(ordered, question, newer_too=True)
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
    return LATER * math.log1p(late) + (LATER if frame.bounded else EARLIER) * math.log1p(early)


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


def _without_rivals(
    ranked: Sequence[RankedSentence], question: Question, *, newer_too: bool = False
) -> list[RankedSentence]:
    """Without what gives other numbers than the first, in reports of earlier days; of any days with ``newer_too``."""
    best = ranked[0]
    day = _published(best)
    return [
        best,
        *(
            other
            for other in ranked[1:]
            if _published(other) == day
            or (not newer_too and _is_newer(other, best))
            or not _compete(best, other, question)
        ),
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
