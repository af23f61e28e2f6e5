"""Lists keep to the articles of one story."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qa.assistant import Assistant
from tests.reports import assistant_over, reports_of

_OTHERS = {
    "paste.md": (
        "2031-05-08",
        "Merrin counts the cost",
        "The mackerel paste affair has cost Merrin Foods 7.8 million.",
    ),
    "toll.md": (
        "2031-03-05",
        "Ferry toll rises",
        "Police in Ullswick said in Calvora that 24 people died on the ferry.",
    ),
    "poll.md": ("2031-04-16", "A close race", "Police in Ullswick, Calvora, guard the offices of both parties."),
    "storm.md": ("2031-05-17", "Storm over Ullswick", "Storm Odile left Ullswick and most of Calvora without power."),
}
_BROOCH = {
    "theft.md": ("2031-02-03", "Brooch stolen", "The Tern Brooch was stolen from a museum in Ullswick, Calvora."),
    "arrest.md": ("2031-03-21", "Two arrested", "Police in Ullswick arrested Lukas Harmel over the stolen brooch."),
    "trial.md": ("2031-06-12", "The guard's nights", "Lukas Harmel told the court at Ullswick of his nights alone."),
    "verdict.md": ("2031-06-24", "Guard sentenced", "Lukas Harmel was sentenced to four years for the brooch."),
}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with assistant_over(tmp_path_factory.mktemp("story"), reports_of({**_OTHERS, **_BROOCH})) as opened:
        yield opened


def test_a_capital_named_everywhere_makes_no_story_and_neither_does_a_word_such_as_affair(assistant: Assistant) -> None:
    answer = assistant.ask("Put the brooch affair in order for me.")
    cited = [citation.article_id for citation in answer.citations]
    assert set(cited) <= set(_BROOCH)
    assert {"theft.md", "arrest.md", "verdict.md"} <= set(cited)


def test_the_latest_of_a_thing_is_not_the_newest_report_of_another(assistant: Assistant) -> None:
    answer = assistant.ask("What is the latest on the ferry?")
    assert {citation.article_id for citation in answer.citations} == {"toll.md"}
