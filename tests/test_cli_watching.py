"""An answer on its way in a terminal: words as they come, gone once it is finished; elsewhere nothing."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from rich.console import Console

from qa.cli.watching import watched
from qa.events import Event, Finished, Text, Understood, Withdrawn, Working
from qa.records import Answer, Usage
from qa.settings import Settings

ANSWER = Answer("When?", "answered", "On Monday [1].")


def events() -> Iterator[Event]:
    yield Working("searching")
    yield Working("writing")
    yield Text("On Tuesday ")
    yield Withdrawn()
    yield Text("On \x1b[31mMonday [1].")
    yield Finished(ANSWER)


def seen(*, terminal: bool) -> tuple[Answer, str]:
    out, err = io.StringIO(), Console(file=io.StringIO())
    console = Console(file=out, force_terminal=terminal, width=80, highlight=False)
    return watched(events(), console, err), out.getvalue()


def test_in_a_terminal_the_words_are_shown_as_they_come() -> None:
    answer, shown = seen(terminal=True)
    assert answer == ANSWER
    assert "Monday" in shown
    assert "\x1b[31m" not in shown


def test_elsewhere_nothing_is_shown() -> None:
    assert seen(terminal=False) == (ANSWER, "")


@pytest.mark.parametrize("terminal", [True, False])
def test_how_the_question_was_understood_is_a_message(terminal: bool) -> None:
    out, err = io.StringIO(), io.StringIO()
    console = Console(file=out, force_terminal=terminal, width=80, highlight=False)
    stream = iter([Understood("When did\x1b[31m he resign?"), Finished(ANSWER)])
    assert watched(stream, console, Console(file=err)) == ANSWER
    assert err.getvalue().startswith("understood as: When did")
    assert "\x1b[31m" not in err.getvalue()
    assert "When did" not in out.getvalue()


def test_prices_are_for_a_million_tokens() -> None:
    usage = Usage(prompt_tokens=2_000_000, completion_tokens=500_000, calls=3)
    assert Settings(prompt_price=0.15, completion_price=0.6).price(usage) == 0.6
    assert Settings(prompt_price=0.15).price(usage) is None
    assert Settings().price(usage) is None
