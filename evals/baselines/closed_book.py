"""The language model alone: what it knows of the questions without reading an article."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from evals.datasets import Dataset
from qa.models import ChatModel, Finish
from qa.prompts import NOT_IN_ARTICLES, load_prompt
from qa.records import Answer, Passage, Statement, Turn, Usage


class _ClosedBook:
    def __init__(self, model: ChatModel) -> None:
        self._model = model
        self._prompt = load_prompt("closed_book", Path(__file__).parent)

    def answer(self, question: str, history: Sequence[Turn]) -> Answer:
        text, usage = "", Usage()
        for delta in self._model.stream(self._prompt.render(question=question)):
            if isinstance(delta, Finish):
                usage = delta.usage
            else:
                text += delta.text
        text = text.strip()
        silent = not text or NOT_IN_ARTICLES in text.upper()
        return Answer(
            question,
            "abstained" if silent else "answered",
            "" if silent else text,
            () if silent else (Statement(0, len(text)),),
            confidence=0.0 if silent else 0.5,
            model=self._model.name,
            recipe="closed-book",
            usage=usage,
        )

    def search(self, query: str, k: int) -> list[Passage]:
        return []


def open_system(dataset: Dataset, model: ChatModel) -> _ClosedBook:
    """The baseline."""
    return _ClosedBook(model)
