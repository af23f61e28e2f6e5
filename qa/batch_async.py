"""Many questions from an event loop: the twin of ``qa.batch.ask_many``."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Sized
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from qa.batch import Once, Place, Progress, Request, check_questions, request_of
from qa.errors import QAError, QuestionError
from qa.records import Answer

if TYPE_CHECKING:
    from qa.assistant import Assistant

Questions = Iterable[str | Request] | AsyncIterable[str | Request]


async def aask_many(
    assistant: Assistant,
    questions: Questions,
    *,
    workers: int = 4,
    ordered: bool = True,
    progress: Progress | None = None,
    **filters: Any,
) -> AsyncGenerator[Answer]:
    """Answers in the order of the questions, or as they finish; a failed one is an answer with status ``error``.

    Answers are given out while the next question is waited for. Closing the generator or cancelling its task ends the
    requests under way at once. ``next`` of what is not asynchronous is called on the event loop.

    Args:
        assistant: answers.
        questions: texts or requests; may be endless, and asynchronous.
        workers: questions answered at the same time.
        ordered: whether answers come in the order of the questions.
        progress: told after each answer.
        filters: as ``Assistant.ask`` takes them, for all questions that have none of their own.

    Raises:
        ValueError: if ``workers`` is not positive.
        TypeError: if a question is neither, or there is one text instead of many.
    """
    check_questions(questions)
    if workers < 1:
        raise ValueError(f"workers must be at least 1, got {workers}")
    total = len(questions) if isinstance(questions, Sized) else None
    line = _Line(assistant, _source(questions), workers, filters)
    number = 0
    try:
        while await line.move():
            for place in line.there(ordered):
                number += 1
                if progress is not None:
                    progress(number, total)
                yield line.once.take(place)
    finally:
        await line.cancel()


class _Line:
    """The questions under way, and the one that is waited for."""

    def __init__(
        self, assistant: Assistant, source: AsyncGenerator[str | Request], workers: int, filters: dict[str, Any]
    ) -> None:
        self.once = Once(self._submit)
        self._assistant, self._source, self._filters = assistant, source, filters
        self._workers = asyncio.Semaphore(workers)
        self._ahead = 2 * workers
        self._waiting: deque[Place] = deque()
        self._tasks: set[asyncio.Task[Answer]] = set()
        self._pull: asyncio.Task[Request | None] | None = None
        self._ended = False

    async def move(self) -> bool:
        """Waits until a question or an answer has come; false at the end."""
        if self._pull is None and not self._ended and len(self._waiting) < self._ahead:
            self._pull = asyncio.create_task(self._next())
        moving = {*self._tasks, *([self._pull] if self._pull else [])}
        if moving:
            await asyncio.wait(moving, return_when=asyncio.FIRST_COMPLETED)
        self._tasks = {task for task in self._tasks if not task.done()}
        if self._pull is not None and self._pull.done():
            request, self._pull = self._pull.result(), None
            self._ended = request is None
            if request is not None:
                self._waiting.append(self.once.place(request))
        return bool(moving or self._waiting)

    def there(self, ordered: bool) -> list[Place]:
        """Takes out of the line whose answer is there, and whose turn it is."""
        found = []
        for place in list(self._waiting):
            if place.coming.done():
                found.append(place)
                self._waiting.remove(place)
            elif ordered:
                break
        return found

    async def cancel(self) -> None:
        """Ends all that is under way."""
        moving = [*self._tasks, *([self._pull] if self._pull else [])]
        for task in moving:
            task.cancel()
        await asyncio.gather(*moving, return_exceptions=True)
        await self._source.aclose()

    async def _next(self) -> Request | None:
        async for question in self._source:
            return request_of(question, self._filters)
        return None

    def _submit(self, request: Request) -> asyncio.Task[Answer]:
        task = asyncio.create_task(self._answered(request))
        self._tasks.add(task)
        return task

    async def _answered(self, request: Request) -> Answer:
        try:
            if request.trouble:
                raise QuestionError(request.trouble)
            async with self._workers:
                found = await self._assistant.aask(request.question, request.history, **request.filters)
        except QAError as error:
            found = self._assistant.failed(request.question, error)
        return replace(found, id=request.id)


async def _source(questions: Questions) -> AsyncGenerator[str | Request]:
    if isinstance(questions, AsyncIterable):
        async for question in questions:
            yield question
    else:
        for question in questions:
            yield question
