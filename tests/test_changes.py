"""Answers that later reports change say as of when they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reports import assistant_over, report

DAYS = {"2031-03-04": "17", "2031-03-05": "24", "2031-03-14": "26"}


@pytest.mark.parametrize(
    ("question", "figure", "day"),
    [
        ("How many deaths did the coastguard confirm from the ferry sinking?", "26", "14 March 2031"),
        (
            "How many deaths had the coastguard confirmed from the ferry sinking as of 4 March 2031?",
            "17",
            "4 March 2031",
        ),
    ],
)
def test_the_day_stands_before_a_figure_that_changed(tmp_path: Path, question: str, figure: str, day: str) -> None:
    files = {
        f"{published}.md": report(
            f"The coastguard confirmed {count} deaths from the ferry sinking off Tolley. The search goes on.",
            title=f"Ferry toll at {count}",
            source="Ledger",
            published=published,
        )
        for published, count in DAYS.items()
    }
    with assistant_over(tmp_path, files) as assistant:
        answer = assistant.ask(question)
    first = answer.statements[0]
    words = f"The coastguard confirmed {figure} deaths from the ferry sinking off Tolley. [1]"
    assert answer.text.startswith(f"As of {day}: {words}")
    assert answer.text[first.start : first.end] == words


def test_what_never_changed_needs_no_day(tmp_path: Path) -> None:
    text = "The coastguard confirmed 17 deaths from the ferry sinking off Tolley. The search goes on."
    with assistant_over(tmp_path, {"a.md": report(text, title="Ferry", published="2031-03-04")}) as assistant:
        assert "As of" not in assistant.ask("How many deaths did the coastguard confirm from the ferry sinking?").text


def test_what_looks_back_is_no_news_of_its_day(tmp_path: Path) -> None:
    files = {
        f"{day}.md": report(text, title="Deaths of the ferry sinking", published=day)
        for day, text in (
            ("2031-03-04", "The coastguard confirmed 17 deaths from the ferry sinking off Tolley in all."),
            ("2031-06-16", "In March the coastguard confirmed 24 deaths from the ferry sinking off Tolley in all."),
        )
    }
    with assistant_over(tmp_path, files) as assistant:
        answer = assistant.ask("How many deaths did the coastguard confirm from the ferry sinking off Tolley in all?")
    assert "24 deaths" in answer.text
    assert "As of" not in answer.text
