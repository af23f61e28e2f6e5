"""A writer that is killed at any instant loses nothing: the next run ends as a clean build does."""

from __future__ import annotations

import os
import random
import shutil
import time
from pathlib import Path

import pytest

from qa.errors import IndexDamaged, IndexStale
from tests.index_fakes import Content, Newsroom, assert_same, clean_build, contents, lexical_hits
from tests.index_process import look, start
from tests.whole import whole_only

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("TEST_KILLS", "1"))
"""Thirty take four minutes."""
EARLIER, LATER = 0.85, 1.03
"""How the time that a run takes is guessed anew, when it ended before it was killed and when it did not: so about every
seventh does, and the others are killed at moments spread over the whole, however busy the machine comes to be."""


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    """Enough passages for Chroma to write its graph of vectors to disk: it does so every thousand."""
    newsroom = Newsroom(tmp_path_factory.mktemp("before"))
    newsroom.write_dated(340)
    newsroom.sync()
    assert sum(len(content.passages) for content in contents(newsroom.index).values()) > 1000
    return newsroom


@pytest.fixture(scope="module")
def edited(before: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    """The same newsroom a while later: articles changed, removed, renamed and added."""
    newsroom = Newsroom(tmp_path_factory.mktemp("edited"))
    newsroom.write_dated(340)
    newsroom.write_dated(80, edition="second")
    newsroom.write_dated(60, first=500)
    for number in range(100, 120):
        newsroom.remove(f"{number:04}.md")
        newsroom.rename(f"{number + 100:04}.md", f"moved{number}.md")
    return newsroom


@pytest.fixture(scope="module")
def expected(edited: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Content]:
    return clean_build(edited, tmp_path_factory.mktemp("clean") / "index")


def seconds_of(process_arguments: tuple[object, ...]) -> float:
    started = time.perf_counter()
    process = start(*process_arguments)
    ready = time.perf_counter()
    assert process.communicate()[0] == "done\n"
    assert ready > started
    return time.perf_counter() - ready


def kill_after(seconds: float, *arguments: object) -> bool:
    """Whether the writer was still at work when it was killed."""
    process = start(*arguments)
    time.sleep(seconds)
    process.kill()
    return process.communicate()[0] == ""


def check_editions(newsroom: Newsroom) -> None:
    """What a reader sees between the kill and the next run: each article as it was or as it is, or one clear error."""
    index = newsroom.open()
    try:
        seen = look(index)
    except IndexStale:
        return
    except IndexDamaged as error:
        if "run 'qa index'" not in str(error):
            raise
        return
    finally:
        index.close()
    assert (seen["words"], seen["near"], seen["passages"]) == (0, 0, 0)


@pytest.mark.parametrize("mode", ["update", whole_only("first build"), whole_only("rebuild")])
def test_killed_anywhere_the_next_run_ends_as_a_clean_build(
    before: Newsroom, edited: Newsroom, expected: dict[str, Content], tmp_path: Path, mode: str
) -> None:
    newsroom = Newsroom(tmp_path)
    newsroom.corpus = edited.corpus
    options = ["--rebuild"] if mode == "rebuild" else ["--small"]

    def prepare() -> None:
        shutil.rmtree(newsroom.index, ignore_errors=True)
        if mode != "first build":
            shutil.copytree(before.index, newsroom.index)

    prepare()
    whole = seconds_of(("write", newsroom.corpus, newsroom.index, *options))
    chance = random.Random(mode)
    kills = KILLS if mode == "update" else max(1, KILLS // 5)
    number = 0
    while number < kills:
        prepare()
        if not kill_after(whole * chance.random(), "write", newsroom.corpus, newsroom.index, *options):
            whole *= EARLIER
            continue
        number += 1
        whole *= LATER
        check_editions(newsroom)
        if number % 3 == 1:  # killed a second time, on the way back
            kill_after(whole * chance.random() / 2, "write", newsroom.corpus, newsroom.index, "--small")
        newsroom.sync()
        assert newsroom.sync_without_embedder().unchanged == len(expected)
        assert_same(contents(newsroom.index), expected)
        assert len(lexical_hits(newsroom.index, "second")) == sum(
            len(content.passages) for content in expected.values() if " second report " in content.article.text
        )
