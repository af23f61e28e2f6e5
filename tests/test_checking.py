"""Any text held against the articles."""

from __future__ import annotations

import io
import json
import random
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.claims import claims_of
from qa.cli.checking import check_texts, read_texts
from qa.errors import ArticleNotFound, QuestionError
from qa.records import SUPPORT_ORDER, Check
from tests.small_news import News

pytest_plugins = ["tests.news_fixtures"]

DRAFT = (
    "Ana Ruiz, the mayor of Lyon, resigned on Monday. The council had blocked her plan for 15 months. "
    "Storm Ida damaged 120 houses in Calais. Penguins own the tram."
)


def check(news: News, text: str, article_id: str | None = None) -> Check:
    result = news.without_model().check(text, article_id)
    news.assert_exact(result)
    return result


def test_each_sentence_gets_its_footnotes_or_the_reason_why_not(news: News) -> None:
    result = check(news, DRAFT)
    assert [statement.support for statement in result.statements][:3] == ["supported", "unsupported", "supported"]
    assert result.statements[3].support == "unsupported"
    assert "15" in result.statements[1].reason
    assert (result.statements[0].reason, result.support) == ("", "unsupported")
    assert result.text == DRAFT
    cited = {citation.number: citation.article_id for citation in result.citations}
    assert cited[result.statements[0].citations[0]] == "mayor.md"
    assert cited[result.statements[2].citations[0]] == "storm.md"


def test_an_unsupported_sentence_names_the_nearest_words(news: News) -> None:
    result = check(news, "The council had blocked her plan for 15 months.")
    (citation,) = result.citations
    assert "14 months" in citation.quote


def test_a_sentence_that_nothing_speaks_of_says_so(news: News) -> None:
    (statement,) = check(news, "Zebras juggle quietly.").statements
    assert (statement.support, statement.citations) == ("unsupported", ())
    assert statement.reason


def test_only_the_article_given_is_looked_at(news: News) -> None:
    text = "Storm Ida damaged 120 houses in Calais."
    assert check(news, text, "storm.md").support == "supported"
    result = check(news, text, "mayor.md")
    assert result.support == "unsupported"
    assert {citation.article_id for citation in result.citations} <= {"mayor.md"}
    assert (
        check(news, "Zebras juggle quietly.", "mayor.md").statements[0].reason == "nothing in the article speaks of it"
    )


def test_two_sentences_from_the_same_words_share_a_footnote(news: News) -> None:
    result = check(news, "Storm Ida damaged 120 houses in Calais. It was Storm Ida that damaged houses in Calais.")
    assert len(result.citations) == 1
    assert [statement.citations for statement in result.statements] == [(1,), (1,)]


def test_an_allegation_is_no_fact(news: News) -> None:
    assert check(news, "Claire Dumont accused Ruiz of hiding a loss of 3.2 million euros.").support == "supported"
    assert check(news, "Ruiz hid a loss of 3.2 million euros.").support != "supported"


def test_an_unknown_article_and_a_text_without_words_are_errors(news: News) -> None:
    with pytest.raises(ArticleNotFound):
        check(news, "It rained.", "none.md")
    for text in ("", " \n", "... !? —", "\N{TROPHY}"):
        with pytest.raises(QuestionError):
            check(news, text)


def test_a_sentence_longer_than_any_question_is_checked(news: News) -> None:
    result = check(news, "Storm Ida damaged " + "verymanyhouses" * 1000 + " in Calais.")
    assert result.support == "unsupported"


def test_footnotes_of_another_program_are_part_of_its_text(news: News) -> None:
    result = check(
        news,
        "Storm Ida damaged 120 houses in Calais [4].\r\nTwo fishermen were injured, the fire service said [5].\r\n",
    )
    assert [statement.support for statement in result.statements] == ["supported", "supported"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from([*DRAFT.split(), "\n\n", "[1]", "\N{TROPHY}", "İ", "\u202e", "\x00", ". ", "e\u0301"]),
        min_size=1,
        max_size=30,
    )
)
def test_any_text_gives_a_check_that_holds(news: News, words: list[str]) -> None:
    text = " ".join(words)
    try:
        result = news.without_model().check(text, "mayor.md")
    except QuestionError:
        assert not any(character.isalnum() for character in text.replace("[1]", ""))
        return
    news.assert_exact(result)
    assert result.support == max((statement.support for statement in result.statements), key=SUPPORT_ORDER.index)
    assert all((statement.reason == "") == (statement.support == "supported") for statement in result.statements)


# --- files of texts


def test_a_plain_text_is_one_text() -> None:
    (text,) = read_texts(io.StringIO("It rained.\nIt snowed.\n"), "draft.txt", None)
    assert (text.text, text.id, text.article_id) == ("It rained.\nIt snowed.\n", "", None)


@pytest.mark.parametrize("name", ["texts.jsonl", "-"])
def test_json_lines_are_many_texts(name: str) -> None:
    lines = [
        json.dumps({"id": "a", "text": "It rained.", "article_id": "x.txt"}),
        "",
        json.dumps({"text": "It snowed."}),
        "[]",
        json.dumps({"id": 3, "text": 4}),
        json.dumps({"id": "z"}),
        json.dumps({"id": "y", "text": "It froze.", "article_id": 7}),
    ]
    texts = read_texts(io.StringIO("\n".join(lines)), name, None)
    assert [(text.id, text.text, text.article_id, bool(text.trouble)) for text in texts] == [
        ("a", "It rained.", "x.txt", False),
        ("3", "It snowed.", None, False),
        ("4", "", None, True),
        ("3", "", None, True),
        ("z", "", None, True),
        ("y", "", None, True),
    ]


def test_an_article_for_all_holds_where_a_line_names_none() -> None:
    lines = [json.dumps({"text": "a", "article_id": "own"}), json.dumps({"text": "b"})]
    assert [text.article_id for text in read_texts(io.StringIO("\n".join(lines)), "-", "all")] == ["own", "all"]


def test_a_draft_that_only_begins_with_a_brace_is_a_text() -> None:
    (text,) = read_texts(io.StringIO("{It rained}"), "draft.txt", None)
    assert text.text == "{It rained}"


def test_a_text_that_cannot_be_checked_does_not_end_the_rest(news: News) -> None:
    texts = read_texts(io.StringIO('{"text": "..."}\n{"text": "Ana Ruiz resigned on Monday."}'), "-", None)
    first, second = check_texts(news.without_model(), texts)
    assert (first.support, first.to_dict()["error"] is None) == ("error", False)
    assert (second.support, second.error, second.to_dict()["id"]) == ("supported", None, "2")


def test_addresses_and_code_are_no_claims(news: News) -> None:
    text = "[Storm Ida](https://example.org/a_(b).html) damaged 120 houses in Calais.\n\n```python\nprint('x')\n```\n"
    (statement,) = check(news, text).statements
    assert statement.support == "supported"
    assert text[statement.start : statement.end].startswith("[Storm Ida](https")


MARKED_UP = """---
title: Notes of Tuesday
---
# Storms and mayors

Overview
--------

- Storm Ida damaged 120 houses in Calais.

| What     | How many   |
|----------|-----------:|
| Storm Ida damaged in Calais | 120 houses |
"""


def test_headings_header_rows_and_front_matter_are_no_claims(news: News) -> None:
    result = check(news, MARKED_UP)
    words = [MARKED_UP[statement.start : statement.end] for statement in result.statements]
    assert words == ["Storm Ida damaged 120 houses in Calais.", "Storm Ida damaged in Calais | 120 houses |"]
    assert result.support == "supported"
    with pytest.raises(QuestionError, match="no sentences"):
        check(news, "# Storms and mayors\n")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("## The mayor never resigned.\n", "The mayor never resigned."),
        ("### Mayor never resigned [3]\n", "Mayor never resigned"),
        ("It rained.\n\nThe mayor never resigned.\n---\n", "The mayor never resigned."),
        ("It rained.\nMayor never resigned\n---\n", "Mayor never resigned"),
        ("#mayor never resigned", "#mayor never resigned"),
        ("---\n- Mayor never resigned\n---\n", "Mayor never resigned"),
    ],
)
def test_what_may_be_a_claim_is_not_taken_for_a_heading(text: str, words: str) -> None:
    assert claims_of(text)[-1].words == words


@pytest.mark.parametrize(
    "mark", ["[4]", "[1, 2]", "[1][2]", "[3-5]", "[^1]", "【2】", "【4:0†source】", "［7］", "[[2]]", "[sentence 3]"]
)
def test_footnote_marks_of_any_program_are_no_words(mark: str) -> None:
    for text in (
        f"It rained {mark}. It snowed.",
        f"It rained.{mark} It snowed.",
        f"He said “it rained {mark}.” It snowed.",
    ):
        claims = claims_of(text)
        assert "rained" in claims[0].words
        assert not any(character in claim.words for claim in claims for character in "[]【】［］0123456789")
        assert text[claims[-1].start : claims[-1].end] == "It snowed."


@pytest.mark.parametrize(
    "text", ["In [2023] it rained.", "It killed “[500] people”, he said.", 'It is "[3] or 4".', "It was [sic] so."]
)
def test_brackets_that_belong_to_the_words_stay(text: str) -> None:
    assert [claim.words for claim in claims_of(text)] == [text]


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit", ["#", "# ", "| ", "|-", "-", "[", "[1", '"[1] ', " ", "](http://(", "---\na: b\n", "x|\n"]
)
def test_no_text_takes_long_to_be_read(unit: str) -> None:
    began = time.process_time()
    claims_of(unit * (200_000 // len(unit)))
    assert time.process_time() - began < 5


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["x", "word ", "Ana Ruiz resigned. ", "mayor, "])
def test_one_line_of_a_megabyte_takes_seconds(news: News, unit: str) -> None:
    began = time.process_time()
    result = check(news, unit * (1_000_000 // len(unit)))
    assert time.process_time() - began < 15
    assert result.statements[-1].end >= 999_000
    assert len(result.citations) <= 5


def test_letters_without_end_are_in_no_article(news: News) -> None:
    letters = random.Random(1).choices("abcdefghijklmnop", k=100_000)
    began = time.process_time()
    result = check(news, "".join(letters))
    assert time.process_time() - began < 3
    assert {statement.reason for statement in result.statements} == {"nothing in the articles speaks of it"}


def test_progress_counts_every_sentence_of_a_text(news: News) -> None:
    told: list[tuple[int, int]] = []
    checked = news.without_model().check(
        "Ana Ruiz resigned. It rained. Nobody knows.", progress=lambda *at: told.append(at)
    )
    assert told == [(number, 3) for number in (1, 2, 3)]
    assert len(checked.statements) == 3
