"""What only heads other sentences is never an answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.headings import is_heading
from qa.records import Passage
from qa.sentences import sentence_spans
from tests.reports import assistant_over, report

_TABLE = (
    "**How the price grew**\n\n"
    "| Date | Made by | Cost |\n|---|---|---|\n| June 2027 | ministry | 1.6 |\n| May 2031 | audit | 3.1 |\n\n"
    "### What the board says\n\nThe ministry **rejected** the findings.\n"
)


def _passage(text: str) -> Passage:
    return Passage("a", 0, len(text), text, tuple(sentence_spans(text)))


def test_headings_and_the_first_row_of_a_table_are_told_from_sentences_and_rows() -> None:
    passage = _passage(_TABLE)
    heads = [passage.sentence_text(span).strip() for i, span in enumerate(passage.sentences) if is_heading(passage, i)]
    assert heads == [
        "**How the price grew**",
        "| Date | Made by | Cost |",
        "|---|---|---|",
        "### What the board says",
    ]


@pytest.mark.parametrize(
    "text", ["- Marta Rysk (2011-2015)", "**Note** that it fell.", "|", "#hashtag days", "İ", "a | b", "— 3 —"]
)
def test_other_short_lines_are_no_headings(text: str) -> None:
    assert not is_heading(_passage(text), 0)


def test_a_heading_with_all_words_of_the_question_is_not_the_answer(tmp_path: Path) -> None:
    text = (
        "## How the price of the Ess Tunnel grew\n\n"
        "In its report the court of audit expects the Ess Tunnel to have a price of 3.1 billion dorins.\n"
    )
    with assistant_over(tmp_path, {"a.md": report(text, title="Auditors", published="2031-03-26")}) as assistant:
        answer = assistant.ask("How much did the price of the Ess Tunnel grew?")
    assert [citation.quote for citation in answer.citations] == [text.splitlines()[2]]
