"""One trace for each question: how long each stage took, and what came of it, as one record of the log ``qa.trace``.

Nothing is measured unless somebody listens: ``qa --log json``, ``QA_LOG=json``, ``QA_OTEL=1``, or a program that sets
the level of that log to ``INFO``. A record carries the trace as ``record.trace``, a dictionary ready for JSON.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Iterator
from typing import Any

from qa.errors import QAError
from qa.events import Event, Finished, Text, Working

LOG = logging.getLogger("qa.trace")
BEGINNING = "beginning"
"""The stage before the first that is told of."""


def traced(events: Iterator[Event], question: str) -> Iterator[Event]:
    """The same events, watched if anybody wants to know."""
    return _Watched(question).run(events) if LOG.isEnabledFor(logging.INFO) else events


class _Watched:
    """Measures one stream. Time that whoever takes the events takes for itself counts for no stage."""

    def __init__(self, question: str) -> None:
        self._stages: dict[str, float] = {}
        self._stage = BEGINNING
        self._elapsed = 0.0
        self._told: dict[str, Any] = {
            "id": secrets.token_hex(8),
            "question": question,
            "began": round(time.time(), 6),
            "status": "stopped",
        }

    def run(self, events: Iterator[Event]) -> Iterator[Event]:
        """Hands the events on, and logs the trace when they end, however they do."""
        try:
            while (event := self._next(events)) is not None:
                self._note(event)
                yield event
        except QAError as error:
            self._told |= {"status": "error", "error": str(error)}
            raise
        finally:
            self._log()
            getattr(events, "close", lambda: None)()

    def _next(self, events: Iterator[Event]) -> Event | None:
        began = time.perf_counter()
        try:
            return next(events, None)
        finally:
            spent = time.perf_counter() - began
            self._elapsed += spent
            self._stages[self._stage] = self._stages.get(self._stage, 0.0) + spent

    def _note(self, event: Event) -> None:
        if isinstance(event, Working):
            self._stage = event.stage
        elif isinstance(event, Text):
            self._told.setdefault("first_words", round(self._elapsed, 6))
        elif isinstance(event, Finished):
            answer = event.answer
            self._told |= {
                **{"status": answer.status, "model": answer.model, "confidence": answer.confidence},
                **{"statements": len(answer.statements), "citations": len(answer.citations)},
                **{"passages": len(answer.passages), "prompt_tokens": answer.usage.prompt_tokens},
                **{"completion_tokens": answer.usage.completion_tokens, "calls": answer.usage.calls},
                "error": answer.error,
            }

    def _log(self) -> None:
        stages = {name: round(seconds, 6) for name, seconds in self._stages.items() if seconds}
        trace = self._told | {"stages": stages, "seconds": round(self._elapsed, 6)}
        LOG.info("question %s: %s", self._told["id"], self._told["status"], extra={"trace": trace})
