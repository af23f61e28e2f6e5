"""How fast a language model is asked: requests and tokens a minute, shared by all who ask it.

Requests are spread evenly, not sent in bursts, so that no minute holds more than the limit, wherever it begins. A
server that asks for a pause (429 with ``Retry-After``) is left alone by everybody, not just by the one that was told.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Protocol

_MINUTE = 60.0


class Rates(Protocol):
    """What an asker needs; another process may keep the count (``qa.engines``)."""

    def reserve(self, tokens: int) -> float:
        """Takes the next free place for a request of so many tokens; seconds until it comes."""

    def paused(self) -> float:
        """Seconds that the server is still to be left alone."""

    def pause(self, seconds: float) -> None:
        """Lets nobody ask for so long."""

    def settle(self, reserved: int, used: int) -> None:
        """Corrects a reservation by what the request really took."""


class SharedRates:
    """`Rates` for the threads of one process.

    Args:
        requests: a minute; ``None`` for no limit.
        tokens: a minute, read and written together; ``None`` for no limit.
        clock: seconds that only grow.
    """

    def __init__(
        self, requests: float | None = None, tokens: float | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_request = _MINUTE / requests if requests else 0.0
        self._per_token = _MINUTE / tokens if tokens else 0.0
        self._clock = clock
        self._lock = threading.Lock()
        self._next_request = self._next_token = self._resume = clock()

    def reserve(self, tokens: int) -> float:
        """See `Rates`."""
        with self._lock:
            now = self._clock()
            place = max(now, self._resume, self._next_request, self._next_token)
            self._next_request = place + self._per_request
            self._next_token = place + tokens * self._per_token
            return place - now

    def paused(self) -> float:
        """See `Rates`."""
        with self._lock:
            return max(0.0, self._resume - self._clock())

    def pause(self, seconds: float) -> None:
        """See `Rates`."""
        with self._lock:
            self._resume = max(self._resume, self._clock() + seconds)

    def settle(self, reserved: int, used: int) -> None:
        """See `Rates`."""
        with self._lock:
            self._next_token += (used - reserved) * self._per_token


def await_turn(rates: Rates, tokens: int) -> None:
    """Waits until a request of so many tokens may be sent."""
    while True:
        time.sleep(rates.reserve(tokens))
        if not rates.paused():
            return
        rates.settle(tokens, 0)  # somebody was told to wait in the meantime: back into the line


async def async_await_turn(rates: Rates, tokens: int) -> None:
    """The same for asyncio."""
    while True:
        await asyncio.sleep(rates.reserve(tokens))
        if not rates.paused():
            return
        rates.settle(tokens, 0)
