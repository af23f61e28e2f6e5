"""The time in a question: which reports it is answered from, and what is said where there are none of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from qa.archive import restriction
from qa.assistant import Assistant
from qa.dated import asks_what_happened, frame_in_words, names_nothing_else
from qa.events import Event, Understood, last_answer
from qa.extractive import extracted
from qa.periods import Frame
from tests.reports import assistant_over, report, reports_of

REPORTS = {
    "flood.md": ("2031-03-04", "Flood in Vance", "Heavy rain flooded forty houses in Vance on Tuesday night."),
    "fair.md": ("2031-03-04", "Harbour fair", "The harbour fair of Tolley opened with a parade of fishing boats."),
    "after.md": ("2031-03-05", "Vance clears up", "Vance was without power last night after the flood."),
    "week.md": (
        "2031-03-11",
        "Repairs in Vance",
        "Repairs to the dike of Vance will take two months, the county said.",
    ),
    "out.md": ("2031-11-07", "Minister goes", "Transport Minister Daniel Orrin resigned on Thursday over the tunnel."),
    "in.md": ("2031-06-02", "Minister stays", "Transport Minister Daniel Orrin stays in office, his party said."),
}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with assistant_over(tmp_path_factory.mktemp("dated"), reports_of(REPORTS)) as opened:
        yield opened


def asked(assistant: Assistant, question: str, today: date) -> list[Event]:
    return list(extracted(assistant.archive, assistant.settings, question, (), restriction(None, None, ()), today))


@pytest.mark.parametrize(
    ("question", "articles", "understood"),
    [
        ("What happened on 4 March?", {"flood.md", "fair.md", "after.md"}, "What happened? (4 March 2031)"),
        ("What happened in Vance on 4 March?", {"flood.md", "after.md"}, "in Vance (4 March 2031)"),
        ("Which minister resigned in November?", {"out.md"}, "Which minister resigned? (1 to 30 November 2031)"),
    ],
)
def test_the_day_of_a_question_is_looked_for_in_the_days_of_the_reports(
    assistant: Assistant, question: str, articles: set[str], understood: str
) -> None:
    events = asked(assistant, question, date(2031, 12, 1))
    assert {citation.article_id for citation in last_answer(events).citations} == articles
    assert [event.question for event in events if isinstance(event, Understood)] == [understood]


def test_of_a_day_without_reports_nothing_is_told(assistant: Assistant) -> None:
    assert last_answer(asked(assistant, "What happened on 20 August?", date(2031, 12, 1))).status == "abstained"


def test_what_was_known_on_a_day_is_not_what_was_reported_the_day_after(assistant: Assistant) -> None:
    events = asked(assistant, "What was known about the flood in Vance on 4 March?", date(2031, 12, 1))
    assert {citation.article_id for citation in last_answer(events).citations} == {"flood.md"}


def test_yesterday_is_the_day_before_the_question(assistant: Assistant) -> None:
    answer = last_answer(asked(assistant, "What happened yesterday?", date(2031, 11, 8)))
    assert {citation.article_id for citation in answer.citations} == {"out.md"}
    assert answer.question == "What happened yesterday?"


def test_where_no_report_is_so_new_it_is_said_how_the_time_was_read(assistant: Assistant) -> None:
    events = asked(assistant, "Who flooded forty houses in Vance last week?", date(2032, 5, 7))
    assert [event.question for event in events if isinstance(event, Understood)] == [
        "Who flooded forty houses in Vance between 26 April 2032 and 2 May 2032?"
    ]
    answer = last_answer(events)
    assert "26 April 2032 to 2 May 2032" in answer.error
    assert answer.status in ("partial", "abstained")


@pytest.mark.parametrize(
    "question", ["What is the latest on the dike of Vance?", "Any news about Vance?", "What's new in Vance?"]
)
def test_the_latest_is_told_by_the_newest_report(assistant: Assistant, question: str) -> None:
    answer = last_answer(asked(assistant, question, date(2031, 12, 1)))
    assert {citation.article_id for citation in answer.citations} == {"week.md"}
    assert answer.text.startswith("11 March 2031: ")


def test_reports_come_before_an_opinion_of_the_same_days(tmp_path: Path) -> None:
    files = {
        "news.md": report(
            "The search for the ferry Santa Lucia was called off.", title="Santa Lucia", published="2031-03-04"
        ),
        "view.md": report(
            "I have sailed on the ferry Santa Lucia many times.",
            title="Opinion: the Santa Lucia",
            published="2031-03-05",
        ),
    }
    with assistant_over(tmp_path, files) as opened:
        answer = opened.ask("What is the latest on the Santa Lucia?")
    assert [citation.article_id for citation in answer.citations] == ["news.md"]


@pytest.mark.parametrize(
    ("question", "happened", "nothing_else"),
    [
        ("What happened on 4 March?", True, True),
        ("What has happened in Vance in March?", True, False),
        ("What happened to the mayor?", False, False),
        ("What did the mayor say happened on 4 March?", False, False),
    ],
)
def test_who_wants_to_know_what_happened(question: str, happened: bool, nothing_else: bool) -> None:
    assert asks_what_happened(question) is happened
    assert names_nothing_else(question) is nothing_else


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2031, 3, 4), date(2031, 3, 4), "4 March 2031"),
        (date(2031, 3, 1), date(2031, 3, 31), "1 to 31 March 2031"),
        (date(2031, 3, 1), date(2031, 4, 2), "1 March 2031 to 2 April 2031"),
    ],
)
def test_a_time_in_words(first: date, last: date, words: str) -> None:
    assert frame_in_words(Frame(first, last)) == words
