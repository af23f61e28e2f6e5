"""One SQLite file with its locks and its errors."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from qa.errors import IndexDamaged, IndexUnwritable

_PATIENCE = 30
"""Seconds to wait for another process to finish its look or its commit."""


class Database:
    """An open SQLite file. Readers and the writer may be different processes; safe to share between threads.

    Args:
        path: of the file.
        schema: statements that make its tables; made where there are none. Without it, the file has to be there.

    Raises:
        IndexDamaged: if the file is missing or cannot be read.
        IndexUnwritable: if it cannot be made.
    """

    def __init__(self, path: Path, schema: str | None = None) -> None:
        self.path = path
        self._lock = threading.RLock()
        if schema is None and not path.is_file():
            raise IndexDamaged(f"the index has no catalogue at '{path}'; run 'qa index --rebuild'")
        with translated(path):
            self._connection = sqlite3.connect(path, timeout=_PATIENCE, check_same_thread=False, isolation_level=None)
        try:
            with translated(path):
                self._connection.execute("pragma synchronous = normal")
                if schema is not None and not self._connection.execute("select 1 from sqlite_master").fetchone():
                    self._connection.executescript(f"begin immediate;{schema}commit;")
                self._connection.execute("select 1 from state").fetchone()
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Lets go of the file."""
        with self._lock:
            self._connection.close()

    def rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """All rows of a query."""
        with self._lock, translated(self.path):
            return self._connection.execute(query, values).fetchall()

    def begin(self) -> None:
        """Starts a look at one state of the file: nothing is committed until ``end``."""
        self.rows("begin")
        self.rows("select 1 from state")

    def end(self) -> None:
        """Ends what ``begin`` started, if it did."""
        with self._lock, translated(self.path):
            self._connection.rollback()

    @contextmanager
    def transaction(self, kind: str = "immediate") -> Iterator[sqlite3.Connection]:
        """Commits what is done inside, or nothing of it. An ``exclusive`` one has no readers beside it."""
        with self._lock, translated(self.path):
            self._connection.execute(f"begin {kind}")
            try:
                yield self._connection
                self._connection.execute("commit")
            except BaseException:
                self._connection.rollback()
                raise


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turns what SQLite raises into one line for the person."""
    try:
        yield
    except sqlite3.OperationalError as error:
        message = str(error)
        if any(word in message for word in ("readonly", "full", "unable to open", "disk I/O")):
            raise IndexUnwritable(
                f"cannot write the index at '{path}': {message}; free space or use --index"
            ) from error
        if "locked" in message:
            raise IndexUnwritable(f"the index at '{path}' stays locked by another process; try again") from error
        raise IndexDamaged(f"the catalogue '{path}' cannot be used: {message}; run 'qa index --rebuild'") from error
    except sqlite3.DatabaseError as error:
        raise IndexDamaged(f"the catalogue '{path}' is damaged: {error}; run 'qa index --rebuild'") from error
