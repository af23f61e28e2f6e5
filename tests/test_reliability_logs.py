"""Logs and traces: one for each question, with the time of each stage; nothing where nobody listens."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from qa.assistant import Assistant
from qa.errors import ModelError, QAError, SettingsError
from qa.events import Checked, Finished, Text, Working
from qa.logs import MASK, Lines, Spans, masked, secrets_of, set_up
from qa.records import Answer, Statement
from qa.settings import Settings, load_settings
from qa.trace import traced
from tests.fault_replies import bad_key
from tests.small_news import QUESTION, News, writes

pytest_plugins = ["tests.news_fixtures"]
KEY = "sk-canary-0123456789"


@pytest.fixture(autouse=True)
def _quiet_again() -> Iterator[None]:
    top, traces = logging.getLogger("qa"), logging.getLogger("qa.trace")
    before = [(one, one.level, one.propagate, list(one.handlers)) for one in (top, traces)]
    yield
    for logger, level, propagate, handlers in before:
        logger.setLevel(level)
        logger.propagate = propagate
        logger.handlers[:] = handlers


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_question_is_a_line_with_the_time_of_each_stage(news: News, capsys: pytest.CaptureFixture[str]) -> None:
    assistant = news.assistant()
    set_up(Settings(log="json"))
    news.server.script(writes("The mayor resigned on Monday [{resigned on Monday}]."))
    answer = assistant.ask(QUESTION)
    (line,) = lines(capsys)
    trace = line["trace"]
    assert (line["logger"], line["level"], trace["question"]) == ("qa.trace", "info", QUESTION)
    assert (trace["status"], trace["citations"], trace["model"]) == ("answered", 1, "scripted")
    assert set(trace["stages"]) == {"beginning", "searching", "writing", "checking"}
    assert sum(trace["stages"].values()) == pytest.approx(trace["seconds"], abs=0.001)
    assert 0 < trace["seconds"] <= answer.seconds
    assert 0 < trace["first_words"] < trace["seconds"]


def test_a_failed_question_is_a_line_too_and_shows_no_key(news: News, capsys: pytest.CaptureFixture[str]) -> None:
    assistant = news.assistant(api_key=KEY)
    set_up(assistant.settings.model_copy(update={"log": "json"}))
    news.server.script(bad_key(KEY))
    with pytest.raises(ModelError):
        assistant.ask(QUESTION)
    logging.getLogger("qa.page").error("a mistake with %s in it", KEY, exc_info=ValueError(KEY))
    failed, mistake = lines(capsys)
    assert failed["trace"]["status"] == "error"
    assert "refused the key" in failed["trace"]["error"]
    assert MASK in mistake["message"]
    assert MASK in mistake["exception"]
    assert KEY not in json.dumps([failed, mistake])


def test_whoever_stops_early_leaves_a_trace(news: News, capsys: pytest.CaptureFixture[str]) -> None:
    set_up(Settings(log="json"))
    news.server.script(writes("The mayor resigned on Monday [{resigned on Monday}]."))
    with closing(news.assistant().stream(QUESTION)) as events:  # type: ignore[type-var]
        next(events)
    assert [line["trace"]["status"] for line in lines(capsys)] == ["stopped"]


def test_where_nobody_listens_the_events_are_the_very_same() -> None:
    events: Any = iter([Working("searching")])
    assert traced(events, "q") is events
    logging.getLogger("qa.trace").setLevel(logging.INFO)
    assert traced(events, "q") is not events


def test_not_listening_costs_nothing() -> None:
    began = time.perf_counter()
    for _ in range(10_000):
        traced(iter(()), "q")
    assert (time.perf_counter() - began) / 10_000 < 20e-6


def test_time_of_whoever_takes_the_events_is_not_counted(capsys: pytest.CaptureFixture[str]) -> None:
    set_up(Settings(log="json"))

    def slow() -> Iterator[Any]:
        yield Working("searching")
        time.sleep(0.05)
        yield Working("writing")
        yield Text("It rained.")
        yield Checked(Statement(0, 10))
        yield Finished(Answer("q", "answered", "It rained."))

    for _ in traced(slow(), "q"):
        time.sleep(0.02)
    (line,) = lines(capsys)
    assert 0.05 <= line["trace"]["stages"]["searching"] < 0.07
    assert line["trace"]["stages"]["writing"] < 0.01


def test_setting_up_again_does_not_double_the_lines(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(3):
        set_up(Settings(log="json"))
    logging.getLogger("qa.page").warning("once")
    assert [line["message"] for line in lines(capsys)] == ["once"]
    set_up(Settings())
    assert not [one for one in logging.getLogger("qa").handlers if isinstance(one, Lines)]


def test_secrets_are_masked_wherever_they_stand() -> None:
    settings = load_settings(api_key=KEY, base_url="http://ann:hidden@x/v1", model="m")
    assert secrets_of(settings) == [KEY, "hidden"]
    assert masked({"a": [f"x{KEY}y", 1, None], "b": {"c": KEY}}, [KEY]) == {
        "a": [f"x{MASK}y", 1, None],
        "b": {"c": MASK},
    }


def test_traces_become_spans_with_a_stage_each(news: News) -> None:
    pytest.importorskip("opentelemetry.sdk", reason="opentelemetry-sdk is not installed (extra 'otel')")
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    trace.set_tracer_provider(provider)
    set_up(Settings(otel=True))
    news.without_model().ask(QUESTION)
    *stages, question = kept.get_finished_spans()
    assert question.name == "qa.question"
    assert {stage.name for stage in stages} >= {"qa.searching", "qa.reading"}
    assert all(stage.parent.span_id == question.context.span_id for stage in stages)
    assert question.attributes["qa.status"] in ("answered", "abstained")
    assert max(stage.end_time for stage in stages) == question.end_time
    set_up(Settings())
    assert not [one for one in logging.getLogger("qa.trace").handlers if isinstance(one, Spans)]


def test_spans_without_their_package_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import builtins

    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("opentelemetry"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(SettingsError, match="pip install"):
        set_up(Settings(otel=True))


@pytest.mark.slow
def test_doctor_speaks_json(news: News, capsys: pytest.CaptureFixture[str]) -> None:
    from qa.cli.terminal import show_findings
    from qa.doctor import examine

    findings = examine(corpus=news.corpus, index=news.index, model="extractive")
    show_findings(findings, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in told][:2] == ["settings", "articles"]
    assert all(set(row) == {"name", "well", "message", "remedy"} for row in told)


def test_log_may_stand_anywhere_on_the_command_line() -> None:
    from qa.cli.program import _log_first

    assert _log_first(["ask", "q", "--log", "json", "--json"]) == ["--log", "json", "ask", "q", "--json"]
    assert _log_first(["ask", "--log=json", "q"]) == ["--log=json", "ask", "q"]
    assert _log_first(["ask", "--", "--log"]) == ["ask", "--", "--log"]
    assert _log_first(["ask", "q"]) == ["ask", "q"]


def test_an_unknown_kind_of_log_is_refused() -> None:
    with pytest.raises(QAError, match="log"):
        load_settings(log="xml")
    assert Assistant(load_settings()).settings.log == "off"
