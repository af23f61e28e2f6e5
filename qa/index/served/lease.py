"""The one right to write an index on a server, lent for half a minute at a time, to one machine.

Chroma keeps the first record of an id when others ``add`` the same id, and that makes a lock: machines that want the
next lease all add its number, and read back who was first. A lease that is not renewed runs out; the next holder has
the next number, and whoever finds a higher number than its own has lost. The clocks of the machines should agree to a
few seconds.
"""

from __future__ import annotations

import socket
import threading
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qa.errors import IndexLocked, StoreError

if TYPE_CHECKING:
    from qa.index.served.ledger import Ledger

LENT = 30.0
"""Seconds after which a lease runs out unless it is renewed."""


@dataclass(frozen=True, slots=True)
class _Held:
    number: int
    holder: str
    machine: str
    host: str
    expires: float


class Lease:
    """A right to write; taken by entering it, given back by leaving.

    Args:
        ledger: of the index.
        machine: of whoever wants it; a lease of the same machine is one of a process that died, as a lock of the
            system keeps living ones of the same machine apart.
    """

    def __init__(self, ledger: Ledger, machine: str) -> None:
        self._ledger = ledger
        self._machine = machine
        self._holder = uuid.uuid4().hex
        self._number = 0
        self._stop = threading.Event()
        self._renewal: threading.Thread | None = None

    def __enter__(self) -> Lease:
        """Takes it.

        Raises:
            IndexLocked: if another machine holds it.
        """
        root = self._root()
        held = self._newest()
        if held is not None and held.machine != self._machine and held.expires > time.time():
            raise self._taken(held)
        self._number = held.number + 1 if held else 1
        root.add(ids=[f"lease-{self._number}"], embeddings=[[0.0, 1.0]], metadatas=[self._metadata(LENT)])
        first = self._newest()
        if first is None or first.holder != self._holder:
            raise self._taken(first)
        for old in self._all():
            if old.number < self._number:
                root.delete(ids=[f"lease-{old.number}"])
        self._renewal = threading.Thread(target=self._renew, name="lease", daemon=True)
        self._renewal.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Gives it back; what the server does not take back runs out by itself."""
        self._stop.set()
        if self._renewal is not None:
            self._renewal.join()
        try:
            self._write(0.0)
        except StoreError:
            return

    def check(self) -> None:
        """Before anything is put in force.

        Raises:
            IndexLocked: if another machine has taken over, because this one was away for too long.
        """
        newest = self._newest()
        if newest is None or newest.holder != self._holder:
            raise self._taken(newest)

    def _renew(self) -> None:
        while not self._stop.wait(LENT / 3):
            try:
                self._write(LENT)
            except StoreError:
                continue  # ``check`` tells what came of it

    def _write(self, seconds: float) -> None:
        self._root().update(ids=[f"lease-{self._number}"], metadatas=[self._metadata(seconds)])

    def _metadata(self, seconds: float) -> dict[str, Any]:
        return {
            "lease": self._number,
            "holder": self._holder,
            "machine": self._machine,
            "host": socket.gethostname(),
            "expires": time.time() + seconds if seconds else 0.0,
        }

    def _newest(self) -> _Held | None:
        return max(self._all(), key=lambda held: held.number, default=None)

    def _all(self) -> list[_Held]:
        found = self._root().get(where={"lease": {"$gte": 1}}, include=["metadatas"])["metadatas"]
        rows: list[Any] = list(found or ())
        return [
            _Held(int(r["lease"]), str(r["holder"]), str(r["machine"]), str(r["host"]), float(r["expires"]))
            for r in rows
        ]

    def _root(self) -> Any:
        return self._ledger.root(create=True)

    def _taken(self, held: _Held | None) -> IndexLocked:
        server = self._ledger.connection.server
        if held is None:
            return IndexLocked(f"the right to write the index on {server} was lost; run it again")
        wait = max(1, round(held.expires - time.time()))
        return IndexLocked(
            f"machine '{held.host}' is writing the index on {server}; wait for it (a lease runs out after {wait} s "
            "unless it goes on), or use --no-sync"
        )
