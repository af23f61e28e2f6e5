"""Bad input of every kind: a right answer or one clear line, in bounded time and memory.

A sample of what ``python -m evals.bench.hostile`` runs in thousands.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from evals.bench.hostile.__main__ import check_reads, write_files
from evals.bench.hostile.asking import (
    ask_each,
    batch_lines,
    check_answer,
    check_line,
    questions,
    run_batch,
    settings,
    try_settings,
)
from evals.bench.hostile.files import SAMPLES, Hostile, damaged_files, fixed_files
from evals.bench.hostile.reading import read_in_child
from qa.archive import check_question
from qa.assistant import Assistant
from qa.errors import QuestionError
from qa.settings import load_settings

pytestmark = pytest.mark.slow

SLOW = ("open tags", "many links", "scripts", "PDF of many words", "a gigabyte.jsonl", "deep YAML")
HEAVY = ("attributes.html", "PDF of pictures in pictures.pdf", "PDF bomb.pdf", "PDF bomb in a bomb.pdf", "zip bomb.txt")
WITH_LITTLE = 1 << 30
"""Bytes of address space that are enough: bombs do not go off."""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    place = tmp_path_factory.mktemp("hostile")
    corpus = place / "articles"
    corpus.mkdir()
    for suffix in (".txt", ".html", ".pdf"):
        (corpus / f"good{suffix}").write_bytes(SAMPLES[suffix])
    opened = Assistant(load_settings(corpus=corpus, index=place / "index", model="extractive"))
    opened.sync()
    return opened


def read(files: list[Hostile], folder: Path) -> dict[str, str]:
    """The reason told of each file; empty where it is an article without a fault."""
    assert write_files(files, folder) > 0.8 * len(files)
    rows = list(read_in_child(folder, WITH_LITTLE))
    check_reads(rows)
    assert max(row.megabytes for row in rows) < 500
    return {row.name: row.reason for row in rows}


def test_hostile_files_are_articles_or_refused(tmp_path: Path) -> None:
    told = read(
        random.Random(5).sample([file for file in fixed_files() if not file.name.startswith(SLOW)], 90), tmp_path
    )
    assert len(told) > 70
    assert not Path("/tmp/pwned").exists()


def test_bombs_do_not_go_off_and_what_has_no_end_is_ended(tmp_path: Path) -> None:
    told = read([file for file in fixed_files() if file.name in HEAVY], tmp_path)
    assert len(told) == len(HEAVY)
    assert "LimitReached" in told["PDF bomb.pdf"]
    assert "zip archive" in told["zip bomb.txt"]


def test_a_file_of_a_gigabyte_is_refused_without_being_read_whole(tmp_path: Path) -> None:
    files = [file for file in fixed_files() if file.name.startswith("a gigabyte") and not file.name.endswith("jsonl")]
    told = read(files, tmp_path)
    assert len(told) == 5
    assert all("longer than" in reason for reason in told.values()), told


def test_damaged_files_are_articles_or_refused(tmp_path: Path) -> None:
    assert len(read(list(damaged_files(150, seed=9)), tmp_path)) == 150


def test_hostile_questions_are_answered_or_refused(assistant: Assistant) -> None:
    counts = ask_each(assistant, questions(80, seed=3))
    assert sum(counts.values()) == 80
    assert counts["refused"] > 0
    assert counts["abstained"] > 0


def test_half_a_character_is_refused_in_a_question_and_in_a_text_to_check(assistant: Assistant) -> None:
    for asked in (check_question, assistant.ask, assistant.search, assistant.check):
        with pytest.raises(QuestionError, match="half a character") as caught:
            asked("When did it rain in \ud83d Lyon?")  # type: ignore[operator]
        check_line(str(caught.value))


def test_hostile_settings_are_taken_or_refused() -> None:
    counts = try_settings(settings(300, seed=4))
    assert sum(counts.values()) == 300
    assert counts["refused"] > 50
    assert counts["taken"] > 20


def test_hostile_lines_of_a_batch_each_get_a_line(assistant: Assistant, tmp_path: Path) -> None:
    corpus, index = assistant.settings.corpus, assistant.settings.index_folder()
    counts = run_batch(batch_lines(120, seed=6), tmp_path, corpus, index)
    assert counts["error"] > 0
    assert counts["abstained"] > 0


def test_an_answer_that_does_not_hold_is_seen(assistant: Assistant) -> None:
    from dataclasses import replace

    answer = assistant.ask("When will the old bridge over the Tamm close?")
    check_answer(answer, assistant)
    wrong = replace(answer, citations=tuple(replace(one, quote=one.quote + "x") for one in answer.citations))
    assert wrong.citations
    with pytest.raises(AssertionError):
        check_answer(wrong, assistant)
