"""How far it is, on stderr: a bar on a terminal, a line for every tenth elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

QUIET = 2.0
"""Seconds before the first line where stderr is no terminal: what is done by then needs none."""


@contextmanager
def shown(title: str) -> Iterator[Callable[[int, int], None]]:
    """A function to be told how much is done, and of how much."""
    if not sys.stderr.isatty():
        yield _Lines(title)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


class _Lines:
    def __init__(self, title: str) -> None:
        self._title = title
        self._started = time.monotonic()
        self._tenth = 0

    def __call__(self, done: int, total: int) -> None:
        tenth = 10 * done // total if total else 10
        if tenth > self._tenth and time.monotonic() - self._started > QUIET:
            print(f"{self._title}: {done} of {total}", file=sys.stderr, flush=True)
        self._tenth = max(self._tenth, tenth)
