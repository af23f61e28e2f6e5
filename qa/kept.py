"""Bytes kept by key in one SQLite file, which several processes may share; or beside the program, for its own while.

What is kept is never needed: whoever removes the file loses time and money, and nothing else.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import weakref
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from qa.errors import QAError

_PATIENCE = 30
"""Seconds to wait for another process to finish writing."""
_MOST_KEYS = 500
"""In one query."""


class Kept:
    """A file of keys and values; safe to share between threads and processes.

    Args:
        path: of the file, made with its folder if it is not there. ``None`` for a file without a name that is gone
            when the program ends; little of it is held in memory.

    Raises:
        QAError: if it cannot be opened; so do all methods if it cannot be read or written.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        with self._errors():
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path or "", _PATIENCE, isolation_level=None, check_same_thread=False)
            for setting in ("journal_mode = wal", "synchronous = normal") if path else ("journal_mode = off",):
                self._connection.execute(f"pragma {setting}")
            weakref.finalize(self, self._connection.close)
            self._connection.execute("create table if not exists kept (key blob primary key, value blob not null)")

    def close(self) -> None:
        """Lets go of the file."""
        with self._lock:
            self._connection.close()

    def get(self, key: bytes) -> bytes | None:
        """The value of a key, if it is there."""
        return self.get_many([key]).get(key)

    def get_many(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """The values of those keys that are there."""
        wanted, found = list(keys), dict[bytes, bytes]()
        for start in range(0, len(wanted), _MOST_KEYS):
            part = wanted[start : start + _MOST_KEYS]
            query = f"select key, value from kept where key in ({','.join('?' * len(part))})"
            with self._lock, self._errors():
                found.update(self._connection.execute(query, part).fetchall())
        return found

    def put(self, key: bytes, value: bytes) -> None:
        """Keeps a value."""
        self.put_many({key: value})

    def put_many(self, values: Mapping[bytes, bytes]) -> None:
        """Keeps values, all at once."""
        with self._lock, self._errors():
            self._connection.execute("begin immediate")
            try:
                self._connection.executemany("insert or replace into kept values (?, ?)", list(values.items()))
            finally:
                self._connection.execute("commit")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            what = f"the cache '{self._path}'" if self._path else "a temporary file"
            raise QAError(f"{what} cannot be used: {error}; free space, or remove the cache or its setting") from error


def key_of(*parts: str | bytes) -> bytes:
    """A key that is different wherever one of ``parts`` is."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.digest()[:16]
