"""Answers kept for the next time that the same is asked of the same articles under the same recipe; never errors."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from qa.archive import Archive
from qa.calendar_days import in_calendar
from qa.events import Event, Finished
from qa.extractive import told
from qa.kept import Kept, key_of
from qa.records import Answer, Turn, Usage

FORMAT = "answers-1"
"""Of what is kept; another format finds nothing."""


class AnswerCache:
    """Answers by all that decides them.

    Args:
        kept: where they are kept.
    """

    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def close(self) -> None:
        """Lets go of the file."""
        self._kept.close()

    def get(self, key: bytes) -> Answer | None:
        """The answer kept; it has cost nothing this time."""
        packed = self._kept.get(key)
        if packed is None:
            return None
        answer = Answer.from_dict(json.loads(zlib.decompress(packed)))
        return replace(answer, usage=Usage(), seconds=0.0)

    def put(self, key: bytes, answer: Answer) -> None:
        """Keeps an answer, unless it is an error or has one."""
        if answer.status != "error" and not answer.error:
            self._kept.put(key, zlib.compress(json.dumps(replace(answer, id="").to_dict()).encode(), 1))

    def events(
        self, question: str, history: Sequence[Turn], recipe: str, archive: Archive, answering: Iterable[Event]
    ) -> Iterator[Event]:
        """The events of the answer kept, or else those of answering; that answer is kept.

        Args:
            question: what is asked.
            history: earlier turns of the conversation.
            recipe: all else that decides the answer, apart from the articles.
            archive: the articles; if they change meanwhile, the answer is not kept.
            answering: answers; not begun where there is an answer.
        """
        articles = archive.contents
        key = question_key(question, history, recipe, articles)
        if known := self.get(key):
            yield from told(known)
            return
        for event in answering:
            if isinstance(event, Finished) and archive.contents == articles:
                self.put(key, event.answer)
            yield event


def open_cache(folder: Path | None) -> AnswerCache | None:
    """The cache in a folder; none for ``None``.

    Raises:
        QAError: if it cannot be opened.
    """
    return AnswerCache(Kept(folder / "answers.sqlite3")) if folder else None


def question_key(question: str, history: Sequence[Turn], *others: str) -> bytes:
    """What a question is kept under: its words, the conversation before it, and whatever else decides the answer.

    "Yesterday" is the day that it is now: tomorrow the same words are another question.
    """
    turns = [part for turn in history for part in (turn.question, turn.answer)]
    return key_of(FORMAT, in_calendar(question, date.today()), str(len(turns)), *turns, *others)
