"""What the commands show a person, whatever articles and models say; and what stops them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qa.archive import Archive
from qa.assistant import Assistant
from qa.cli.options import as_unicode
from qa.cli.plain import plain
from qa.errors import IndexLocked
from qa.settings import load_settings
from tests.command_line import run_program
from tests.fault_replies import words
from tests.small_news import QUESTION, News, writes

pytest_plugins = ["tests.news_fixtures"]

HOSTILE = {
    "id": "[red]evil[/red] [bold].txt",
    "title": "\x1b]0;owned\x07 [bold]loud[/bold] \u202etxet",
    "text": "The harbour of Brest froze \x1b[31mover\x1b[0m [link=https://x.y]in[/link] January\u202e. [/] [1] \x9b2J",
    "source": "[blink]Post[/blink]",
}
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, plain_environment: None) -> Run:
    """Runs the program in this process; exit code, stdout and stderr."""

    def run(*arguments: str | Path, stdin: str = "") -> tuple[int, str, str]:
        return run_program(capsys, monkeypatch, arguments, stdin)

    return run


@pytest.fixture
def hostile(tmp_path: Path, plain_environment: None) -> list[str]:
    """Flags for a folder whose only article attacks the terminal."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.jsonl").write_text(json.dumps(HOSTILE))
    Assistant(load_settings(corpus=corpus, index=tmp_path / "index", model="extractive")).sync()
    return ["--corpus", str(corpus), "--index", str(tmp_path / "index")]


@pytest.fixture
def flags(news: News, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    for name, value in news.model_flags.items():
        monkeypatch.setenv(f"QA_{name.upper()}", str(value))
    return ["--corpus", str(news.corpus), "--index", str(news.index)]


# --- hostile words


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ["ask", "Did the harbour of Brest freeze?", "--model", "extractive"],
        ["search", "harbour of Brest"],
        ["show", HOSTILE["id"]],
        ["show", HOSTILE["id"], "--span", "0:30"],
        ["check", "-"],
        ["show", "\x1b[2Jnone\u202e"],
        ["index"],
    ],
)
def test_an_article_cannot_reach_the_terminal(run: Run, hostile: list[str], command: list[str]) -> None:
    _, out, err = run(*command, *hostile, stdin="The harbour of Brest froze \x1b[31m over in May.")
    assert out or err
    assert not _CONTROL.search(out + err)
    if "harbour" in out and command[0] != "check":
        assert "[link=https://x.y]in[/link]" in out or "[link=https…]in[/link]" in out


def test_json_keeps_the_words_exactly(run: Run, hostile: list[str]) -> None:
    _, out, _ = run("show", HOSTILE["id"], "--json", *hostile)
    shown = json.loads(out)
    assert {name: shown[name] for name in HOSTILE} == HOSTILE
    assert "\x1b" not in out


def test_a_model_cannot_reach_the_terminal(run: Run, news: News, flags: list[str]) -> None:
    news.server.script(writes("The mayor resigned\x07 on Monday [{resigned on}].\n[red]Hm[/red] \u202e 77 years."))
    news.server.otherwise = words("\x1b[2J")
    _, out, err = run("ask", QUESTION, *flags)
    assert "[red]Hm[/red]" in out
    assert not _CONTROL.search(out + err)


def test_plain_leaves_all_other_characters() -> None:
    kept = "a\tb\nc é \N{TROPHY} עברית \u200d 日本 \u00a0"
    assert plain(kept) == kept
    assert plain("\x1b[0m\r\u202e") == "\ufffd[0m\ufffd\ufffd"


def test_words_that_are_not_unicode_are_asked_as_well_as_can_be() -> None:
    assert as_unicode("caf\udce9 \N{TROPHY}") == "caf\ufffd \N{TROPHY}"


# --- what is shown


def test_an_answer_shows_what_is_not_supported_and_why(run: Run, news: News, flags: list[str]) -> None:
    news.server.script(
        writes("The mayor resigned on Monday [{resigned on}]. She resigned at the age of 77 [{denied}].")
    )
    news.server.otherwise = words("NOT IN THE ARTICLES")
    code, out, err = run("ask", QUESTION, *flags)
    assert code == 0
    assert "She resigned at the age of 77" in out
    assert re.search(r"unsupported: .*77", err)


def test_trouble_is_told_on_stderr(run: Run, news: News, flags: list[str]) -> None:
    news.server.script(writes("The mayor resigned on Monday [{resigned on}].", finish="length"))
    code, out, err = run("ask", QUESTION, *flags)
    assert (code, "max_tokens" in err, "max_tokens" in out) == (0, True, False)


def test_an_abstention_shows_the_nearest_passages_and_any_trouble(run: Run, news: News, flags: list[str]) -> None:
    news.server.script(words("Penguins own", finish="length"))
    code, out, err = run("ask", QUESTION, *flags)
    assert code == 3
    assert "Nearest passages:" in out
    assert "Mayor of Lyon resigns" in out
    assert "max_tokens" in err


def test_long_lines_are_not_wrapped_where_nobody_reads_them(run: Run, flags: list[str]) -> None:
    _, out, _ = run("show", "mayor.md", *flags)
    assert max(map(len, out.splitlines())) > 200


def test_no_progress_is_drawn_into_a_file(run: Run, flags: list[str], tmp_path: Path) -> None:
    code, out, err = run("index", "--rebuild", *flags[:2], "--index", tmp_path / "index", "--json")
    assert (code, json.loads(out)["articles"], err) == (0, 6, "")


def test_a_checked_text_shows_each_sentence_with_its_verdict(run: Run, flags: list[str]) -> None:
    code, out, err = run("check", "-", *flags, stdin="Ana Ruiz resigned on Monday. Penguins own the tram.")
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert lines[0].startswith("supported   Ana Ruiz resigned on Monday. [1]")
    assert lines[1].startswith("unsupported Penguins own the tram.")


def test_totals_of_a_batch_are_told(run: Run, news: News, flags: list[str], tmp_path: Path) -> None:
    news.server.otherwise = writes("The mayor resigned on Monday [{resigned on}].")
    (tmp_path / "in.txt").write_text(f"{QUESTION}\n\n{QUESTION}\n?")
    _, out, err = run("batch", tmp_path / "in.txt", "--out", tmp_path / "out.jsonl", *flags)
    assert out == ""
    assert "2 answered, 1 error; 17 tokens in 1 call; 0:0" in err
    assert "--retry" in err


# --- input


@pytest.mark.parametrize("content", [b"\xff\xfe\x00odd!", b"\xfebad", b"caf\xe9"])
def test_a_file_that_is_not_utf_8_is_named(run: Run, flags: list[str], tmp_path: Path, content: bytes) -> None:
    (tmp_path / "in.txt").write_bytes(content)
    for command in (["check", tmp_path / "in.txt"], ["batch", tmp_path / "in.txt", "--out", tmp_path / "out"]):
        code, out, err = run(*command, *flags)
        assert (code, out) == (1, "")
        assert "in.txt" in err
        assert "UTF-8" in err
        assert err.count("\n") == 1


def test_a_byte_order_mark_is_no_part_of_a_question(run: Run, flags: list[str], tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("\ufeff" + QUESTION + "\r\n", encoding="utf-8")
    run("batch", tmp_path / "in.txt", "--out", tmp_path / "out.jsonl", *flags, "--model", "extractive")
    assert json.loads((tmp_path / "out.jsonl").read_text())["question"] == QUESTION


def test_questions_come_from_stdin(run: Run, flags: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    code, _, _ = run("batch", "-", "--out", out, *flags, "--model", "extractive", stdin=f"{QUESTION}\n")
    assert (code, json.loads(out.read_text())["question"]) == (0, QUESTION)


# --- stopping


@pytest.mark.parametrize("command", [["search", "mayor"], ["index"], ["check", "-"]])
def test_ctrl_c_ends_with_one_line(
    run: Run, flags: list[str], monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    def stop(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Archive, "sync", stop)
    code, out, err = run(*command, *flags, stdin="It rained.")
    assert (code, out, err) == (130, "", "qa: stopped; what was finished is kept\n")


def test_while_another_process_indexes_the_old_index_answers(
    run: Run, flags: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: Any, **__: Any) -> None:
        raise IndexLocked("another process is writing the index")

    monkeypatch.setattr(Assistant, "sync", locked)
    code, out, err = run("search", "mayor", "--json", "-k", "1", *flags)
    assert (code, json.loads(out)["article_id"]) == (0, "mayor.md")
    assert "answering from what it has finished" in err


def test_without_an_index_a_locked_one_is_an_error(
    run: Run, news: News, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: Any, **__: Any) -> None:
        raise IndexLocked("another process is writing the index")

    monkeypatch.setattr(Assistant, "sync", locked)
    code, out, err = run("search", "mayor", "--corpus", news.corpus, "--index", tmp_path / "none")
    assert (code, out, err) == (1, "", "qa: another process is writing the index\n")
