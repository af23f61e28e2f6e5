"""Files of questions answered into a file of answers: whatever stops a run, the same command ends it."""

from __future__ import annotations

import io
import json
import signal
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from qa.batch import Request, ThreadEngine
from qa.cli.answers_file import AnswersFile, Mark
from qa.cli.batch import Plan, Totals, run_batch
from qa.cli.questions import read_lines
from qa.errors import BudgetExceeded, QAError
from qa.records import Answer, Turn, Usage
from tests.test_batch import Echo, assistant

MARK = Mark("recipe", "articles")


def run(
    echo: Echo,
    questions: Sequence[str],
    out: Path,
    plan: Plan = Plan(),  # noqa: B008
    mark: Mark = MARK,
    told: Callable[[Totals], None] = lambda totals: None,
    workers: int = 2,
) -> Totals:
    return run_batch(
        lambda kept: ThreadEngine(echo, workers),  # type: ignore[arg-type]
        read_lines(questions),
        AnswersFile(out, mark),
        plan,
        told,
    )


def rows(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def test_totals_count_what_was_asked_now(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    totals = run(Echo(), ["a", "b!", "c"], out)
    assert (dict(totals.statuses), totals.usage, totals.kept) == ({"answered": 2, "error": 1}, Usage(6, 4, 2), 0)
    totals = run(Echo(), ["a", "b!", "c", "d"], out)
    assert (dict(totals.statuses), totals.kept, totals.failed) == ({"answered": 1}, 3, 1)


def test_every_place_a_run_can_be_cut_at_gives_the_same_file(tmp_path: Path) -> None:
    questions = ["a", "b!", "c \N{TROPHY}", "d"]
    whole = tmp_path / "whole.jsonl"
    run(Echo(), questions, whole)
    content = whole.read_bytes()
    for length in range(0, len(content), 37):
        out = tmp_path / "cut.jsonl"
        out.write_bytes(content[:length])
        echo = Echo()
        run(echo, questions, out)
        assert out.read_bytes() == content
        assert len(echo.asked) == 4 - content[:length].count(b"\n")


def test_ctrl_c_while_the_engine_opens_does_not_wait_for_it(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    run(Echo(), ["a"], out)
    content = out.read_bytes()

    def open_engine(kept: int) -> ThreadEngine:
        signal.raise_signal(signal.SIGINT)
        raise AssertionError

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        run_batch(open_engine, read_lines(["a", "b"]), AnswersFile(out, MARK), Plan(), lambda totals: None)
    assert signal.getsignal(signal.SIGINT) is before
    assert out.read_bytes() == content
    echo = Echo()
    run(echo, ["a", "b"], out)
    assert echo.asked == ["b"]


def test_a_run_that_is_whole_opens_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    run(Echo(), ["a", "b"], out)

    def open_engine(kept: int) -> ThreadEngine:
        raise AssertionError

    totals = run_batch(open_engine, read_lines(["a", "b"]), AnswersFile(out, MARK), Plan(), lambda totals: None)
    assert totals.kept == 2


def test_the_same_question_is_asked_once_also_after_a_stop(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    run(Echo(), ["a", "b", "a"], out)
    echo = Echo()
    run(echo, ["a", "b", "a", "b", "c", "c"], out)
    assert echo.asked == ["c"]
    assert [(row["id"], row["text"]) for row in rows(out)][3:] == [
        ("4", "b after 0 {}"),
        ("5", "c after 0 {}"),
        ("6", "c after 0 {}"),
    ]
    assert [row["usage"]["calls"] for row in rows(out)] == [1, 1, 0, 0, 1, 0]


# --- asking again


def test_failed_questions_are_asked_again_in_their_place(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    run(Echo(), ["a", "b!", "c", "d!"], out)
    echo = Echo(failing="d!")
    totals = run(echo, ["a", "b!", "c", "d!", "e"], out, Plan(retry=True))
    assert sorted(echo.asked) == ["b!", "d!", "e"]
    assert [row["status"] for row in rows(out)] == ["answered", "answered", "answered", "error", "answered"]
    assert [row["question"] for row in rows(out)] == ["a", "b!", "c", "d!", "e"]
    assert (totals.kept, dict(totals.statuses), totals.failed) == (2, {"answered": 2, "error": 1}, 1)
    assert not list(tmp_path.glob("*.new"))


@pytest.mark.parametrize("cut", [b"", b'{"id": "4", "ques'])
def test_a_cut_line_is_gone_after_asking_again(tmp_path: Path, cut: bytes) -> None:
    out = tmp_path / "out.jsonl"
    run(Echo(), ["a", "b!", "c"], out)
    out.write_bytes(out.read_bytes() + cut)
    run(Echo(failing="never"), ["a", "b!", "c"], out, Plan(retry=True))
    assert [row["status"] for row in rows(out)] == ["answered"] * 3


def test_asking_again_that_is_interrupted_loses_no_line(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    run(Echo(), ["a!", "b", "c!"], out)
    echo = Echo(failing="never")
    answer = echo.ask

    def stop(question: str, history: tuple[Turn, ...] = (), **filters: Any) -> Answer:
        if question == "c!":
            raise KeyboardInterrupt
        return answer(question, history)

    echo.ask = stop  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        run(echo, ["a!", "b", "c!"], out, Plan(retry=True))
    assert [row["status"] for row in rows(out)] == ["answered", "answered", "error"]


def test_asking_again_that_is_killed_anywhere_loses_and_doubles_nothing(tmp_path: Path) -> None:
    questions = ["a!", "b", "c!", "d"]
    out, fresh = tmp_path / "out.jsonl", tmp_path / "out.jsonl.new"
    run(Echo(), questions, out)
    before = out.read_bytes()
    run(Echo(failing="never"), questions, out, Plan(retry=True))
    after = out.read_bytes()
    for length in range(0, len(after), 41):
        out.write_bytes(before)
        fresh.write_bytes(after[:length])
        echo = Echo(failing="never")
        run(echo, questions, out, Plan(retry=True))
        assert out.read_bytes() == after
        assert (
            sorted(echo.asked) == ["a!", "c!"][sum(row["question"] in ("a!", "c!") for row in whole(after[:length])) :]
        )
        assert not fresh.exists()


def whole(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.split(b"\n")[:-1]]


# --- another file, other articles, other settings


def line(**fields: Any) -> str:
    return json.dumps(Answer("a", "answered", "b", recipe="recipe", id="1").to_dict() | fields) + "\n"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{}\n", "no answer of this program"),
        ("[1]\n", "no answer of this program"),
        (line(question="other"), "another question"),
        (line(id="2"), "another question"),
        (line(recipe="old"), "other settings"),
        (line() * 2, "another question"),
        ("dear diary", "no answer of this program"),
        (line() + "dear diary", "line 2"),
    ],
)
@pytest.mark.parametrize("retry", [True, False])
def test_another_file_is_not_touched(tmp_path: Path, content: str, problem: str, retry: bool) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text(content)
    with pytest.raises(QAError, match=problem):
        run(Echo(), ["a"], out, Plan(retry=retry))
    assert out.read_text() == content


def test_changed_articles_are_noticed_and_can_be_accepted(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    with pytest.raises(BudgetExceeded):
        run(Echo(), ["a", "b", "c"], out, Plan(budget=1), workers=1)
    before = out.read_bytes()
    later = Mark("recipe", "other articles")
    with pytest.raises(QAError, match=r"the articles have changed since .* '--go-on'"):
        run(Echo(), ["a", "b", "c"], out, mark=later)
    assert out.read_bytes() == before
    run(Echo(), ["a", "b", "c"], out, Plan(mixing=True), later)
    assert [row["question"] for row in rows(out)] == ["a", "b", "c"]
    run(Echo(), ["a", "b", "c"], out, mark=later)


def test_a_file_that_was_removed_may_begin_anew_from_other_articles(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    run(Echo(), ["a"], out)
    out.unlink()
    run(Echo(), ["a"], out, mark=Mark("new", "other articles"))
    assert len(rows(out)) == 1


def test_a_place_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(QAError, match="cannot write"):
        run(Echo(), ["a"], tmp_path / "none" / "out.jsonl")


def test_two_runs_do_not_write_the_same_file(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"

    def again(totals: Totals) -> None:
        with pytest.raises(QAError, match="another run is writing"):
            run(Echo(), ["a", "b"], out)

    run(Echo(), ["a", "b"], out, told=again)
    assert [row["question"] for row in rows(out)] == ["a", "b"]
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["out.jsonl", "out.jsonl.run.json"]


# --- while it runs


def test_a_line_is_in_the_file_as_soon_as_its_answer_is_there(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    lines: list[int] = []
    run(Echo(), ["a", "b", "c"], out, told=lambda totals: lines.append(len(rows(out))), workers=1)
    assert lines == [1, 2, 3]


def test_a_run_takes_no_more_when_its_tokens_are_spent_and_goes_on_with_more(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    questions = [f"q{number}" for number in range(8)]
    echo = Echo()
    with pytest.raises(BudgetExceeded, match=r"1\d tokens are spent after [23] answers, the budget was 6"):
        run(echo, questions, out, Plan(budget=6), workers=1)
    assert [row["question"] for row in rows(out)] == echo.asked == questions[: len(echo.asked)]
    run(Echo(), questions, out, Plan(budget=1000))
    assert [row["question"] for row in rows(out)] == questions


def test_a_budget_that_just_suffices_is_no_error(tmp_path: Path) -> None:
    run(Echo(), ["a", "b"], tmp_path / "out.jsonl", Plan(budget=10), workers=1)


def test_answers_can_go_to_a_stream() -> None:
    stream = io.BytesIO()
    _, asked = assistant()
    requests = [Request("a", "1"), Request("b", "2")]
    run_batch(lambda kept: ThreadEngine(asked, 2), requests, stream, Plan(), lambda totals: None)
    assert [json.loads(line)["id"] for line in stream.getvalue().splitlines()] == ["1", "2"]


@pytest.mark.slow
def test_questions_are_not_held_in_memory() -> None:
    import tracemalloc

    class Nowhere(io.BytesIO):
        def write(self, content: Any) -> int:
            return len(content)

    def requests(count: int) -> Iterator[Request]:
        return (Request(f"question {number}", str(number)) for number in range(count))

    def peak(count: int) -> int:
        tracemalloc.start()
        run_batch(
            lambda kept: ThreadEngine(Echo(), 4),  # type: ignore[arg-type]
            requests(count),
            Nowhere(),
            Plan(),
            lambda totals: None,
        )
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    # What is not bounded shows in ten times as many.
    assert peak(4000) - peak(400) < 4000 * 400
