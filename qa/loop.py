"""Questions asked from an event loop: the work runs in a thread, the requests to the model run on the loop.

So the loop is never blocked, and cancelling ends a request at once, even one that waits for a silent server: a thread
that waits for a socket could not be woken.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import aclosing
from queue import SimpleQueue
from threading import Lock
from typing import TypeVar

from qa.models import ChatModel, Delta
from qa.prompts import Message

Value = TypeVar("Value")


class LoopModel:
    """A ``ChatModel`` for a thread; what is asked runs on the event loop in which this was made.

    Args:
        name: the model's name.
        open_model: gives the model; called in the thread, since opening may take long.
    """

    def __init__(self, name: str, open_model: Callable[[], ChatModel]) -> None:
        self.name = name
        self._open_model = open_model
        self._loop = asyncio.get_running_loop()
        self._lock = Lock()
        self._cancelled = False
        self._request: Future[None] | None = None

    def stream(self, messages: Sequence[Message]) -> Iterator[Delta]:
        """See ``ChatModel.stream``.

        Raises:
            ModelError: see there.
            concurrent.futures.CancelledError: after ``cancel``.
        """
        deltas = self._open_model().astream(messages)
        arrived: SimpleQueue[Delta | None] = SimpleQueue()
        with self._lock:
            if self._cancelled:
                raise CancelledError
            request = asyncio.run_coroutine_threadsafe(_hand_over(deltas, arrived), self._loop)
            self._request = request
        request.add_done_callback(lambda _: arrived.put(None))
        try:
            while (delta := arrived.get()) is not None:
                yield delta
            request.result()
        finally:
            request.cancel()

    def astream(self, messages: Sequence[Message]) -> AsyncIterator[Delta]:
        """See ``ChatModel.astream``."""
        return self._open_model().astream(messages)

    def cancel(self) -> None:
        """Ends the request under way, and refuses further ones."""
        with self._lock:
            self._cancelled = True
        if self._request is not None:
            self._request.cancel()


async def in_thread(values: Iterator[Value], cancel: Callable[[], None]) -> AsyncGenerator[Value]:
    """The values of a generator that runs in a thread of its own.

    Args:
        values: the generator.
        cancel: called where the iteration ends early, to wake the thread.
    """
    loop = asyncio.get_running_loop()
    thread = ThreadPoolExecutor(1, thread_name_prefix="qa-stream")
    try:
        while value := await loop.run_in_executor(thread, _next, values):
            yield value[0]
    finally:
        cancel()
        thread.submit(values.close)  # type: ignore[attr-defined]
        thread.shutdown(wait=False)


def _next(values: Iterator[Value]) -> tuple[Value] | None:
    for value in values:
        return (value,)
    return None


async def _hand_over(deltas: AsyncIterator[Delta], arrived: SimpleQueue[Delta | None]) -> None:
    async with aclosing(deltas):  # type: ignore[type-var]
        async for delta in deltas:
            arrived.put(delta)
