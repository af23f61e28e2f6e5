"""The bench of what each rule about news is worth can switch each of them off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evals.bench.news_sense import SWITCHED_OFF
from qa.assistant import Assistant
from tests.reports import assistant_over, reports_of

_REPORTS = {
    "first.md": ("2031-03-04", "Ferry capsizes", "Nine people died when the ferry Skerry Maid capsized, police said."),
    "later.md": ("2031-03-05", "Toll rises", "The toll of the ferry Skerry Maid rose to 24 people, police said."),
}
_QUESTIONS = ("How many people died on the ferry Skerry Maid?", "What happened to the Skerry Maid, in order?")


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    place: Path = tmp_path_factory.mktemp("ferry")
    with assistant_over(place, reports_of(_REPORTS)) as opened:
        yield opened


@pytest.mark.parametrize("name", SWITCHED_OFF)
def test_a_rule_can_be_switched_off_and_the_questions_are_answered(assistant: Assistant, name: str) -> None:
    with SWITCHED_OFF[name]():
        answers = [assistant.ask(question) for question in _QUESTIONS]
    assert [answer.status for answer in answers] == ["answered", "answered"]


def test_without_timing_the_older_count_is_the_answer(assistant: Assistant) -> None:
    with SWITCHED_OFF["without timing"](), SWITCHED_OFF["without newest count"]():
        without = assistant.ask(_QUESTIONS[0])
    assert {citation.article_id for citation in without.citations} == {"first.md"}
    assert {citation.article_id for citation in assistant.ask(_QUESTIONS[0]).citations} == {"later.md"}
