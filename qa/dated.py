"""The reports of the time that a question asks about: what is searched where the day in a question is no word of it.

"What happened in Kyiv on 12 October?" is answered by the reports of that day, of which none says "12 October".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from qa.archive import Archive, day_number
from qa.conversation import resolve as resolve_topic
from qa.days import in_words
from qa.index.lexical import Filter
from qa.periods import Frame, frame_around
from qa.ranking import Candidate
from qa.records import Turn
from qa.retrieve import Retrieved
from qa.timing import asks_what_was_known, days_in, frame_of, reports_within, without_days
from qa.verify.dates import parse_published, resolve
from qa.words import content_stems

_YEARS_BACK = 3
_EMPTY = frozenset("happen occur new news latest go thing".split())
_HAPPENED = re.compile(
    r"^\W*what(?:['’]s| is| has| have| had| was| were| all)? (?:happen\w*|occurr\w*|going on|went on|in the news)\b",
    re.IGNORECASE,
)
_SINCE = re.compile(r"\b(?:since|after)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dated:
    """What was found for a question among the reports of the time that it asks about."""

    retrieved: Retrieved
    frame: Frame
    words: str

    @property
    def understood(self) -> str:
        """The question as it was read: its words with the time in words."""
        return f"{self.words} ({frame_in_words(self.frame)})"


def frame_in_words(frame: Frame) -> str:
    """As in "4 March 2031" or "1 to 31 March 2031"."""
    if frame.start == frame.end:
        return in_words(frame.start)
    if (frame.start.year, frame.start.month) == (frame.end.year, frame.end.month):
        return f"{frame.start.day} to {in_words(frame.end)}"
    return f"{in_words(frame.start)} to {in_words(frame.end)}"


def asks_what_happened(question: str) -> bool:
    """Whether a question names a time, and for the rest wants to know no more than what happened."""
    return bool(days_in(question) and _HAPPENED.search(question))


def asks_what_happened_since(question: str) -> bool:
    """Whether a question wants to know what happened since or after something that is no day: "since the election"."""
    return bool(_HAPPENED.search(question) and _SINCE.search(question)) and not days_in(question)


def happened_where(question: str) -> str:
    """What a question that asks what happened at a time names besides that, to be searched for."""
    words = without_days(question)
    where = _HAPPENED.sub("", words).strip(" ?.!")
    return where if content_stems(where) else words


def names_nothing_else(question: str) -> bool:
    """Whether nothing but its time tells what a question is about: "What happened on 20 November?"."""
    return content_stems(without_days(question)) <= _EMPTY


def reports_of_its_time(
    archive: Archive, question: str, words: str, limit: int, restrict: Filter, *, look_again: bool = True
) -> Dated | None:
    """What bears on a question among the reports of its time; ``None`` where it names no time or none is of it.

    Args:
        archive: is searched.
        question: names the time.
        words: what is searched for, without it.
        limit: passages at most.
        restrict: which articles count.
        look_again: as in ``Archive.retrieve``.
    """
    if not days_in(question):
        return None
    newest = newest_of(archive.retrieve(words, limit, restrict, look_again=False).candidates)
    if newest is None:
        return None
    for years in range(1 if says_the_year(question) else _YEARS_BACK):
        frame = frame_of(question, newest - timedelta(days=round(365.25 * years)))
        if frame is None:
            return None
        retrieved = archive.retrieve(words, limit, _within(restrict, frame, question), look_again=look_again)
        kept = tuple(reports_within(retrieved.candidates, question, frame))
        if kept:
            ids = {candidate.id for candidate in kept}
            sentences = tuple(one for one in retrieved.sentences if one.candidate.id in ids)
            asked = replace(retrieved.question, text=question)
            found = replace(retrieved, question=asked, candidates=kept, sentences=sentences)
            return Dated(found, frame, retrieved.question.text)
    return None


def what_happened(
    archive: Archive, question: str, history: Sequence[Turn], limit: int, restrict: Filter
) -> Dated | None:
    """The reports of a time of which it is asked what happened then; arguments as of ``reports_of_its_time``."""
    words = resolve_topic(happened_where(question), history)
    return reports_of_its_time(archive, question, words, limit, restrict, look_again=False)


def reports_for_list(
    archive: Archive, question: str, words: str, limit: int, restrict: Filter
) -> tuple[Retrieved, Dated | None]:
    """What is looked through for a list: the reports of the time that a question names, else of any time."""
    dated = reports_of_its_time(archive, question, words, limit, restrict, look_again=False)
    return (dated.retrieved if dated else archive.retrieve(words, limit, restrict, look_again=False)), dated


def nothing_then(question: str, retrieved: Retrieved) -> str:
    """For a reader: that no report of the time asked about answers, and of which day the newest is."""
    newest = newest_of(retrieved.candidates)
    frame = frame_of(question, newest) if newest else None
    days = [frame_around(resolve(day, None)) for day in days_in(question)]
    known = [day for day in days if day]
    if not known or newest is None:
        return ""
    asked = frame or Frame(known[0].start, known[-1].end)
    return (
        f"nothing was found of {frame_in_words(asked)}; the newest report that was looked at is of {in_words(newest)}"
    )


def newest_of(candidates: Sequence[Candidate]) -> date | None:
    """The day of the newest report among them."""
    return max((day for one in candidates if (day := parse_published(one.passage.published))), default=None)


def says_the_year(question: str) -> bool:
    """Whether a day of the question has its year."""
    return any(day.year for day in days_in(question))


def _within(restrict: Filter, frame: Frame, question: str) -> Filter:
    """The articles of the time and of the day after it, in which it is told, as far as they count."""
    after = min(frame.end, date.max - timedelta(days=1)) + timedelta(days=1)
    was_known = asks_what_was_known(question) and not frame.bounded
    first, last = 0 if was_known else day_number(frame.start), day_number(after)
    until = min(last, restrict.until) if restrict.until else last
    return replace(restrict, since=max(first, restrict.since), until=until)
