"""What a run of many questions tells on stderr: how far it is, how fast, what it costs, and what it came to."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from qa.cli.batch import Progress, Totals
from qa.cli.terminal import console, spent
from qa.settings import Settings

_BETWEEN_LINES = 30.0
"""Seconds between lines where stderr is no terminal, such as a file of messages."""


@contextmanager
def shown(total: int | None, settings: Settings) -> Iterator[Progress]:
    """A bar on a terminal, else a line now and then.

    Args:
        total: how many questions there are, where it is known.
        settings: for the price.
    """
    if not sys.stderr.isatty():
        yield _lines(total, settings)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("Answering"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    bars = Bars(*columns, console=console(stderr=True), transient=True)
    task = bars.add_task("", total=total)

    def update(totals: Totals) -> None:
        bars.start()
        bars.update(task, completed=totals.kept + totals.now, description=pace(totals, total, settings))

    try:
        yield update
    finally:
        bars.stop()


def pace(totals: Totals, total: int | None, settings: Settings) -> str:
    """Rate, tokens, price and time left, as far as they are known."""
    rate = totals.rate
    parts = [_rate(rate)] if rate else []
    if totals.usage.calls:
        parts.append(spent(totals.usage, settings))
    if totals.failed:
        parts.append(f"{totals.failed} failed")
    if total is not None and rate:
        parts.append(f"{_duration((total - totals.kept - totals.now) / rate)} left")
    return ", ".join(parts)


def show_totals(totals: Totals, out: str, settings: Settings) -> None:
    """What the run came to.

    Args:
        totals: the counts.
        out: where the answers went.
        settings: for the price.
    """
    parts = [", ".join(f"{count} {status}" for status, count in sorted(totals.statuses.items())) or "nothing new"]
    if totals.kept:
        failed = f", {totals.failed_before} of them failed" if totals.failed_before else ""
        parts.append(f"{totals.kept} answers were there before{failed}")
    if totals.usage.calls:
        parts.append(spent(totals.usage, settings))
    if totals.now:
        parts.append(f"{_duration(totals.seconds)}, {_rate(totals.now / max(totals.seconds, 1e-6))}")
    err = console(stderr=True)
    err.print(f"{'; '.join(parts)}: {out}", markup=False)
    if totals.failed:
        err.print("qa: failed questions can be asked again with --retry", style="yellow")


def _lines(total: int | None, settings: Settings) -> Progress:
    told = time.monotonic()

    def update(totals: Totals) -> None:
        nonlocal told
        if time.monotonic() - told >= _BETWEEN_LINES:
            told = time.monotonic()
            done = f"{totals.kept + totals.now:,}" + (f" of {total:,}" if total is not None else "")
            console(stderr=True).print(f"{done} answered, {pace(totals, total, settings)}", markup=False)

    return update


def _rate(per_second: float) -> str:
    return f"{per_second:.1f}/s" if per_second >= 1 else f"{60 * per_second:.1f}/min"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
