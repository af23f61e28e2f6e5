"""Lists of events and compound questions with a language model, scripted and asked over real HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.assistant import Assistant
from qa.decompose import looks_compound
from qa.events import Finished, Text, Understood, Withdrawn
from qa.records import Answer, Citation, Statement
from qa.timeline import by_day
from tests.fault_replies import words
from tests.fault_server import FaultServer
from tests.small_news import assert_quotes, writes

pytest_plugins = ["tests.news_fixtures", "tests.scripted_fixtures"]

REPORTS = {
    "charge.md": (
        "2031-06-20",
        "Mayor charged",
        "The former mayor Ivo Kestner was charged over the terrace on Friday.",
    ),
    "papers.md": ("2031-04-02", "Terrace", "A builder gave mayor Ivo Kestner a terrace for his house, papers show."),
    "resigns.md": ("2031-04-22", "Mayor resigns", "Mayor Ivo Kestner resigned over the terrace affair on Tuesday."),
    "sale.md": ("2031-05-02", "Port FM sold", "The company Dorin Media bought Port FM for two million dorins."),
    "chief.md": ("2031-05-20", "A career", "Dorin Media is led by Ruta Calloway, who was once a nurse."),
}
CHARGED = "Kestner was charged over the terrace [{charged over}]."
RESIGNED = "Kestner resigned over the terrace affair [{resigned over}]."


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("events")
    (place / "corpus").mkdir()
    for name, (day, title, text) in REPORTS.items():
        (place / "corpus" / name).write_text(f"---\ntitle: {title}\npublished: {day}\n---\n{text}\n", "utf-8")
    return place


def assert_whole(assistant: Assistant, answer: Answer) -> None:
    for citation in answer.citations:
        assert_quotes(citation, assistant.article(citation.article_id).text)
    assert {n for s in answer.statements for n in s.citations} == {c.number for c in answer.citations}


def test_events_come_in_order_each_with_day_and_footnote(assistant: Assistant, server: FaultServer) -> None:
    server.script(writes(f"{CHARGED}\n{RESIGNED}"))
    events = list(assistant.stream("Trace the terrace affair of Ivo Kestner in order."))
    answer = next(event.answer for event in events if isinstance(event, Finished))
    first, second = answer.text.split("\n")
    assert first.startswith("22 April 2031: Kestner resigned")
    assert second.startswith("20 June 2031: Kestner was charged")
    assert answer.status == "answered"
    assert [answer.text[s.start : s.end] for s in answer.statements] == [first, second]
    last = max(place for place, event in enumerate(events) if isinstance(event, Withdrawn))
    assert "".join(event.text for event in events[last:] if isinstance(event, Text)) == answer.text
    assert_whole(assistant, answer)


def test_the_model_is_shown_the_reports_by_date(assistant: Assistant, server: FaultServer) -> None:
    server.script(writes(RESIGNED))
    assistant.ask("Trace the terrace affair of Ivo Kestner in order.")
    prompt = server.requests[-1].prompt
    assert prompt.index("papers show") < prompt.index("resigned over") < prompt.index("charged over")
    assert "one event on each line" in prompt.lower()


def test_a_line_that_is_not_so_is_not_shown_as_supported(assistant: Assistant, server: FaultServer) -> None:
    wrong = "Kestner was acquitted over the terrace in 2029 [{charged over}]."
    server.script(writes(f"{wrong}\n{RESIGNED}"), writes("NOT IN THE ARTICLES"))
    answer = assistant.ask("Trace the terrace affair of Ivo Kestner in order.")
    assert answer.status == "partial"
    assert not any("acquitted" in answer.text[s.start : s.end] for s in answer.statements if s.support == "supported")


def test_a_timeline_of_nothing_abstains(assistant: Assistant, server: FaultServer) -> None:
    server.script(words("NOT IN THE ARTICLES"))
    assert assistant.ask("Trace the terrace affair of Ivo Kestner in order.").status == "abstained"


def test_a_question_behind_a_question_is_looked_up_in_two_steps(assistant: Assistant, server: FaultServer) -> None:
    server.script(
        words("Which company bought Port FM?\nWho leads [ANSWER]?"),
        writes("Ruta Calloway leads Dorin Media [{led by Ruta}], which bought Port FM [{bought Port FM}]."),
    )
    events = list(assistant.stream("Who leads the company that bought Port FM?"))
    answer = next(event.answer for event in events if isinstance(event, Finished))
    understood = [event.question for event in events if isinstance(event, Understood)]
    assert understood == ["Which company bought Port FM? Who leads [ANSWER]?"]
    assert {citation.article_id for citation in answer.citations} == {"sale.md", "chief.md"}
    assert len(server.requests) == 2
    assert answer.usage.calls == 2
    assert_whole(assistant, answer)


@pytest.mark.parametrize("reply", ["Ruta Calloway.", "", "1\n2\n3\n4?", "Who? " * 200])
def test_a_useless_split_costs_one_call_and_changes_nothing(
    assistant: Assistant, server: FaultServer, reply: str
) -> None:
    server.script(words(reply or "<think>well</think>"), writes("Dorin Media bought Port FM [{bought Port FM}]."))
    answer = assistant.ask("Who leads the company that bought Port FM?")
    assert answer.text == "Dorin Media bought Port FM [1]."


def test_a_simple_question_costs_no_call_more(assistant: Assistant, server: FaultServer) -> None:
    server.script(writes("Dorin Media bought Port FM [{bought Port FM}]."))
    assistant.ask("Which company bought Port FM?")
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("question", "compound"),
    [
        ("Who leads the company that bought Port FM?", True),
        ("Which of the two bridges cost more, Oak or Elm?", True),
        ("When did it sink, and who was the captain?", True),
        ("What is the difference between the plans?", True),
        ("Who met Lavrov and Rubio?", False),
        ("Where did Lavrov and Rubio meet?", False),
        ("How many people died?", False),
    ],
)
def test_what_looks_compound(question: str, compound: bool) -> None:
    assert looks_compound(question) is compound


def test_lines_keep_their_days_and_their_order_where_they_have_them() -> None:
    text = "On 2 April 2031 it began [1].\nSo it ended \N{TROPHY} [2]. And on [2]."
    citations = tuple(Citation(n, "a", "", day, 0, 1, "x") for n, day in ((1, "2031-04-02"), (2, "2031-05-03")))
    ends = [text.index("\n"), text.index("[2].") + 4, len(text)]
    starts = [0, ends[0] + 1, ends[1] + 1]
    statements = tuple(Statement(a, b, (n,), "supported") for a, b, n in zip(starts, ends, (1, 2, 2), strict=True))
    told = by_day(Answer("q", "answered", text, statements, citations))
    assert told.text == "On 2 April 2031 it began [1].\n3 May 2031: So it ended \N{TROPHY} [2]. And on [2]."
    assert [told.text[s.start : s.end] for s in told.statements] == [
        "On 2 April 2031 it began [1].",
        "3 May 2031: So it ended \N{TROPHY} [2].",
        "And on [2].",
    ]
    assert by_day(told) == told
