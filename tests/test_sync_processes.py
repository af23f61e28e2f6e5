"""One writer and several readers, in processes and in threads: whole generations, no mixtures, no errors."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import qa
from qa.errors import IndexLocked
from qa.index import run
from qa.index.sync import writer_lock
from qa.records import Answer
from tests.index_fakes import RECIPE, HashEmbedder, Newsroom, assert_same, clean_build, contents
from tests.index_process import start
from tests.whole import whole_only

pytestmark = pytest.mark.slow

MANY = pytest.mark.parametrize("count", [16, whole_only(360)], indirect=True)
"""Also with so many articles that Chroma saves its graph of vectors to disk, which it does every thousand."""


@pytest.fixture
def count(request: pytest.FixtureRequest) -> int:
    """Articles."""
    return int(getattr(request, "param", 16))


@pytest.fixture
def newsroom(tmp_path: Path, count: int) -> Newsroom:
    newsroom = Newsroom(tmp_path)
    newsroom.write_dated(count)
    newsroom.sync()
    return newsroom


@pytest.fixture
def readers(newsroom: Newsroom, count: int) -> Iterator[list[subprocess.Popen[str]]]:
    """Two processes that look at the index again and again; a writer waits while they look."""
    processes = [start("read", newsroom.index, "--pause", count / 1000) for _ in range(2)]
    yield processes
    for process in processes:
        process.kill()
        process.communicate()


def looks_of(reader: subprocess.Popen[str]) -> list[dict[str, Any]]:
    """Ends a reader; what it saw, in order."""
    output, _ = reader.communicate("stop\n")
    looks = [json.loads(line) for line in output.splitlines()]
    assert len(looks) > 3
    return looks


def check_looks(looks: list[dict[str, Any]]) -> None:
    """No error, nothing of a live article missing by words, by vectors or by id; generations only grow."""
    assert [look for look in looks if "error" in look] == []
    assert {(look["words"], look["near"], look["passages"]) for look in looks} == {(0, 0, 0)}
    generations = [look["generation"] for look in looks]
    assert generations == sorted(generations)


def write(newsroom: Newsroom, *options: object) -> str:
    output, _ = start("write", newsroom.corpus, newsroom.index, *options).communicate()
    return output.strip()


@MANY
def test_readers_see_each_article_as_it_was_or_as_it_is(
    newsroom: Newsroom, readers: list[subprocess.Popen[str]], count: int, tmp_path: Path
) -> None:
    later = ["second", "third"] if count < 100 else ["second"]
    for edition in later:
        newsroom.write_dated(count, edition=edition)
        assert write(newsroom, "--small", "--slow", "0.001") == "done"
    time.sleep(0.5)
    for looks in map(looks_of, readers):
        check_looks(looks)
        assert all(len(look["editions"]) == count for look in looks)
        by_article = [[look["editions"][id_] for look in looks] for id_ in looks[0]["editions"]]
        order = ["first", *later]
        assert all(editions == sorted(editions, key=order.index) for editions in by_article)
        assert {editions[0] for editions in by_article} == {"first"}
        assert {editions[-1] for editions in by_article} == {later[-1]}
    assert_same(contents(newsroom.index), clean_build(newsroom, tmp_path / "clean"))


@MANY
def test_readers_go_from_the_old_stores_to_the_rebuilt_ones(
    newsroom: Newsroom, readers: list[subprocess.Popen[str]], count: int
) -> None:
    newsroom.write_dated(count, edition="second")
    for _ in range(2):
        assert write(newsroom, "--rebuild") == "done"
    time.sleep(0.5)
    for looks in map(looks_of, readers):
        check_looks(looks)
        seen = [set(look["editions"].values()) for look in looks]
        assert all(len(editions) == 1 for editions in seen)
        assert seen[0] == {"first"}
        assert seen[-1] == {"second"}


def test_a_second_writer_is_told_at_once(newsroom: Newsroom, count: int) -> None:
    newsroom.write_dated(count, edition="second")
    first = start("write", newsroom.corpus, newsroom.index, "--small", "--slow", "0.05")
    time.sleep(1)
    began = time.perf_counter()
    with pytest.raises(IndexLocked, match="another process is writing"):
        newsroom.sync()
    assert time.perf_counter() - began < 1
    with pytest.raises(IndexLocked):
        newsroom.sync(rebuild=True)
    assert first.poll() is None
    first.kill()
    first.communicate()
    assert newsroom.sync().articles == count


def test_a_second_writer_in_another_thread_is_told_at_once(newsroom: Newsroom) -> None:
    with writer_lock(newsroom.index), ThreadPoolExecutor(1) as pool:
        newsroom.write("new.md", "A new report arrived on Monday.\n")
        with pytest.raises(IndexLocked):
            pool.submit(newsroom.sync).result(timeout=5)
    assert newsroom.sync().added == 1


def test_with_nothing_to_do_a_writer_in_the_way_does_not_matter(
    newsroom: Newsroom, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "_SETTLED", 0)
    newsroom.write_dated(count)
    newsroom.sync()
    with writer_lock(newsroom.index):
        assert newsroom.sync_without_embedder().unchanged == count


@MANY
def test_questions_are_answered_in_threads_while_the_index_changes(
    newsroom: Newsroom, count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "_BATCH_LENGTH", max(10_000, 150 * count))
    monkeypatch.setattr("qa.embedders.open_embedder", lambda *_, **__: HashEmbedder())
    assistant = qa.open(newsroom.corpus, index=tmp_path / "asked", model="extractive")
    stop = threading.Event()
    answers: list[Answer] = []

    def ask() -> None:
        while not stop.is_set():
            answers.append(assistant.ask("Who spoke of item7x3 on Monday?", since="2024-01-01"))

    with ThreadPoolExecutor(3) as pool:
        asking = [pool.submit(ask) for _ in range(3)]
        try:
            for edition in ("second", "third", "fourth"):
                newsroom.write_dated(count, edition=edition)
                assistant.sync()
            assistant.sync(rebuild=True)
            last = assistant.ask("Who spoke of item7x3 on Monday?")
        finally:
            stop.set()
        for future in asking:
            future.result()
    assert len(answers) > 5
    assert {answer.status for answer in answers} == {"answered"}
    assert all("number7" in answer.text for answer in answers)
    editions = ["first", "second", "third", "fourth"]
    assert all(any(f"The {edition} report" in answer.text for edition in editions) for answer in answers)
    assert "The fourth report" in last.text
    for citation in last.citations:
        assert assistant.article(citation.article_id).text[citation.start : citation.end] == citation.quote


def test_a_reader_with_nothing_written_yet_gets_one_clear_line(tmp_path: Path) -> None:
    reader = start("read", tmp_path / "index")
    time.sleep(0.3)
    output, _ = reader.communicate("stop\n")
    errors = {json.loads(line)["error"] for line in output.splitlines()}
    assert len(errors) == 1
    assert errors.pop().startswith(f"IndexStale: no index by this recipe ({RECIPE})")
