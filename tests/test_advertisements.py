"""What somebody paid for is told from a report, and a reader is told so."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.advertisements import is_advertisement
from qa.particulars import particulars
from qa.records import Article
from tests.reports import assistant_over, report

_TEXT = "The Ess Tunnel is cleaner than you think. It has an emergency exit every 250 metres.\n"


@pytest.mark.parametrize(
    "article",
    [
        Article("a", _TEXT, subtitle="Sponsored content, supplied by Tunnel Ess SA"),
        Article("a", f"*This is an advertisement. The editorial staff had no part in it.*\n\n{_TEXT}"),
        Article("a", f"{_TEXT}\nPaid for by Tunnel Ess SA\n"),
        Article("a", _TEXT, title="ADVERTORIAL: Five things you did not know"),
        Article("a", _TEXT, url="https://paper.example/sponsored/five-things"),
    ],
)
def test_what_is_paid_for_is_told(article: Article) -> None:
    assert is_advertisement(article)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Advertisements for betting are to be banned from March, the ministry said.",
        "The marathon, sponsored by a bank, was won by Marta Rysk.",
        "He said he had seen the advertisement in the paper. It was false.",
        "İ\r\n\r\n",
    ],
)
def test_reports_about_advertising_are_reports(text: str) -> None:
    assert not is_advertisement(Article("a", f"{text}\n{_TEXT}"))


def test_the_latest_is_a_report_and_not_a_newer_advertisement(tmp_path: Path) -> None:
    news = "The Ess Tunnel will cost 3.0 billion dorins, the finance minister said on Wednesday.\n"
    files = {
        "report.md": report(news, title="Tunnel at 3 billion", published="2031-06-18"),
        "paid.md": report(_TEXT, title="Five things", subtitle="Sponsored content", published="2031-06-20"),
    }
    with assistant_over(tmp_path, files) as assistant:
        answer = assistant.ask("What is the latest on the Ess Tunnel?")
        paid = assistant.ask("Is the Ess Tunnel cleaner than you think?").citations[0]
        told = particulars(paid, assistant.archive)
    assert {citation.article_id for citation in answer.citations} == {"report.md"}
    assert any(line.startswith("advertisement") for line in told)
