"""Choosing sentences: what is shown can be read alone, is said once, and is a range of the article."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.events import Cited, Finished, Text
from qa.evidence import weigh_sentences
from qa.extract import Extraction, answer_chances, confidence_features, extract
from qa.extractive import extractive_answer, told
from qa.question import Question, understand
from qa.ranking import FOUND_FEATURES, SECOND_FEATURES, Candidate, RankedSentence
from qa.reading import points_back, read_passage, refers_back
from qa.records import Passage
from qa.retrieve import Retrieved
from qa.sentences import sentence_spans
from qa.weights import learned_weights

NO_INDEX: Any = None


def terms(text: str) -> list[str]:
    return [word.strip(".,?!“”").lower() for word in text.split()]


def ask(text: str) -> Question:
    return understand(text, terms, lambda _: 1, 10)


def retrieved(text: str, order: list[int], scores: list[float] | None = None, article_id: str = "a") -> Retrieved:
    """One passage at the start of an article, its sentences ranked in the order given."""
    question = ask("What did the mayor say about the harbour?")
    passage = Passage(article_id, 0, len(text), text, tuple(sentence_spans(text)), title="Mayor")
    evidence = weigh_sentences(question, read_passage(passage, terms), None)
    candidate = Candidate(f"{article_id}.0", passage, evidence, np.zeros(len(FOUND_FEATURES), np.float32))
    row = np.zeros(len(SECOND_FEATURES), np.float32)
    scores = scores or [0.0] * len(order)
    ranked = tuple(RankedSentence(candidate, place, row, score) for place, score in zip(order, scores, strict=True))
    return Retrieved(question, (candidate,), ranked)


def chosen(text: str, order: list[int], most: int = 3, scores: list[float] | None = None) -> Extraction:
    return extract(retrieved(text, order, scores), NO_INDEX, most, learned_weights())


def test_a_sentence_with_a_pronoun_brings_the_one_before() -> None:
    text = "Mayor Ana Ruiz opened the harbour. She said it cost too much. Rain fell."
    (only,) = chosen(text, [1]).extracts
    assert only.quote == "Mayor Ana Ruiz opened the harbour. She said it cost too much."
    assert text[only.core.start : only.core.end] == "She said it cost too much."


def test_a_person_is_looked_for_in_the_paragraph_before() -> None:
    text = "Mayor Ana Ruiz opened the harbour.\nShe said it cost too much.\n"
    (only,) = chosen(text, [1]).extracts
    assert only.quote.startswith("Mayor Ana Ruiz")


def test_a_topic_at_the_start_of_a_paragraph_stands_alone() -> None:
    text = "Mayor Ana Ruiz opened the harbour.\nThis follows a long dispute.\n"
    (only,) = chosen(text, [1]).extracts
    assert only.quote == "This follows a long dispute."


def test_never_more_than_two_sentences_are_brought_along() -> None:
    text = "Ana Ruiz came. She spoke. She laughed. She sang. She left."
    (only,) = chosen(text, [4]).extracts
    assert only.quote == "She laughed. She sang. She left."


def test_the_same_words_are_not_shown_twice() -> None:
    text = "Mayor Ana Ruiz opened the harbour. She said it cost too much. Rain fell."
    extracts = chosen(text, [1, 0, 2]).extracts
    assert [extract.quote for extract in extracts] == [text[:61], "Rain fell."]


def test_no_more_sentences_where_the_first_leaves_no_doubt() -> None:
    text = "The harbour is closed. Rain fell. Ships left."
    assert len(chosen(text, [0, 1, 2], scores=[9.0, 0.0, 0.0]).extracts) == 1
    assert len(chosen(text, [0, 1, 2]).extracts) == 3
    assert len(chosen(text, [0, 1, 2], most=2).extracts) == 2


def test_nothing_found_is_no_answer() -> None:
    nothing = Retrieved(ask("Who?"), (), ())
    extraction = extract(nothing, NO_INDEX, 3, learned_weights())
    assert extraction == Extraction((), 0.0)
    answer = extractive_answer("Who?", nothing, extraction, 0.5)
    assert (answer.status, answer.text, answer.statements) == ("abstained", "", ())


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=20))
def test_chances_add_up(scores: list[float]) -> None:
    row = np.zeros(1, np.float32)
    ranked = [RankedSentence(NO_INDEX, 0, row, score) for score in sorted(scores, reverse=True)]
    chances = answer_chances(ranked)
    assert sum(chances) == pytest.approx(1)
    assert chances == sorted(chances, reverse=True)


def test_confidence_features_are_finite_numbers() -> None:
    assert np.isfinite(confidence_features(retrieved("The harbour is closed.", [0]))).all()


@pytest.mark.parametrize("sentence", ["He said so.", "“She left,” it read.", "Their plan failed.", "The former won."])
def test_words_that_refer_back(sentence: str) -> None:
    assert refers_back(sentence)


@pytest.mark.parametrize("sentence", ["Heather said so.", "Theirry won.", "Mayors met.", ""])
def test_words_that_do_not(sentence: str) -> None:
    assert not refers_back(sentence)
    assert not points_back(sentence)


def test_a_mark_in_an_article_cannot_pass_for_a_footnote() -> None:
    extraction = chosen("The harbour is closed [1], the mayor said [22].", [0])
    answer = extractive_answer("?", retrieved("x", [0]), extraction, answer_above=-1)
    assert answer.text == "The harbour is closed (1), the mayor said (22). [1]"
    assert answer.citations[0].quote == "The harbour is closed [1], the mayor said [22]."


def test_the_events_of_an_answer_spell_its_text() -> None:
    text = "The harbour is closed. Rain\nfell. Ships left."
    answer = extractive_answer("?", retrieved(text, [0]), chosen(text, [0, 1, 2]), answer_above=-1)
    events = list(told(answer))
    assert "".join(event.text for event in events if isinstance(event, Text)) == answer.text
    assert [event.citation.number for event in events if isinstance(event, Cited)] == [1, 2, 3]
    assert events[-1] == Finished(answer)
    for statement, citation in zip(answer.statements, answer.citations, strict=True):
        assert text[citation.start : citation.end] == citation.quote
        assert answer.text[statement.start : statement.end].endswith(f"[{citation.number}]")
