"""Two outlets held against one another: a part for each, of its own words; parts of a question that stay open."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qa.assistant import Assistant
from qa.events import Finished, Text, Understood
from qa.outlets import comparison_of
from qa.parts import parts_of, uncovered
from tests.reports import assistant_over, report

SOURCES = ("The Brannick Ledger", "The Daily Gull", "Port Times")
REPORTS = {
    "ledger.md": (
        "The Brannick Ledger",
        "Strike ends",
        "The dockers' strike in Tolley ended on Monday after a fair deal.",
    ),
    "gull.md": ("The Daily Gull", "Strike chaos", "The dockers' strike in Tolley was a disaster for every shopper."),
    "times.md": ("Port Times", "Harvest", "Farmers in the north expect a good harvest of barley."),
}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    files = {
        name: report(text, title=title, source=source, published="2031-03-05")
        for name, (source, title, text) in REPORTS.items()
    }
    with assistant_over(tmp_path_factory.mktemp("outlets"), files) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "outlets", "unknown"),
    [
        ("How do the Ledger and the Gull differ on the strike?", SOURCES[:2], ()),
        ("What did the Gull report about the strike and what did the Ledger?", (SOURCES[1], SOURCES[0]), ()),
        ("Compare what the Daily Gull and Port Times say about the strike", (SOURCES[1], SOURCES[2]), ()),
        ("How do the Herald and the Gull differ on the strike?", (SOURCES[1],), ("Herald",)),
        ("What did the Herald report about the strike and what did the Gull?", (SOURCES[1],), ("Herald",)),
    ],
)
def test_outlets_are_known_by_their_names(question: str, outlets: tuple[str, ...], unknown: tuple[str, ...]) -> None:
    comparison = comparison_of(question, SOURCES)
    assert comparison is not None
    assert (comparison.outlets, comparison.unknown) == (outlets, unknown)
    assert "strike" in comparison.topic
    assert "Gull" not in comparison.topic


@pytest.mark.parametrize(
    ("question", "outlets"),
    [
        ("How did the Daily Gull and the Gazette News Agency report the strike?", ("The Daily Gull",)),
        ("How did the Daily Gull and the Tolley News report the strike?", ("The Daily Gull",)),
        ("How do the Daily Gull and News differ on the strike?", ("The Daily Gull", "Channel 6 News")),
        ("Compare News and the Daily Gull on the strike", ("Channel 6 News", "The Daily Gull")),
        ("How do News's reporters and the Daily Gull differ on the strike?", ("Channel 6 News", "The Daily Gull")),
        ("How do Channel 6 News and the Daily Gull differ on Fleet News?", ("Channel 6 News", "The Daily Gull")),
    ],
)
def test_a_word_inside_another_name_is_no_outlet(question: str, outlets: tuple[str, ...]) -> None:
    comparison = comparison_of(question, ("The Daily Gull", "Channel 6 News"))
    assert comparison is not None
    assert comparison.outlets == outlets


@pytest.mark.parametrize(
    "question",
    [
        "What did the Gull say about the strike?",
        "How do Lavrov and Rubio differ on the war?",
        "What did Rubio and the Gull say?",
        "Who is the mayor?",
        "How do the Ledger and the Gull differ?",
        "",
    ],
)
def test_other_questions_compare_no_outlets(question: str) -> None:
    assert comparison_of(question, SOURCES) is None


def test_each_outlet_has_its_own_cited_sentences(assistant: Assistant) -> None:
    events = list(assistant.stream("How do the Ledger and the Gull differ on the dockers' strike?"))
    answer = next(event.answer for event in events if isinstance(event, Finished))
    assert answer.status == "answered"
    assert {citation.article_id for citation in answer.citations} == {"ledger.md", "gull.md"}
    assert "The Brannick Ledger, 5 March 2031: " in answer.text
    assert any(isinstance(event, Understood) and "The Daily Gull" in event.question for event in events)
    assert "".join(event.text for event in events if isinstance(event, Text)) == answer.text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            "How do the Port Times and the Gull differ on the dockers' strike?",
            "nothing of Port Times on this was found",
        ),
        ("How do the Herald and the Gull differ on the dockers' strike?", "no article here is of Herald"),
    ],
)
def test_an_outlet_that_has_nothing_is_said_to_have_nothing(assistant: Assistant, question: str, said: str) -> None:
    answer = assistant.ask(question)
    assert answer.status == "partial"
    assert answer.error == said
    assert {citation.article_id for citation in answer.citations} == {"gull.md"}


def test_the_parts_of_a_question() -> None:
    assert [part.text for part in parts_of("When did it sink, and who was the captain?")] == [
        "When did it sink",
        "who was the captain",
    ]
    for whole in ("Who met Lavrov and Rubio?", "What did he say and do?", "Which is older, A or B?", "Why?"):
        assert parts_of(whole) == []


@pytest.mark.parametrize(
    ("sentence", "missing"),
    [
        ("The Maid sank on 3 March; its captain, Anders Vole, survived.", []),
        ("The Maid sank on 3 March.", ["how many passengers survived the night"]),
        ("Twelve passengers survived.", ["When did the Maid sink"]),
    ],
)
def test_what_no_sentence_speaks_to_is_missing(sentence: str, missing: list[str]) -> None:
    question = "When did the Maid sink, and how many passengers survived the night?"
    assert (
        uncovered(
            question,
            [sentence, "Ferries have 22 crew."][: 1 + bool(missing)]
            if missing
            else [sentence + " Twelve passengers survived."],
        )
        == missing
    )


def test_an_answer_to_one_part_is_partial(assistant: Assistant) -> None:
    answer = assistant.ask("When did the dockers' strike end, and which minister paid the lawyers?")
    assert answer.status == "partial"
    assert answer.error == "nothing was found on: which minister paid the lawyers"
    assert assistant.ask("When did the dockers' strike end?").status == "answered"
