"""Other languages than English: cited with exact ranges, split into their own sentences, found by their own words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from evals.bench.languages import by_both, by_words, open_archive, read_languages
from qa.archive import Archive
from qa.assistant import Assistant
from qa.sentences import sentence_spans

LANGUAGES = {language["language"]: language for language in read_languages()}
ASKED = [(name, one) for name, language in LANGUAGES.items() for one in language["questions"]]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    opened = open_archive(list(LANGUAGES.values()), tmp_path_factory.mktemp("languages"))
    yield opened
    opened.index.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_report_has_its_three_sentences(language: str) -> None:
    for report in LANGUAGES[language]["articles"]:
        spans = sentence_spans(report["text"])
        assert len(spans) == 3, [span.of(report["text"]) for span in spans]


@pytest.mark.slow
@pytest.mark.parametrize(("language", "one"), ASKED)
def test_the_right_report_is_found_by_its_words(archive: Archive, language: str, one: dict[str, Any]) -> None:
    wanted = f"{language}-{one['article']}"
    assert by_words(archive, one["question"]) == wanted
    assert by_both(archive, one["question"]) == wanted


@pytest.mark.parametrize(("language", "one"), ASKED)
def test_what_is_quoted_is_an_exact_range(archive: Archive, language: str, one: dict[str, Any]) -> None:
    assistant = Assistant(archive.settings)
    assistant.archive = archive
    answer = assistant.ask(one["question"])
    for citation in answer.citations:
        assert archive.article(citation.article_id).text[citation.start : citation.end] == citation.quote
    for reference in answer.passages:
        assert archive.article(reference.article_id).text[reference.start : reference.end].strip()


def test_a_combining_accent_is_the_accent(archive: Archive) -> None:
    terms = archive.index.lexical.terms
    assert terms("cafe\N{COMBINING ACUTE ACCENT} café CAFÉ") == ["cafe", "cafe", "cafe"]
    assert terms("मंत्री") == ["मंत्री"]
    assert terms("新桥,3") == ["新", "桥", "3"]
