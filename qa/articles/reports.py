"""What is told about each file of the corpus, and the ids taken so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from qa.errors import CorpusError

Outcome = Literal["read", "odd", "skipped"]

_REASONS_KEPT = 8
"""Reasons told in full for one file; a file with 100,000 bad lines must not fill the memory or the screen."""


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file: ``read``, ``odd`` (read, but look at ``reason``) or ``skipped`` (no article in it)."""

    path: str
    outcome: Outcome
    reason: str
    articles: int


class Refused(CorpusError):
    """This file gives no article, or no further one; the message is the reason in its report."""


class Findings:
    """Collects what is odd about one file while it is read."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._reasons: list[str] = []
        self._more = 0

    def add(self, reason: str) -> None:
        """Notes a reason; the same one twice counts once, and only the first few are kept in full."""
        if reason in self._reasons:
            return
        if len(self._reasons) < _REASONS_KEPT:
            self._reasons.append(reason)
        else:
            self._more += 1

    def report(self, articles: int) -> FileReport:
        """The report of the file, of which ``articles`` articles were read."""
        reasons = [*self._reasons, f"and {self._more:,} more like these"] if self._more else self._reasons
        if articles:
            return FileReport(self.name, "odd" if reasons else "read", "; ".join(reasons), articles)
        return FileReport(self.name, "skipped", "; ".join(reasons) or "no article in it", 0)


class Ids:
    """The article ids of a corpus, each with the place it was read from."""

    def __init__(self) -> None:
        self._places: dict[str, str] = {}

    def add(self, id: str, place: str) -> None:
        """Takes an id.

        Args:
            id: of the article.
            place: where it was read, as a person would look for it.

        Raises:
            CorpusError: if the id is taken; names both places.
        """
        if id in self._places:
            first = self._places[id]
            where = f"in '{first}' and in '{place}'" if first != place else f"in '{place}'"
            raise CorpusError(f"two articles have the id {id!r}: {where}; give one of them another id")
        self._places[id] = place

    def __contains__(self, id: object) -> bool:
        return id in self._places

    def __len__(self) -> int:
        return len(self._places)
