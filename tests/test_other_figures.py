"""A scripted model picks one of two figures: it was shown both, and the answer says what it left out."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from qa.assistant import Assistant
from qa.events import Checked, Cited, Event, Finished, Text, Withdrawn
from qa.records import Answer
from qa.settings import load_settings
from tests.fault_replies import words
from tests.fault_server import FaultServer
from tests.reports import report
from tests.small_news import assert_quotes, writes

pytest_plugins = ["tests.news_fixtures", "tests.scripted_fixtures"]

REPORTS = {
    "ledger.md": report(
        "The ferry Skerry Maid sank off Tolley. Officials said 24 people had died.",
        title="Ferry sinks",
        source="Ledger",
        published="2031-03-05",
    ),
    "gull.md": report(
        "A staggering 31 were killed [3] when the Skerry Maid went down off Tolley. \N{TROPHY}",
        title="Ferry of doom",
        source="Gull",
        published="2031-03-05",
    ),
    "gust.md": report(
        "A gust of 162 km per hour was measured at Quern Head.",
        title="Storm Odile hits",
        source="Wire",
        published="2031-05-17",
    ),
    "withdrawn.md": report(
        "The weather service withdrew the figure of 162 kilometres an hour for a gust at Quern Head.",
        title="After Odile",
        source="Ledger",
        published="2031-05-18",
    ),
    "mayor.md": report(
        "Mayor Ivo Kestner resigned over the terrace affair on Tuesday.",
        title="Mayor goes",
        source="Ledger",
        published="2031-04-22",
    ),
    "kestner.md": report(
        "On Tuesday Ivo Kestner resigned as mayor over the affair of the terrace at his house.",
        title="Kestner",
        source="Wire",
        published="2031-04-22",
    ),
    "walrus.md": report(
        "A walrus lay on the slipway of Merrin for two days.", title="Walrus", source="Post", published="2031-03-07"
    ),
}
QUESTION = "How many people died on the Skerry Maid?"
LABEL = "Another figure, Gull, 5 March 2031: "
OTHER = f"{LABEL}A staggering 31 were killed"
ONE_SIDE = "Officials said 24 people had died [{24 people}]."


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("sides")
    (place / "corpus").mkdir()
    for name, text in REPORTS.items():
        (place / "corpus" / name).write_text(text, "utf-8")
    return place


def finished(events: list[Event]) -> Answer:
    return next(event.answer for event in events if isinstance(event, Finished))


def test_the_model_is_shown_both_with_outlet_and_day(assistant: Assistant, server: FaultServer) -> None:
    server.script(writes(ONE_SIDE))
    assistant.ask(QUESTION)
    prompt = server.requests[-1].prompt
    assert "# Ferry sinks (Ledger, 2031-03-05)\n" in prompt
    assert "# Ferry of doom (Gull, 2031-03-05)\n" in prompt
    assert prompt.count("A staggering 31") == 1


def test_however_little_evidence_a_model_is_shown_the_other_figure_is_in_it(
    place: Path, server: FaultServer, plain_environment: None
) -> None:
    flags = {"corpus": place / "corpus", "index": place / "index", "evidence_tokens": 100}
    server.script(words("NOT IN THE ARTICLES"))
    with closing(Assistant(load_settings(**flags, model="scripted", base_url=server.url))) as assistant:
        assistant.ask(QUESTION)
    prompt = server.requests[-1].prompt
    assert "24 people" in prompt
    assert "staggering 31" in prompt


def test_a_figure_that_the_model_leaves_out_follows_with_its_footnote(
    assistant: Assistant, server: FaultServer
) -> None:
    server.script(writes(ONE_SIDE))
    events = list(assistant.stream(QUESTION))
    answer = finished(events)
    own, other = answer.text.split("\n")
    assert own == "Officials said 24 people had died [1]."
    assert other.startswith(OTHER)
    assert other.endswith("[2]")
    assert "[3]" not in other, "what looks like a footnote in an article is none"
    assert [answer.text[s.start : s.end] for s in answer.statements] == [own, other.removeprefix(LABEL)]
    assert [(s.citations, s.support) for s in answer.statements] == [((1,), "supported"), ((2,), "supported")]
    for citation in answer.citations:
        assert_quotes(citation, assistant.article(citation.article_id).text)
    assert answer.status == "answered"
    assert Answer.from_dict(answer.to_dict()) == answer


def test_the_stream_tells_what_the_answer_holds(assistant: Assistant, server: FaultServer) -> None:
    server.script(writes(ONE_SIDE))
    events = list(assistant.stream(QUESTION))
    answer = finished(events)
    last = max((place for place, event in enumerate(events) if isinstance(event, Withdrawn)), default=-1)
    told = events[last + 1 :]
    assert "".join(event.text for event in told if isinstance(event, Text)) == answer.text
    assert tuple(event.citation for event in told if isinstance(event, Cited)) == answer.citations
    assert tuple(event.statement for event in told if isinstance(event, Checked)) == answer.statements


@pytest.mark.parametrize(
    "reply",
    [
        "Officials said 24 people had died [{24 people}]. The Gull says 31 were killed [{staggering 31}].",
        "Officials said 24 people had died [{24 people}], the Gull says 31 were killed [{staggering 31}].",
        "The ferry Skerry Maid sank off Tolley [{sank off}].",
    ],
    ids=["a sentence each", "one sentence", "no figure"],
)
def test_nothing_is_added_where_both_are_said_or_none(assistant: Assistant, server: FaultServer, reply: str) -> None:
    server.script(writes(reply))
    assert "Another figure" not in assistant.ask(QUESTION).text


def test_nothing_is_added_to_other_questions_and_to_none(assistant: Assistant, server: FaultServer) -> None:
    server.script(writes("It sank off Tolley [{sank off}]."), words("NOT IN THE ARTICLES"))
    assert "Another figure" not in assistant.ask("Where did the Skerry Maid sink?").text
    assert assistant.ask(QUESTION).text == ""


MAYOR = "Why did mayor Ivo Kestner resign?"


def test_another_outlet_that_says_the_same_follows_with_its_footnote(assistant: Assistant, server: FaultServer) -> None:
    server.script(writes("Mayor Ivo Kestner resigned over the terrace affair [{over the terrace affair}]."))
    answer = assistant.ask(MAYOR)
    own, other = answer.text.split("\n")
    assert own == "Mayor Ivo Kestner resigned over the terrace affair [1]."
    assert other.startswith("The same, Wire, 22 April 2031: On Tuesday Ivo Kestner resigned")
    assert [citation.article_id for citation in answer.citations] == ["mayor.md", "kestner.md"]


def test_nothing_is_added_where_both_outlets_are_cited(assistant: Assistant, server: FaultServer) -> None:
    server.script(
        writes(
            "Mayor Ivo Kestner resigned over the terrace affair [{over the terrace affair}][{terrace at his house}]."
        )
    )
    assert "The same, " not in assistant.ask(MAYOR).text


def test_a_figure_that_was_taken_back_is_followed_by_the_correction(assistant: Assistant, server: FaultServer) -> None:
    question, told = (
        "How strong was the gust at Quern Head?",
        "The gust at Quern Head was 162 km per hour [{A gust of}].",
    )
    server.script(writes(told), writes(f"{told} The weather service withdrew that figure [{{withdrew the}}]."))
    answer = assistant.ask(question)
    assert answer.text.split("\n")[1].startswith("A correction, Ledger, 18 May 2031: The weather service withdrew")
    assert {citation.article_id for citation in answer.citations} == {"gust.md", "withdrawn.md"}
    assert "A correction" not in assistant.ask(question).text
