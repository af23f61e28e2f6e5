"""What became of an accusation stands behind it."""

from __future__ import annotations

from pathlib import Path

import pytest

import qa

CHARGED = "Frank Dugan, the mayor of Hamlin, was charged on Monday with taking bribes from a builder."
QUESTION = "Did Frank Dugan take bribes?"


def asked(tmp_path: Path, later: str, question: str = QUESTION) -> qa.Answer:
    articles = tmp_path / "articles"
    articles.mkdir()
    reports = {"2026-05-04": (CHARGED, "Mayor Frank Dugan charged"), "2026-07-09": (later, "Frank Dugan in court")}
    for day, (words, title) in reports.items():
        head = f'---\ntitle: "{title}"\ndate: {day}\nsource: Hamlin Post\n---\n'
        (articles / f"{day}.md").write_text(f"{head}{words}\n", encoding="utf-8")
    return qa.open(articles, index=tmp_path / "index", model="extractive").ask(question)


@pytest.mark.parametrize(
    "ending",
    [
        "A judge dismissed all charges against him on Thursday.",
        "The case against the mayor was dropped on Thursday.",
        "He was acquitted on Thursday.",
        "A jury found him guilty on Thursday.",
    ],
)
def test_how_it_ended_is_shown(tmp_path: Path, ending: str) -> None:
    answer = asked(tmp_path, ending)
    assert CHARGED in answer.text
    assert ending in answer.text
    assert any(ending in citation.quote for citation in answer.citations)


@pytest.mark.parametrize("other", ["He opened a new bridge on Thursday.", "The court sat on Thursday; it was hot."])
def test_nothing_else_is_an_end(tmp_path: Path, other: str) -> None:
    assert "Later, " not in asked(tmp_path, other).text


def test_a_question_for_a_day_wants_what_was_known_then(tmp_path: Path) -> None:
    answer = asked(tmp_path, "He was acquitted on Thursday.", "With what was Frank Dugan charged on 4 May 2026?")
    assert "Later, " not in answer.text
