"""Two things compared without a model: a sentence for each, or the answer as it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qa.assistant import Assistant
from qa.compared import things_of
from tests.reports import assistant_over, report

REPORTS = {
    "oak.md": ("Oak bridge opens", "The Oak bridge over the Ess opened in May. It cost 3 million dorins to build."),
    "elm.md": (
        "Elm bridge done",
        "The Elm bridge at Merrin was finished in June. The Elm bridge cost 5 million dorins.",
    ),
    "walrus.md": ("Walrus", "A walrus lay on the slipway of Merrin for two days and left on Friday."),
    "renn.md": ("Renn is 41", "Tilda Renn, who is 41 years old, leads the council of Brannick."),
    "solveen.md": ("A profile", "Annika Solveen, 58 years old, was a nurse before she went into politics."),
}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    files = {
        name: report(text, title=title, source="Ledger", published="2031-06-05")
        for name, (title, text) in REPORTS.items()
    }
    with assistant_over(tmp_path_factory.mktemp("things"), files) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "names", "questions"),
    [
        (
            "Which is older, the Old Bridge or the Ess Tunnel?",
            ("the Old Bridge", "the Ess Tunnel"),
            ("How old is the Old Bridge?", "How old is the Ess Tunnel?"),
        ),
        (
            "Which of the two bridges cost more, Oak or Elm?",
            ("Oak", "Elm"),
            ("How much did Oak cost?", "How much did Elm cost?"),
        ),
        (
            "Did the Oak bridge or the Elm bridge cost more?",
            ("the Oak bridge", "the Elm bridge"),
            ("How much did the Oak bridge cost?", "How much did the Elm bridge cost?"),
        ),
        (
            "Who got more votes, Renn or Solveen?",
            ("Renn", "Solveen"),
            ("How many got votes Renn?", "How many got votes Solveen?"),
        ),
        (
            "How do Renn and Solveen differ on the tunnel?",
            ("Renn", "Solveen"),
            ("Renn the tunnel", "Solveen the tunnel"),
        ),
    ],
)
def test_what_is_compared(question: str, names: tuple[str, str], questions: tuple[str, str]) -> None:
    things = things_of(question)
    assert things is not None
    assert (things.names, things.questions) == (names, questions)


@pytest.mark.parametrize(
    "question",
    [
        "Is it a fact or an opinion that Orrin should resign?",
        "Who was right about the cost, the auditors or the ministry?",
        "What did Renn or Solveen say?",
        "Was the other or the first bridge older?",
        "How do Renn and Solveen differ?",
        "Which is older?",
        "Did he win or lose?",
        "",
    ],
)
def test_what_compares_nothing_plainly(question: str) -> None:
    assert things_of(question) is None


def test_each_thing_has_its_own_cited_sentence(assistant: Assistant) -> None:
    answer = assistant.ask("Which is older, Tilda Renn or Annika Solveen?")
    assert {"renn.md", "solveen.md"} <= {citation.article_id for citation in answer.citations}
    assert "41" in answer.text
    assert "58" in answer.text
    for citation in answer.citations:
        assert assistant.article(citation.article_id).text[citation.start : citation.end] == citation.quote


def test_one_thing_that_is_not_there_changes_nothing(assistant: Assistant) -> None:
    answer = assistant.ask("Which cost more, the Oak bridge or the Ullswick lighthouse?")
    assert "lighthouse: " not in answer.text.lower()
