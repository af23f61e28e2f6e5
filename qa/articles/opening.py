"""Opening a file without ever waiting for it, or taking in more than fits."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from qa.articles.reports import Refused

WHOLE_FILE_LIMIT = 64 * 1024 * 1024
"""Bytes of a file that is read as a whole; longer ones are skipped."""

LINE_LIMIT = 16 * 1024 * 1024
"""Bytes of one line of a ``.jsonl`` file; longer ones are skipped."""

_KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def open_regular(path: Path) -> BinaryIO:
    """Opens a regular file for reading.

    Raises:
        Refused: if there is no such file, it is of another kind, or it may not be read.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            os.scandir(path).close()
            raise Refused("is a folder, not a file")
        if not stat.S_ISREG(mode):
            raise Refused(f"is {_KINDS.get(stat.S_IFMT(mode), 'no regular file')}, not a file")
        return path.open("rb")
    except FileNotFoundError:
        raise Refused("leads nowhere (broken link)" if path.is_symlink() else "no longer there") from None
    except OSError as error:
        raise Refused(f"cannot be opened: {error.strerror or error}") from error


def read_whole(path: Path) -> bytes:
    """All bytes of a file.

    Raises:
        Refused: if it cannot be read, or is longer than ``WHOLE_FILE_LIMIT``.
    """
    with open_regular(path) as file:
        data = file.read(WHOLE_FILE_LIMIT + 1)
    if len(data) > WHOLE_FILE_LIMIT:
        raise Refused(f"longer than {WHOLE_FILE_LIMIT // 1024 // 1024} MiB; split it, or use .jsonl")
    return data
