"""Passages cut down to their best sentences: exact ranges, never dearer than asked, the answer among them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.archive import Archive
from qa.excerpts import excerpts
from qa.prompts import estimate_tokens
from qa.retrieve import Retrieved
from tests.small_news import QUESTION, News, writes

pytest_plugins = ["tests.news_fixtures"]


@pytest.fixture(scope="session")
def found(news_archive: Archive) -> Retrieved:
    return news_archive.retrieve(QUESTION, 6)


@given(tokens=st.integers(0, 2000))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_they_are_exact_and_cost_no_more_than_asked(found: Retrieved, tokens: int) -> None:
    parts = excerpts(found.candidates, tokens)
    whole = {(one.article_id, span) for one in found.passages for span in one.sentences}
    for part in parts:
        source = next(one for one in found.passages if one.article_id == part.article_id and one.start <= part.start)
        assert part.text == source.text[part.start - source.start : part.end - source.start]
        assert (part.start, part.end) == (part.sentences[0].start, part.sentences[-1].end)
        assert all((part.article_id, span) in whole for span in part.sentences)
        assert (part.title, part.score) == (source.title, source.score)
    taken = [(part.article_id, span) for part in parts for span in part.sentences]
    assert len(taken) == len(set(taken))
    cost = sum(estimate_tokens(part.sentence_text(span)) for part in parts for span in part.sentences)
    assert cost <= tokens


def test_neighbours_that_are_taken_stay_one_text(found: Retrieved) -> None:
    for part in excerpts(found.candidates, 10_000):
        assert any(part.text == whole.text for whole in found.passages)


def test_the_sentence_that_answers_is_the_first_to_be_taken(found: Retrieved) -> None:
    (only,) = excerpts(found.candidates, 1, count_tokens=lambda text: 1)
    assert "resigned on Monday" in only.text
    assert len(only.sentences) == 1


def test_more_tokens_only_add(found: Retrieved) -> None:
    def taken(tokens: int) -> set[tuple[str, int]]:
        parts = excerpts(found.candidates, tokens, count_tokens=lambda text: 1)
        return {(part.article_id, span.start) for part in parts for span in part.sentences}

    sizes = [taken(tokens) for tokens in range(12)]
    assert [len(size) for size in sizes] == list(range(12))
    assert all(less < more for less, more in pairwise(sizes))


def test_search_cuts_passages_down(news: News) -> None:
    assistant = news.without_model()
    parts = assistant.search(QUESTION, 6, tokens=80)
    assert 0 < sum(estimate_tokens(part.text) for part in parts) <= 90
    for part in parts:
        assert assistant.article(part.article_id).text[part.start : part.end] == part.text


def test_a_model_is_shown_no_more_than_the_settings_allow(news: News) -> None:
    shown = []
    for tokens in (100, 2000):
        news.server.script(writes("The mayor resigned on Monday [{resigned on Monday}]."))
        answer = news.assistant(evidence_tokens=tokens).ask(QUESTION)
        assert answer.status == "answered"
        prompt = news.server.exchanges[-1].request.prompt
        shown.append(sum(estimate_tokens(line) for line in prompt.splitlines() if line.startswith("[")))
    assert 0 < shown[0] < 130 < shown[1]
