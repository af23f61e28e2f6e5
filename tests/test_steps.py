"""A question that tells somebody by what he did is answered by his name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qa.assistant import Assistant
from tests.reports import assistant_over, reports_of

_INQUIRY = "Captain Anders Vole is criticised by the inquiry for raising the speed of the ferry in the swell."
_RESCUED = "The master of the ship, Captain Anders Vole, 58, is among the survivors."
_CAMP_BED = "Dr Ysolde Kerran slept on a camp bed in the control room for a month."
_BALLOON = "Dr Kerran once repaired a weather balloon with a bicycle tube."
_REPORTS = {
    "rescued.md": ("2031-03-04", "Ferry capsizes", f"{_RESCUED} Kaylin Dross, 34, was saved by a fisherman."),
    "inquiry.md": ("2031-06-11", "Inquiry reports", f"{_INQUIRY} The board met in Calvora."),
    "mission.md": ("2031-08-06", "A satellite is silent", f"{_CAMP_BED} The satellite did not answer."),
    "portrait.md": ("2031-09-14", "The woman who waited", f"{_BALLOON} She plays the viola."),
    "match.md": (
        "2031-09-20",
        "Harbour win",
        "Ewan Strake, 31, scored twice for Harbour in the swell of the second half.",
    ),
}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with assistant_over(tmp_path_factory.mktemp("steps"), reports_of(_REPORTS)) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "quotes"),
    [
        ("How old is the captain whom the inquiry criticises for the speed?", [_INQUIRY, _RESCUED]),
        ("What did the scientist who slept on a camp bed once repair with a bicycle tube?", [_CAMP_BED, _BALLOON]),
    ],
)
def test_both_steps_are_quoted(assistant: Assistant, question: str, quotes: list[str]) -> None:
    answer = assistant.ask(question)
    assert answer.status == "answered"
    assert {citation.quote for citation in answer.citations} == set(quotes)


@pytest.mark.parametrize(
    "question",
    [
        "How old is the scientist who slept on a camp bed?",
        "How old is the fisherman who saved Kaylin Dross?",
        "How old is the minister who whom whose?",
        "Who slept on a camp bed?",
    ],
)
def test_what_is_not_said_of_him_is_not_taken_from_somebody_else(assistant: Assistant, question: str) -> None:
    quotes = [citation.quote for citation in assistant.ask(question).citations]
    assert _RESCUED not in quotes
    assert not any("31" in quote for quote in quotes)
