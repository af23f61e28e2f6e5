"""What happened, in order, told by a language model: one event a line, each with its day and its footnotes.

The model is shown the sentences of the overview (``qa.overview``) by date. That the lines are in order, and begin with
the day of the report that they cite, is seen to afterwards: a small model is not relied on for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from qa.days import in_words
from qa.events import Checked, Cited, Event, Finished, Text, Withdrawn
from qa.extract import Extraction
from qa.records import Answer, Passage, Statement
from qa.verify.dates import parse_published
from qa.verify.reading import read


def evidence_by_date(extraction: Extraction) -> list[Passage]:
    """The sentences of an overview as passages of their own, scored so that the oldest come first."""
    return [
        replace(
            extract.passage,
            start=extract.shown.start,
            end=extract.shown.end,
            text=extract.quote,
            sentences=(extract.shown,),
            score=-float(place),
        )
        for place, extract in enumerate(extraction.extracts)
    ]


def in_order(events: Iterator[Event]) -> Iterator[Event]:
    """The same events; where the lines of the answer are not dated and in order, they are withdrawn and told again."""
    for event in events:
        if isinstance(event, Finished) and (answer := by_day(event.answer)) != event.answer:
            yield Withdrawn()
            yield Text(answer.text)
            yield from (Cited(citation) for citation in answer.citations)
            yield from (Checked(statement) for statement in answer.statements)
            event = Finished(answer)
        yield event


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of an answer with its statements, in its own offsets, and the day of the first report that it cites."""

    text: str
    statements: tuple[Statement, ...]
    day: date | None


def by_day(answer: Answer) -> Answer:
    """The answer with its lines in the order of the reports that they cite, each begun with its day."""
    lines = sorted(_lines(answer), key=lambda line: line.day or date.min)
    text, statements = "", []
    for line in lines:
        before = _said_day(line)
        text += "\n" if text else ""
        for number, statement in enumerate(line.statements):
            start = len(text) + statement.start + (len(before) if number else 0)
            statements.append(replace(statement, start=start, end=len(text) + len(before) + statement.end))
        text += before + line.text
    return replace(answer, text=text, statements=tuple(statements))


def _lines(answer: Answer) -> Iterator[_Line]:
    published = {citation.number: citation.published for citation in answer.citations}
    place = 0
    for text in answer.text.split("\n"):
        end = place + len(text)
        own = [statement for statement in answer.statements if place <= statement.start < end]
        if text.strip():
            moved = tuple(replace(s, start=s.start - place, end=min(s.end, end) - place) for s in own)
            yield _Line(text, moved, _day(own, published))
        place = end + 1


def _day(statements: Sequence[Statement], published: dict[int, str | None]) -> date | None:
    days = [parse_published(published.get(number)) for statement in statements for number in statement.citations]
    return next((day for day in days if day), None)


def _said_day(line: _Line) -> str:
    """The day of the report, to stand before the line; nothing where the line begins with a day itself."""
    if line.day is None or any(day.start < 4 and day.month for day in read(line.text).dates):
        return ""
    return f"{in_words(line.day)}: "
