"""An answer on its way, in a terminal: the stage, then the words as they come; gone again once it is finished."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text as Shown

from qa.cli.plain import plain
from qa.events import Event, Finished, Text, Understood, Withdrawn, Working, last_answer
from qa.records import Answer

_A_SECOND = 12


def watched(events: Iterable[Event], out: Console, err: Console) -> Answer:
    """The answer at the end of a stream, whose words are shown on ``out`` meanwhile if that is a terminal.

    The words are shown dimmed: their footnotes have not been checked yet. How the question was understood, where that
    is not as it was asked, goes to ``err``.
    """
    events = _telling(events, err)
    if not out.is_terminal:
        return last_answer(events)
    words = ""
    with Live(console=out, transient=True, refresh_per_second=_A_SECOND) as live:
        for event in events:
            if isinstance(event, Text):
                words += event.text
            elif isinstance(event, Withdrawn):
                words = ""
            elif isinstance(event, Working) and not words:
                live.update(Spinner("dots", f"{event.stage}…"))
            elif isinstance(event, Finished):
                return event.answer
            if words:
                live.update(Shown(plain(words), style="dim"))
    raise AssertionError("a stream ends with the finished answer")


def _telling(events: Iterable[Event], err: Console) -> Iterator[Event]:
    for event in events:
        if isinstance(event, Understood):
            err.print(plain(f"understood as: {event.question}"), style="dim", markup=False)
        yield event
