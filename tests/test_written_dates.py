"""Times in questions with a language model, scripted and asked over real HTTP: read from today, as without a model."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from qa.archive import restriction
from qa.assistant import Assistant
from qa.events import Event, Finished, Understood
from qa.records import Answer
from qa.written import written
from tests.fault_replies import words
from tests.fault_server import FaultServer
from tests.reports import reports_of
from tests.small_news import writes

pytest_plugins = ["tests.news_fixtures", "tests.scripted_fixtures"]

REPORTS = {
    "early.md": (
        "2031-03-04",
        "Ferry capsizes",
        "The ferry Skerry Maid capsized; nine people died, the coastguard said.",
    ),
    "later.md": ("2031-03-05", "Toll rises", "The toll of the ferry Skerry Maid rose to 24, the coastguard said."),
    "strike.md": ("2031-03-05", "Strike ends", "Dockers in Port Hessel went back to work at six in the morning."),
    "inquest.md": ("2031-03-13", "Inquest opened", "The inquest of March 12 was short, a lawyer said."),
    "search.md": (
        "2031-03-14",
        "Search ends",
        "The coastguard called off the search for two people of the Skerry Maid.",
    ),
}
TODAY = date(2031, 3, 6)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("dates")
    (place / "corpus").mkdir()
    for name, content in reports_of(REPORTS).items():
        (place / "corpus" / name).write_text(content, "utf-8")
    return place


def asked(assistant: Assistant, question: str, today: date = TODAY) -> Sequence[Event]:
    given = (question, (), restriction(None, None, ()))
    return list(written(assistant.archive, assistant._composer, assistant._prompts, given, today))


def shown(server: FaultServer) -> set[str]:
    """Which reports the model was shown, told by some of their words."""
    prompt = server.requests[-1].prompt
    return {word for word in ("nine people", "rose to 24", "back to work", "called off") if word in prompt}


def _answer(events: Sequence[Event]) -> Answer:
    return next(event.answer for event in events if isinstance(event, Finished))


def _understood(events: Sequence[Event]) -> list[str]:
    return [event.question for event in events if isinstance(event, Understood)]


def test_yesterday_is_read_from_today_and_only_its_reports_are_shown(assistant: Assistant, server: FaultServer) -> None:
    server.script(writes("The toll of the ferry Skerry Maid rose to 24, the coastguard said [{rose to 24}]."))
    events = asked(assistant, "How many people of the Skerry Maid had died yesterday?")
    assert shown(server) == {"rose to 24", "back to work"}
    assert any("5 March 2031" in line for line in _understood(events))
    assert _answer(events).question == "How many people of the Skerry Maid had died yesterday?"
    assert _answer(events).status == "answered"


def test_what_happened_on_a_day_is_a_list_of_its_reports(assistant: Assistant, server: FaultServer) -> None:
    server.script(writes("Dockers went back to work [{back to work}].\nThe toll rose to 24 [{rose to 24}]."))
    events = asked(assistant, "What happened yesterday?")
    assert shown(server) == {"rose to 24", "back to work"}
    assert "5 March 2031" in _understood(events)[0]
    assert {citation.article_id for citation in _answer(events).citations} == {"later.md", "strike.md"}


def test_what_happened_since_an_occasion_is_told_from_its_day(assistant: Assistant, server: FaultServer) -> None:
    server.script(writes("The search was called off [{called off}]."))
    events = asked(assistant, "What happened since the inquest?")
    assert shown(server) == {"called off"}
    assert "12 to 14 March 2031" in _understood(events)[0]


def test_the_latest_is_told_from_the_newest_reports(assistant: Assistant, server: FaultServer) -> None:
    server.script(writes("The search was called off [{called off}]."))
    answer = _answer(asked(assistant, "What is the latest on the Skerry Maid?"))
    assert shown(server) == {"called off"}
    assert [citation.article_id for citation in answer.citations] == ["search.md"]


def test_of_a_time_without_reports_the_answer_says_so(assistant: Assistant, server: FaultServer) -> None:
    server.script(words("NOT IN THE ARTICLES"))
    answer = _answer(asked(assistant, "How many people of the Skerry Maid died yesterday?", date(2033, 1, 2)))
    assert answer.status == "abstained"
    assert "1 January 2033" in answer.error
