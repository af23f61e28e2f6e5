"""Which report counts: the one of the time asked about, else the newest of those that give different numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from qa.evidence import weigh_sentences
from qa.periods import Frame
from qa.question import Question, understand
from qa.ranking import FOUND_FEATURES, Candidate, RankedSentence
from qa.reading import read_passage
from qa.records import Passage, Span
from qa.timely import timely
from qa.timing import frame_of

NEWEST = date(2031, 6, 20)
FIRST = "The coastguard confirmed 17 deaths from the ferry sinking."
SECOND = "The coastguard confirmed 24 deaths from the ferry sinking."
LAST = "The coastguard confirmed 26 deaths from the ferry sinking."
OTHER = "The ferry was built in 1998 by a yard in Ullswick."


def terms(text: str) -> list[str]:
    return [word.strip(".,?!").lower() for word in text.split()]


def ask(text: str) -> Question:
    return understand(text, terms, lambda _: 1, 10)


def said(text: str, published: str | None, score: float) -> RankedSentence:
    passage = Passage(f"{published}-{text[:3]}", 0, len(text), text, (Span(0, len(text)),), published=published)
    evidence = weigh_sentences(ask("?"), read_passage(passage, terms), None)
    candidate = Candidate(passage.article_id, passage, evidence, np.zeros(len(FOUND_FEATURES), np.float32))
    return RankedSentence(candidate, 0, evidence.features[0], score)


def texts(question: str, *ranked: RankedSentence) -> list[str]:
    return [sentence.text for sentence in timely(ranked, ask(question))]


@pytest.mark.parametrize(
    ("question", "frame"),
    [
        ("How many had died as of 4 March 2031?", Frame(date(2031, 3, 4), date(2031, 3, 4))),
        ("How many had died by 4 March?", Frame(date(2031, 3, 4), date(2031, 3, 4))),
        ("What did it cost in February 2031?", Frame(date(2031, 2, 1), date(2031, 2, 28))),
        ("Who was mayor at the beginning of April?", Frame(date(2031, 4, 1), date(2031, 4, 10))),
        ("What was the rate at the end of March?", Frame(date(2031, 3, 24), date(2031, 3, 31))),
        ("What was known in December?", Frame(date(2030, 12, 1), date(2030, 12, 31))),
        ("What was known before 1 January 2031?", Frame(date(2030, 12, 25), date(2030, 12, 31))),
        ("How many died in 2030?", Frame(date(2030, 1, 1), date(2030, 12, 31))),
        ("What happened since 4 March 2031?", Frame(date(2031, 3, 4), NEWEST, bounded=True)),
        ("How many died after 4 March 2031?", Frame(date(2031, 3, 5), NEWEST, bounded=True)),
        ("How many died after the end of March?", Frame(date(2031, 4, 1), NEWEST, bounded=True)),
        ("What changed between 4 March and 6 May?", Frame(date(2031, 3, 4), date(2031, 5, 6), bounded=True)),
        ("Who spoke from April to May?", Frame(date(2031, 4, 1), date(2031, 5, 31), bounded=True)),
        ("How often does the boat go from July?", None),
        ("What did the mayor say on 4 March and on 6 May?", None),
        ("What changed between 6 May and 4 March?", None),
        ("What may march in?", None),
        ("What was said on 31 February 2031?", None),
        ("How many died?", None),
    ],
)
def test_the_time_that_a_question_asks_about(question: str, frame: Frame | None) -> None:
    assert frame_of(question, NEWEST) == frame


def test_without_a_time_the_newest_of_several_numbers_counts() -> None:
    ranked = [said(FIRST, "2031-03-04", 9.0), said(SECOND, "2031-03-05", 8.0), said(LAST, "2031-03-14", 7.5)]
    assert texts("How many deaths did the ferry sinking cause?", *ranked) == [LAST]


def test_a_newer_report_that_is_much_worse_does_not_count() -> None:
    ranked = [said(FIRST, "2031-03-04", 9.0), said(LAST, "2031-03-14", 2.0)]
    assert texts("How many deaths did the ferry sinking cause?", *ranked)[0] == FIRST


def test_a_newer_report_is_never_left_out_for_an_older_one() -> None:
    ranked = [said(FIRST, "2031-03-04", 9.0), said(LAST, "2031-03-14", 2.0), said(SECOND, "2031-03-01", 1.0)]
    assert texts("How many deaths did the ferry sinking cause?", *ranked) == [FIRST, LAST]


def test_the_report_of_the_time_asked_about_counts() -> None:
    ranked = [said(LAST, "2031-03-14", 9.0), said(SECOND, "2031-03-06", 8.8), said(FIRST, "2031-03-04T20:45:00", 8.7)]
    assert texts("How many deaths had been confirmed as of 4 March 2031?", *ranked) == [FIRST]


def test_what_gives_other_things_or_the_same_number_stays() -> None:
    again = replace(said(LAST.replace("coastguard", "navy"), "2031-03-20", 5.0))
    ranked = [said(LAST, "2031-03-14", 9.0), said(OTHER, "2031-02-01", 6.0), again]
    assert set(texts("How many deaths did the ferry sinking cause?", *ranked)) == {LAST, OTHER, again.text}


@pytest.mark.parametrize(
    "question",
    [
        "How did the number of confirmed deaths from the ferry sinking develop?",
        "How many deaths from the ferry sinking, according to the coastguard and the navy?",
        "How many deaths from the ferry sinking on 4 March and on 14 March?",
    ],
)
def test_who_asks_for_several_accounts_gets_them(question: str) -> None:
    ranked = [said(FIRST, "2031-03-04", 9.0), said(LAST, "2031-03-14", 8.0)]
    assert texts(question, *ranked) == [FIRST, LAST]


def test_reports_without_a_date_are_left_as_they_are() -> None:
    ranked = [said(FIRST, None, 9.0), said(LAST, None, 8.0)]
    assert texts("How many deaths did the ferry sinking cause?", *ranked) == [FIRST, LAST]
    assert texts("How many deaths as of 4 March 2031?", said(FIRST, None, 9.0), said(OTHER, "not a day", 1.0)) == [
        FIRST,
        OTHER,
    ]


YEAR = "The book prize of the academy has been awarded to {}, the jury said."


def test_asked_what_was_in_a_year_a_sentence_that_names_it_counts_whenever_it_was_written() -> None:
    now = said(YEAR.format("Mikkel Ashgrove"), "2031-05-30", 3.0)
    before = said("Last year's winner of the book prize was Ida Solberg.", "2031-05-30", 2.0)
    assert texts("Who won the book prize in 2030?", now, before)[0] == before.text
    assert texts("Who won the book prize in 2031?", now, before)[0] == now.text


def test_asked_for_a_day_the_report_of_that_day_comes_before_a_better_sounding_one_of_the_day_before() -> None:
    found = texts(
        "How many deaths had the coastguard confirmed on 5 March 2031?",
        *[
            said(FIRST, "2031-03-04", 4.0),
            said(SECOND, "2031-03-05", 2.5),
        ],
    )
    assert found == [SECOND]


def test_a_figure_of_another_time_is_left_out_though_the_sentences_share_few_words() -> None:
    newest, older = said("Twenty-seven people died.", "2031-06-11", 4.0), said(SECOND, "2031-03-05", 3.0)
    assert texts("How many people died?", newest, older) == [newest.text]
