"""Files of JSON Lines that survive being killed at any moment: appended line by line, each flushed to disk."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any


def append_line(file: IO[str], record: Mapping[str, Any]) -> None:
    """Writes one object as a line and waits until it is on disk."""
    file.write(json.dumps(record) + "\n")
    file.flush()
    os.fsync(file.fileno())


def cut_broken_line(path: Path) -> None:
    """Cuts off the last line if its writer was killed in the middle of it; a file that is not there is left alone."""
    if not path.exists():
        return
    data = path.read_bytes()
    whole = data.rfind(b"\n") + 1
    if whole != len(data):
        with path.open("r+b") as file:
            file.truncate(whole)
