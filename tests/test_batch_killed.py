"""A run of many questions that is killed or stopped, again and again: one line per question, in order."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.fault_replies import words
from tests.processes_of import all_gone, children_of
from tests.ray_marks import RAY
from tests.small_news import News
from tests.whole import LEFT_OUT, whole_only

pytest_plugins = ["tests.news_fixtures", "tests.ray_cluster"]

ROOT = Path(__file__).parent.parent
QUESTION = "When did the mayor of Lyon resign?"


def start(news: News, *arguments: str | Path, **environment: str) -> subprocess.Popen[bytes]:
    own = news.archive.settings
    places = ("--corpus", own.corpus, "--index", own.index, "--no-sync")
    command = [sys.executable, "-c", "from qa.cli import main; main()", "batch", *arguments, *places]
    everything = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.Popen([*map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=everything)


def lines_in(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def wait_for_lines(running: subprocess.Popen[bytes], path: Path, count: int) -> None:
    end = time.monotonic() + 600
    while lines_in(path) < count and running.poll() is None:
        assert time.monotonic() < end
        time.sleep(0.005)


def ids(path: Path) -> list[str]:
    return [json.loads(line)["id"] for line in path.read_bytes().split(b"\n")[:-1]]


KILLS = int(os.environ.get("TEST_KILLS", "1"))
"""Of each engine; 30 take a quarter of an hour."""


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["local", pytest.param("ray", marks=[*RAY, LEFT_OUT])])
def test_killed_again_and_again_nothing_is_lost_or_doubled(
    news: News, tmp_path: Path, engine: str, request: pytest.FixtureRequest
) -> None:
    chance = random.Random(7)
    environment = {"RAY_ADDRESS": request.getfixturevalue("ray_address")} if engine == "ray" else {}
    questions, out = tmp_path / "in.txt", tmp_path / "out.jsonl"
    questions.write_text("\n".join(f"{QUESTION} ({number})" for number in range(3000)))
    batch = (questions, "--out", out, "--model", "extractive", "--processes", "2", "--engine", engine)
    kills = 0
    while kills < KILLS:
        before = lines_in(out)
        running = start(news, *batch, **environment)
        if chance.random() < 0.2:  # while it opens
            time.sleep(chance.uniform(0, 2))
        else:
            wait_for_lines(running, out, before + chance.randrange(1, 40))
            time.sleep(chance.uniform(0, 0.05))
        assert running.poll() is None, running.communicate()
        children = set(children_of(running.pid, deep=True))
        running.kill()
        running.communicate()
        assert all_gone(children)
        kills += 1
        kept = ids(out) if out.exists() else []
        assert kept == [str(number) for number in range(1, len(kept) + 1)]
        assert len(kept) >= before
    questions.write_text("\n".join(questions.read_text().splitlines()[: lines_in(out) + 20]))
    running = start(news, *batch, **environment)
    _, told = running.communicate()
    assert running.returncode == 0, told
    assert ids(out) == [str(number) for number in range(1, len(ids(out)) + 1)]
    assert len(ids(out)) == len(questions.read_text().splitlines())
    rows = [json.loads(line) for line in out.read_bytes().splitlines()]
    assert {(row["status"], row["error"]) for row in rows} == {("answered", None)}


def slow_model(news: News) -> dict[str, str]:
    news.server.otherwise = words("NOT IN", " THE ARTICLES", pause=0.2)
    return {f"QA_{name.upper()}": str(value) for name, value in news.model_flags.items()}


@pytest.mark.slow
def test_ctrl_c_waits_for_the_questions_under_way_and_loses_none(news: News, tmp_path: Path) -> None:
    questions, out = tmp_path / "in.txt", tmp_path / "out.jsonl"
    questions.write_text("\n".join(f"{QUESTION} ({number})" for number in range(100)))
    running = start(news, questions, "--out", out, "--workers", "4", **slow_model(news))
    wait_for_lines(running, out, 3)
    running.send_signal(signal.SIGINT)
    told = running.communicate(timeout=30)[1].decode()
    assert running.returncode == 130
    assert told.splitlines()[-2:] == [
        "qa: finishing the questions under way; Ctrl-C again to leave them",
        "qa: stopped; what was finished is kept",
    ]
    assert len(news.server.requests) == lines_in(out) < 30
    assert ids(out) == [str(number) for number in range(1, lines_in(out) + 1)]


@pytest.mark.slow
@pytest.mark.parametrize(
    "engine",
    [
        ("--processes", "1"),
        whole_only(("--processes", "2")),
        pytest.param(("--engine", "ray"), marks=RAY),
    ],
    ids=" ".join,
)
def test_ctrl_c_twice_waits_for_nothing(news: News, tmp_path: Path, engine: tuple[str, str]) -> None:
    questions, out = tmp_path / "in.txt", tmp_path / "out.jsonl"
    questions.write_text("\n".join(f"{QUESTION} ({number})" for number in range(100)))
    environment = slow_model(news)
    news.server.otherwise = words("NOT IN", " THE ARTICLES", pause=20)
    running = start(news, questions, "--out", out, *engine, **environment)
    end = time.monotonic() + 60
    while not news.server.requests:
        assert time.monotonic() < end
        assert running.poll() is None, running.communicate()
        time.sleep(0.01)
    children = set(children_of(running.pid, deep=True))
    began = time.monotonic()
    running.send_signal(signal.SIGINT)
    time.sleep(0.3)
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=30)
    assert running.returncode == 130
    assert time.monotonic() - began < 25
    assert all_gone(children)


@pytest.mark.slow
def test_a_stream_of_questions_is_answered_as_it_comes(news: News, tmp_path: Path) -> None:
    own = news.archive.settings
    places = ("--corpus", own.corpus, "--index", own.index, "--no-sync", "--model", "extractive")
    command = [sys.executable, "-c", "from qa.cli import main; main()", "batch", "-", "--out", "-", *places]
    environment: dict[str, Any] = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [*map(str, command)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        text=True,
    ) as running:
        assert running.stdin
        assert running.stdout
        assert running.stderr
        for number in range(3):
            running.stdin.write(f"{QUESTION} ({number})\n")
            running.stdin.flush()
            assert json.loads(running.stdout.readline())["id"] == str(number + 1)
        running.stdin.close()
        assert running.wait(30) == 0
        assert "3 answered" in running.stderr.read()
