"""``qa batch`` as it is typed: what it reads and writes, what it tells, how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qa.cli import main
from qa.cli.batch import Totals
from qa.cli.batch_progress import pace, shown
from qa.records import Answer, Usage
from qa.settings import load_settings
from tests.command_line import run_program
from tests.fault_replies import words
from tests.small_news import News, writes

pytest_plugins = ["tests.news_fixtures"]

QUESTION = "When did the mayor of Lyon resign?"
OTHER = "What did the repairs of the bridge cost?"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(news: News, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs ``qa batch`` in this process; exit code, stdout and stderr."""
    for name, value in news.model_flags.items():
        monkeypatch.setenv(f"QA_{name.upper()}", str(value))

    def run(*arguments: str | Path, stdin: str = "", model: str = "extractive") -> tuple[int, str, str]:
        places = ("--corpus", news.corpus, "--index", news.index, "--no-sync", "--model", model)
        return run_program(capsys, monkeypatch, ("batch", *arguments, *places), stdin)

    return run


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_table_is_answered_row_by_row(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(f'id,question,note\nm,"{QUESTION}",x\nb,{OTHER},y\n')
    code, out, err = run(tmp_path / "in.csv", "--out", tmp_path / "out.jsonl")
    assert (code, out) == (0, "")
    assert [(row["id"], row["question"]) for row in rows(tmp_path / "out.jsonl")] == [("m", QUESTION), ("b", OTHER)]
    assert err.count("\n") == 1
    assert "2 answered; 0:0" in err


def test_stdin_to_stdout(run: Run) -> None:
    code, out, err = run("-", "--out", "-", stdin=f"{QUESTION}\n\n{OTHER}\n")
    assert code == 0
    assert [json.loads(line)["question"] for line in out.splitlines()] == [QUESTION, OTHER]
    assert "2 answered" in err


def test_stdout_cannot_be_gone_on_with(run: Run, news: News) -> None:
    news.server.otherwise = writes("The mayor resigned on Monday [{resigned on Monday}].")
    questions = "".join(f"{QUESTION} ({number})\n" for number in range(30))
    arguments = ("-", "--out", "-", "--budget", "1", "--workers", "1")
    code, out, err = run(*arguments, stdin=questions, model="scripted")
    assert code == 1
    assert 0 < out.count("\n") < 30
    assert [line.startswith("qa: ") for line in err.splitlines()] == [True, True]
    assert "cannot be gone on with" in err
    code, _, err = run("-", "--out", "-", "--retry", stdin=QUESTION)
    assert (code, "--retry" in err) == (2, True)


@pytest.mark.parametrize("name", [".", "", "answers.csv", "answers.XLSX"])
def test_answers_go_into_no_folder_and_no_table(run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / "in.txt").write_text(QUESTION)
    code, out, err = run(tmp_path / "in.txt", "--out", name and tmp_path / name)
    assert (code, out) == (2, "")
    assert "--out" in err
    assert [path.name for path in tmp_path.glob("*.*")] == ["in.txt"]


@pytest.mark.parametrize("name", ["/dev/full", f"{'x' * 300}.jsonl", "nowhere/out.jsonl"])
def test_what_cannot_be_written_is_one_line(run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / "in.txt").write_text(QUESTION)
    code, out, err = run(tmp_path / "in.txt", "--out", tmp_path / name)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert f"cannot write '{tmp_path / name}': " in err


def test_a_pipe_takes_answers_like_stdout(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text(f"{QUESTION}\n{OTHER}\n")
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen(["cat", tmp_path / "pipe"], stdout=subprocess.PIPE, text=True) as reading:
        assert run(tmp_path / "in.txt", "--out", tmp_path / "pipe")[0] == 0
        assert reading.stdout
        assert [json.loads(line)["id"] for line in reading.stdout] == ["1", "2"]
    assert sorted(path.name for path in tmp_path.glob("*pipe*")) == ["pipe"]
    assert run(tmp_path / "in.txt", "--out", tmp_path / "pipe", "--retry")[0] == 2


@pytest.mark.slow
def test_parquet_comes_from_lines_beside_it_and_goes_on(run: Run, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="needs the extra [parquet]")
    questions, out = tmp_path / "in.txt", tmp_path / "out.PARQUET"
    questions.write_text(f"{QUESTION}\n?\n")
    assert run(questions, "--out", out)[0] == 1
    assert parquet.read_table(out).column("status").to_pylist() == ["answered", "error"]
    questions.write_text(f"{QUESTION}\n?\n{OTHER}\n")
    _, _, err = run(questions, "--out", out)
    assert "2 answers were there before, 1 of them failed" in err
    table = parquet.read_table(out)
    from qa.tables import from_arrow

    assert [answer.to_dict() for answer in from_arrow(table)] == rows(tmp_path / "out.PARQUET.jsonl")
    assert table.schema.metadata[b"recipe"].decode() == table.column("recipe").to_pylist()[0]


@pytest.mark.slow
def test_the_exit_code_tells_of_failed_questions_until_none_is_left(run: Run, news: News, tmp_path: Path) -> None:
    questions, out = tmp_path / "in.txt", tmp_path / "out.jsonl"
    questions.write_text(QUESTION)
    assert run(questions, "--out", out, model="scripted")[0] == 1
    assert run(questions, "--out", out, model="scripted")[0] == 1
    news.server.otherwise = writes("The mayor resigned on Monday [{resigned on Monday}].")
    code, _, err = run(questions, "--out", out, "--retry", model="scripted")
    assert (code, "--retry" in err) == (0, False)
    assert run(questions, "--out", out, "--retry", model="scripted")[0] == 0


@pytest.mark.slow
def test_changed_articles_are_noticed(run: Run, news: News, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    questions, out = tmp_path / "in.txt", tmp_path / "out.jsonl"
    questions.write_text(QUESTION)
    run(questions, "--out", out)
    monkeypatch.setattr("qa.archive.Archive.contents", "others")
    questions.write_text(f"{QUESTION}\n{OTHER}")
    code, out_text, err = run(questions, "--out", out)
    assert (code, out_text, err.count("\n")) == (1, "", 1)
    assert "the articles have changed" in err
    assert run(questions, "--out", out, "--go-on")[0] == 0
    assert len(rows(out)) == 2


def test_answers_are_kept_for_another_run(run: Run, news: News, tmp_path: Path) -> None:
    news.server.otherwise = writes("The mayor resigned on Monday [{resigned on Monday}].")
    (tmp_path / "in.txt").write_text(QUESTION)
    for number in range(2):
        out = tmp_path / f"{number}.jsonl"
        assert run(tmp_path / "in.txt", "--out", out, "--cache", tmp_path / "c", model="scripted")[0] == 0
    assert len(news.server.requests) == 1
    first, second = (rows(tmp_path / f"{number}.jsonl")[0] for number in range(2))
    assert (first["usage"]["calls"], second["usage"]["calls"]) == (1, 0)
    assert first["text"] == second["text"]


@pytest.mark.slow
def test_the_rate_of_requests_is_kept_to(run: Run, news: News, tmp_path: Path) -> None:
    news.server.otherwise = words("NOT IN THE ARTICLES")
    (tmp_path / "in.txt").write_text("\n".join(f"{QUESTION} ({number})" for number in range(6)))
    run(tmp_path / "in.txt", "--out", tmp_path / "out", "--rpm", "300", "--workers", "6", model="scripted")
    moments = sorted(exchange.sent_at[0] for exchange in news.server.exchanges)
    assert len(moments) == 6
    assert moments[-1] - moments[0] >= 3.5 * 0.2


@pytest.mark.slow
def test_a_pipe_that_closes_is_no_traceback(news: News, tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("\n".join(f"{QUESTION} ({number})" for number in range(100)))
    command = [sys.executable, "-c", "from qa.cli import main; main()", "batch", tmp_path / "in.txt", "--out", "-"]
    places = ["--corpus", news.corpus, "--index", news.index, "--no-sync", "--model", "extractive"]
    with subprocess.Popen(
        [*map(str, [*command, *places])], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout
        assert running.stderr
        running.stdout.readline()
        running.stdout.close()
        assert running.wait(60) == 1
        assert running.stderr.read() == ""


# --- what it tells


def test_pace_tells_what_is_known() -> None:
    settings = load_settings(prompt_price=1, completion_price=2)
    totals = Totals(kept=10)
    totals.first = time.monotonic() - 10
    for _ in range(20):
        totals.count(Answer("q", "answered", "a", usage=Usage(300, 100, 1)))
    totals.count(Answer("q", "error", ""))
    told = pace(totals, 100, settings)
    assert told.startswith("2.0/s, 8000 tokens in 20 calls, price 0.0100, 1 failed, 0:3")
    assert told.endswith(" left")
    assert "left" not in pace(totals, None, settings)
    assert pace(Totals(), 100, settings) == ""


def test_without_a_terminal_a_line_is_told_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = [1000.0]
    monkeypatch.setattr("qa.cli.batch_progress.time.monotonic", lambda: now[0])
    totals = Totals()
    with shown(50, load_settings()) as update:
        for _ in range(40):
            now[0] += 2
            totals.count(Answer("q", "answered", "a"))
            update(totals)
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(",")[0] for line in lines] == ["15 of 50 answered", "30 of 50 answered"]


def test_ctrl_c_while_the_program_loads_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("qa.cli.program.main", interrupted)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130
