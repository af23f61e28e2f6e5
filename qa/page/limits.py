"""How much one visitor may ask of the page: bytes of a request, uploads, requests a minute, wrong passwords."""

from __future__ import annotations

import ipaddress
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from qa.page.guard import headers_of, refuse

_MOST_VISITORS = 10_000
_STEPS = 200
"""Amounts taken within such a part of a window are one, so that many small ones are soon added up."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one address may ask for.

    ``request`` bytes of one request that is no upload; ``uploads`` bytes in an hour; ``requests`` that change or ask
    something in a minute; ``logins`` that fail in five minutes.
    """

    request: int = 16_000_000
    uploads: int = 2_000_000_000
    requests: int = 3000
    logins: int = 10


class Limits:
    """An ASGI middleware that refuses what goes beyond the allowance: 413 for too much at once, 429 for too often.

    Args:
        app: what is protected.
        allowance: of each address.
        clock: seconds that only grow.
    """

    def __init__(
        self, app: Any, allowance: Allowance | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.app = app
        self.allowance = allowance or Allowance()
        allowed = self.allowance
        self._uploads = _Window(allowed.uploads, 3600, clock)
        self._requests = _Window(allowed.requests, 60, clock)
        self._logins = _Window(allowed.logins, 300, clock)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serves a request, or refuses it."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self.app(scope, receive, send)
            return
        visitor, path = _visitor(scope), scope["path"].rstrip("/")
        is_upload, is_login = path.endswith("/upload"), path.endswith("/login")
        announced = _announced(scope)
        if not self._requests.take(visitor, 1):
            await refuse(send, 429, b"too many requests in a minute; wait a little\n")
        elif is_login and not self._logins.take(visitor, 1):
            await refuse(send, 429, b"too many wrong passwords; wait five minutes\n")
        elif is_upload and not self._uploads.fits(visitor, announced):
            await refuse(send, 429, b"too many bytes uploaded in an hour; wait, or copy files into the folder\n")
        elif not is_upload and announced > self.allowance.request:
            await refuse(send, 413, b"the request is too long\n")
        elif is_upload:
            await self.app(scope, _Counted(receive, lambda length: self._uploads.take(visitor, length)), send)
        else:
            left = _Left(self.allowance.request)
            await self.app(scope, _Counted(receive, left.take), self._watched(send, visitor) if is_login else send)

    def _watched(self, send: Any, visitor: str) -> Any:
        """Counts a login before it is tried, however many are tried at once, and gives it back if it was right."""

        async def watched(message: Any) -> None:
            if message["type"] == "http.response.start" and message["status"] < 400:
                self._logins.give_back(visitor)
            await send(message)

        return watched


class _Left:
    def __init__(self, most: int) -> None:
        self._most = most

    def take(self, amount: int) -> bool:
        self._most -= amount
        return self._most >= 0


class _Counted:
    """Receives a body, and takes the visitor for gone once it is longer than allowed, whatever was announced."""

    def __init__(self, receive: Any, take: Callable[[int], bool]) -> None:
        self._receive = receive
        self._take = take
        self._over = False

    async def __call__(self) -> Any:
        message = {"type": "http.disconnect"} if self._over else await self._receive()
        self._over = self._over or not self._take(len(message.get("body", b"")))
        return {"type": "http.disconnect"} if self._over else message


class _Window:
    """Amounts taken by each visitor within the last ``seconds``."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float]) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._taken: dict[str, deque[list[float]]] = defaultdict(deque)

    def take(self, visitor: str, amount: int) -> bool:
        """Whether the amount is within what is left; then it is taken."""
        if not self.fits(visitor, amount):
            return False
        if amount:
            row, now = self._taken[visitor], self._clock()
            if row and now - row[-1][0] < self._seconds / _STEPS:
                row[-1][1] += amount
            else:
                row.append([now, amount])
        return True

    def fits(self, visitor: str, amount: int) -> bool:
        """Whether the amount is within what is left."""
        return self._sum(visitor) + amount <= self._most

    def give_back(self, visitor: str) -> None:
        """One that was taken last was not to be counted."""
        if self._taken.get(visitor):
            self._taken[visitor][-1][1] -= 1

    def _sum(self, visitor: str) -> float:
        now = self._clock()
        if len(self._taken) > _MOST_VISITORS:
            self._taken = defaultdict(
                deque, {v: row for v, row in self._taken.items() if row[-1][0] > now - self._seconds}
            )
        row = self._taken[visitor] if visitor in self._taken else deque[list[float]]()
        while row and row[0][0] <= now - self._seconds:
            row.popleft()
        if not row:
            self._taken.pop(visitor, None)
        return sum(amount for _, amount in row)


def _visitor(scope: Any) -> str:
    """The address that asks; of IPv6 the network, since whoever has one address there has more than can be counted."""
    told = str((scope.get("client") or ("",))[0]).partition("%")[0]
    try:
        address = ipaddress.ip_address(told)
    except ValueError:
        return told
    if address.version == 4 or address.is_loopback:
        return told
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))


def _announced(scope: Any) -> int:
    length = headers_of(scope).get("content-length", "0")
    return int(length) if length.isdecimal() else 0
