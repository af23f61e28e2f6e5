"""Threads, processes and Ray give the same answers, whoever of them dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from qa.assistant import Assistant
from qa.batch import Engine, Request, ThreadEngine, answers
from qa.cluster import cluster, free_processors
from qa.engines import WORTH_PROCESSES, Workforce, open_engine
from qa.engines.actors import RayEngine
from qa.engines.processes import ProcessEngine
from qa.errors import SettingsError, StoreError
from qa.records import Answer, Turn
from qa.settings import Settings, load_settings
from tests.processes_of import all_gone, children_of
from tests.ray_marks import RAY, with_ray
from tests.small_news import News, writes
from tests.whole import LEFT_OUT

pytestmark = pytest.mark.slow

pytest_plugins = ["tests.news_fixtures", "tests.ray_cluster"]

QUESTION = "When did the mayor of Lyon resign?"
REQUESTS = [
    Request(QUESTION, "a"),
    Request("?", "b"),
    Request("", "c", trouble="line 3 is no question"),
    Request("What did the repairs of the bridge cost?", "d"),
    Request("Who won the \N{TROPHY} marathon in İzmir?", "e"),
    Request(QUESTION, "f"),
    Request("When did she resign?", "g", (Turn("Who led Lyon?", "Ana Ruiz led Lyon."),)),
    Request(QUESTION, "h", since="2025-01-01"),
    Request(QUESTION, "i", since="tomorrow"),
    *(Request(f"How many houses did the storm damage? ({number})", str(number)) for number in range(20)),
]


@pytest.fixture
def settings(news: News) -> Settings:
    own = news.archive.settings
    return load_settings(corpus=own.corpus, index=own.index, model="extractive")


@pytest.fixture
def expected(settings: Settings) -> list[dict[str, Any]]:
    with closing(ThreadEngine(Assistant(settings), 1)) as engine:
        found = lines(answers(engine, REQUESTS))
    assert [line["id"] for line in found] == [request.id for request in REQUESTS]
    assert {line["status"] for line in found} == {"answered", "abstained", "error"}
    return found


def lines(found: Iterator[Answer]) -> list[dict[str, Any]]:
    return [answer.to_dict() | {"seconds": 0} for answer in found]


def test_processes_give_the_answers_of_threads(settings: Settings, expected: list[dict[str, Any]]) -> None:
    with closing(ProcessEngine(settings, 4, 2)) as engine:
        processes = set(children_of(os.getpid()))
        assert lines(answers(engine, REQUESTS)) == expected
        found = Assistant(settings).ask_many([REQUESTS[0], "?"], engine=engine)
        assert [answer.status for answer in found] == ["answered", "error"]
    assert all_gone({pid for pid in processes if "spawn_main" in children_of(os.getpid()).get(pid, "")})


def test_a_process_that_is_killed_loses_nothing(settings: Settings, expected: list[dict[str, Any]]) -> None:
    with closing(ProcessEngine(settings, 2, 2, limited=False)) as engine:
        victims = [pid for pid, command in children_of(os.getpid()).items() if "spawn_main" in command]

        def requests() -> Iterator[Request]:
            for number, request in enumerate(REQUESTS):
                if number == 8:
                    for pid in victims:
                        os.kill(pid, signal.SIGKILL)
                yield request

        assert lines(answers(engine, requests())) == expected


def test_a_question_that_kills_every_process_is_one_error(settings: Settings) -> None:
    with closing(ProcessEngine(settings, 1, 1)) as engine:
        for answerer in (Deadly(), engine._answerers[0]):
            engine._answerers[0] = answerer
            engine._replace = lambda place, dead: None  # type: ignore[method-assign]
            found = engine.submit(Request(QUESTION, "x")).result()
            if isinstance(answerer, Deadly):
                assert (found.status, found.id, answerer.asked) == ("error", "x", 3)
                assert "died 3 times" in (found.error or "")
            else:
                assert found.status == "answered"


class Deadly:
    asked = 0

    def answer(self, request: Request) -> Answer:
        self.asked += 1
        raise EOFError


def test_a_mistake_of_a_programmer_comes_back_from_a_process(settings: Settings) -> None:
    with closing(ProcessEngine(settings, 1, 1)) as engine:
        broken = engine.submit(Request(5))  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            broken.result()


def test_a_process_without_an_index_ends_the_run_in_one_line(settings: Settings) -> None:
    elsewhere = settings.model_copy(update={"index": settings.corpus / "nothing"})
    with closing(ProcessEngine(elsewhere, 1, 1)) as engine, pytest.raises(StoreError, match="run 'qa index'") as raised:
        lines(answers(engine, REQUESTS))
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("kind", ["processes", pytest.param("ray", marks=[*RAY, LEFT_OUT])])
def test_processes_keep_to_the_rate_together(news: News, kind: str, request: pytest.FixtureRequest) -> None:
    news.server.otherwise = writes("The mayor resigned on Monday [{resigned on Monday}].")
    own = news.archive.settings
    settings = load_settings(corpus=own.corpus, index=own.index, **{**news.model_flags, "rpm": 240})
    if kind == "ray":
        settings = settings.model_copy(update={"ray_address": request.getfixturevalue("ray_address")})
    opened: Engine = RayEngine(settings, 8, 2) if kind == "ray" else ProcessEngine(settings, 8, 2)
    with closing(opened) as engine:
        list(answers(engine, [Request(f"{QUESTION} {number}") for number in range(8)]))  # opens everything
        news.server.exchanges.clear()
        found = list(answers(engine, [Request(f"{QUESTION} ({number})") for number in range(12)]))
    assert {answer.status for answer in found} == {"answered"}
    moments = sorted(exchange.sent_at[0] for exchange in news.server.exchanges)
    assert len(moments) == 12
    assert moments[-1] - moments[0] >= 10 * 0.25


# --- which engine


@pytest.mark.parametrize(
    ("workforce", "questions", "kind"),
    [
        (Workforce(4, None), 10, "ThreadEngine"),
        (Workforce(4, None), None, "ThreadEngine"),
        (Workforce(1, None), 10**6, "ThreadEngine"),
        (Workforce(4, 1), 10**6, "ThreadEngine"),
        (Workforce(4, None), WORTH_PROCESSES, "ProcessEngine"),
        (Workforce(2, 2), 1, "ProcessEngine"),
    ],
)
def test_processes_are_opened_where_they_are_worth_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, workforce: Workforce, questions: int | None, kind: str
) -> None:
    monkeypatch.setattr("qa.engines.os.cpu_count", lambda: 2)
    with closing(open_engine("local", Assistant(settings), workforce, questions)) as engine:
        assert type(engine).__name__ == kind


def test_a_model_in_this_process_is_not_loaded_by_others(settings: Settings) -> None:
    own = Assistant(settings.model_copy(update={"model": "some.gguf"}))
    with closing(open_engine("local", own, Workforce(4), 10**6)) as engine:
        assert isinstance(engine, ThreadEngine)


def test_without_ray_it_is_one_line(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(SettingsError, match=r"pip install 'news-qa\[ray\]'"):
        open_engine("ray", Assistant(settings), Workforce(), 10)


# --- Ray


@with_ray
def test_ray_gives_the_answers_of_threads_although_an_actor_is_killed(
    settings: Settings, expected: list[dict[str, Any]], ray_address: str, capfd: pytest.CaptureFixture[str]
) -> None:
    there = settings.model_copy(update={"ray_address": ray_address})
    with closing(open_engine("ray", Assistant(there), Workforce(4, 2), None)) as engine:
        assert lines(answers(engine, REQUESTS)) == expected
        assert lines(answers(Killing(engine), REQUESTS)) == expected
        elsewhere = there.model_copy(update={"index": settings.corpus / "nothing"})
    with closing(RayEngine(elsewhere, 4, 2)) as engine, pytest.raises(StoreError, match="run 'qa index'") as raised:
        lines(answers(engine, REQUESTS))
    assert "\n" not in str(raised.value)
    told = capfd.readouterr()
    assert (told.out, told.err) == ("", "")


class Killing:
    """Kills an actor while it answers."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.ahead = engine, engine.ahead
        self.count = 0

    def submit(self, request: Request) -> Future[Answer]:
        coming = self.engine.submit(request)
        self.count += 1
        if self.count == 4:
            commands = children_of(os.getpid(), deep=True)
            victims = [pid for pid, command in commands.items() if command.startswith("ray::Answerer")]
            assert len(victims) == 2
            os.kill(victims[0], signal.SIGKILL)
            time.sleep(0.2)
        return coming

    def close(self) -> None:
        self.engine.close()

    def abandon(self) -> None:
        self.engine.abandon()


def of_the_shared_cluster() -> set[int]:
    """Processes of a cluster that other tests have left running (``tests.ray_cluster``)."""
    shared = [pid for pid, command in children_of(os.getpid()).items() if "tests.ray_cluster" in command]
    return {pid for parent in shared for pid in children_of(parent, deep=True)}


@with_ray
def test_the_files_of_killed_runs_go() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    stale, ours = (Path(f"/tmp/qa-ray-{pid}-test") for pid in (ended.pid, os.getpid()))
    for folder in (stale, ours):
        folder.mkdir()
    before = set(children_of(os.getpid()))
    with cluster(None) as ray:
        assert ray.get(ray.remote(lambda: os.nice(0)).remote()) == os.nice(0)  # they wait for nobody else
        started = set(children_of(os.getpid(), deep=True)) - before - of_the_shared_cluster()
        assert started
        assert (stale.exists(), ours.exists()) == (False, True)
        assert len(list(Path("/tmp").glob(f"qa-ray-{os.getpid()}-*"))) == 2
    assert all_gone(started)
    assert list(Path("/tmp").glob(f"qa-ray-{os.getpid()}-*")) == [ours]
    ours.rmdir()


@with_ray
def test_a_cluster_that_is_not_there_is_one_line(settings: Settings) -> None:
    elsewhere = settings.model_copy(update={"ray_address": "127.0.0.1:1"})
    with pytest.raises(SettingsError, match="RAY_ADDRESS") as raised:
        open_engine("ray", Assistant(elsewhere), Workforce(), 10)
    assert "\n" not in str(raised.value)


def test_only_processors_that_nobody_uses_are_worked_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.cluster._LEAVING", 0.3)

    class Busy:
        looks = 0

        def cluster_resources(self) -> dict[str, float]:
            return {"CPU": 64.0}

        def available_resources(self) -> dict[str, float]:
            self.looks += 1
            return {"CPU": 3.0} if self.looks > 1 else {}

    assert free_processors(Busy()) == 3

    class Empty(Busy):
        def available_resources(self) -> dict[str, float]:
            return {}

    assert free_processors(Empty()) == 1
