"""Misspelt words of a question become the words of the articles; what could be somebody's name stays."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from qa.events import Understood
from qa.spelling import Vocabulary, respell
from qa.words import fold, tokens
from tests.small_news import News

pytest_plugins = ["tests.news_fixtures"]
ARTICLES = (
    "The Skerry Maid sank off Tolley.",
    "The priest buried eleven people.",
    "The statistics office said so.",
    "Macron resigned.",
    "Halden bought what the charges against Rokeby were dropped for.",
    "Charges of bribes: the match was fixed, knifed men said.",
    "Открыли новый мост. The calm was odd.",
)
WORDS = {fold(token.text) for text in ARTICLES for token in tokens(text)}


def near(term: str, letters: int, limit: int) -> Iterator[str]:
    found = (t for t in ARTICLES if any(OSA.distance(term, fold(word.text)) <= letters for word in tokens(t)))
    yield from list(found)[:limit]


VOCABULARY = Vocabulary(lambda text: [fold(t.text) for t in tokens(text)], lambda term: int(term in WORDS), near)


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("who was the preist in toley", "who was the priest in Tolley"),
        ("the Skery wreck", "the Skerry wreck"),
        ("who led the statistiks office?", "who led the statistics office?"),
        ("did Haldon buy it?", "did Halden buy it?"),
        ("Preist of Tolley", "priest of Tolley"),  # a capital because it stands first
        ("WHO WAS THE PREIST", "WHO WAS THE priest"),
        ("the priset,  \N{GRINNING FACE} the priset", "the priest,  \N{GRINNING FACE} the priest"),
    ],
)
def test_a_near_word_of_the_articles_stands_in(asked: str, meant: str) -> None:
    assert respell(asked, VOCABULARY) == meant


@pytest.mark.parametrize(
    "asked",
    [
        "Who was the priest in Tolley?",
        "What did Mason say?",  # two letters from Macron: somebody else
        "the stronger office",  # a word of the language
        "Is Iran near?",  # a nation
        "Was he charged with bribery?",  # a word of the language, though only "bribes" is there
        "What did King Charles say?",  # near to no name, only to "charges" and "Charges"
        "how mutch was it",  # as near to "much" as to "match"
        "the knifeman",  # made of two words
        "¿Calm es la tasa de Cuál es?",  # not English
        "Кто открыл мост?",
        "Qui a dit statistiks, café et bonheur?",
        "tol",  # too short to tell
        "zzzzzzzz",
        "",
        "İstanbul e\N{COMBINING ACUTE ACCENT}te\N{COMBINING ACUTE ACCENT} שלום",
    ],
)
def test_what_is_no_mistake_stays(asked: str) -> None:
    assert respell(asked, VOCABULARY) == asked


@given(st.text(max_size=60))
def test_any_text_comes_out_with_as_many_words(asked: str) -> None:
    assert len(tokens(respell(asked, VOCABULARY))) == len(tokens(asked))


def test_a_stream_tells_how_the_question_was_understood(news: News) -> None:
    events = list(news.assistant(model="extractive").stream("When did the mayor of Lyonn resign?"))
    assert [event.question for event in events if isinstance(event, Understood)] == [
        "When did the mayor of Lyon resign?"
    ]
    plainly = list(news.assistant(model="extractive").stream("When did the mayor of Lyon resign?"))
    assert not any(isinstance(event, Understood) for event in plainly)
