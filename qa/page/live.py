"""An answer while it comes: events folded into what can be shown, handed over at a readable pace."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from qa.errors import QAError
from qa.events import Checked, Cited, Event, Finished, Text, Understood, Withdrawn, Working
from qa.records import Answer, Citation, Statement

INTERVAL = 0.05
"""Seconds between two updates of the page at the least: twenty a second."""
_LISTEN = 0.05
"""Seconds after which a wish to stop is heard, at the latest."""
_MOST = 10_000
_SIDE_BY_SIDE = 4
"""So many answers are shown at that pace; more share its updates, so that none waits for the others' painting."""

STAGES = {
    "searching": "Searching the articles…",
    "reading": "Reading the nearest passages…",
    "writing": "Writing…",
    "checking": "Checking each sentence against its footnotes…",
}


@dataclass(slots=True)
class Draft:
    """What the events so far come to."""

    stage: str = STAGES["searching"]
    understood: str = ""
    text: str = ""
    statements: list[Statement] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    answer: Answer | None = None

    def take(self, event: Event) -> None:
        """Goes one event further."""
        match event:
            case Working(stage):
                self.stage = STAGES[stage]
            case Understood(question):
                self.understood = question
            case Text(text):
                self.text += text
            case Withdrawn():
                self.text, self.statements, self.citations = "", [], []
            case Cited(citation):
                self.citations.append(citation)
            case Checked(statement):
                self.statements.append(statement)
            case Finished(answer):
                self.answer = answer


class Paced:
    """Runs a stream in a thread of its own, so that showing it never waits for the next word.

    Args:
        events: makes the stream; called in that thread.
        stopped: asked all the time; once it says yes, the stream is closed and nothing more comes.
        interval: seconds between two batches at the least.
    """

    def __init__(
        self, events: Callable[[], Iterator[Event]], stopped: Callable[[], bool], interval: float = INTERVAL
    ) -> None:
        self._events = events
        self._stopped = stopped
        self._interval = interval
        self._queue: queue.SimpleQueue[Event | BaseException | None] = queue.SimpleQueue()
        self._abandoned = threading.Event()

    _running = 0
    _counting = threading.Lock()

    def __iter__(self) -> Iterator[list[Event]]:
        """Batches of events.

        Raises:
            QAError: what the stream raised.
        """
        threading.Thread(target=self._run, name="qa-page-stream", daemon=True).start()
        self._count(1)
        try:
            yield from self._batches()
        finally:
            self._abandoned.set()
            self._count(-1)

    @classmethod
    def _count(cls, change: int) -> None:
        with cls._counting:
            cls._running += change

    def _batches(self) -> Iterator[list[Event]]:
        shown = 0.0
        while not self._stopped():
            batch, over = self._take(shown + self._interval * max(1.0, Paced._running / _SIDE_BY_SIDE))
            shown = time.monotonic()
            if batch:
                yield batch
            if isinstance(over, BaseException):
                raise over
            if over:
                return

    def _take(self, not_before: float) -> tuple[list[Event], BaseException | bool]:
        """The events that have come by a moment, at least one; and whether that was all, or what went wrong."""
        batch: list[Event] = []
        while not self._stopped() and len(batch) < _MOST:
            left = not_before - time.monotonic()
            if batch and left <= 0 and self._queue.empty():
                break
            try:
                item = self._queue.get(timeout=_LISTEN if left <= 0 else min(left, _LISTEN))
            except queue.Empty:
                continue
            if item is None or isinstance(item, BaseException):
                return batch, item or True
            batch.append(item)
        return batch, False

    def _run(self) -> None:
        try:
            events = self._events()
            for event in events:
                self._queue.put(event)
                if self._abandoned.is_set():
                    getattr(events, "close", lambda: None)()
                    return
        except QAError as error:
            self._queue.put(error)
        except Exception as error:  # noqa: BLE001 - carried over to the thread that shows it, raised there
            self._queue.put(error)
        else:
            self._queue.put(None)
