"""Columns, leaders and letters are told from reports, and a footnote to one says so."""

from __future__ import annotations

from pathlib import Path

import pytest

import qa
from qa.opinion import opinion_sign
from qa.particulars import particulars
from qa.records import Article

REPORT = (
    "The council voted on Monday. “I think we should all resign, in my view,” said the mayor. “I believe it must be.”"
)


@pytest.mark.parametrize(
    "article",
    [
        Article("a", REPORT, url="https://paper.example/opinion/2031/warned"),
        Article("a", REPORT, url="https://paper.example/commentisfree/warned"),
        Article("a", REPORT, title="Opinion: We were warned"),
        Article("a", REPORT, title="We were warned | Editorial"),
        Article("a", REPORT, title="THE GULL SAYS: stick with her", source="The Daily Gull"),
        Article("a", "*Opinion*\n\n" + REPORT),
        Article("a", REPORT, subtitle="Letters to the editor"),
        Article("a", "By BRICK MALLORY, the columnist they can't unload\n\nTen days."),
        Article("a", REPORT + "\n\n*Ottilie Farr writes a weekly column.*"),
        Article("a", REPORT + "\n\nThe views expressed here are the author's own."),
        Article("a", "I think the vote was wrong. In my view the mayor should go, and I fear that he will not."),
    ],
)
def test_opinions_are_told(article: Article) -> None:
    assert opinion_sign(article)


@pytest.mark.parametrize(
    "article",
    [
        Article("a", REPORT),
        Article("a", REPORT, title="Opinion polls: Labour ahead", url="https://paper.example/news/opinion-poll"),
        Article("a", REPORT, title="Column of smoke seen over Merrin"),
        Article("a", REPORT, title="Court publishes opinion - judges split"),
        Article(
            "a", "The columnist Ann Lee was fined on Monday. Her lawyer said she must not comment.", title="A fine"
        ),
        Article("a", "Q: What now?\nA: I think we should wait. In my view it must pass. I believe so."),
        Article("a", ""),
        Article("a", "\N{TROPHY} İ\r\n" * 1000, title="\N{TROPHY}"),
    ],
)
def test_reports_are_not(article: Article) -> None:
    assert opinion_sign(article) == ""


def test_a_footnote_to_an_opinion_says_so(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.md").write_text(
        "---\ntitle: We were warned\nurl: https://paper.example/opinion/warned\n---\nMinister Orrin should resign.\n",
        "utf-8",
    )
    (corpus / "b.md").write_text("---\ntitle: Vote\n---\nMinister Orrin won the vote in Tolley.\n", "utf-8")
    assistant = qa.open(corpus, index=tmp_path / "index", model="extractive")
    assistant.sync()
    answer = assistant.ask("What should minister Orrin do?")
    lines = {c.article_id: particulars(c, assistant.archive) for c in answer.citations}
    assert any("opinion, by its section" in line for line in lines["a.md"])
    assert not any("opinion" in line for line in lines.get("b.md", []))
    assistant.close()
