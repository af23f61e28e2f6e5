"""Writing files of an index: what the system refuses becomes one line for the person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qa.errors import IndexUnwritable


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Around whatever makes, replaces or removes files in ``folder``.

    Raises:
        IndexUnwritable: if the system refuses: a read-only folder, a full disk, a file in the way.
    """
    try:
        yield
    except OSError as error:
        reason = error.strerror or error
        raise IndexUnwritable(f"cannot write the index in '{folder}': {reason}; give another --index") from error
