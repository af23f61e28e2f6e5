"""A figure that a later report takes back: the correction comes first, the old figure is said to be corrected."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reports import assistant_over, report

GUST = "A gust of 162 km per hour was measured at Quern Head during Storm Odile, the weather service said."
QUESTION = "How strong was the gust of Storm Odile at Quern Head?"


def ask(place: Path, later: str, day: str = "2031-05-18", source: str = "Ledger") -> str:
    files = {
        "first.md": report(GUST, title="Storm Odile hits", source="Wire", published="2031-05-17"),
        "later.md": report(later, title="After Storm Odile", source=source, published=day),
    }
    with assistant_over(place, files) as assistant:
        answer = assistant.ask(QUESTION)
        for citation in answer.citations:
            assert assistant.article(citation.article_id).text[citation.start : citation.end] == citation.quote
    return answer.text


@pytest.mark.parametrize(
    "later",
    [
        "The weather service on Sunday withdrew the figure of 162 kilometres an hour for a gust at Quern Head.",
        "The figure of 162 kilometres an hour at Quern Head was wrong, the weather service said.",
        "The gust at Quern Head reached 148 kilometres an hour and not 162 km per hour, as first reported.",
        "The weather service lowered the speed of the gust at Quern Head from 162 kilometres an hour to 148.",
    ],
)
@pytest.mark.parametrize("source", ["Ledger", "Wire"])
def test_the_correction_stands_first(tmp_path: Path, later: str, source: str) -> None:
    first, second, *_ = ask(tmp_path, later, source=source).split("\n")
    assert first.startswith(f"A correction, {source}, 18 May 2031: ")
    assert second.startswith("Corrected since, Wire, 17 May 2031: A gust of 162 km per hour")


CLAIM = report(
    "Dorian Fesk stood in court on Monday. In 2019 Fesk was fined in Dravik for driving without a licence.",
    title="Dorian Fesk in court",
    source="Comet",
    published="2034-09-05",
)
OWNED = (
    "In our report on September 5 we said that Dorian Fesk had been fined in 2019 for driving without a licence. "
    "That was untrue. The man fined in Dravik was a roofer, Dorian Fisk. Mr Fesk has no convictions."
)
WHO = "What was Fesk fined for in Dravik?"


def ask_who(place: Path, **correction: str) -> str:
    told = {"text": OWNED, "title": "Dorian Fesk: correction", "source": "Comet", "published": "2034-09-11"}
    with assistant_over(place, {"a.md": CLAIM, "b.md": report(**{**told, **correction})}) as assistant:
        return assistant.ask(WHO).text


def test_a_claim_that_its_outlet_takes_back_comes_after_the_correction_in_full(tmp_path: Path) -> None:
    first, second, *_ = ask_who(tmp_path).split("\n")
    assert first.startswith("A correction, Comet, 11 September 2034: In our report on September 5 we said")
    assert first.endswith("The man fined in Dravik was a roofer, Dorian Fisk. [1]")
    assert second.startswith("Corrected since, Comet, 5 September 2034: In 2019 Fesk was fined")


@pytest.mark.slow
@pytest.mark.parametrize(
    "other",
    [
        {"title": "Dorian Fesk: a portrait"},
        {"source": "Courier"},
        {"published": "2034-09-01"},
        {"text": OWNED.replace("2019", "2012").replace("driving without a licence", "shooting 30 swans at night")},
    ],
    ids=["no correction", "another outlet", "an earlier report", "another matter"],
)
def test_what_owns_up_to_nothing_here(tmp_path: Path, other: dict[str, str]) -> None:
    assert "orrected since" not in ask_who(tmp_path, **other)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("later", "day"),
    [
        ("The gust of 162 kilometres an hour at Quern Head is a national record, scientists say.", "2031-05-18"),
        ("A wrong report said that the gust at Quern Head was felt for 40 minutes in Vance.", "2031-05-18"),
        ("The weather service withdrew the figure of 140 km per hour for a gust at Quern Head.", "2031-05-18"),
        ("The museum withdrew 162 kilometres of film from its stores in Brannick.", "2031-05-18"),
        ("The weather service withdrew the figure of 162 km per hour for a gust at Quern Head.", "2031-05-16"),
    ],
    ids=["repeated", "another figure", "an older figure", "another matter", "an earlier report"],
)
def test_what_corrects_nothing(tmp_path: Path, later: str, day: str) -> None:
    assert "orrect" not in ask(tmp_path, later, day)
