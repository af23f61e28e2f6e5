"""Lists by date: what was taken back is said to be, corrections are whole, opinions named, occasions have days."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reports import assistant_over, report

BRIDGE = {
    "wire.md": report(
        "Seven people were killed when the Karsten Bridge in Varno collapsed on Monday morning, police said.",
        title="Bridge collapse kills seven",
        source="Calder Wire",
        published="2032-03-01",
    ),
    "gazette.md": report(
        "Nine people died in the collapse of the Karsten Bridge, the fire brigade said on Monday.",
        title="Nine feared dead at Varno",
        source="Northern Gazette",
        published="2032-03-01",
    ),
    "later.md": report(
        "The number of people killed in the collapse of the Karsten Bridge rose to twelve on Thursday, police said.",
        title="Toll of Varno bridge rises to twelve",
        source="Calder Wire",
        published="2032-03-04",
    ),
    "correction.md": report(
        "In our report of 1 March we said that nine people had died in the collapse of the Karsten Bridge. That was "
        "wrong. The fire brigade had spoken of nine injured.",
        title="Correction",
        source="Northern Gazette",
        published="2032-03-06",
    ),
    "opinion.md": report(
        "The Karsten Bridge did not fall because of a lorry. It fell because the ministry has saved money on rust.",
        title='"Opinion: Blame the ministry"',
        source="Varno Post",
        published="2032-03-07",
    ),
    "election.md": report(
        "The Civic Party of the interior minister, Lena Ostrov, lost Sunday's general election.",
        title="Civic Party loses",
        source="Calder Wire",
        published="2032-04-18",
    ),
    "rust.md": report(
        "The road authority said on Thursday that rust in two cables had brought down the Karsten Bridge.",
        title="Rust brought down the bridge",
        source="Varno Post",
        published="2032-06-10",
    ),
}


def lines_of(place: Path, question: str) -> list[str]:
    with assistant_over(place, BRIDGE) as assistant:
        answer = assistant.ask(question)
        for citation in answer.citations:
            assert assistant.article(citation.article_id).text[citation.start : citation.end] == citation.quote
        return answer.text.split("\n")


def test_a_list_says_what_was_taken_back_and_tells_the_correction_in_full(tmp_path: Path) -> None:
    lines = lines_of(tmp_path, "What happened to the Karsten Bridge, in order?")
    nine = [line for line in lines if "Nine people died" in line]
    assert [line.partition(":")[0] for line in nine] == ["Corrected since, Northern Gazette, 1 March 2032"]
    told = [line for line in lines if line.startswith("A correction, Northern Gazette, 6 March 2032: ")]
    assert len(told) == 1
    assert "That was wrong. The fire brigade had spoken of nine injured." in told[0]


def test_an_opinion_in_a_list_is_named(tmp_path: Path) -> None:
    lines = lines_of(tmp_path, "What happened to the Karsten Bridge, in order?")
    assert any(line.startswith("Opinion, Varno Post, 7 March 2032: The Karsten Bridge did not fall") for line in lines)
    assert any(line.startswith("10 June 2032: The road authority") for line in lines)


def test_the_newest_count_answers_and_not_a_correction_that_gives_none(tmp_path: Path) -> None:
    lines = lines_of(tmp_path, "How many people were killed in the collapse of the Karsten Bridge?")
    assert "rose to twelve on Thursday" in lines[0]
    assert not any(line.startswith("Another figure, Northern Gazette") for line in lines)


@pytest.mark.parametrize("question", ["What happened since the election?", "What has happened since the election?"])
def test_what_happened_since_an_occasion_begins_with_its_day(tmp_path: Path, question: str) -> None:
    lines = lines_of(tmp_path, question)
    assert [line.partition(":")[0] for line in lines] == ["18 April 2032", "10 June 2032"]


def test_an_occasion_to_come_gives_no_day(tmp_path: Path) -> None:
    to_come = {
        "election.md": report(
            "Sunday's general election will be close, pollsters said.",
            title="Close election ahead",
            published="2032-04-14",
        ),
        "other.md": report("The bridge was opened again.", title="Bridge opened", published="2032-05-14"),
    }
    with assistant_over(tmp_path, to_come) as assistant:
        assert assistant.ask("What happened since the general election?").status == "abstained"
