"""What stands beside a footnote: days that its words leave open, and other articles that print the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

import qa
from qa.assistant import Assistant
from qa.inferred_times import inferred_times
from qa.particulars import copies_of, particulars
from qa.records import Citation

TOLD = "The coastguard on Friday called off the search for two people missing from the ferry, leaving the toll at 26."
REPORTS = {
    "wire.md": ("Search ends", "Wire", "2031-03-14", f"HESSEL, March 14 (CW) - {TOLD} It had lasted ten days."),
    "post.md": ("Ferry search called off", "Post", "2031-03-15", TOLD),
    "other.md": (
        "Ferries",
        "Post",
        "2031-03-20",
        "The coastguard said on Friday that ferries to the isles sail again.",
    ),
}


def cited(quote: str, published: str | None, article_id: str = "post.md") -> Citation:
    return Citation(1, article_id, "Title", published, 0, len(quote), quote)


@pytest.mark.parametrize(
    ("quote", "published", "days"),
    [
        ("They met on Wednesday.", "2025-09-25", [("Wednesday", date(2025, 9, 24))]),
        ("They met on Wednesday.", "2025-09-24T18:00:00", [("Wednesday", date(2025, 9, 24))]),
        ("It rained yesterday \N{UMBRELLA}, today and Today.", "2024-03-01", [
            ("yesterday", date(2024, 2, 29)), ("today", date(2024, 3, 1)),
        ]),
        ("She died on 2 April.", "2031-06-11", [("2 April", date(2031, 4, 2))]),
        ("He left in December.", "2031-06-11", []),
        ("They met on 24 September 2025.", "2025-09-25", []),
        ("They will meet on Wednesday.", "2025-09-25", []),
        ("The talks are to begin on Monday.", "2025-09-25", []),
        ("They met on Wednesday.", None, []),
        ("They met on Wednesday.", "last week", []),
        ("He was born on 29 February.", "2031-06-11", []),
        ("", "2025-09-25", []),
    ],
)  # fmt: skip
def test_days_are_inferred_from_the_day_of_the_report(
    quote: str, published: str | None, days: list[tuple[str, date]]
) -> None:
    found = inferred_times(cited(quote, published))
    assert [(one.words, one.first) for one in found] == days
    assert all(one.first == one.last for one in found)


@pytest.mark.parametrize(
    ("quote", "published", "times"),
    [
        ("It closed last week.", "2031-03-05", {"last week": "24 February to 2 March 2031"}),
        ("It closed last week.", "2032-01-01", {"last week": "22 to 28 December 2031"}),
        ("It will close next week.", "2031-12-27", {"next week": "29 December 2031 to 4 January 2032"}),
        ("It is to close this week or this month.", "2031-03-05", {
            "this week": "3 to 9 March 2031", "this month": "March 2031",
        }),
        ("It fell last month, the most since last year.", "2031-01-31", {
            "last month": "December 2030", "last year": "2030",
        }),
        ("It opens next month.", "2031-01-31", {"next month": "February 2031"}),
        ("It rained last weekend.", "2031-03-02", {"last weekend": "22 to 23 February 2031"}),
        ("It rained at the weekend, and will this weekend.", "2031-03-02", {}),
        ("Last night it snowed, and this morning it thawed.", "2031-03-01", {
            "Last night": "Friday, 28 February 2031", "this morning": "Saturday, 1 March 2031",
        }),
        ("They left two days ago, he said yesterday evening.", "2031-03-01", {
            "two days ago": "Thursday, 27 February 2031", "yesterday": "Friday, 28 February 2031",
        }),
        ("İt was \N{UMBRELLA} last week\r\nand last week.", "2031-03-05", {"last week": "24 February to 2 March 2031"}),
        ("It closed last week.", None, {}),
        ("It was the last weekday.", "2031-03-05", {}),
    ],
)  # fmt: skip
def test_weeks_months_and_nights_are_inferred_too(quote: str, published: str | None, times: dict[str, str]) -> None:
    assert {one.words: one.in_calendar for one in inferred_times(cited(quote, published))} == times


@pytest.mark.parametrize("published", ["0001-01-01", "0001-01-05", "9999-12-31"])
def test_the_ends_of_the_calendar_are_no_error(published: str) -> None:
    words = "Last week, next week, last month, next month, last year, next year, last night, 60 days ago, tomorrow."
    for quote in ("It rained yesterday, she said.", words):
        found = inferred_times(cited(quote, published))
        assert all(one.first <= one.last and one.in_calendar for one in found)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    place = tmp_path_factory.mktemp("copies")
    (place / "corpus").mkdir()
    for name, (title, source, day, text) in REPORTS.items():
        front = f"---\ntitle: {title}\npublished: {day}\nsource: {source}\n---\n"
        (place / "corpus" / name).write_text(front + text + "\n", "utf-8")
    opened = qa.open(place / "corpus", index=place / "index", model="extractive")
    opened.sync()
    yield opened
    opened.close()


def test_an_article_that_prints_the_same_words_is_named(assistant: Assistant) -> None:
    (copy,) = copies_of(cited(TOLD, "2031-03-15"), assistant.archive)
    assert (copy.article_id, copy.title, copy.source, copy.published) == (
        "wire.md",
        "Search ends",
        "Wire",
        "2031-03-14",
    )
    lines = particulars(cited(TOLD, "2031-03-15"), assistant.archive)
    assert lines == [
        "“Friday”: Friday, 14 March 2031, by the day of the report",
        "also printed as “Search ends” (Wire, 2031-03-14, wire.md)",
    ]


@pytest.mark.parametrize("quote", ["on Friday", "", "It had lasted ten days longer than all of them had hoped."])
def test_few_words_or_others_are_no_copy(assistant: Assistant, quote: str) -> None:
    assert copies_of(cited(quote, None), assistant.archive) == []
