"""Times that a text names, and what it is worth that a sentence tells of the time asked about."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.periods import ANOTHER, PART, SAME, WHOLE, Frame, fit, periods
from tests.reports import assistant_over

_FOREVER = date.max


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("She led the board from 2014 to 2016.", date(2014, 1, 1), date(2016, 12, 31)),
        ("- Kim Hae-sik (1993–1995)", date(1993, 1, 1), date(1995, 12, 31)),
        ("Juan Ramón Rocha (2007-08)", date(2007, 1, 1), date(2008, 12, 31)),
        ("from Sep 2003 to Feb 2005", date(2003, 9, 1), date(2005, 2, 28)),
        ("24 May 1943 – 26 July 1943", date(1943, 5, 24), date(1943, 7, 26)),
        ("from July until October 1930", date(1930, 7, 1), date(1930, 10, 31)),
        ("between May and June 2012", date(2012, 5, 1), date(2012, 6, 30)),
        ("In 2004 he moved to Dravik.", date(2004, 1, 1), date(2004, 12, 31)),
        ("mayor since May 2012", date(2012, 5, 1), _FOREVER),
        ("director (2019–present)", date(2019, 1, 1), _FOREVER),
        ("until 1968", date.min, date(1968, 12, 31)),
    ],
)
def test_a_time_is_read_with_both_its_ends(text: str, first: date, last: date) -> None:
    assert periods(text) == (Frame(first, last),)


def test_two_years_that_are_only_listed_are_two_times() -> None:
    assert [frame.start.year for frame in periods("She won in 1992 and 2015.")] == [1992, 2015]


def test_a_month_without_a_year_is_read_by_the_day_of_its_report() -> None:
    text = "Inflation in March was 4.8 per cent."
    assert periods(text) == ()
    assert periods(text, date(2031, 5, 8)) == (Frame(date(2031, 3, 1), date(2031, 3, 31)),)


@pytest.mark.parametrize("text", ["", "١٩٩٣", "İ 1990\r\n–1993", "30 February 2031", "from 2016 to 2014", "9999-99"])
def test_odd_texts_are_read_without_an_error(text: str) -> None:
    assert all(frame.start <= frame.end for frame in periods(text, date(2031, 5, 8)))


@given(st.text(alphabet="0123456789-– /.,abtomyJunMaysice", max_size=60))
def test_no_time_ends_before_it_begins(text: str) -> None:
    assert all(frame.start <= frame.end for frame in periods(text))


_ASKED = Frame(date(2014, 1, 1), date(2015, 12, 31))


@pytest.mark.parametrize(
    ("told", "worth"),
    [
        ("from 2014 to 2015", SAME),
        ("from 2012 to 2018", WHOLE),
        ("since 2013", WHOLE),
        ("in 2015", PART),
        ("from 2007 to 2009, and in 2016", ANOTHER),
        ("a while ago", 0.0),
        ("since 1412", 0.0),
    ],
)
def test_the_very_time_is_worth_most_and_another_less_than_none(told: str, worth: float) -> None:
    assert fit(_ASKED, periods(told)) == worth


def test_the_line_of_the_year_asked_about_stands_before_those_of_other_years(tmp_path: Path) -> None:
    chiefs = (
        "Jens Holt directed the Dravik Observatory from 2008 to 2011.",
        "Ola Brandt directed the Dravik Observatory from 2015 to 2019.",
        "Marta Rysk directed the Dravik Observatory from 2011 to 2015.",
        "Ivo Sand directed the Dravik Observatory from 2019 to 2024.",
    )
    with assistant_over(tmp_path, {"observatory.txt": "\n\n".join(chiefs)}) as assistant:
        answer = assistant.ask("Who directed the Dravik Observatory in 2013?")
    assert answer.citations[0].quote == chiefs[2]
