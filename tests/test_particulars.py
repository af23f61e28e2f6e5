"""What stands beside a footnote: days that its words leave open, and other articles that print the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

import qa
from qa.assistant import Assistant
from qa.particulars import copies_of, inferred_days, particulars
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
    assert [(one.words, one.day) for one in inferred_days(cited(quote, published))] == days


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
