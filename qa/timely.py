"""Which report counts where reports follow one another: the one of the time asked about, else the newest.

"How many had died as of 4 March?" wants what was reported by then; "How many died?" what was reported last. Sentences
compete where they give different numbers for the same thing; those that do not count are left out, not contradicted.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from qa.figures import agree, asked_for, single_figure
from qa.periods import Frame, frame_around
from qa.question import Question
from qa.ranking import RankedSentence
from qa.retold import news_day, stands_for_nothing
from qa.timing import asks_what_was_known, days_in, frame_of
from qa.verify.dates import parse_published, resolve
from qa.verify.reading import read
from qa.words import content_stems

LATER, EARLIER = 1.0, 0.1
"""What a sentence's score loses for each unit of the logarithm of the days between its report and the time asked."""
NEARLY_AS_GOOD = 3.0
"""A newer report counts though it scores so much less."""
_LOOKED_AT = 6
_PERIOD = 27
"""Days between the first and the last of a month, at least."""
_SAME_WORDS = 3
DAYS_OF_MEASURES = 7
"""Days between two reports of different outlets that may differ about a price, a speed or an age."""
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


def timely(ranked: Sequence[RankedSentence], question: Question) -> list[RankedSentence]:
    """The sentences in a new order, without those whose report does not count for the time asked about."""
    dated = [day for sentence in ranked if (day := _told(sentence))]
    if not dated:
        return list(ranked)
    frame = frame_of(question.text, max(dated))
    if frame is not None:
        away = _away_from(frame, question.text)
        moved = [replace(sentence, score=sentence.score - away(sentence)) for sentence in ranked]
        ordered = sorted(moved, key=lambda sentence: -sentence.score)
        return _without_rivals(_nearest_first(ordered, question, away), question, newer_too=True)
    if wants_several(question.text):
        return list(ranked)
    standing = [one for one in ranked if not stands_for_nothing(one.text, one.candidate.passage.title)]
    return _without_rivals(_newest_first(standing or ranked, question), question)


def wants_several(question: str) -> bool:
    """Whether a question is for more than one state of a thing: how it changed, what was wrong, of two days."""
    return bool(_SEVERAL.search(question)) or len(days_in(question)) > 1


def _told(sentence: RankedSentence) -> date | None:
    return news_day(sentence.text, sentence.candidate.passage)


def _away_from(frame: Frame, question: str) -> Callable[[RankedSentence], float]:
    """How far a sentence's news is from the time asked about, as what its score loses.

    Asked what was in a month or a year, and not what was known then, a sentence that names that time is of it, whenever
    it was written.
    """
    is_month = not frame.bounded and (frame.end - frame.start).days >= _PERIOD
    is_period = is_month and not asks_what_was_known(question)
    return lambda sentence: 0.0 if is_period and _names(sentence, frame) else _distance(sentence, frame)


def _names(sentence: RankedSentence, frame: Frame) -> bool:
    """Whether a sentence names the time, or a day in it."""
    published = parse_published(sentence.candidate.passage.published)
    days = (frame_around(resolve(day, published)) for day in read(sentence.text).dates)
    return any(day and frame.start <= day.start and day.end <= frame.end for day in days)


def _distance(sentence: RankedSentence, frame: Frame) -> float:
    told = _told(sentence)
    if told is None:
        return 0.0
    late = max(0, (told - frame.end).days)
    early = max(0, (frame.start - told).days)
    return LATER * math.log1p(late) + (LATER if frame.bounded else EARLIER) * math.log1p(early)


def _nearest_first(
    ranked: Sequence[RankedSentence], question: Question, away: Callable[[RankedSentence], float]
) -> list[RankedSentence]:
    """The one of the best sentence's rivals whose news is nearest to the time asked about before it."""
    best = ranked[0]
    nearest = min([best, *_rivals(ranked, question)], key=away)
    return [nearest, *(other for other in ranked if other is not nearest)]


def _rivals(ranked: Sequence[RankedSentence], question: Question) -> list[RankedSentence]:
    """What gives another number than the best sentence for the same thing, and is nearly as good."""
    best = ranked[0]
    return [
        other
        for other in ranked[1:_LOOKED_AT]
        if best.score - other.score <= NEARLY_AS_GOOD and _compete(best, other, question)
    ]


def _newest_first(ranked: Sequence[RankedSentence], question: Question) -> list[RankedSentence]:
    """The newest of the best sentence's rivals before it, if it is nearly as good."""
    best = ranked[0]
    rivals = [other for other in _rivals(ranked, question) if _is_newer(other, best)]
    newest = max(rivals, key=lambda other: _told(other) or date.min, default=best)
    return [newest, *(other for other in ranked if other is not newest)]


def _without_rivals(
    ranked: Sequence[RankedSentence], question: Question, *, newer_too: bool = False
) -> list[RankedSentence]:
    """Without what gives other numbers than the first, in reports of earlier days; of any days with ``newer_too``."""
    best = ranked[0]
    day = _told(best)
    return [
        best,
        *(
            other
            for other in ranked[1:]
            if _told(other) == day
            or (not newer_too and _is_newer(other, best))
            or _may_differ(best, other, question)
            or not (_compete(best, other, question) or _counts_otherwise(best, other, question))
        ),
    ]


def _may_differ(one: RankedSentence, other: RankedSentence, question: Question) -> bool:
    """Whether two outlets measure the same in nearly the same days: what differs then is no change of it."""
    asked, days = asked_for(question.text), (_told(one), _told(other))
    if asked is None or not asked.measure or days[0] is None or days[1] is None:
        return False
    sources = {sentence.candidate.passage.source for sentence in (one, other)}
    return len(sources) == 2 and abs((days[0] - days[1]).days) <= DAYS_OF_MEASURES


def _counts_otherwise(one: RankedSentence, other: RankedSentence, question: Question) -> bool:
    """Whether both count what is asked, of the same names, and come to something else."""
    asked = asked_for(question.text)
    if asked is None or not question.name_terms <= other.candidate.evidence.covered.keys():
        return False
    mine, theirs = (single_figure(sentence.text, asked) for sentence in (one, other))
    return mine is not None and theirs is not None and agree(mine, theirs) is False


def _is_newer(one: RankedSentence, other: RankedSentence) -> bool:
    first, second = _told(one), _told(other)
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
