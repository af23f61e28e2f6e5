"""The questions that a person would try first on the article in ``seeds/``."""

from __future__ import annotations

from pathlib import Path

import pytest

import qa

SEEDS = Path(__file__).parents[1] / "seeds"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> qa.Assistant:
    return qa.open(SEEDS, index=tmp_path_factory.mktemp("index"), model="extractive")


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Where did Lavrov and Rubio meet?", "New York"),
        ("How long did the meeting last?", "nearly hour-long"),
        ("What did Trump call Russia?", "paper tiger"),
        ("What did Peskov say instead of paper tiger?", "real bear"),
        ("Who asked Moscow for substantial measures?", "The Secretary"),
    ],
)
def test_the_first_sentence_answers(assistant: qa.Assistant, question: str, words: str) -> None:
    answer = assistant.ask(question)
    assert answer.status == "answered"
    first = answer.statements[0]
    assert words in answer.text[first.start : first.end]
    assert any(words in citation.quote for citation in answer.citations if citation.number in first.citations)


@pytest.mark.parametrize(
    "question",
    ["Who is the president of France?", "What did Lavrov say about Iran?", "How many people attended the meeting?"],
)
def test_what_the_article_does_not_say_is_not_answered(assistant: qa.Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.status == "abstained"
    assert not answer.text
    assert not answer.citations
    assert answer.passages


def test_a_question_in_other_words_than_the_article_s_is_answered(assistant: qa.Assistant) -> None:
    answer = assistant.ask("Which newspaper did Peskov talk to?")
    assert any("business daily RBK" in citation.quote for citation in answer.citations)


def test_every_citation_is_the_exact_range(assistant: qa.Assistant) -> None:
    for question in ("Where did Lavrov and Rubio meet?", "What did Peskov say?", "What is the ministry's statement?"):
        answer = assistant.ask(question)
        for citation in answer.citations:
            assert assistant.article(citation.article_id).text[citation.start : citation.end] == citation.quote


def test_a_sentence_that_refers_back_brings_the_one_that_names(assistant: qa.Assistant) -> None:
    answer = assistant.ask("What did Trump call Russia?")
    quote = next(citation.quote for citation in answer.citations if "paper tiger" in citation.quote)
    assert "US president" in quote or "Trump" in quote
