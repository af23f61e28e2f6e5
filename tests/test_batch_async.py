"""Many questions from an event loop."""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from typing import Any, cast

import pytest

from qa.assistant import Assistant
from qa.batch import Request
from qa.batch_async import aask_many
from qa.errors import ModelError, QAError
from qa.records import Answer, Turn, Usage
from tests.fault_replies import silent
from tests.small_news import News, writes

pytest_plugins = ["tests.news_fixtures"]

QUESTION = "When did the mayor of Lyon resign?"


class Echo:
    """Answers with the question's words; a number of seconds in it is waited for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.cancelled: list[str] = []
        self.most_at_once = self._at_once = 0

    async def aask(self, question: str, history: tuple[Turn, ...] = (), **filters: Any) -> Answer:
        self.asked.append(question)
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            await asyncio.sleep(float(question.partition(" ")[2] or 0.001))
        except asyncio.CancelledError:
            self.cancelled.append(question)
            raise
        finally:
            self._at_once -= 1
        if "!" in question:
            raise ModelError("the model is ill")
        return Answer(question, "answered", question, usage=Usage(3, 2, 1))

    def failed(self, question: str, error: QAError) -> Answer:
        return Answer(question, "error", "", error=str(error))


def many(echo: Echo, questions: Any, **options: Any) -> Any:
    return aask_many(cast(Assistant, echo), questions, **options)


def collected(echo: Echo, questions: Any, **options: Any) -> list[Answer]:
    async def collect() -> list[Answer]:
        return [answer async for answer in many(echo, questions, **options)]

    return asyncio.run(collect())


@pytest.mark.parametrize("asynchronous", [True, False])
def test_answers_come_in_the_order_of_the_questions(asynchronous: bool) -> None:
    questions = [f"q{number} 0.0{number % 3}" for number in range(30)]

    async def source() -> AsyncIterator[str]:
        for question in questions:
            yield question

    echo = Echo()
    found = collected(echo, source() if asynchronous else questions, workers=5)
    assert [answer.question for answer in found] == questions
    assert 1 < echo.most_at_once <= 5


def test_answers_can_come_as_they_finish() -> None:
    found = collected(Echo(), ["slow 0.5", "a", "b"], workers=3, ordered=False)
    assert [answer.question for answer in found][-1] == "slow 0.5"


def test_an_error_is_an_answer() -> None:
    found = collected(Echo(), ["a", "b!", Request("c", id="x", trouble="no question")])
    assert [(answer.status, answer.id) for answer in found] == [("answered", ""), ("error", ""), ("error", "x")]


@pytest.mark.parametrize("ordered", [True, False])
def test_the_same_question_is_asked_once(ordered: bool) -> None:
    echo = Echo()
    found = collected(echo, [f"q{number % 3}" for number in range(30)], ordered=ordered)
    assert (len(found), sorted(echo.asked)) == (30, ["q0", "q1", "q2"])
    assert sum((answer.usage for answer in found), Usage()) == Usage(9, 6, 3)


def test_an_endless_source_is_taken_as_needed_and_leaving_cancels() -> None:
    echo, taken = Echo(), itertools.count()

    def questions() -> Iterator[str]:
        for number in taken:
            yield f"q{number}" if number < 3 else f"q{number} 30"

    async def some() -> list[str]:
        async with aclosing(many(echo, questions(), workers=2)) as found:
            return [(await anext(found)).question for _ in range(3)]

    began = time.monotonic()
    assert asyncio.run(some()) == ["q0", "q1", "q2"]
    assert time.monotonic() - began < 10
    assert next(taken) <= 3 + 2 * 2 + 1
    assert sorted(echo.cancelled) == sorted(set(echo.asked) - {"q0", "q1", "q2"})


def test_answers_come_while_the_next_question_is_waited_for() -> None:
    async def check() -> None:
        questions: asyncio.Queue[str] = asyncio.Queue()

        async def source() -> AsyncIterator[str]:
            while True:
                yield await questions.get()

        async with aclosing(many(Echo(), source())) as found:
            for question in ("a", "b"):
                questions.put_nowait(question)
                assert (await asyncio.wait_for(anext(found), 10)).question == question

    asyncio.run(check())


def test_a_failing_source_ends_it_with_its_error() -> None:
    async def source() -> AsyncIterator[str]:
        yield "a"
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        collected(Echo(), source())


@pytest.mark.parametrize("questions", ["Who?", ["Who?", 5]])
def test_what_is_no_question_is_a_mistake_of_the_programmer(questions: Any) -> None:
    with pytest.raises(TypeError, match="must be"):
        collected(Echo(), questions)


def test_progress_and_workers() -> None:
    told: list[tuple[int, int | None]] = []
    collected(Echo(), ["a", "b"], progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]
    with pytest.raises(ValueError, match="workers"):
        collected(Echo(), ["a"], workers=0)


def test_a_real_assistant_answers_many(news: News) -> None:
    news.server.otherwise = writes("The mayor resigned on Monday [{resigned on Monday}].")
    assistant = news.assistant()

    async def ask() -> list[Answer]:
        try:
            return [answer async for answer in assistant.aask_many([f"{QUESTION} {n}" for n in range(6)], workers=3)]
        finally:
            await assistant.aclose()

    assert [answer.text for answer in asyncio.run(ask())] == ["The mayor resigned on Monday [1]."] * 6


@pytest.mark.slow
def test_cancelling_ends_the_requests_under_way(news: News) -> None:
    news.server.otherwise = silent()
    assistant = news.assistant()

    async def ask() -> None:
        try:
            async with asyncio.timeout(1.5):
                async for _ in assistant.aask_many([QUESTION, QUESTION + "?"], workers=2):
                    pass
        finally:
            await assistant.aclose()

    began = time.monotonic()
    with pytest.raises(TimeoutError):
        asyncio.run(ask())
    assert time.monotonic() - began < 10
    assert news.server.sees_the_client_go()
    assert threading.active_count() < 50
