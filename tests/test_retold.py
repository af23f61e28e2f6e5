"""What is told again is news of the day on which it was told, and what is taken back is news of none."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from qa.retold import stands_for_nothing, taken_back, told_on
from tests.reports import assistant_over, report

DAY = date(2031, 6, 16)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("You said in February that the tunnel would cost 2.4 billion.", date(2031, 2, 28)),
        ("In March the auditors had put the cost at 3.1 billion.", date(2031, 3, 31)),
        ("On 5 March we reported that 31 people had died.", date(2031, 3, 5)),
        ("The minister promised last year that it would be open by now.", date(2030, 12, 31)),
        ("The tunnel will cost 3.0 billion and open in 2034.", DAY),
        ("It will be closed in August, the company said.", DAY),
        ("The office said the firm had made a loss in 2029.", DAY),
        ("In February the river rose by two metres.", DAY),
        ("The company said it would open in December.", DAY),
        ("", DAY),
        ("He said 🙂 in İstanbul.", DAY),
    ],
)
def test_the_day_of_which_a_sentence_is_news(words: str, day: date) -> None:
    assert told_on(words, DAY) == day


@pytest.mark.parametrize(
    ("words", "title", "nothing"),
    [
        ("On Wednesday we reported that 31 people had died.", "Skerry Maid: a correction", True),
        ("Our figure counted seven missing passengers as dead.", "Skerry Maid: a correction", True),
        ("The number confirmed at the time was 24.", "Skerry Maid: a correction", False),
        ("The ferry is therefore 22 years old, as we said.", "Skerry Maid: a correction", False),
        ("On Wednesday we reported that 31 people had died.", "Ferry: what we know", False),
        ("Inflation was 4.8 per cent and not 4.6.", "Clarification", False),
        ("The ministry withdrew the figure of 162.", "Ferry", True),
        ("Nobody was hurt.", "A correction", False),
    ],
)
def test_what_takes_back_all_its_figures(words: str, title: str, nothing: bool) -> None:
    assert stands_for_nothing(words, title) is nothing


def test_a_correction_takes_back_what_it_says_was_reported() -> None:
    words = "An earlier version of this article put the number of jars at 4,000."
    assert list(taken_back(words, "Apology")) == [4000.0]
    assert list(taken_back(words, "Jars recalled")) == []


TOLL = {
    "wrong.md": report(
        "On Wednesday we reported that 31 people had died on the Skerry Maid. Our figure counted seven missing people.",
        title="The Skerry Maid: a correction",
        source="Gull",
        published="2031-03-07",
    ),
    "last.md": report(
        "The inquiry into the loss of the Skerry Maid has ended. Twenty-seven people died.",
        title="What sank the Skerry Maid",
        source="Ledger",
        published="2031-06-11",
    ),
}


def test_the_figure_of_a_correction_is_not_the_answer(tmp_path: Path) -> None:
    with assistant_over(tmp_path, TOLL) as assistant:
        answer = assistant.ask("How many people died on the Skerry Maid?")
    assert "Twenty-seven" in answer.text
    assert "31 people" not in answer.text


def test_asked_what_was_wrong_the_correction_is(tmp_path: Path) -> None:
    with assistant_over(tmp_path, TOLL) as assistant:
        assert "31" in assistant.ask("Which wrong figure did the Gull report of the dead of the Skerry Maid?").text


INTERVIEW = {
    "new.md": report(
        "The Ess Tunnel will cost 3.0 billion dorins, the minister said on Monday.",
        title="Tunnel",
        source="Wire",
        published="2031-06-02",
    ),
    "interview.md": report(
        "You said in February that the Ess Tunnel would cost 2.4 billion dorins. Is that so? It was what we knew.",
        title="Orrin answers callers",
        source="Shoreline",
        published="2031-06-16",
    ),
}


def test_what_an_interview_quotes_from_february_is_no_news_of_june(tmp_path: Path) -> None:
    with assistant_over(tmp_path, INTERVIEW) as assistant:
        answer = assistant.ask("What will the Ess Tunnel cost?")
    assert "3.0 billion" in answer.citations[0].quote
