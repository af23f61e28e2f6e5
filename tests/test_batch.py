"""Many questions: in order, bounded, one error per question; and the files they come from and go to."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from qa.assistant import Assistant
from qa.batch import Request, answers_in_order
from qa.cli.batch import Plan, read_requests, run_batch
from qa.errors import BudgetExceeded, ModelError, QAError
from qa.records import Answer, Turn, Usage


class Echo:
    """Answers each question with its own words, later ones sooner; fails where told so."""

    recipe = "recipe"
    model_name = "echo"

    def __init__(self, *, failing: str = "!", pause: float = 0.0) -> None:
        self.failing, self.pause = failing, pause
        self.asked: list[str] = []
        self.most_at_once = self._at_once = 0
        self._lock = threading.Lock()

    def ask(self, question: str, history: tuple[Turn, ...] = ()) -> Answer:
        with self._lock:
            self.asked.append(question)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        time.sleep(self.pause if len(self.asked) % 2 else 0)
        with self._lock:
            self._at_once -= 1
        if self.failing in question:
            raise ModelError("the model is ill")
        text = f"{question} after {len(history)}"
        return Answer(question, "answered", text, model="echo", recipe="recipe", usage=Usage(3, 2, 1))

    def failed(self, question: str, error: QAError) -> Answer:
        return Answer(question, "error", "", model="echo", recipe="recipe", error=str(error))


def assistant(**options: Any) -> tuple[Echo, Assistant]:
    echo = Echo(**options)
    return echo, cast(Assistant, echo)


def test_answers_come_in_the_order_of_the_questions() -> None:
    echo, asked = assistant(pause=0.01)
    questions = [f"q{number}" for number in range(40)]
    assert [answer.question for answer in answers_in_order(asked, questions, 8)] == questions
    assert 1 < echo.most_at_once <= 8


def test_a_failed_question_is_an_answer_with_its_error() -> None:
    _, asked = assistant()
    answers = list(answers_in_order(asked, ["a", "b!", Request("c", id="x", trouble="no question")], 2))
    assert [answer.status for answer in answers] == ["answered", "error", "error"]
    assert [answer.error for answer in answers] == [None, "the model is ill", "no question"]
    assert answers[2].id == "x"


def test_a_mistake_of_a_programmer_is_not_hidden() -> None:
    echo, asked = assistant()
    echo.ask = lambda question, history=(): 1 / 0  # type: ignore[assignment,method-assign,return-value]
    with pytest.raises(ZeroDivisionError):
        list(answers_in_order(asked, ["a"], 1))


def test_an_endless_list_of_questions_is_taken_as_needed() -> None:
    taken = itertools.count()

    def questions() -> Iterator[str]:
        for number in taken:
            yield f"q{number}"

    _, asked = assistant()
    answers = answers_in_order(asked, questions(), 3)
    assert [next(answers).question for _ in range(5)] == ["q0", "q1", "q2", "q3", "q4"]
    answers.close()  # type: ignore[attr-defined]
    assert next(taken) <= 5 + 2 * 3 + 1


def test_leaving_early_asks_no_more() -> None:
    echo, asked = assistant(pause=0.02)
    answers = answers_in_order(asked, [f"q{number}" for number in range(100)], 2)
    next(answers)
    answers.close()  # type: ignore[attr-defined]
    count = len(echo.asked)
    time.sleep(0.1)
    assert len(echo.asked) == count <= 6


def test_no_workers_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="workers"):
        list(answers_in_order(assistant()[1], ["a"], 0))


def test_history_and_id_of_a_request_are_kept() -> None:
    (answer,) = answers_in_order(assistant()[1], [Request("q", id="7", history=(Turn("a", "b"),))], 1)
    assert (answer.id, answer.text) == ("7", "q after 1")


# --- files


def test_lines_are_read_as_questions() -> None:
    lines = [
        "Who?\n",
        "\n",
        '{"question": "Where?", "id": "w", "history": [{"question": "a", "answer": "b"}]}\n',
        '{"question": "Was ist los? \N{TROPHY}"}\n',
        '{"id": 5, "question": null}',
        '{"id": "h", "question": "x", "history": [{"question": "a"}]}',
        "{",
    ]
    found = list(read_requests(lines))
    assert [(one.id, one.question) for one in found[:3]] == [
        ("1", "Who?"),
        ("w", "Where?"),
        ("4", "Was ist los? \N{TROPHY}"),
    ]
    assert found[1].history == (Turn("a", "b"),)
    assert [(one.id, bool(one.trouble)) for one in found[3:]] == [("5", True), ("h", True), ("7", True)]
    assert "'answer' is missing" in found[4].trouble


def run(asked: Assistant, questions: list[str], out: Path, *, retry: bool = False, budget: int | None = None) -> Any:
    requests = list(read_requests(questions))
    return run_batch(asked, requests, out, Plan(2, retry, budget), lambda done, total: None)


def rows(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def test_totals_count_what_was_asked_now(tmp_path: Path) -> None:
    _, asked = assistant()
    out = tmp_path / "out.jsonl"
    totals = run(asked, ["a", "b!", "c"], out)
    assert (dict(totals.statuses), totals.usage, totals.kept) == ({"answered": 2, "error": 1}, Usage(6, 4, 2), 0)
    totals = run(asked, ["a", "b!", "c", "d"], out)
    assert (dict(totals.statuses), totals.kept) == ({"answered": 1}, 3)


def test_every_place_a_run_can_be_cut_at_gives_the_same_file(tmp_path: Path) -> None:
    questions = ["a", "b!", "c \N{TROPHY}", "d"]
    whole = tmp_path / "whole.jsonl"
    run(assistant()[1], questions, whole)
    content = whole.read_bytes()
    for length in range(0, len(content), 37):
        out = tmp_path / "cut.jsonl"
        out.write_bytes(content[:length])
        echo, asked = assistant()
        run(asked, questions, out)
        assert out.read_bytes() == content
        assert len(echo.asked) == 4 - content[:length].count(b"\n")


def test_failed_questions_are_asked_again_in_their_place(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    run(assistant()[1], ["a", "b!", "c"], out)
    echo, asked = assistant(failing="never")
    totals = run(asked, ["a", "b!", "c"], out, retry=True)
    assert echo.asked == ["b!"]
    assert [row["status"] for row in rows(out)] == ["answered"] * 3
    assert [row["question"] for row in rows(out)] == ["a", "b!", "c"]
    assert (totals.kept, dict(totals.statuses)) == (2, {"answered": 1})
    assert not list(tmp_path.glob("*.new"))


def test_asking_again_that_is_interrupted_loses_no_line(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    run(assistant()[1], ["a!", "b", "c!"], out)
    echo, asked = assistant(failing="never")
    answer = echo.ask

    def stop(question: str, history: tuple[Turn, ...] = ()) -> Answer:
        if question == "c!":
            raise KeyboardInterrupt
        return answer(question, history)

    echo.ask = stop  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        run(asked, ["a!", "b", "c!"], out, retry=True)
    assert [row["status"] for row in rows(out)] == ["answered", "answered", "error"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{}\n", "no answer of this program"),
        ("[1]\n", "no answer of this program"),
        ('{"id": "1", "question": "other", "recipe": "recipe"}\n', "another question"),
        ('{"id": "1", "question": "a", "recipe": "old"}\n', "other settings"),
        ('{"id": "1", "question": "a", "recipe": "recipe"}\n' * 2, "another question"),
        ("dear diary", "no answer of this program"),
        ('{"id": "1", "question": "a", "recipe": "recipe"}\ndear diary', "line 2"),
    ],
)
def test_another_file_is_not_touched(tmp_path: Path, content: str, problem: str) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text(content)
    with pytest.raises(QAError, match=problem):
        run(assistant()[1], ["a"], out)
    assert out.read_text() == content


def test_a_place_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(QAError, match="cannot write"):
        run(assistant()[1], ["a"], tmp_path / "none" / "out.jsonl")


def test_a_line_is_in_the_file_as_soon_as_its_answer_is_there(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    lines: list[int] = []
    requests = list(read_requests(["a", "b", "c"]))
    run_batch(assistant()[1], requests, out, Plan(1), lambda done, total: lines.append(len(rows(out))))
    assert lines == [1, 2, 3]


def test_a_run_stops_when_its_tokens_are_spent_and_goes_on_with_more(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    with pytest.raises(BudgetExceeded):
        run(assistant()[1], ["a", "b", "c", "d"], out, budget=10)
    assert [row["question"] for row in rows(out)] == ["a", "b"]
    run(assistant()[1], ["a", "b", "c", "d"], out, budget=10)
    assert [row["question"] for row in rows(out)] == ["a", "b", "c", "d"]
