"""An assistant in a process of its own."""

from __future__ import annotations

import threading

from qa.assistant import Assistant
from qa.batch import Request, answered
from qa.rates import Rates
from qa.records import Answer
from qa.settings import Settings


class Answerer:
    """Opens its assistant once, for the first question: what is wrong with it comes back as it is, and ends the run.

    Args:
        settings: of the assistant.
        rates: how fast the model is asked, by all processes together.
    """

    def __init__(self, settings: Settings, rates: Rates | None = None) -> None:
        self._settings, self._rates = settings, rates
        self._lock = threading.Lock()
        self._assistant: Assistant | None = None

    def answer(self, request: Request) -> Answer:
        """The answer to a request; what goes wrong with it is an answer with status ``error``.

        Raises:
            QAError: if nothing can be answered here, such as where there is no index.
        """
        return answered(self._opened(), request)

    def _opened(self) -> Assistant:
        with self._lock:
            if self._assistant is None:
                assistant = Assistant(self._settings, rates=self._rates)
                assert assistant.archive.contents
                self._assistant = assistant
            return self._assistant


def unanswered(request: Request, error: str) -> Answer:
    """Stands for the answer that no process lived to give."""
    return Answer(request.question, "error", "", error=error, id=request.id)
