"""Killed, full, damaged, out of time: nothing is lost or doubled, and what is wrong is told with what mends it.

``TEST_KILLS`` and ``TEST_SECONDS`` make the two longest tests longer; see ``evals/RELIABILITY.md``.
The index alone is killed and damaged in ``test_sync_killed`` and ``test_index_damage``.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from qa.assistant import Assistant
from qa.doctor import examine
from qa.errors import CorpusError
from qa.page import additions
from qa.page.additions import ADDED, _folder, _whole, add_text
from qa.page.upkeep import Upkeep
from qa.settings import load_settings
from tests.browser import in_threads
from tests.index_fakes import Newsroom, contents
from tests.index_process import start
from tests.test_sync_killed import EARLIER, LATER
from tests.whole import sample, whole_only

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
KILLS = int(os.environ.get("TEST_KILLS", "1"))
SECONDS = float(os.environ.get("TEST_SECONDS", "8"))
READERS = sample(3, whole=8)
UPLOADS = 3


def opened(place: Path) -> Assistant:
    return Assistant(load_settings(corpus=place / "articles", index=place / "index", model="extractive"))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    corpus = tmp_path / "articles"
    corpus.mkdir()
    (corpus / "first.txt").write_text(
        "Rain in Lyon\n\nIt rained in Lyon on Monday, the weather service said.\n", "utf-8"
    )
    return tmp_path


# ---- killed while articles are uploaded


def test_a_page_killed_while_it_adds_articles_leaves_whole_ones_or_none(place: Path) -> None:
    chance = random.Random(4)
    sources = [place / f"upload{number}.txt" for number in range(UPLOADS)]
    for number, path in enumerate(sources):
        path.write_text(f"Report {number}\n\n" + f"The tram to stop {number} was late. " * 3000, "utf-8")
    whole = {path.read_bytes() for path in sources}
    killed, whole_run = 0, 4.0
    while killed < KILLS:
        was_at_work = _killed_at(place, sources, chance.uniform(0.05, whole_run))
        killed += was_at_work
        whole_run *= LATER if was_at_work else EARLIER
        assistant = opened(place)
        assistant.sync()
        added = [path for path in (place / "articles" / ADDED).glob("*") if not path.name.startswith(".")]
        for path in added:
            if path.suffix == ".txt":
                assert path.read_bytes() in whole, f"{path.name} is cut"
            else:
                assert json.loads(path.read_text("utf-8"))["text"].startswith("Pasted text")
        with assistant.archive.index.view() as catalog:
            ids = Counter(entry.id for entry in catalog.entries())
        assert set(ids) == {"first.txt", *(f"{ADDED}/{path.name}" for path in added)}
        assert set(ids.values()) == {1}
        assert assistant.sync().unchanged == len(ids)
        assert assistant.article("first.txt").text.startswith("Rain in Lyon")
        assert assistant.search("stop", 3), "the index does not answer"


def _killed_at(place: Path, sources: list[Path], seconds: float) -> bool:
    command = [sys.executable, "-m", "tests.upload_process", str(place / "articles"), str(place / "index")]
    process = subprocess.Popen([*command, *map(str, sources)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    time.sleep(seconds)
    process.kill()
    return process.communicate()[0] == ""


def test_a_file_appears_when_it_is_whole_or_not_at_all(place: Path) -> None:
    target = place / "articles" / "a.txt"
    with pytest.raises(KeyboardInterrupt):
        _interrupted(target)
    assert sorted(path.name for path in target.parent.iterdir()) == ["first.txt"]
    with _whole(target) as new:
        new.write_text("It rained.")
        assert not target.exists()
        assert new.name.startswith(".")
    assert target.read_text() == "It rained."


def _interrupted(target: Path) -> None:
    with _whole(target) as new:
        new.write_text("It rain")
        raise KeyboardInterrupt


def test_texts_of_the_same_title_added_at_once_are_all_kept(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assistant = opened(place)
    assistant.sync()
    free = additions._free

    def slowly(folder: Path, name: str) -> Path:
        found = free(folder, name)
        time.sleep(0.05)  # time for another to find the same
        return found

    monkeypatch.setattr(additions, "_free", slowly)
    upkeep = Upkeep(assistant)
    told = in_threads(6, lambda n: add_text(assistant, upkeep, f"It snowed for {n + 1} days.", title="Snow"))
    assert [(one.articles, one.reason) for (one,) in told] == [(1, "")] * 6
    assert len({one.name for (one,) in told}) == 6
    with assistant.archive.index.view() as catalog:
        assert catalog.article_count() == 7


def test_what_another_finishes_meanwhile_is_not_in_the_way(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assistant = opened(place)
    left = _folder(assistant) / ".new-0123"
    left.write_text("It rain")
    monkeypatch.setattr(Path, "glob", lambda *_: iter([left, left.with_name(".new-gone")]))
    assert _folder(assistant) == left.parent


def test_what_a_killed_page_left_unfinished_is_swept_away_later(place: Path) -> None:
    assistant = opened(place)
    left = _folder(assistant) / ".new-0123"
    left.write_text("It rain")
    _folder(assistant)
    assert left.exists()
    os.utime(left, (0, 0))
    _folder(assistant)
    assert not left.exists()


def test_a_full_disk_is_one_line_and_leaves_nothing(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    assistant = opened(place)
    with pytest.raises(CorpusError, match="No space left on device; check the disk"):
        add_text(assistant, Upkeep(assistant), "It snowed.", title="Snow")
    assert list((place / "articles" / ADDED).iterdir()) == []


# ---- clocks that jump


@pytest.mark.parametrize("moment", [0, 10**9, 4 * 10**9], ids=["1970", "2001", "2096"])
def test_a_change_is_seen_whatever_the_clock_says(tmp_path: Path, moment: int) -> None:
    newsroom = Newsroom(tmp_path)
    newsroom.write_articles(3)
    newsroom.sync()
    newsroom.write("0001.txt", "The clock jumped.\n\nIt was told on Monday that the clock of the tower jumped.\n")
    os.utime(newsroom.corpus / "0001.txt", (moment, moment))
    report = newsroom.sync()
    assert (report.changed, report.unchanged) == (1, 2)
    assert "clock" in contents(newsroom.index)["0001.txt"].article.text
    assert newsroom.sync_without_embedder().unchanged == 3


def test_a_file_of_the_same_size_written_in_the_same_moment_is_read_again(tmp_path: Path) -> None:
    newsroom = Newsroom(tmp_path)
    newsroom.write("a.txt", "It rained in Lyon on Monday, they said.\n")
    moment = (newsroom.corpus / "a.txt").stat().st_mtime_ns
    newsroom.sync()
    newsroom.write("a.txt", "It snowed in Lyon on Monday, they said.\n")
    os.utime(newsroom.corpus / "a.txt", ns=(moment, moment))
    assert newsroom.sync().changed == 1


# ---- damage, and a native store that crashes

DAMAGE = {
    "catalogue cut": ("catalog.sqlite3", lambda path: os.truncate(path, path.stat().st_size // 2)),
    "database flipped": ("chroma.sqlite3", lambda path: path.write_bytes(path.read_bytes()[::-1])),
    "words gone": ("lexical*", shutil.rmtree),
    "catalogue malformed": ("catalog.sqlite3", lambda path: _respell(path, b"first.txt", b"\xff\xff\xff\xff\xff.txt")),
    "a letter of the text": ("chroma.sqlite3", lambda path: _respell(path, b"in Lyon on", b"in Lion on")),
    "a letter of a title": ("catalog.sqlite3", lambda path: _respell(path, b"Rain in Lyon", b"Rain in Lion")),
    "a byte of the words": (
        "*.term",
        lambda path: path.write_bytes(bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:]),
    ),
}

SAMPLE = ("catalogue cut", "a letter of the text")


def _respell(path: Path, words: bytes, instead: bytes) -> None:
    assert len(words) == len(instead)
    content = path.read_bytes()
    assert words in content
    path.write_bytes(content.replace(words, instead))


@pytest.mark.parametrize("name", [name if name in SAMPLE else whole_only(name) for name in DAMAGE])
def test_damage_is_told_by_the_doctor_and_mended_by_the_command_it_gives(place: Path, name: str) -> None:
    assistant = opened(place)
    assistant.sync()
    what, damage = DAMAGE[name]
    damage(next((place / "index").rglob(what)))
    findings = _index_findings(place)
    assert not findings[0].well
    remedy = findings[0].remedy
    assert "qa index" in remedy
    opened(place).sync(rebuild="--rebuild" in remedy)
    answer = opened(place).ask("Where did it rain on Monday?")
    assert answer.status == "answered"
    assert "in Lyon on Monday" in answer.text
    assert all(finding.well for finding in _index_findings(place))


def _index_findings(place: Path) -> list[Any]:
    found = examine(corpus=place / "articles", index=place / "index", model="extractive")
    return [finding for finding in found if finding.name == "index"]


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS])
def test_a_crash_in_opening_is_told_and_not_suffered(
    place: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    opened(place).sync()
    real = subprocess.run
    code = f"import os, signal; os.kill(os.getpid(), {int(number)})"

    def crash(command: list[str], **options: Any) -> Any:
        return real([sys.executable, "-c", code], **options)

    monkeypatch.setattr("qa.doctor.subprocess.run", crash)
    (finding,) = _index_findings(place)
    assert not finding.well
    assert f"signal {int(number)}" in finding.message
    assert finding.remedy == "qa index --rebuild"


def test_an_index_that_opens_is_found_well(place: Path) -> None:
    opened(place).sync()
    assert all(finding.well for finding in _index_findings(place))


# ---- files that stay open


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="/proc tells which files are open, on Linux")
def test_assistants_that_are_closed_leave_no_file_open(place: Path) -> None:
    opened(place).sync()

    def asked() -> None:
        assistant = opened(place)
        assert assistant.search("rain", 1)
        assistant.close()
        assert assistant.search("rain", 1), "it opens again"
        assistant.close()

    def target_of(link: Path) -> str:
        try:
            return str(link.readlink())
        except FileNotFoundError:  # closed in the meantime
            return ""

    def open_files() -> list[str]:
        targets = map(target_of, Path("/proc/self/fd").iterdir())
        return sorted(target for target in targets if str(place) in target)

    asked()
    assert open_files() == []


# ---- one writer, many readers


def test_many_readers_never_see_an_error_or_a_stale_article(tmp_path: Path) -> None:
    newsroom = Newsroom(tmp_path)
    newsroom.write_dated(12)
    newsroom.sync()
    readers = [start("read", newsroom.index, "--pause", 0.05) for _ in range(READERS)]
    until, rounds = time.monotonic() + SECONDS, 0
    while time.monotonic() < until or rounds < 2:
        rounds += 1
        newsroom.write_dated(12, edition=f"edition{rounds:04}")
        writer = start("write", newsroom.corpus, newsroom.index, "--small")
        if rounds % 5 == 0:  # a writer that dies leaves no lock behind
            writer.kill()
            writer.communicate()
            writer = start("write", newsroom.corpus, newsroom.index, "--small")
        assert writer.communicate()[0].strip() == "done"
    time.sleep(1)
    looked = 0
    for reader in readers:
        looks = [json.loads(line) for line in reader.communicate("stop\n")[0].splitlines()]
        looked += len(looks)
        assert [look for look in looks if "error" in look] == []
        assert {(look["words"], look["near"], look["passages"]) for look in looks} == {(0, 0, 0)}
        for earlier, later in itertools.pairwise(looks):
            assert earlier["generation"] <= later["generation"]
        assert set(looks[-1]["editions"].values()) == {f"edition{rounds:04}"}, "the last look is stale"
    sys.stderr.write(f"\n{READERS} readers, {rounds} generations, {looked} looks in {SECONDS:.0f} s\n")
