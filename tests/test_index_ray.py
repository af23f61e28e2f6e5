"""Indexing on a Ray cluster of this machine: the same index, also where workers or the writer are killed."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from qa.articles import FileReport
from qa.errors import CorpusError, ModelError, SettingsError
from qa.index.cluster_preparer import ClusterPreparer, read_portions
from qa.index.local import LocalPlace
from qa.index.sync import SyncReport, synchronise_place
from tests.index_fakes import RECIPE, Content, HashEmbedder, Newsroom, clean_build, contents, vector_of
from tests.index_process import start
from tests.ray_marks import with_ray
from tests.whole import LEFT_OUT

ROOT = Path(__file__).parent.parent
pytest_plugins = ["tests.ray_cluster"]
KILLS = int(os.environ.get("TEST_KILLS", "1"))
"""Writers killed; each takes a quarter of a minute."""


@pytest.fixture(autouse=True)
def trusted_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.index.run._SETTLED", 0)


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    newsroom = Newsroom(tmp_path)
    newsroom.write_dated(40)
    newsroom.write("empty.txt", "")
    newsroom.write(
        "lines.jsonl", '{"id": "one", "text": "A first report. It is short."}\n{"id": "two", "nothing": 1}\n'
    )
    return newsroom


def sync(newsroom: Newsroom, preparer: ClusterPreparer) -> SyncReport:
    with closing(preparer):
        return synchronise_place(newsroom.corpus, LocalPlace(newsroom.index, RECIPE), preparer)


def assert_identical(found: dict[str, Content], expected: dict[str, Content]) -> None:
    """Byte for byte, vectors too."""
    assert list(found) == list(expected)
    for id_, content in found.items():
        other = expected[id_]
        assert (content.article, content.file, content.position) == (other.article, other.file, other.position)
        for passage, same in zip(content.passages, other.passages, strict=True):
            assert (passage.id, passage.text, passage.sentences) == (same.id, same.text, same.sentences)
            assert vector_of(passage).tobytes() == vector_of(same).tobytes()
            assert passage.sentence_vectors is not None
            assert same.sentence_vectors is not None
            assert passage.sentence_vectors.tobytes() == same.sentence_vectors.tobytes()


@with_ray
def test_a_cluster_makes_the_same_index(newsroom: Newsroom, tmp_path: Path, ray_address: str) -> None:
    report = sync(newsroom, ClusterPreparer(ray_address, HashEmbedder))
    expected = clean_build(newsroom, tmp_path / "clean")
    local = Newsroom(tmp_path / "local")
    local.corpus = newsroom.corpus
    other = local.sync()
    assert (report.added, report.embedded, report.files) == (other.added, other.embedded, other.files)
    assert {note.path for note in report.files} == {"empty.txt", "lines.jsonl"}
    assert_identical(contents(newsroom.index), expected)


@with_ray
def test_a_worker_that_is_killed_loses_nothing(newsroom: Newsroom, tmp_path: Path, ray_address: str) -> None:
    died = tmp_path / "died"
    report = sync(newsroom, ClusterPreparer(ray_address, partial(HashEmbedder, died=died)))
    assert died.exists()
    assert report.added == 41
    assert_identical(contents(newsroom.index), clean_build(newsroom, tmp_path / "clean"))


@with_ray
def test_what_fails_on_a_worker_is_told_in_the_same_line(newsroom: Newsroom, ray_address: str) -> None:
    with pytest.raises(ModelError, match=r"^the embedder does not answer; try again later$") as caught:
        sync(newsroom, ClusterPreparer(ray_address, partial(HashEmbedder, fail_after=0)))
    assert caught.value.retryable
    newsroom.write("twice.jsonl", '{"id": "one", "text": "Again."}\n')
    with pytest.raises(CorpusError, match="one"):
        sync(newsroom, ClusterPreparer(ray_address, HashEmbedder))


@LEFT_OUT
@with_ray
def test_a_writer_that_is_killed_goes_on_where_it_was(newsroom: Newsroom, tmp_path: Path, ray_address: str) -> None:
    newsroom.write_dated(120)
    expected = clean_build(newsroom, tmp_path / "clean")
    chance = random.Random(5)
    interrupted = 0
    for number in range(KILLS):
        shutil.rmtree(newsroom.index, ignore_errors=True)
        process = start("write", newsroom.corpus, newsroom.index, "--small", "--slow", "0.01", "--ray", ray_address)
        time.sleep(1 + 9 * (number + chance.random()) / KILLS)
        process.kill()
        interrupted += process.communicate()[0] == ""
        report = newsroom.sync()
        assert report.articles == len(expected)
        assert_identical(contents(newsroom.index), expected)
    assert interrupted


# ---- without a cluster


def test_portions_hold_all_articles_and_what_is_odd_about_files(newsroom: Newsroom) -> None:
    paths = sorted(newsroom.corpus.iterdir())
    items = [item for portion in read_portions(newsroom.corpus, paths) for item in portion]
    notes = [item for item in items if isinstance(item, list)]
    assert len(notes) == len(paths)
    assert len(items) - len(notes) == 41
    odd: list[FileReport] = [note for found in notes for note in found if note.outcome != "read"]
    assert {note.path for note in odd} == {"empty.txt", "lines.jsonl"}


def test_without_the_extra_one_line_says_so(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(SettingsError, match=r"'--engine ray' needs Ray, .*; run: pip install 'news-qa\[ray\]'"):
        sync(newsroom, ClusterPreparer(None, HashEmbedder))


@with_ray
def test_the_command_is_quiet_and_makes_the_same_index(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("QA_", "RAY_"))}
    program = [sys.executable, "-c", "from qa.cli import main; main()", "index"]
    said = []
    for engine in ("ray", "local"):
        options = ["--corpus", "seeds", "--index", str(tmp_path / engine), "--engine", engine]
        done = subprocess.run(
            [*program, *options], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=180
        )
        assert done.returncode == 0, done.stderr
        said.append((done.stdout, done.stderr))
    assert said[0] == said[1]
