"""The interfaces that scripts rely on: commands, exit codes, stdout, JSON keys, files of questions and answers."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import qa
from qa.records import Answer
from tests.command_line import run_program
from tests.fault_replies import bad_key, words
from tests.small_news import QUESTION, News, writes

pytest_plugins = ["tests.news_fixtures"]

COMMANDS = ("index", "ask", "search", "show", "batch", "check", "doctor", "serve")
ANSWER_KEYS = [
    "id", "question", "status", "text", "statements", "citations", "passages", "confidence", "model", "recipe",
    "usage", "seconds", "error",
]  # fmt: skip
CITATION_KEYS = ["number", "article_id", "title", "published", "start", "end", "quote"]
REPOSITORY = Path(__file__).parents[1]


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def row(self) -> dict[str, Any]:
        (only,) = self.rows
        return only


Run = Callable[..., Outcome]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, plain_environment: None) -> Run:
    """Runs the program in this process."""

    def run(*arguments: str | Path, stdin: str = "") -> Outcome:
        return Outcome(*run_program(capsys, monkeypatch, arguments, stdin))

    return run


def flags(news: News) -> list[str]:
    return ["--corpus", str(news.corpus), "--index", str(news.index)]


def extractive(news: News) -> list[str]:
    return [*flags(news), "--model", "extractive"]


@pytest.fixture
def scripted(news: News, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Flags that ask the scripted model."""
    for name, value in news.model_flags.items():
        monkeypatch.setenv(f"QA_{name.upper()}", str(value))
    return flags(news)


def process(*arguments: str | Path, environment: dict[str, str] | None = None) -> subprocess.Popen[str]:
    """Runs the program in a process of its own."""
    command = [sys.executable, "-c", "from qa.cli import main; main()", *map(str, arguments)]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("QA_", "OPENAI_"))}
    everything = {**kept, "PYTHONPATH": str(REPOSITORY), **(environment or {})}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=everything)


def finished(running: subprocess.Popen[str]) -> Outcome:
    out, err = running.communicate(timeout=60)
    return Outcome(running.returncode, out, err)


def assert_one_line(outcome: Outcome) -> None:
    """An error is one line on stderr, and nothing is on stdout."""
    assert outcome.out == ""
    assert outcome.err.startswith("qa: ")
    assert outcome.err.count("\n") == 1
    assert "Traceback" not in outcome.err


# --- commands


def test_the_program_lists_exactly_its_commands(run: Run) -> None:
    outcome = run("--help")
    assert outcome.code == 0
    listed = re.findall(r"^\W*(\w+)\s{2,}\S", outcome.out.partition("Commands")[2], re.MULTILINE)
    assert set(COMMANDS) <= set(listed)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_and_takes_the_common_flags(run: Run, command: str) -> None:
    outcome = run(command, "--help")
    assert outcome.code == 0
    expected = {"--corpus", "--index"}
    if command in ("ask", "batch", "serve", "doctor"):
        expected.add("--model")
    if command not in ("batch", "serve"):
        expected.add("--json")
    if command not in ("index", "doctor"):
        expected.add("--no-sync")
    assert expected <= set(re.findall(r"--[a-z-]+", outcome.out))


def test_the_version_is_that_of_the_package(run: Run) -> None:
    assert run("--version") == Outcome(0, qa.__version__ + "\n", "")


@pytest.mark.slow
def test_every_command_runs_for_a_person(run: Run, news: News, tmp_path: Path) -> None:
    questions = tmp_path / "questions.txt"
    questions.write_text(QUESTION)
    draft = tmp_path / "draft.txt"
    draft.write_text("Ana Ruiz resigned on Monday.")
    time.sleep(2.1)  # a file of this very moment is read again, since it may still change
    assert "6 articles" in run("index", *flags(news)).out
    assert "would read 0" in run("index", "--dry-run", *flags(news)).out
    assert "mayor.md" in run("search", "the mayor of Lyon", *flags(news)).out
    assert "tram budget" in run("show", "mayor.md", *flags(news)).out
    assert ">>>The mayor<<<" in run("show", "mayor.md", "--span", "0:9", *flags(news)).out
    assert "supported" in run("check", draft, *flags(news)).out
    assert "ok" in run("doctor", *extractive(news)).out
    batch = run("batch", questions, "--out", tmp_path / "answers.jsonl", *extractive(news))
    assert (batch.code, batch.out) == (0, "")
    assert "answers.jsonl" in batch.err


def test_an_answer_for_a_person_shows_its_sources(run: Run, news: News, scripted: list[str]) -> None:
    news.server.script(writes("The mayor resigned on Monday [{resigned on Monday}]."))
    outcome = run("ask", QUESTION, *scripted)
    assert outcome.code == 0
    assert outcome.out.startswith("The mayor resigned on Monday [1].")
    assert "[1] Mayor of Lyon resigns" in outcome.out
    assert "2024-03-04" in outcome.out
    assert "The mayor of Lyon, Ana Ruiz, resigned on Monday after a dispute over the tram budget." in outcome.out


@pytest.mark.slow
def test_the_page_is_served(news: News) -> None:
    running = process("serve", "--port", "7961", *extractive(news))
    try:
        end = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen("http://127.0.0.1:7961/", timeout=5) as reply:
                    assert reply.status == 200
                    break
            except OSError:
                assert running.poll() is None, running.communicate()
                assert time.monotonic() < end
                time.sleep(0.3)
    finally:
        running.kill()
        running.communicate()


# --- ask


def test_an_answer_as_json_has_exactly_the_keys_of_the_contract(run: Run, news: News, scripted: list[str]) -> None:
    news.server.script(writes("The mayor resigned on Monday [{resigned on Monday}]. It rained on Mars."))
    news.server.otherwise = words("NOT IN THE ARTICLES")
    outcome = run("ask", QUESTION, "--json", *scripted)
    row = outcome.row
    assert outcome.code == 0
    assert list(row) == ANSWER_KEYS
    assert row["status"] == "partial"
    assert row["text"].startswith("The mayor resigned on Monday [1].")
    assert [set(statement) for statement in row["statements"]] == [
        {"start", "end", "citations", "support", "reason"}
    ] * 2
    assert row["statements"][0]["citations"] == [1]
    assert [list(citation) for citation in row["citations"]] == [CITATION_KEYS] * len(row["citations"])
    assert all(list(passage) == ["article_id", "start", "end", "score"] for passage in row["passages"])
    assert list(row["usage"]) == ["prompt_tokens", "completion_tokens", "calls"]
    assert (row["model"], row["error"], row["question"]) == ("scripted", None, QUESTION)
    assert 0 <= row["confidence"] <= 1
    assert row["seconds"] > 0


def test_a_quote_is_the_range_that_show_prints(run: Run, news: News, scripted: list[str]) -> None:
    news.server.script(writes("Lena Ångström won in 2:21:07 [{2:21:07}]."))
    (citation,) = run("ask", "Who won the İzmir marathon?", "--json", *scripted).row["citations"]
    span = f"{citation['start']}:{citation['end']}"
    shown = run("show", citation["article_id"], "--span", span, "--json", *flags(news)).row
    assert shown["quote"] == citation["quote"] == shown["text"][citation["start"] : citation["end"]]
    assert "2:21:07" in shown["quote"]
    assert {"id", "title", "published", "source", "url", "text"} <= set(shown)


def test_an_abstention_ends_with_3(run: Run, news: News, scripted: list[str]) -> None:
    news.server.otherwise = words("NOT IN THE ARTICLES")
    outcome = run("ask", "Who is the president of France?", "--json", *scripted)
    assert (outcome.code, outcome.row["status"], outcome.row["text"]) == (3, "abstained", "")
    assert outcome.row["passages"]
    shown = run("ask", "Who is the president of France?", *scripted)
    assert shown.code == 3
    assert "The articles do not say." in shown.out


def test_a_failing_model_ends_with_1_and_one_line(run: Run, news: News, scripted: list[str]) -> None:
    news.server.script(bad_key())
    outcome = run("ask", QUESTION, "--json", *scripted)
    assert outcome.code == 1
    assert_one_line(outcome)


@pytest.mark.parametrize("arguments", [["ask"], ["ask", "a", "b", "c"], ["frobnicate"], ["ask", "--nope"], []])
def test_wrong_usage_ends_with_2(run: Run, arguments: list[str]) -> None:
    outcome = run(*arguments)
    assert outcome.code == 2
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize("question", ["", "   ", "?!", "a" * 20_000])
def test_what_is_no_question_ends_with_1(run: Run, news: News, question: str) -> None:
    outcome = run("ask", question, *extractive(news))
    assert outcome.code == 1
    assert_one_line(outcome)
    assert len(outcome.err) < 300


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask", QUESTION, "--corpus", "no/such/folder"],
        ["search", QUESTION, "--corpus", "no/such/folder"],
        ["index", "--corpus", "no/such/folder"],
        ["check", "no-such-file.txt"],
        ["batch", "no-such-file.txt", "--out", "answers.jsonl"],
        ["show", "no-such-article"],
        ["show", "mayor.md", "--span", "5:2"],
        ["show", "mayor.md", "--span", "0:999999"],
        ["show", "mayor.md", "--span", "a:b"],
        ["ask", QUESTION, "--since", "yesterday"],
    ],
)
def test_what_a_person_can_put_right_ends_with_1_and_one_line(
    run: Run, news: News, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    corpus = [] if "--corpus" in arguments else ["--corpus", str(news.corpus)]
    index = ["--index", str(news.index if corpus else tmp_path / "index")]
    outcome = run(*arguments, *corpus, *index)
    assert outcome.code == 1
    assert_one_line(outcome)


def test_an_unknown_setting_ends_with_1(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_MODLE", "x")
    outcome = run("ask", QUESTION)
    assert outcome.code == 1
    assert_one_line(outcome)
    assert "QA_MODEL" in outcome.err


# --- search and index


def test_search_prints_one_line_of_json_for_each_passage(run: Run, news: News) -> None:
    outcome = run("search", "the mayor resigned", "-k", "3", "--json", *flags(news))
    assert outcome.code == 0
    assert [row["rank"] for row in outcome.rows] == [1, 2, 3]
    for row in outcome.rows:
        assert list(row) == ["rank", "article_id", "start", "end", "score", "title", "published", "text"]
        article = run("show", row["article_id"], "--json", *flags(news)).row
        assert article["text"][row["start"] : row["end"]] == row["text"]
    best = outcome.rows[0]
    assert (best["article_id"], best["title"], best["published"]) == ("mayor.md", "Mayor of Lyon resigns", "2024-03-04")
    assert best["score"] == max(row["score"] for row in outcome.rows)


def test_search_can_be_limited_to_dates_and_sources(run: Run, news: News) -> None:
    rows = run("search", "the city", "--source", "City Post", "--since", "2024-02-01", "--json", *flags(news)).rows
    assert {row["article_id"] for row in rows} == {"bridge.md", "trap.md"}


@pytest.mark.slow
def test_asking_brings_the_index_up_to_date_unless_told_not_to(run: Run, tmp_path: Path) -> None:
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    corpus.mkdir()
    (corpus / "a.txt").write_text("Bakers strike\nBread is short\nBakers in Brest began a strike over flour prices.")
    where = ["--corpus", str(corpus), "--index", str(index), "--json"]
    assert run("search", "flour prices", "--no-sync", *where).code == 1
    assert [row["article_id"] for row in run("search", "flour prices", *where).rows] == ["a.txt"]
    (corpus / "b.txt").write_text("Mill burns\nNo one was hurt\nA flour mill near Brest burned down on Tuesday.")
    assert len(run("search", "flour", "--no-sync", *where).rows) == 1
    assert len(run("search", "flour", *where).rows) == 2
    (corpus / "a.txt").unlink()
    assert [row["article_id"] for row in run("search", "flour", *where).rows] == ["b.txt"]


def test_the_plan_of_an_index_writes_nothing(run: Run, news: News, tmp_path: Path) -> None:
    outcome = run("index", "--dry-run", "--json", "--corpus", news.corpus, "--index", tmp_path / "index")
    assert outcome.row == {"changed_files": 6, "unchanged_files": 0, "gone_files": 0}
    assert not (tmp_path / "index").exists()


def test_a_corpus_line_needs_only_id_and_text(run: Run, tmp_path: Path) -> None:
    lines = [
        {"id": "one", "text": "The harbour of Brest froze over in January."},
        {
            "id": "two", "title": "Ferry late", "text": "The ferry was an hour late.", "published": "2024-05-06",
            "source": "Coast News", "url": "https://example.com/two",
        },
    ]  # fmt: skip
    (tmp_path / "articles.jsonl").write_text("\n".join(map(json.dumps, lines)))
    where = ["--corpus", str(tmp_path), "--index", str(tmp_path.parent / (tmp_path.name + "-index")), "--json"]
    assert {row["article_id"] for row in run("search", "harbour ferry", *where).rows} == {"one", "two"}
    shown = run("show", "two", *where).row
    assert {name: shown[name] for name in lines[1]} == lines[1]


# --- batch


def answers_in(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_batch_has_one_answer_for_each_question_in_order(run: Run, news: News, tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": "first", "question": QUESTION}),
        "What did the repairs of the bridge cost?",
        "",
        json.dumps({"question": "What damaged houses in Calais?"}),
        json.dumps({"id": 17, "question": "How long was the strike?", "history": []}),
    ]
    (tmp_path / "in.jsonl").write_text("\n".join(lines), encoding="utf-8")
    outcome = run("batch", tmp_path / "in.jsonl", "--out", tmp_path / "out.jsonl", "--workers", "3", *extractive(news))
    rows = answers_in(tmp_path / "out.jsonl")
    assert (outcome.code, outcome.out) == (0, "")
    assert [list(row) for row in rows] == [ANSWER_KEYS] * 4
    assert [row["id"] for row in rows] == ["first", "2", "4", "17"]
    assert [row["question"] for row in rows] == [
        QUESTION,
        "What did the repairs of the bridge cost?",
        "What damaged houses in Calais?",
        "How long was the strike?",
    ]
    assert all(row["status"] in ("answered", "abstained") for row in rows)


def test_a_question_that_fails_is_a_line_and_not_the_end(run: Run, news: News, tmp_path: Path) -> None:
    lines = ["{not json", json.dumps({"id": "x", "text": "no question"}), json.dumps({"question": 5}), "???", QUESTION]
    (tmp_path / "in.jsonl").write_text("\n".join(lines))
    outcome = run("batch", tmp_path / "in.jsonl", "--out", tmp_path / "out.jsonl", *extractive(news))
    rows = answers_in(tmp_path / "out.jsonl")
    assert outcome.code == 1
    assert [row["status"] for row in rows[:4]] == ["error"] * 4
    assert rows[4]["status"] != "error"
    assert all(list(row) == ANSWER_KEYS for row in rows)
    assert all("\n" not in row["error"] and row["error"] for row in rows[:4])
    assert all(f"line {number} " in rows[number - 1]["error"] for number in (1, 2, 3))
    assert rows[1]["id"] == "x"


@pytest.mark.slow
def test_a_model_that_fails_once_fails_one_line_which_can_be_asked_again(
    run: Run, news: News, scripted: list[str], tmp_path: Path
) -> None:
    (tmp_path / "in.txt").write_text("\n".join(f"{QUESTION} ({number})" for number in range(3)))
    good = writes("The mayor resigned on Monday [{resigned on Monday}].")
    news.server.script(good, bad_key(), good)
    batch = ["batch", str(tmp_path / "in.txt"), "--out", str(tmp_path / "out.jsonl"), "--workers", "1", *scripted]
    assert run(*batch).code == 1
    before = answers_in(tmp_path / "out.jsonl")
    assert [row["status"] for row in before] == ["answered", "error", "answered"]
    assert run(*batch).code == 1
    assert answers_in(tmp_path / "out.jsonl") == before
    assert len(news.server.requests) == 3
    news.server.script(good)
    assert run(*batch, "--retry").code == 0
    after = answers_in(tmp_path / "out.jsonl")
    assert [row["status"] for row in after] == ["answered"] * 3
    assert (after[0], after[2]) == (before[0], before[2])


@pytest.mark.slow
def test_a_killed_batch_goes_on_where_it_was(run: Run, news: News, scripted: list[str], tmp_path: Path) -> None:
    questions = [f"{QUESTION} ({number})" for number in range(12)]
    (tmp_path / "in.txt").write_text("\n".join(questions))
    out = tmp_path / "out.jsonl"
    news.server.otherwise = writes("The mayor resigned on Monday [{resigned on Monday}].", size=30, pause=0.05)
    environment = {f"QA_{name.upper()}": str(value) for name, value in news.model_flags.items()}
    batch = ("batch", tmp_path / "in.txt", "--out", out, "--workers", "2", *scripted)
    running = process(*batch, environment=environment)
    end = time.monotonic() + 60
    while not (out.exists() and out.read_bytes().count(b"\n") >= 3):
        assert running.poll() is None, running.communicate()
        assert time.monotonic() < end
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    running.communicate()
    kept = out.read_bytes()
    assert 3 <= kept.count(b"\n") < 12
    whole = kept[: kept.rfind(b"\n") + 1]
    out.write_bytes(whole + b'{"id": "4", "question": "Wh')
    asked = len(news.server.requests)
    assert run(*batch).code == 0
    assert out.read_bytes().startswith(whole)
    assert [row["question"] for row in answers_in(out)] == questions
    assert len(news.server.requests) - asked == 12 - whole.count(b"\n")


@pytest.mark.slow
@pytest.mark.parametrize("change", ["other questions", "other settings", "no answers"])
def test_a_batch_does_not_mix_two_runs(run: Run, news: News, tmp_path: Path, change: str) -> None:
    (tmp_path / "in.txt").write_text(QUESTION)
    out = tmp_path / "out.jsonl"
    assert run("batch", tmp_path / "in.txt", "--out", out, *extractive(news)).code == 0
    options = extractive(news)
    if change == "other questions":
        (tmp_path / "in.txt").write_text("What did the repairs cost?")
    elif change == "no answers":
        out.write_text("dear diary\n")
    else:
        (row,) = answers_in(out)
        out.write_text(json.dumps(row | {"recipe": "0123456789ab"}) + "\n")
    before = out.read_text()
    outcome = run("batch", tmp_path / "in.txt", "--out", out, *options)
    assert outcome.code == 1
    assert_one_line(outcome)
    assert out.read_text() == before


# --- check


def test_a_checked_text_as_json(run: Run, news: News) -> None:
    text = "Ana Ruiz resigned on Monday. The repairs of the bridge cost $9.9 million."
    outcome = run("check", "-", "--json", *flags(news), stdin=text)
    row = outcome.row
    assert outcome.code == 0
    assert list(row) == ["id", "text", "support", "statements", "citations"]
    assert (row["text"], row["support"]) == (text, "unsupported")
    assert [list(statement) for statement in row["statements"]] == [
        ["start", "end", "citations", "support", "reason"]
    ] * 2
    assert [statement["support"] for statement in row["statements"]] == ["supported", "unsupported"]
    assert "9.9" in row["statements"][1]["reason"]
    assert row["statements"][0]["reason"] == ""
    assert [list(citation) for citation in row["citations"]] == [CITATION_KEYS] * len(row["citations"])


def test_texts_as_json_lines_give_one_line_each(run: Run, news: News, tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": "a", "text": "Ana Ruiz resigned on Monday."}),
        json.dumps({"id": "b", "text": "Ana Ruiz resigned on Monday.", "article_id": "bridge.md"}),
        json.dumps({"id": "c", "text": "Ana Ruiz resigned.", "article_id": "none.md"}),
        "{broken",
        json.dumps({"text": "Repairs cost $2.4 million.", "article_id": "bridge.md"}),
    ]
    (tmp_path / "texts.jsonl").write_text("\n".join(lines))
    outcome = run("check", tmp_path / "texts.jsonl", "--json", *flags(news))
    rows = outcome.rows
    assert outcome.code == 1
    assert [row["id"] for row in rows] == ["a", "b", "c", "4", "5"]
    assert [row["support"] for row in rows] == ["supported", "unsupported", "error", "error", "supported"]
    assert {citation["article_id"] for citation in rows[1]["citations"]} <= {"bridge.md"}
    assert all("statements" in row and "citations" in row for row in rows)
    assert all(row["error"] for row in rows[2:4])


@pytest.mark.slow
def test_a_strict_check_ends_with_3_unless_all_is_supported(run: Run, news: News, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.txt", tmp_path / "bad.txt"
    good.write_text("Ana Ruiz resigned on Monday.")
    bad.write_text("Ana Ruiz resigned on Friday.")
    assert run("check", good, "--strict", *flags(news)).code == 0
    assert run("check", bad, "--strict", *flags(news)).code == 3
    assert run("check", bad, *flags(news)).code == 0


# --- doctor


@pytest.mark.slow
def test_the_doctor_as_json(run: Run, news: News) -> None:
    outcome = run("doctor", "--json", *extractive(news))
    findings = json.loads(outcome.out)
    assert outcome.code == 0
    assert {finding["name"] for finding in findings} >= {"settings", "articles", "embedder", "index", "model"}
    assert all(set(finding) == {"name", "well", "message", "remedy"} for finding in findings)
    assert all(finding["well"] for finding in findings)


def test_the_doctor_ends_with_1_when_something_is_wrong(run: Run, tmp_path: Path) -> None:
    outcome = run("doctor", "--json", "--corpus", tmp_path / "none", "--index", tmp_path / "index")
    assert outcome.code == 1
    assert any(not finding["well"] for finding in json.loads(outcome.out))


# --- stdout and stderr


@pytest.mark.slow
def test_a_process_prints_data_on_stdout_and_messages_on_stderr(news: News, tmp_path: Path) -> None:
    (tmp_path / "odd.bin").write_bytes(bytes(range(256)))
    (tmp_path / "a.txt").write_text("Bakers strike\nBread is short\nBakers in Brest began a strike over flour prices.")
    where = ["--corpus", str(tmp_path), "--index", str(tmp_path / "x" / ".." / ".." / (tmp_path.name + "-index"))]
    outcome = finished(process("search", "flour", "--json", *where))
    assert (outcome.code, outcome.row["article_id"]) == (0, "a.txt")
    assert "odd.bin" in outcome.err


@pytest.mark.slow
def test_a_process_ends_with_one_line_and_no_traceback() -> None:
    outcome = finished(process("ask", "Who?", "--corpus", "no/such/folder"))
    assert outcome.code == 1
    assert_one_line(outcome)


@pytest.mark.slow
def test_a_closed_pipe_is_no_crash(news: News) -> None:
    running = process("search", "the city of Lyon", "--json", "-k", "6", *flags(news))
    assert running.stdout is not None
    running.stdout.close()
    assert running.wait(timeout=60) == 1
    assert running.stderr is not None
    assert "Traceback" not in running.stderr.read()
    running.stderr.close()


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys; sys.argv = ['qa', '--help']\nfrom qa.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "heavy = {'chromadb', 'llama_index', 'openai', 'onnxruntime', 'gradio', 'numpy', 'pydantic_settings'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    assert done.stderr.strip() == "[]"


# --- Python


def test_python_offers_what_the_contract_says(news: News, plain_environment: None) -> None:
    assistant = qa.open(news.corpus, index=news.index, model="extractive")
    answer = assistant.ask(QUESTION)
    assert isinstance(answer, qa.Answer)
    assert Answer.from_dict(answer.to_dict()) == answer
    assert Answer.from_dict(json.loads(json.dumps(answer.to_dict()))) == answer
    *_, last = assistant.stream(QUESTION)
    assert last.answer.text == answer.text  # type: ignore[union-attr]
    many: Sequence[Answer] = list(assistant.ask_many([QUESTION, "?", QUESTION], workers=2))
    assert [one.status == "error" for one in many] == [False, True, False]
    assert assistant.check("Ana Ruiz resigned on Monday.").support == "supported"
