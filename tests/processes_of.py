"""Processes that a process has started, on Linux."""

from __future__ import annotations

import time
from pathlib import Path


def children_of(pid: int, deep: bool = False) -> dict[int, str]:
    """Ids of the children of a process with their command lines; ``deep`` for those of children too."""
    found: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            if entry.name.isdigit() and parent == pid:
                found[int(entry.name)] = (entry / "cmdline").read_text(errors="replace").replace("\0", " ")
        except (OSError, IndexError, ValueError):
            continue
    if deep:
        for child in list(found):
            found |= children_of(child, deep)
    return found


def all_gone(pids: set[int], seconds: float = 20.0) -> bool:
    """Whether processes end within some time; zombies count as ended."""
    end = time.monotonic() + seconds
    while left := {pid for pid in pids if _lives(pid)}:
        if time.monotonic() > end:
            return not left
        time.sleep(0.05)
    return True


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
