"""Dates are read in the spellings of news files, and never guessed."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.articles.dates import date_in_name, read_date


@pytest.mark.parametrize(
    "text",
    [
        "2025-09-24",
        "2025/09/24",
        "2025.9.24",
        "20250924",
        "September 24, 2025",
        "Sept. 24, 2025",
        "SEPTEMBER 24 2025",
        "Sep 24th, 2025",
        "24 September 2025",
        "24 Sept, 2025",
        "24th of September 2025",
        "24-Sep-2025",
        "2025 September 24",
        "2025-Sep-24",
        "Wednesday, September 24, 2025",
        "Wed., 24 Sep 2025",
        "Wednesday 24 September 2025",
        "on Wednesday, 24 September 2025",
        "24/09/2025",
        "09/24/2025",
        "24.09.2025",
        "  September\n24,\u00a02025 ",
    ],
)
def test_spellings_of_one_day(text: str) -> None:
    assert read_date(text) == "2025-09-24"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-09-24T10:30:00Z", "2025-09-24T10:30:00+00:00"),
        ("2025-09-24T10:30", "2025-09-24T10:30:00"),
        ("2025-09-24 10:30:15.123456+02:00", "2025-09-24T10:30:15+02:00"),
        ("20250924T103015Z", "2025-09-24T10:30:15+00:00"),
        ("2025-09-24T10:30:00-0500", "2025-09-24T10:30:00-05:00"),
        ("2025-09-24t10:30:00-05", "2025-09-24T10:30:00-05:00"),
        ("Wed, 24 Sep 2025 10:30:00 +0000", "2025-09-24T10:30:00+00:00"),
        ("Wed, 24 Sep 2025 10:30:00 GMT", "2025-09-24T10:30:00+00:00"),
        ("Wed, 24 Sep 2025 10:30:00 -0700 (PDT)", "2025-09-24T10:30:00-07:00"),
        ("Wed Sep 24 10:30:00 2025", "2025-09-24T10:30:00"),
        ("Wed Sep 24 10:30:00 UTC 2025", "2025-09-24T10:30:00+00:00"),
        ("September 24, 2025 at 10:30 p.m. EDT", "2025-09-24T22:30:00-04:00"),
        ("September 24, 2025 | 12:05 AM ET", "2025-09-24T00:05:00"),
        ("24 September 2025, 9 pm", "2025-09-24T21:00:00"),
        ("10:30 GMT, 24 September 2025", "2025-09-24T10:30:00+00:00"),
        ("10:30, 24 September 2025", "2025-09-24T10:30:00"),
        ("10:30 PM, MAY 5, 2025", "2025-05-05T22:30:00"),
        ("24 September 2025 10:30 UTC+3", "2025-09-24T10:30:00+03:00"),
    ],
)
def test_times(text: str, expected: str) -> None:
    assert read_date(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "03/04/2025",
        "3.4.2025",
        "3-4-2025",
        "03/04/25",
        "24 September",
        "September 2025",
        "2025",
        "2025-09",
        "2025-02-30",
        "February 30, 2025",
        "2025-13-01",
        "0001-01-01",
        "1758709800",
        "yesterday",
        "2025-09-24T25:00:00Z",
        "2025-09-24T10:61:00Z",
        "13:30 pm, 24 September 2025",
        "2025-09-24T10:30:00+99:00",
        "Updated September 24, 2025 and September 25, 2025",
        "September 24, 2025 in New York",
        "2025-W39-3",
        "-1",
        "9" * 5000,
        "२०२५-०९-२४x",
    ],
)
def test_what_is_not_certain_is_no_date(text: str) -> None:
    assert read_date(text) is None


def test_the_same_number_twice_is_one_day() -> None:
    assert read_date("04/04/2025") == "2025-04-04"


@settings(deadline=None)
@given(st.dates(min_value=date(1000, 1, 1), max_value=date(2999, 12, 31)), st.sampled_from(["%B %d, %Y", "%d %b %Y"]))
def test_every_written_day_is_read_back(day: date, form: str) -> None:
    assert read_date(day.strftime(form)) == day.isoformat()


@settings(deadline=None)
@given(
    st.datetimes(min_value=datetime(1000, 1, 2), max_value=datetime(2999, 12, 30)),
    st.sampled_from([None, UTC, timezone(timedelta(hours=-9, minutes=-30))]),
)
def test_every_iso_moment_is_kept(moment: datetime, zone: timezone | None) -> None:
    moment = moment.replace(microsecond=0, tzinfo=zone)
    assert read_date(moment.isoformat()) == moment.isoformat()
    assert read_date(moment.isoformat(sep=" ")) == moment.isoformat()


@settings(deadline=None)
@given(st.text(max_size=120) | st.from_regex(r"[0-9:/., TZ+-]{1,40}", fullmatch=True))
def test_any_text_gives_a_valid_date_or_none(text: str) -> None:
    found = read_date(text)
    assert found is None or datetime.fromisoformat(found)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("2025-09-24-talks.txt", "2025-09-24"),
        ("talks_2025_09_24.txt", "2025-09-24"),
        ("talks 20250924.txt", "2025-09-24"),
        ("reuters20250924.txt", None),
        ("world/2025/09/24/talks.html", "2025-09-24"),
        ("2024-01-01/2025-09-24-talks.txt", "2025-09-24"),
        ("2025-09-24-to-2025-09-25.txt", None),
        ("2025-09-24-again-2025-09-24.txt", "2025-09-24"),
        ("2025-13-24.txt", None),
        ("000_e7e4224ef9d7f251.txt", None),
        ("12025-09-245.txt", None),
        ("18991231.txt", None),
        ("talks.txt", None),
    ],
)
def test_dates_in_paths(name: str, expected: str | None) -> None:
    assert date_in_name(name) == expected
