"""Many questions in Python: in order or as they finish, bounded, the same asked once, one error per question."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from typing import Any, cast

import pytest

from qa.assistant import Assistant
from qa.batch import Request, ThreadEngine, answers, ask_many
from qa.errors import ModelError, QAError
from qa.records import Answer, Turn, Usage


class Echo:
    """Answers each question with its own words, every second one after a pause; fails where told so."""

    recipe = "recipe"
    model_name = "echo"

    def __init__(self, *, failing: str = "!", pause: float = 0.0) -> None:
        self.failing, self.pause = failing, pause
        self.asked: list[str] = []
        self.most_at_once = self._at_once = 0
        self._lock = threading.Lock()

    def ask(self, question: str, history: tuple[Turn, ...] = (), **filters: Any) -> Answer:
        with self._lock:
            self.asked.append(question)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        time.sleep(self.pause if len(self.asked) % 2 else 0)
        with self._lock:
            self._at_once -= 1
        if self.failing in question:
            raise ModelError("the model is ill")
        given = {name: value for name, value in filters.items() if value}
        text = f"{question} after {len(history)} {given}"
        return Answer(question, "answered", text, model="echo", recipe="recipe", usage=Usage(3, 2, 1), seconds=0.5)

    def failed(self, question: str, error: QAError) -> Answer:
        return Answer(question, "error", "", model="echo", recipe="recipe", error=str(error))


def assistant(**options: Any) -> tuple[Echo, Assistant]:
    echo = Echo(**options)
    return echo, cast(Assistant, echo)


def test_answers_come_in_the_order_of_the_questions() -> None:
    echo, asked = assistant(pause=0.01)
    questions = [f"q{number}" for number in range(40)]
    assert [answer.question for answer in ask_many(asked, questions, workers=8)] == questions
    assert 1 < echo.most_at_once <= 8


def test_answers_can_come_as_they_finish() -> None:
    echo, asked = assistant()
    slow = threading.Event()
    answer = echo.ask

    def ask(question: str, history: tuple[Turn, ...] = (), **filters: Any) -> Answer:
        if question == "slow":
            assert slow.wait(10)
        return answer(question, history)

    echo.ask = ask  # type: ignore[method-assign]
    found = ask_many(asked, ["slow", "a", "b", "c"], workers=2, ordered=False)
    first = [next(found).question for _ in range(3)]
    slow.set()
    assert sorted(first) == ["a", "b", "c"]
    assert [answer.question for answer in found] == ["slow"]


def test_a_failed_question_is_an_answer_with_its_error() -> None:
    _, asked = assistant()
    found = list(ask_many(asked, ["a", "b!", Request("c", id="x", trouble="no question")], workers=2))
    assert [answer.status for answer in found] == ["answered", "error", "error"]
    assert [answer.error for answer in found] == [None, "the model is ill", "no question"]
    assert found[2].id == "x"


def test_a_mistake_of_a_programmer_is_not_hidden() -> None:
    echo, asked = assistant()
    echo.ask = lambda question, history=(), **filters: 1 / 0  # type: ignore[assignment,method-assign,return-value]
    with pytest.raises(ZeroDivisionError):
        list(ask_many(asked, ["a"], workers=1))


def test_an_endless_list_of_questions_is_taken_as_needed() -> None:
    taken = itertools.count()

    def questions() -> Iterator[str]:
        for number in taken:
            yield f"q{number}"

    _, asked = assistant()
    found = ask_many(asked, questions(), workers=3)
    assert [next(found).question for _ in range(5)] == ["q0", "q1", "q2", "q3", "q4"]
    found.close()  # type: ignore[attr-defined]
    assert next(taken) <= 5 + 2 * 3 + 1


def test_leaving_early_asks_no_more() -> None:
    echo, asked = assistant(pause=0.02)
    found = ask_many(asked, [f"q{number}" for number in range(100)], workers=2)
    next(found)
    found.close()  # type: ignore[attr-defined]
    count = len(echo.asked)
    time.sleep(0.1)
    assert len(echo.asked) == count <= 6


def test_no_workers_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="workers"):
        list(ask_many(assistant()[1], ["a"], workers=0))


def test_history_id_and_filters_of_a_request_are_kept() -> None:
    request = Request("q", id="7", history=(Turn("a", "b"),), since="2024-01-01")
    (answer,) = ask_many(assistant()[1], [request], workers=1)
    assert (answer.id, answer.text) == ("7", "q after 1 {'since': '2024-01-01'}")


def test_filters_can_hold_for_all_questions() -> None:
    (answer,) = ask_many(assistant()[1], ["q"], sources=("Post",))
    assert answer.text == "q after 0 {'sources': ('Post',)}"


def test_filters_for_all_leave_a_requests_own_alone() -> None:
    own = Request("q", since="2024-01-01", sources=("Post",))
    for given in ({"since": None, "sources": ()}, {"since": "2020-01-01", "sources": ("Times",)}):
        (answer,) = ask_many(assistant()[1], [own], **given)
        assert answer.text == "q after 0 {'since': '2024-01-01', 'sources': ('Post',)}"
    (answer,) = ask_many(assistant()[1], [own], until="2024-02-01")
    assert answer.text == "q after 0 {'since': '2024-01-01', 'until': '2024-02-01', 'sources': ('Post',)}"


def test_a_filter_that_there_is_not_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="outlet"):
        list(ask_many(assistant()[1], ["q"], outlet="Post"))


@pytest.mark.parametrize("known", [True, False])
def test_progress_is_told_after_each_answer(known: bool) -> None:
    told: list[tuple[int, int | None]] = []
    questions = ["a", "b", "c"]
    found = ask_many(
        assistant()[1], questions if known else iter(questions), progress=lambda done, total: told.append((done, total))
    )
    next(found)
    assert len(told) == 1
    list(found)
    assert told == [(number, 3 if known else None) for number in (1, 2, 3)]


@pytest.mark.parametrize("questions", ["Who?", b"Who?", ["Who?", 5], [None], [b"Who?"]])
def test_what_is_no_question_is_a_mistake_of_the_programmer(questions: Any) -> None:
    echo, asked = assistant()
    with pytest.raises(TypeError, match="must be"):
        list(ask_many(asked, questions))
    assert len(echo.asked) < 2


# --- the same question


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("workers", [1, 4])
def test_the_same_question_is_asked_once(workers: int, ordered: bool) -> None:
    echo, asked = assistant(pause=0.01)
    requests = [Request(f"q{number % 3}", id=str(number)) for number in range(30)]
    found = list(ask_many(asked, requests, workers=workers, ordered=ordered))
    assert sorted(echo.asked) == ["q0", "q1", "q2"]
    assert {answer.id: answer.question for answer in found} == {request.id: request.question for request in requests}
    assert sum((answer.usage for answer in found), Usage()) == Usage(9, 6, 3)
    assert len({(answer.question, answer.text) for answer in found}) == 3


def test_another_history_or_filter_makes_another_question() -> None:
    echo, asked = assistant()
    turns = (Turn("a", "b"), Turn("c", "d"))
    requests = [
        Request("q"),
        Request("q", history=turns),
        Request("q", history=turns[:1]),
        Request("q", since="2024-01-01"),
        Request("q", until="2024-01-01"),
        Request("q", sources=("a", "b")),
        Request("q", sources=("a, b",)),
    ]
    assert len({request.key for request in requests}) == len(requests)
    list(ask_many(asked, requests))
    assert len(echo.asked) == len(requests)


def test_an_error_is_not_remembered() -> None:
    echo, asked = assistant()
    answer, fails = echo.ask, iter([True, False, False])

    def ask(question: str, history: tuple[Turn, ...] = (), **filters: Any) -> Answer:
        if next(fails):
            raise ModelError("not now")
        return answer(question, history)

    echo.ask = ask  # type: ignore[method-assign]
    engine = ThreadEngine(asked, 1)

    def requests() -> Iterator[Request | None]:
        yield Request("q")
        while not echo_done():
            time.sleep(0.01)
            yield None
        yield Request("q")
        yield Request("q")

    done: list[Answer] = []
    echo_done = lambda: bool(done)  # noqa: E731
    for found in answers(engine, requests()):
        done.append(found)
    engine.close()
    assert [found.status for found in done] == ["error", "answered", "answered"]
    assert echo.asked == ["q"]


def test_answers_are_given_out_while_no_question_is_at_hand() -> None:
    _, asked = assistant()
    engine, found = ThreadEngine(asked, 4), list[Answer]()

    def requests() -> Iterator[Request | None]:
        yield Request("q")
        end = time.monotonic() + 10
        while not found and time.monotonic() < end:
            yield None
        assert found
        yield Request("r")

    for answer in answers(engine, requests()):
        found.append(answer)
    engine.close()
    assert [answer.question for answer in found] == ["q", "r"]
