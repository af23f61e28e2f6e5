"""Days that a question tells from the day on which it is asked, as days of the calendar."""

from __future__ import annotations

from datetime import date

import pytest

from qa.calendar_days import in_calendar

TODAY = date(2031, 3, 6)
"""A Thursday."""


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("What did the ministry say yesterday?", "What did the ministry say on 5 March 2031?"),
        ("Yesterday, who resigned?", "On 5 March 2031, who resigned?"),
        ("What was in yesterday's budget?", "What was in the budget on 5 March 2031?"),
        (
            "What changed since last week's vote?",
            "What changed since the vote between 24 February 2031 and 2 March 2031?",
        ),
        (
            "What did the bank do last week?",
            "What did the bank do between 24 February 2031 and 2 March 2031?",
        ),
        ("What happened this week?", "What happened between 3 March 2031 and 6 March 2031?"),
        ("What happened in the last month?", "What happened in February 2031?"),
        ("Who was charged last year?", "Who was charged in 2030?"),
        ("Who won last weekend?", "Who won between 1 March 2031 and 2 March 2031?"),
        ("Who spoke last Tuesday?", "Who spoke on 4 March 2031?"),
        ("Who spoke last Thursday?", "Who spoke on 27 February 2031?"),
        ("What has happened since yesterday?", "What has happened since 5 March 2031?"),
        ("What has happened since last week?", "What has happened since 24 February 2031?"),
        ("How many had died by last week?", "How many had died by 2 March 2031?"),
        ("What changed over the past two weeks?", "What changed between 20 February 2031 and 6 March 2031?"),
        ("What happened today?", "What happened on 6 March 2031?"),
    ],
)
def test_what_is_told_from_the_day_of_asking_is_read_in_the_calendar(question: str, read: str) -> None:
    assert in_calendar(question, TODAY) == read


@pytest.mark.parametrize(
    "question",
    [
        "Who is the mayor today?",
        "How many are missing as of today?",
        "What length of it has to be rebuilt, as far as is known today?",
        "What happened on Wednesday?",
        "What happened in March?",
        "How long did the strike last?",
        "Who presents Last Week Tonight?",
        "What did the last minister say?",
        "How did the last year-end report look?",
        "",
    ],
)
def test_other_questions_are_left_alone(question: str) -> None:
    assert in_calendar(question, TODAY) == question


def test_the_first_month_of_a_year_follows_the_last_of_the_one_before() -> None:
    assert in_calendar("Who resigned last month?", date(2031, 1, 31)) == "Who resigned in December 2030?"
    assert in_calendar("Who resigned this month?", date(2031, 2, 3)) == "Who resigned in February 2031?"
