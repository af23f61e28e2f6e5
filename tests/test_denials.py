"""A claim that is denied in its article is shown with its denial."""

from __future__ import annotations

from pathlib import Path

import pytest

import qa
from qa.denials import denies


@pytest.mark.parametrize(
    "words",
    [
        "Lineas Azules denied this.",
        "The ministry rejected the figure as speculative.",
        "Ardle Water says that no such order was given.",
        "Both deny the accusations, their lawyers said.",
        "The spokesman said the figure was invented.",
        "The union called the report premature and unfair.",
        "“That is simply untrue,” the mayor said.",
    ],
)
def test_denials(words: str) -> None:
    assert denies(words)


@pytest.mark.parametrize(
    "words",
    [
        "He did not deny it.",
        "The council rejected the plan.",
        "It was wrong to close the gate.",
        "Mr Harmel no longer denies that he took the brooch.",
        "It was the wrong answer.",
        "The mayor would not comment.",
        "",
        "😀 İ \u0301 שלום",
    ],
)
def test_what_denies_nothing(words: str) -> None:
    assert not denies(words)


def asked(tmp_path: Path, question: str, *paragraphs: str) -> qa.Answer:
    articles = tmp_path / "articles"
    articles.mkdir()
    head = '---\ntitle: "Families demand answers"\ndate: 2025-11-04\nsource: The Harbour Post\n---\n'
    (articles / "ferry.md").write_text(head + "\n\n".join(paragraphs) + "\n", encoding="utf-8")
    return qa.open(articles, index=tmp_path / "index", model="extractive").ask(question)


CLAIM = "A former deckhand told the Post that the ferry regularly sailed with a hundred and fifty passengers."
DENIED = "Denied, The Harbour Post, 4 November 2025: "
QUESTION = "With how many passengers did the ferry sail, according to the deckhand?"


@pytest.mark.parametrize(
    "denial",
    [
        "Lineas Azules denied this.",
        "The company denied that the ferry had sailed with more passengers than allowed.",
        "“The accusation is false,” the company said.",
    ],
)
def test_the_denial_stands_behind_the_claim(tmp_path: Path, denial: str) -> None:
    answer = asked(tmp_path, QUESTION, CLAIM, denial, "The harbour is open.")
    assert DENIED + denial in answer.text
    assert answer.text.index("A former deckhand") < answer.text.index(DENIED)
    assert denial in [citation.quote for citation in answer.citations]


@pytest.mark.slow
@pytest.mark.parametrize(
    "other",
    [
        "The company denied that its harbour office had burned.",  # something else
        "The former deckhand denied that the ferry sailed with passengers at night.",  # the same speaker
        "The company did not deny this.",
        "The company would not comment.",
    ],
)
def test_nothing_else_is_taken_for_one(tmp_path: Path, other: str) -> None:
    assert "Denied, " not in asked(tmp_path, QUESTION, CLAIM, other, "The harbour is open.").text


def test_a_denial_far_behind_is_of_something_else(tmp_path: Path) -> None:
    between = [f"The harbour board met {count} times about the quay." for count in range(2, 7)]
    assert "Denied, " not in asked(tmp_path, QUESTION, CLAIM, *between, "Lineas Azules denied this.").text


def test_who_calls_a_figure_wrong_does_not_confirm_it(tmp_path: Path) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    reports = {
        "Ledger": "Software maker Orbix plans to cut about 8,000 jobs, its chief executive said on Tuesday.",
        "Scroll": "Everyone writes that Orbix cuts 8,000 jobs in its software business. I think everyone is wrong.",
    }
    for source, words in reports.items():
        head = f'---\ntitle: "Orbix and its jobs"\ndate: 2025-05-06\nsource: {source}\n---\n'
        (articles / f"{source}.md").write_text(f"{head}{words}\n", encoding="utf-8")
    answer = qa.open(articles, index=tmp_path / "index", model="extractive").ask("How many jobs does Orbix cut?")
    assert "8,000" in answer.text
    assert "says the same" not in answer.text
