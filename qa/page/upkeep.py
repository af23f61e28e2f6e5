"""Keeping the index up to date behind the page: at its start, and when articles are added or removed.

Questions are answered meanwhile, from what has been committed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from qa.assistant import Assistant
from qa.errors import IndexLocked, QAError
from qa.index.sync import SyncReport


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the reading is; ``error`` is why it could not be done."""

    running: bool = False
    done: int = 0
    total: int = 0
    error: str = ""

    @property
    def percent(self) -> int:
        """Of the bytes to read."""
        return 100 * self.done // self.total if self.total else 0


class Upkeep:
    """Synchronises one assistant's index, one run at a time. Safe to share between threads."""

    def __init__(self, assistant: Assistant, after: Callable[[], None] = lambda: None) -> None:
        self._assistant = assistant
        self._after = after
        self._lock = threading.Lock()
        self.progress = Progress()
        self.first_time = False
        """Whether the articles are being read for the first time, so that nothing can be answered yet."""

    def start(self) -> None:
        """Begins a run in the background; what goes wrong is kept in ``progress``."""
        self.progress = Progress(running=True)
        self.first_time = self._is_empty()
        threading.Thread(target=self._run_quietly, name="qa-page-upkeep", daemon=True).start()

    def run(self) -> SyncReport:
        """Brings the index up to date, after the run that may be under way.

        Raises:
            QAError: if that is not possible.
        """
        with self._lock:
            self.progress = Progress(running=True)
            try:
                report = self._assistant.sync(progress=self._told)
            except QAError as error:
                self.progress = Progress(error=str(error))
                raise
            finally:
                self.first_time = False
            self.progress = Progress()
            return report

    def _run_quietly(self) -> None:
        try:
            self.run()
        except QAError as error:
            # Another process is reading the same articles: what it has finished answers here too.
            if isinstance(error, IndexLocked) and self._assistant.archive.has_index():
                self.progress = Progress()
        self._after()

    def _is_empty(self) -> bool:
        try:
            with self._assistant.archive.index.view() as catalog:
                return not catalog.article_count()
        except QAError:
            return True

    def _told(self, done: int, total: int) -> None:
        self.progress = Progress(running=True, done=done, total=total)
