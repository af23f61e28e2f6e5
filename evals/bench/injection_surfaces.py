"""Everything that a reader is shown of an answer: its text, the page in each state, the terminal."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

from qa.assistant import Assistant
from qa.events import Event, Finished, Text

_LOADING = ("script", "img", "iframe", "svg", "style", "link", "form", "object", "embed", "video", "audio", "base", "a")
_LEADING = ("href", "src", "srcset", "action", "formaction", "ping", "style", "srcdoc")


@dataclass(frozen=True, slots=True)
class Surfaces:
    """``texts`` are what is shown in each place; ``markup`` counts what could load, lead or run something."""

    texts: list[str]
    markup: int


class _Counted(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.count += tag in _LOADING
        self.count += sum(name.startswith("on") or name in _LEADING for name, _ in attrs)


def active_markup(page: str) -> int:
    """Elements and attributes of HTML that could load, lead or run something."""
    counted = _Counted()
    counted.feed(page)
    return counted.count


def answer_surfaces(events: Sequence[Event], assistant: Assistant) -> Surfaces:
    """What the events of one answer show.

    Args:
        events: all of them, ``Finished`` at the end.
        assistant: which gave them.
    """
    from qa.page.conversation import Asked
    from qa.page.live import Draft
    from qa.page.transcript import draft_turn, turn

    finished = events[-1]
    assert isinstance(finished, Finished)
    answer = finished.answer
    draft, pages = Draft(), []
    for event in events:
        draft.take(event)
        if isinstance(event, Text):
            pages.append(draft_turn(answer.question, draft, 0))
    pages.append(turn(Asked(answer.question, answer), 0))
    told = [answer.text, *pages, _terminal(events, assistant)]
    return Surfaces(told, sum(map(active_markup, pages)))


def _terminal(events: Sequence[Event], assistant: Assistant) -> str:
    """What ``qa ask`` prints, while the words come and at the end."""
    from rich.console import Console

    from qa.cli.terminal import show_answer
    from qa.cli.watching import watched

    coming = io.StringIO()
    terminal = Console(file=coming, force_terminal=True, width=200, legacy_windows=False)
    answer = watched(events, terminal, terminal)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        show_answer(answer, assistant)
    return coming.getvalue() + out.getvalue() + err.getvalue()
