"""Many questions: ordered, bounded, the same asked once, one error per question.

An engine answers (`ThreadEngine` here, others in ``qa.engines``); `answers` gives it questions and brings the answers
into order. Reading and writing files of questions and answers is in ``qa.cli``; asyncio is in ``qa.batch_async``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from qa.answer_cache import question_key
from qa.errors import QAError, QuestionError
from qa.recent import Recent
from qa.records import Answer, Turn, Usage

if TYPE_CHECKING:
    from qa.assistant import Assistant

REMEMBERED = 1000
"""Answers kept in memory for questions that come again, where nothing else keeps them."""

Progress = Callable[[int, int | None], None]
"""Told how many answers there are, of how many; ``None`` where that is not known."""


@dataclass(frozen=True, slots=True)
class Request:
    """One question of many; ``trouble`` says why it cannot be asked at all. Filters are those of ``Assistant.ask``."""

    question: str
    id: str = ""
    history: tuple[Turn, ...] = ()
    since: str | None = None
    until: str | None = None
    sources: tuple[str, ...] = ()
    trouble: str = ""

    @property
    def key(self) -> bytes:
        """The same for requests that have the same answer."""
        return question_key(self.question, self.history, repr((self.since, self.until, self.sources)))

    @property
    def filters(self) -> dict[str, Any]:
        """What restricts the articles, as ``Assistant.ask`` takes it."""
        return {"since": self.since, "until": self.until, "sources": self.sources}

    def within(self, filters: Mapping[str, Any]) -> Request:
        """The same request; of ``filters``, which hold for many, it takes those that it has none of its own for."""
        return replace(self, **{name: value for name, value in filters.items() if not getattr(self, name, None)})


class Coming(Protocol):
    """An answer that is on its way: a future, or a task."""

    def done(self) -> bool:
        """Whether it is there."""

    def result(self) -> Answer:
        """The answer."""


class Engine(Protocol):
    """Answers requests, several at a time."""

    @property
    def ahead(self) -> int:
        """How many requests it takes before an answer has to be taken from it."""

    def submit(self, request: Request) -> Future[Answer]:
        """Has a request answered; what goes wrong with it is an answer with status ``error``."""

    def close(self) -> None:
        """Lets questions under way finish and takes no more."""

    def abandon(self) -> None:
        """Ends whatever other processes do for it, since this one is about to end without waiting for anything."""


class Known(Protocol):
    """Keeps answers for questions that come again."""

    def get(self, key: bytes) -> Answer | None:
        """The answer kept for a request's key."""

    def put(self, key: bytes, answer: Answer) -> None:
        """Keeps an answer."""


class ThreadEngine:
    """Answers with one assistant, in threads of this process.

    Raises:
        ValueError: if ``workers`` is not positive.
    """

    def __init__(self, assistant: Assistant, workers: int) -> None:
        if workers < 1:
            raise ValueError(f"workers must be at least 1, got {workers}")
        self.ahead = 2 * workers
        self._assistant = assistant
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="qa")

    def submit(self, request: Request) -> Future[Answer]:
        """See `Engine`."""
        return self._pool.submit(answered, self._assistant, request)

    def close(self) -> None:
        """See `Engine`."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def abandon(self) -> None:
        """See `Engine`; threads end with their process."""


def ask_many(
    assistant: Assistant,
    questions: Iterable[str | Request],
    *,
    workers: int = 4,
    ordered: bool = True,
    progress: Progress | None = None,
    engine: Engine | None = None,
    **filters: Any,
) -> Iterator[Answer]:
    """Answers in the order of the questions, or as they finish; a failed one is an answer with status ``error``.

    Questions are taken as they are needed, at most twice as many as workers ahead of the answers, so there may be
    endlessly many. The same question is asked once while its answer is among the last thousand. Closing the iterator
    lets the questions under way finish and takes no more.

    Args:
        assistant: answers.
        questions: texts, or requests with an id, history and filters of their own.
        workers: questions answered at the same time.
        ordered: whether answers come in the order of the questions.
        progress: told after each answer.
        engine: answers instead, with workers of its own, such as ``qa.engines.processes.ProcessEngine``; not closed.
        filters: as ``Assistant.ask`` takes them, for all questions that have none of their own.

    Raises:
        ValueError: if ``workers`` is not positive.
        TypeError: if a question is neither, or there is one text instead of many.
    """
    check_questions(questions)
    working = engine or ThreadEngine(assistant, workers)
    total = len(questions) if isinstance(questions, Sized) else None
    requests = (request_of(question, filters) for question in questions)
    try:
        for number, answer in enumerate(answers(working, requests, ordered=ordered), start=1):
            if progress is not None:
                progress(number, total)
            yield answer
    finally:
        if engine is None:
            working.close()


def check_questions(questions: object) -> None:
    """Refuses a single text, whose letters would be asked one by one.

    Raises:
        TypeError: if it is one.
    """
    if isinstance(questions, str | bytes):
        raise TypeError("questions must be several texts, such as a list of one")


def request_of(question: str | Request, filters: Mapping[str, Any]) -> Request:
    """The request for a text; ``filters`` hold for what has none of its own.

    Raises:
        TypeError: if it is something else.
    """
    if not isinstance(question, str | Request):
        raise TypeError(f"a question must be a text or a Request, got {type(question).__name__}")
    return (Request(question) if isinstance(question, str) else question).within(filters)


def answers(
    engine: Engine, requests: Iterable[Request | None], *, ordered: bool = True, known: Known | None = None
) -> Iterator[Answer]:
    """The answers of an engine, each question asked once.

    Args:
        engine: answers.
        requests: ``None`` among them says that none is at hand right now: answers that are there are given out.
        ordered: whether answers come in the order of the requests.
        known: keeps answers; by default the last `REMEMBERED`.
    """
    once = Once(engine.submit, known)
    waiting: deque[Place] = deque()
    for request in requests:
        if request is not None:
            waiting.append(once.place(request))
        while waiting and (len(waiting) >= engine.ahead or _any_there(waiting, ordered)):
            yield once.take(_next(waiting, ordered))
    while waiting:
        yield once.take(_next(waiting, ordered))


@dataclass(frozen=True, slots=True)
class Place:
    """A request in line. ``key`` where it is the first of those that share its answer, and can share it at all."""

    request: Request
    coming: Coming
    key: bytes | None = None


@dataclass(frozen=True, slots=True)
class _There:
    """An answer that need not be waited for."""

    answer: Answer

    def done(self) -> bool:
        return True

    def result(self) -> Answer:
        return self.answer


class Once:
    """Has the same question asked once, also while its answer is on its way; an error is shared only that long.

    Args:
        submit: has a request answered.
        known: keeps answers; by default the last `REMEMBERED`.
    """

    def __init__(self, submit: Callable[[Request], Coming], known: Known | None = None) -> None:
        self._submit = submit
        self._known = known or Recent[bytes, Answer](REMEMBERED)
        self._coming: dict[bytes, Coming] = {}

    def place(self, request: Request) -> Place:
        """A place in line for a request."""
        if request.trouble:
            return Place(request, self._submit(request))
        key = request.key
        coming = self._coming.get(key)
        if coming is not None:
            return Place(request, coming)
        if known := self._known.get(key):
            return Place(request, _There(known))
        self._coming[key] = coming = self._submit(request)
        return Place(request, coming, key)

    def take(self, place: Place) -> Answer:
        """The answer for a place; waits for it. Whoever shares an answer comes after the one who asked."""
        found = place.coming.result()
        if place.key is None:
            return found if place.request.trouble else replace(found, id=place.request.id, usage=Usage(), seconds=0.0)
        del self._coming[place.key]
        if found.status != "error":
            self._known.put(place.key, found)
        return found


def _any_there(waiting: deque[Place], ordered: bool) -> bool:
    return waiting[0].coming.done() or (not ordered and any(place.coming.done() for place in waiting))


def _next(waiting: deque[Place], ordered: bool) -> Place:
    """Takes the place whose turn it is out of the line, once its answer is there."""
    if not ordered and not any(place.coming.done() for place in waiting):
        wait([place.coming for place in waiting if isinstance(place.coming, Future)], return_when=FIRST_COMPLETED)
    turn = 0 if ordered else next(number for number, place in enumerate(waiting) if place.coming.done())
    place = waiting[turn]
    del waiting[turn]
    return place


def answered(assistant: Assistant, request: Request) -> Answer:
    """The answer to one request, with its id; an error is an answer."""
    try:
        if request.trouble:
            raise QuestionError(request.trouble)
        found = assistant.ask(request.question, request.history, **request.filters)
    except QAError as error:
        found = assistant.failed(request.question, error)
    return replace(found, id=request.id)
