"""Always silent: never wrong where there is no answer, never right where there is one."""

from __future__ import annotations

from collections.abc import Sequence

from evals.datasets import Dataset
from qa.records import Answer, Passage, Turn


class _Abstain:
    def answer(self, question: str, history: Sequence[Turn]) -> Answer:
        return Answer(question, "abstained", "", model="abstain", recipe="abstain")

    def search(self, query: str, k: int) -> list[Passage]:
        return []


def open_system(dataset: Dataset) -> _Abstain:
    """The baseline."""
    return _Abstain()
