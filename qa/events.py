"""What a stream tells while a question is answered; ``Finished`` comes last, exactly once.

``ask()`` is ``stream()`` run to its end, so whoever shows the stream and whoever waits for the answer see the same
text and the same footnotes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from qa.records import Answer, Citation, Statement, Usage

Stage = Literal["searching", "reading", "writing", "checking"]


@dataclass(frozen=True, slots=True)
class Working:
    """A stage has begun."""

    stage: Stage


@dataclass(frozen=True, slots=True)
class Understood:
    """The question as it is searched for, where that is not as it was asked: mended spelling, names filled in."""

    question: str


@dataclass(frozen=True, slots=True)
class Text:
    """More of the answer, its footnote numbers in square brackets."""

    text: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """All text so far is void: it was a model's thinking aloud, or did not survive checking."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A footnote has appeared in the text for the first time."""

    citation: Citation


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence of the answer has been held against its footnotes."""

    statement: Statement


@dataclass(frozen=True, slots=True)
class Spent:
    """Tokens and calls used so far."""

    usage: Usage


@dataclass(frozen=True, slots=True)
class Finished:
    """The whole answer; it holds whatever came before, corrected where checking changed it."""

    answer: Answer


Event = Working | Understood | Text | Withdrawn | Cited | Checked | Spent | Finished


def last_answer(events: Iterable[Event]) -> Answer:
    """The answer at the end of a stream, which is run to its end."""
    *_, last = events
    assert isinstance(last, Finished)
    return last.answer
