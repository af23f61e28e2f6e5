"""An assistant in a process of its own."""

from __future__ import annotations

from qa.assistant import Assistant
from qa.batch import Request, answered
from qa.rates import Rates
from qa.records import Answer
from qa.settings import Settings


class Answerer:
    """Opens its assistant once.

    Args:
        settings: of the assistant.
        rates: how fast the model is asked, by all processes together.
    """

    def __init__(self, settings: Settings, rates: Rates | None = None) -> None:
        self._assistant = Assistant(settings, rates=rates)

    def answer(self, request: Request) -> Answer:
        """The answer to a request; what goes wrong with it is an answer with status ``error``."""
        return answered(self._assistant, request)


def unanswered(request: Request, error: str) -> Answer:
    """Stands for the answer that no process lived to give."""
    return Answer(request.question, "error", "", error=error, id=request.id)
