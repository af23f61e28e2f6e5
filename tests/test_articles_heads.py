"""What stands above a text gives title, subtitle, date, source and link, and is never invented."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.articles import FileReport, read_file
from qa.articles.fields import Fields
from qa.articles.heading import read_head, read_markdown_head
from qa.records import Article

BODY = "The mayor of Port resigned on Monday. She had been under pressure for weeks.\n"
WRAPPED = (
    "The mayor of Port resigned on Monday after a feud with\nthe council. It had lasted for years, officials\nsaid.\n"
)


def read(folder: Path, name: str, text: str) -> tuple[Article, FileReport]:
    (folder / name).write_bytes(text.encode("utf-8"))
    reports: list[FileReport] = []
    (article,) = read_file(folder, folder / name, reports.append)
    return article, reports[0]


@pytest.mark.parametrize("body", [BODY, WRAPPED])
@pytest.mark.parametrize("gap", ["\n", "\n\n", "\n\n\n"])
@pytest.mark.parametrize(
    "title",
    [
        "Mayor Resigns",
        "Mayor quits: ‘I am done’",
        "Who will lead Port now?",
        "Mayor leaves the U.S.",
        "Port sues Hale Inc.",
        "And then …",
        "市長が辞任",
        "استقال رئيس البلدية",
        "İstanbul 🛳 mayor",
    ],
)
def test_title_line(title: str, gap: str, body: str) -> None:
    assert read_head(f"{title}{gap}{body}") == Fields(title=title)


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_subtitle_line(gap: str) -> None:
    head = read_head(f"Mayor Resigns{gap}A feud with the council ends after three years{gap}{BODY}")
    assert head == Fields("Mayor Resigns", "A feud with the council ends after three years")


@pytest.mark.parametrize(
    "text",
    [
        BODY,
        WRAPPED,
        BODY + BODY,
        "One line that is all there is",
        "Lines\nThat Never\nBecome Text\n",
        "The mayor of Port resigned on Monday after a feud with the\nCouncil. It was long.\n",
        "“I am done,” the mayor of Port said on Monday and left.\n\nShe smiled.\n",
        "- Mayor resigns\n- Port wins\n\n" + BODY,
        "1. Mayor resigns\n\n" + BODY,
        "In this order:\n\n" + BODY,
        "LONDON, Sept 24 (Reuters) -\n\n" + BODY,
        "* * *\n\n" + BODY,
        "M" * 201 + "\n\n" + BODY,
        "",
        "\n\n\n",
        "x" * 1_000_000,
    ],
)
def test_no_title(text: str) -> None:
    assert read_head(text) == Fields()


@pytest.mark.parametrize(
    "second", ["Background", "# Background of the long feud", BODY.strip(), "- The feud with the council is over"]
)
def test_no_subtitle(second: str) -> None:
    assert read_head(f"Mayor Resigns\n\n{second}\n\n{BODY}") == Fields(title="Mayor Resigns")


@pytest.mark.parametrize(
    "text",
    [
        "Title: Mayor Resigns\nSource: The Post\nDate: 2025-09-24\nURL: https://post.example/1\n\n" + BODY,
        "SOURCE: The Post\npublished: September 24, 2025\nLink: https://post.example/1\n\nMayor Resigns\n\n" + BODY,
        "Mayor Resigns\nBy Ana Ruiz and Bob O’Hale\nWednesday, September 24, 2025\nSource: The Post\n"
        "URL: https://post.example/1\n" + BODY,
        "Mayor Resigns\n\nPublished on 24 September 2025\nUpdated 25 September 2025\nPublisher: The Post\n"
        "Permalink: https://post.example/1\nAuthor: Ana Ruiz\n\n" + BODY,
    ],
)
def test_named_lines_and_bylines(tmp_path: Path, text: str) -> None:
    article, report = read(tmp_path, "a.txt", text)
    assert article == Article("a.txt", text, "Mayor Resigns", "", "2025-09-24", "The Post", "https://post.example/1")
    assert report.outcome == "read"


def test_subtitle_after_a_byline() -> None:
    head = read_head("Mayor Resigns\nA feud with the council ends\nBy Ana Ruiz\n2025-09-24\n\n" + BODY)
    assert head == Fields("Mayor Resigns", "A feud with the council ends", "2025-09-24")


def test_named_lines_below_running_text_are_text() -> None:
    assert read_head("Mayor Resigns\n\n" + BODY + "\nSource: The Post\nDate: 2025-09-24\n") == Fields(
        title="Mayor Resigns"
    )


def test_a_date_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    article, report = read(tmp_path, "2025-09-24-a.txt", "Date: 03/04/2025\n\nMayor Resigns\n\n" + BODY)
    assert article.published == "2025-09-24"
    assert report == FileReport(
        "2025-09-24-a.txt", "odd", "published '03/04/2025' is no date that can be read for certain", 1
    )


def test_the_files_own_date_counts_before_its_name(tmp_path: Path) -> None:
    assert read(tmp_path, "2020-01-01.txt", "Date: 2025-09-24\n\n" + BODY)[0].published == "2025-09-24"


@settings(deadline=None)
@given(st.text())
def test_any_text_has_a_head(text: str) -> None:
    for fields in (read_head(text), read_markdown_head(text)):
        assert len(fields.title) <= 1000
        assert "\n" not in fields.title + fields.subtitle


class TestMarkdown:
    @pytest.mark.parametrize(
        "heading", ["# Mayor Resigns", "## Mayor **Resigns** ##", "Mayor Resigns\n=====", "# [Mayor](x) Resigns"]
    )
    def test_heading(self, tmp_path: Path, heading: str) -> None:
        text = f"{heading}\n\n*A feud with the council ends*\n\n**Source:** The Post\n\n{BODY}\n## What now\n\nMore.\n"
        article, _ = read(tmp_path, "a.md", text)
        assert article == Article("a.md", text, "Mayor Resigns", "A feud with the council ends", source="The Post")

    def test_heading_below_running_text_is_no_title(self) -> None:
        assert read_markdown_head(f"{BODY}\n# What now\n\n{BODY}") == Fields()

    def test_without_heading(self) -> None:
        assert read_markdown_head(f"Mayor **Resigns**\n\n{BODY}") == Fields(title="Mayor Resigns")

    @pytest.mark.parametrize(
        "block",
        [
            '---\ntitle: "Mayor: resigns"\nsubtitle: It is over\ndate: 2025-09-24\nsource: The Post\n'
            "url: https://a.example/1\n---\n",
            "---\r\nTitle: 'Mayor: resigns'\r\ndescription: It is over\r\npublished: Sept. 24, 2025\r\n"
            "outlet: The Post\r\nauthor: Ana Ruiz\r\ntags: [a, b]\r\nlink: https://a.example/1\r\n...\r\n",
            '+++\ntitle = "Mayor: resigns"\ndescription = "It is over"\ndate = 2025-09-24\nsource = "The Post"\n'
            'url = "https://a.example/1"\n+++\n',
        ],
    )
    def test_front_matter_gives_fields_and_is_no_text(self, tmp_path: Path, block: str) -> None:
        article, report = read(tmp_path, "a.md", f"{block}# Other\n\n{BODY}")
        expected = ("Mayor: resigns", "It is over", "2025-09-24", "The Post", "https://a.example/1")
        assert article == Article("a.md", f"# Other\n\n{BODY}", *expected)
        assert report.outcome == "read"

    def test_malformed_front_matter_is_read_line_by_line(self, tmp_path: Path) -> None:
        article, report = read(tmp_path, "a.md", f"---\ntitle: Mayor: resigns\nbad: [\ndate: 2025-09-24\n---\n{BODY}")
        assert (article.title, article.published, article.text) == ("Mayor: resigns", "2025-09-24", BODY)
        assert report.reason == "malformed front matter, read line by line"

    @pytest.mark.slow
    @pytest.mark.parametrize(
        "block",
        [
            "---\n---\n",
            "---\nMore words.\n---\n",
            "---\ntitle: never closed\n",
            "---\n- a\n- b\n---\n",
            "----\ntitle: a\n----\n",
            "---\n" + "[" * 5000 + "\n---\n",
            "---\na: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n---\n",
        ],
    )
    def test_what_is_no_front_matter_is_text(self, tmp_path: Path, block: str) -> None:
        assert read(tmp_path, "a.md", block + BODY)[0].text == block + BODY

    @pytest.mark.parametrize("date", ["2025-13-45", "yesterday", "2025-02-30 10:00"])
    def test_an_impossible_date_is_told(self, tmp_path: Path, date: str) -> None:
        article, report = read(tmp_path, "a.md", f"---\ntitle: a\ndate: {date}\n---\n{BODY}")
        assert article.published is None
        assert report.reason.startswith(f"published '{date}'")

    def test_a_link_is_no_outlet(self, tmp_path: Path) -> None:
        article, _ = read(tmp_path, "a.md", f"---\nsource: https://a.example/1\n---\n{BODY}")
        assert (article.source, article.url) == ("", "https://a.example/1")
