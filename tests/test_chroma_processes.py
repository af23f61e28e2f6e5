"""Processes that share an index on a Chroma server: one writes, and may be killed; three ask."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from qa.index.served import place
from qa.index.served.server import Server
from tests.chroma_server import ChromaServer, Machine, chroma_server
from tests.index_fakes import Newsroom, assert_same, clean_build
from tests.index_process import look, start
from tests.whole import sample

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
KILLS = int(os.environ.get("TEST_KILLS", "2"))


@pytest.fixture
def running(tmp_path: Path) -> Iterator[ChromaServer]:
    with chroma_server(tmp_path / "server") as server:
        yield server


def command(url: str, machine: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """``qa`` on a machine that has nothing but the articles' folder and the server's address."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("QA_", "OPENAI_"))}
    environment |= {"QA_CHROMA_URL": url, "QA_INDEX": str(machine)}
    program = [sys.executable, "-c", "from qa.cli import main; main()"]
    return subprocess.run(
        [*program, *map(str, arguments)], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )


def test_one_process_indexes_and_three_others_ask(running: ChromaServer, tmp_path: Path) -> None:
    corpus = tmp_path / "articles"
    corpus.mkdir()
    (corpus / "tram.txt").write_text("Tram line 12 opened in Bergen on Monday. It carried 4,000 people.\n", "utf-8")
    (corpus / "mill.txt").write_text("The old mill in Voss burned down on Friday. Nobody was hurt.\n", "utf-8")

    def ask(number: int, question: str) -> dict[str, Any]:
        options = ("--corpus", corpus, "--no-sync", "--json", "--model", "extractive")
        done = command(running.url, tmp_path / f"machine-{number}", "ask", question, *options)
        assert done.returncode == 0, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    before = command(running.url, tmp_path / "machine-1", "ask", "What burned down?", "--corpus", corpus, "--no-sync")
    assert before.returncode == 1
    assert before.stderr.startswith("qa: no index by this recipe")
    assert before.stderr.endswith("run 'qa index' with the same settings\n")
    assert command(running.url, tmp_path / "writer", "index", "--corpus", corpus).returncode == 0
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda number: ask(number, "Where did tram line 12 open?"), range(3)))
    assert {answer["status"] for answer in answers} == {"answered"}
    assert all("opened in Bergen" in answer["text"] for answer in answers)
    assert {answer["citations"][0]["article_id"] for answer in answers} == {"tram.txt"}

    (corpus / "mill.txt").write_text("The old mill in Voss was sold on Sunday for a crown.\n", "utf-8")
    assert command(running.url, tmp_path / "writer", "index", "--corpus", corpus).returncode == 0
    for number in range(sample(1, whole=3)):
        assert "on Sunday for a crown" in ask(number, "When was the old mill in Voss sold?")["text"]


def test_the_doctor_of_a_machine_that_only_asks(running: ChromaServer, tmp_path: Path) -> None:
    corpus = tmp_path / "articles"
    corpus.mkdir()
    (corpus / "tram.txt").write_text("Tram line 12 opened in Bergen on Monday. It carried 4,000 people.\n", "utf-8")
    assert command(running.url, tmp_path / "writer", "index", "--corpus", corpus).returncode == 0
    doctor = command(running.url, tmp_path / "machine-2", "doctor", "--corpus", corpus, "--json")
    assert running.url in doctor.stdout
    assert doctor.returncode == 0, doctor.stdout
    elsewhere = tmp_path / "elsewhere" / corpus.name  # no such folder: this machine only asks
    doctor = command(running.url, tmp_path / "machine-3", "doctor", "--corpus", elsewhere, "--json")
    assert doctor.returncode == 0, doctor.stdout
    assert running.url in doctor.stdout
    assert "--no-sync" in doctor.stdout
    alone = command("", tmp_path / "machine-4", "doctor", "--corpus", elsewhere, "--json")
    assert (alone.returncode, "there is no folder" in alone.stdout) == (1, True)


def test_a_writer_killed_anywhere_leaves_whole_articles_and_the_next_run_goes_on(
    running: ChromaServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.index.run._SETTLED", 0)
    monkeypatch.setattr(place, "_GRACE", 0)
    newsroom = Newsroom(tmp_path)
    newsroom.write_dated(60)
    server = Server(running.url, "news")
    writer, reader = (Machine(newsroom, tmp_path / name, server) for name in ("writer", "reader"))
    writer.sync()
    chance = random.Random(11)
    editions = ["first"]
    interrupted = 0
    for number in range(KILLS):
        editions.append(f"edition{number}")
        newsroom.write_dated(40, edition=editions[-1])
        newsroom.remove(f"{40 + number % 20:04}.md") if number < 20 else None
        newsroom.write_dated(1, first=1000 + number)
        options = ("--small", "--slow", "0.003", "--server", running.url)
        process = start("write", newsroom.corpus, writer.folder, *options)
        time.sleep(0.3 + 3.0 * (number + chance.random()) / KILLS)
        process.kill()
        interrupted += process.communicate()[0] == ""
        with closing(reader.open()) as index:
            seen = look(index)
        assert (seen["words"], seen["near"], seen["passages"]) == (0, 0, 0)
        assert isinstance(seen["editions"], dict)
        assert set(seen["editions"].values()) <= set(editions)
        if number % 3 == 2:  # else the next edition is written onto what was left
            writer.sync()
            expected = clean_build(newsroom, tmp_path / f"clean-{number}")
            assert_same(reader.contents(), expected)
    assert interrupted > KILLS / 3
    writer.sync()
    expected = clean_build(newsroom, tmp_path / "clean")
    for machine in (writer, reader):
        assert_same(machine.contents(), expected)
