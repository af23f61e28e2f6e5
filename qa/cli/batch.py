"""A file of questions answered into a file of answers, from where an earlier run was stopped."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from qa.answer_cache import AnswerCache
from qa.batch import Engine, Request, answers
from qa.cli.answers_file import AnswersFile, line_of
from qa.errors import BudgetExceeded, QAError
from qa.kept import Kept
from qa.records import Answer, Usage

if TYPE_CHECKING:
    from types import FrameType


@dataclass(slots=True)
class Totals:
    """What a run came to; ``kept`` answers were there before, ``failed_before`` of them errors."""

    kept: int = 0
    failed_before: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    usage: Usage = field(default_factory=Usage)
    begun: float = field(default_factory=time.monotonic)
    first: float = 0.0

    def count(self, answer: Answer) -> None:
        """Adds an answer written now."""
        self.first = self.first or time.monotonic()
        self.statuses[answer.status] += 1
        self.usage += answer.usage

    @property
    def now(self) -> int:
        """Answers written now."""
        return self.statuses.total()

    @property
    def failed(self) -> int:
        """Questions whose answer is an error, now or from before."""
        return self.statuses["error"] + self.failed_before

    @property
    def tokens(self) -> int:
        """Tokens read and written by the model."""
        return self.usage.prompt_tokens + self.usage.completion_tokens

    @property
    def rate(self) -> float:
        """Answers per second since the first one, before which much had to be opened; 0 until there is a second one."""
        return (self.now - 1) / max(time.monotonic() - self.first, 1e-6) if self.now > 1 else 0.0

    @property
    def seconds(self) -> float:
        """Since the run was begun."""
        return time.monotonic() - self.begun


@dataclass(frozen=True, slots=True)
class Plan:
    """How to go about it.

    ``retry`` asks again what failed before, ``mixing`` goes on though the articles have changed, ``budget`` is of
    tokens that may be spent.
    """

    retry: bool = False
    mixing: bool = False
    budget: int | None = None


_STOPPING = b"\nqa: finishing the questions under way; Ctrl-C again to leave them\n"

Progress = Callable[[Totals], None]
OpenEngine = Callable[[int], Engine]
"""Opens an engine; told how many answers are there already."""


def run_batch(
    open_engine: OpenEngine, requests: Iterable[Request | None], out: AnswersFile | BinaryIO, plan: Plan, told: Progress
) -> Totals:
    """Answers the requests that ``out`` does not hold yet.

    The first Ctrl-C takes no more questions and waits for those under way, if there are any.

    Args:
        open_engine: gives what answers.
        requests: all questions, read as they are needed.
        out: file of answers, which must be the beginning of this run; or a stream, which holds nothing yet.
        plan: how to go about it.
        told: told after each answer.

    Raises:
        QAError: if ``out`` holds something else, or cannot be written.
        BudgetExceeded: if the tokens are spent before all is answered; what is written is kept.
        KeyboardInterrupt: if the run was stopped; what is written is kept.
    """
    run = _Run(open_engine, plan, told)
    with closing(run.known), run.stoppable():
        try:
            if isinstance(out, AnswersFile):
                with out.held():
                    run.resume(iter(requests), out)
            else:
                run.answer(iter(requests), out)
        except BrokenPipeError:
            raise
        except OSError as error:
            name = out.path if isinstance(out, AnswersFile) else out.name
            raise QAError(f"cannot write '{name}': {error.strerror or error}; what is written is kept") from error
    run.check_end()
    return run.totals


class _Run:
    def __init__(self, open_engine: OpenEngine, plan: Plan, told: Progress) -> None:
        self.totals = Totals()
        self.known = AnswerCache(Kept(None))
        self._open_engine, self._plan, self._told = open_engine, plan, told
        self._stopped = False
        self._spent = False
        self._engine: Engine | None = None

    def resume(self, requests: Iterator[Request | None], out: AnswersFile) -> None:
        """Goes on where the file ends."""
        out.check_articles(mixing=self._plan.mixing)
        if self._plan.retry:
            self._again(requests, out)
        else:
            for _ in self._there(requests, out):
                pass
        out.settle()
        with out.add() as file:
            self.answer(requests, file)

    def answer(self, requests: Iterator[Request | None], file: BinaryIO) -> None:
        """Writes the answers to all requests."""
        for answer in self._answers(requests):
            file.write(line_of(answer))
            file.flush()
            self._count(answer)

    def check_end(self) -> None:
        """Says why the run ended before its time, if it did."""
        if self._stopped:
            raise KeyboardInterrupt
        if self._spent:
            raise BudgetExceeded(
                f"{self.totals.tokens} tokens are spent after {self.totals.kept + self.totals.now} answers, the budget "
                f"was {self._plan.budget}; the same command with a larger --budget goes on from here"
            )

    @contextmanager
    def stoppable(self) -> Iterator[None]:
        """Lets the first Ctrl-C stop the taking of questions; the next one, or one before any, waits for nothing."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = signal.getsignal(signal.SIGINT)

        def stop(number: int, frame: FrameType | None) -> None:
            if self._stopped:
                signal.signal(signal.SIGINT, lambda *_: leave(None))
                leave(self._engine)
            self._stopped = True
            if self._engine is None:  # nothing is under way, and opening may take long
                raise KeyboardInterrupt
            os.write(sys.stderr.fileno(), _STOPPING)

        signal.signal(signal.SIGINT, stop)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _there(self, requests: Iterator[Request | None], out: AnswersFile) -> Iterator[tuple[Request, Answer]]:
        for request, answer in out.answers(requests):
            if answer.status == "error":
                self.totals.failed_before += 1
            else:
                self.known.put(request.key, answer)
            self.totals.kept += 1
            yield request, answer

    def _again(self, requests: Iterator[Request | None], out: AnswersFile) -> None:
        """Asks again what failed before, in its place."""
        failed = (request for request, answer in self._there(requests, out) if answer.status == "error")
        if not out.path.exists():
            return

        def fresh() -> Generator[Answer]:
            for answer in self._answers(failed):
                yield answer
                self.totals.kept -= 1
                self.totals.failed_before -= 1
                self._count(answer)

        with closing(fresh()) as found:
            out.replace(found, lambda answer: answer.status == "error")

    def _answers(self, requests: Iterator[Request | None]) -> Iterator[Answer]:
        """From the engine, which is opened for the first request."""
        requests = self._wanted(requests)
        first = next((request for request in requests if request is not None), None)
        if first is None:
            return
        with ExitStack() as stack:
            engine = self._engine = self._open_engine(self.totals.kept)
            stack.callback(engine.close)
            yield from answers(engine, _after(first, requests), known=self.known)

    def _wanted(self, requests: Iterator[Request | None]) -> Iterator[Request | None]:
        """Requests until the run is stopped or its tokens are spent."""
        for request in requests:
            self._spent = self._plan.budget is not None and self.totals.tokens >= self._plan.budget
            if self._stopped or self._spent:
                return
            yield request

    def _count(self, answer: Answer) -> None:
        self.totals.count(answer)
        self._told(self.totals)


def leave(engine: Engine | None) -> None:
    """Ends the program without waiting for threads that wait for a server."""
    if engine is not None:
        engine.abandon()
    os.write(sys.stderr.fileno(), b"\x1b[?25h" if sys.stderr.isatty() else b"")  # a progress bar hides the cursor
    os._exit(130)


def _after(first: Request, rest: Iterator[Request | None]) -> Iterator[Request | None]:
    yield first
    yield from rest
