"""Answers from several processes of this machine: Python runs in one thread at a time, and reading is Python.

Each process is a manager of ``multiprocessing`` that holds an `Answerer`; the threads of this process ask it and wait.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing.managers import BaseManager
from typing import Any

from qa.batch import Request
from qa.engines.answerer import Answerer, unanswered
from qa.rates import SharedRates
from qa.records import Answer
from qa.settings import Settings

_TRIES = 3
"""For a question whose process dies; it may be what kills it."""


class _Process(BaseManager):
    """A process and what lives in it."""


_Process.register("Answerer", Answerer)
_Process.register("Rates", SharedRates)


class ProcessEngine:
    """An ``Engine`` over processes; one that dies is replaced, and its questions are asked again.

    Args:
        settings: of the assistant that each process opens.
        workers: questions answered at the same time, by all processes together.
        processes: how many.
        limited: whether there is a model, which is asked at a rate that all processes keep to together.

    Raises:
        ValueError: if ``workers`` or ``processes`` is not positive.
    """

    def __init__(self, settings: Settings, workers: int, processes: int, *, limited: bool = True) -> None:
        if min(workers, processes) < 1:
            raise ValueError(f"workers and processes must be at least 1, got {workers} and {processes}")
        self.ahead = 2 * workers
        self._settings = settings
        self._lock = threading.Lock()
        with ThreadPoolExecutor() as starting:
            rates = starting.submit(_started) if limited else None
            self._processes = list(starting.map(lambda _: _started(), range(processes)))
        self._rates = rates.result() if rates else None
        self._shared: Any = self._rates.Rates(settings.rpm, settings.tpm) if self._rates else None  # type: ignore[attr-defined]
        self._answerers = [self._answerer(process) for process in self._processes]
        self._own = threading.local()
        places = itertools.cycle(range(processes))
        self._pool = ThreadPoolExecutor(workers, "qa-process", lambda: setattr(self._own, "place", next(places)))

    def submit(self, request: Request) -> Future[Answer]:
        """See ``Engine``."""
        return self._pool.submit(self._answer, request)

    def close(self) -> None:
        """See ``Engine``."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        for process in (*self._processes, *filter(None, [self._rates])):
            process.shutdown()

    def abandon(self) -> None:
        """See ``Engine``; the processes see that this one ends."""

    def _answer(self, request: Request) -> Answer:
        place = self._own.place
        for _ in range(_TRIES):
            answerer = self._answerers[place]
            try:
                answer: Answer = answerer.answer(request)
            except (EOFError, ConnectionError):
                self._replace(place, answerer)
            else:
                return answer
        return unanswered(request, f"the process that answered died {_TRIES} times; ask again with fewer workers")

    def _replace(self, place: int, dead: Any) -> None:
        with self._lock:
            if self._answerers[place] is dead:
                self._processes[place].shutdown()
                self._processes[place] = _started()
                self._answerers[place] = self._answerer(self._processes[place])

    def _answerer(self, process: _Process) -> Any:
        return process.Answerer(self._settings, self._shared)  # type: ignore[attr-defined]


def _started() -> _Process:
    # Not forked: the libraries of the index have threads of their own.
    process = _Process(ctx=multiprocessing.get_context("spawn"))
    process.start(_leave_with_parent)
    return process


def _leave_with_parent() -> None:
    """Has this process end when its parent is killed and can no longer end it."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()
