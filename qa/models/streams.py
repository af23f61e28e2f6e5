"""Bodies of responses that are read to their end.

openai's client stops reading at the event ``[DONE]``. The few bytes after it stay unread, so the connection cannot be
used again, and each question would pay for a new one: with TLS that is longer than a search of the index.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

import httpx

_END = b"[DONE]"
_PATIENCE = 0.1
"""Seconds for the rest, which as a rule came with the end."""


class WholeStream(httpx.SyncByteStream):
    """A body that is read to its end when it is closed after its last event; closed before, it is cut off.

    Args:
        stream: the body.
        response: whose body it is.
    """

    def __init__(self, stream: httpx.SyncByteStream, response: httpx.Response) -> None:
        self._stream, self._parts = stream, iter(stream)
        self._connection = response.extensions["network_stream"]
        self._tail = b""

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            self._tail = _tail(self._tail, part)
            yield part

    def close(self) -> None:
        """See the class."""
        if _END in self._tail:
            timer = threading.Timer(_PATIENCE, self._hang_up)
            timer.start()
            with suppress(httpx.TransportError):
                for _ in self._parts:
                    pass
            timer.cancel()
        self._stream.close()

    def _hang_up(self) -> None:
        """Wake up the thread that reads; httpx does not let the time-out of a response be changed."""
        with suppress(OSError):
            self._connection.get_extra_info("socket").shutdown(socket.SHUT_RDWR)


class AsyncWholeStream(httpx.AsyncByteStream):
    """The same for asyncio."""

    def __init__(self, stream: httpx.AsyncByteStream) -> None:
        self._stream, self._parts = stream, aiter(stream)
        self._tail = b""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._parts:
            self._tail = _tail(self._tail, part)
            yield part

    async def aclose(self) -> None:
        """See `WholeStream`."""
        if _END in self._tail:
            with suppress(httpx.TransportError, TimeoutError):
                async with asyncio.timeout(_PATIENCE):
                    async for _ in self._parts:
                        pass
        await self._stream.aclose()


def _tail(before: bytes, part: bytes) -> bytes:
    """The end of all that came, long enough to hold the last event."""
    return (before + part)[-4 * len(_END) :]
