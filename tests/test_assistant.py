"""The assistant as Python users meet it: asking, streaming and cancelling, with and without an event loop."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from typing import Any

import pytest

from qa.assistant import Assistant
from qa.errors import ArticleNotFound, ModelError, QuestionError
from qa.events import Event, Finished, Text
from qa.records import Answer, Turn
from tests import fault_replies as replies
from tests.fault_replies import words
from tests.fault_server import Exchange
from tests.small_news import QUESTION, News, writes

pytest_plugins = ["tests.news_fixtures"]

GOOD = "The mayor resigned on Monday [{resigned on Monday}]."
NOT_THERE = "NOT IN THE ARTICLES"

AskModel = Callable[[Assistant, str], Answer]


def on_a_loop(assistant: Assistant, work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """Runs ``work`` on an event loop and closes the assistant there."""

    async def run() -> Any:
        try:
            return await work()
        finally:
            await assistant.aclose()

    return asyncio.run(run())


def without_chance(answer: Answer) -> dict[str, Any]:
    return answer.to_dict() | {"seconds": 0}


# --- ask, stream and their twins


@pytest.mark.slow
@pytest.mark.parametrize("model", ["scripted", "extractive"])
def test_all_four_ways_of_asking_give_the_same_answer(news: News, model: str) -> None:
    news.server.otherwise = writes(GOOD + " She was 77 years old [{denied}].")
    assistant = news.assistant(model=model)

    async def events() -> list[Event]:
        return [event async for event in assistant.astream(QUESTION)]

    async def both() -> tuple[Answer, list[Event]]:
        return await assistant.aask(QUESTION), await events()

    asked, streamed = assistant.ask(QUESTION), list(assistant.stream(QUESTION))
    asked_on_loop, streamed_on_loop = on_a_loop(assistant, both)
    last = streamed[-1]
    assert isinstance(last, Finished)
    assert without_chance(asked) == without_chance(last.answer) == without_chance(asked_on_loop)
    assert streamed[:-1] == streamed_on_loop[:-1]
    assert asked.recipe == assistant.recipe
    news.assert_exact(asked)


@pytest.mark.slow
def test_many_questions_can_be_asked_on_one_loop(news: News) -> None:
    news.server.otherwise = writes(GOOD, pause=0.02)
    assistant = news.assistant()

    async def ask_all() -> list[Answer]:
        return list(await asyncio.gather(*(assistant.aask(QUESTION) for _ in range(8))))

    answers = on_a_loop(assistant, ask_all)
    assert [answer.text for answer in answers] == ["The mayor resigned on Monday [1]."] * 8


def test_the_loop_is_not_blocked_while_a_question_is_answered(news: News) -> None:
    news.server.script(writes(GOOD, pause=0.02))
    assistant = news.assistant()

    async def ask() -> float:
        longest, asking = 0.0, asyncio.create_task(assistant.aask(QUESTION))
        while not asking.done():
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            longest = max(longest, time.perf_counter() - before)
        assert (await asking).status == "answered"
        return longest

    assert on_a_loop(assistant, ask) < 1.0


@pytest.mark.parametrize("reply", [replies.bad_key(), replies.cut(), replies.silent()], ids=["key", "cut", "silent"])
def test_a_failure_reaches_who_awaits(news: News, reply: Any) -> None:
    news.server.script(reply)
    assistant = news.assistant(timeout=0.5)
    with pytest.raises(ModelError, match="scripted"):
        on_a_loop(assistant, lambda: assistant.aask(QUESTION))


def test_what_is_no_question_is_refused_on_a_loop_too(news: News) -> None:
    assistant = news.assistant()
    with pytest.raises(QuestionError):
        on_a_loop(assistant, lambda: assistant.aask(" "))


# --- cancelling


@pytest.mark.parametrize("begun", [False, True], ids=["before a word", "amid the words"])
def test_cancelling_closes_the_request_at_once(news: News, begun: bool) -> None:
    news.server.script(replies.stalled("The mayor ", "resigned ") if begun else replies.silent())
    assistant = news.assistant(timeout=60.0)

    async def cancel() -> float:
        seen = asyncio.Event()

        async def ask() -> None:
            async for event in assistant.astream(QUESTION):
                if isinstance(event, Text):
                    seen.set()

        asking = asyncio.create_task(ask())
        if begun:
            await asyncio.wait_for(seen.wait(), 20)
        else:
            while not news.server.requests:
                await asyncio.sleep(0.01)
        before = time.perf_counter()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert await asyncio.to_thread(news.server.sees_the_client_go)
        return time.perf_counter() - before

    assert on_a_loop(assistant, cancel) < 1.0
    assert_no_thread_left()


def test_leaving_a_stream_closes_the_request_at_once(news: News) -> None:
    news.server.script(replies.stalled("The mayor ", "resigned "))
    assistant = news.assistant(timeout=60.0)

    async def leave() -> bool:
        async with aclosing(assistant.astream(QUESTION)) as events:  # type: ignore[type-var]
            async for event in events:
                if isinstance(event, Text):
                    break
        return await asyncio.to_thread(news.server.sees_the_client_go, 1.0)

    assert on_a_loop(assistant, leave)
    assert_no_thread_left()


@pytest.mark.slow
def test_a_time_limit_ends_a_correction_too(news: News) -> None:
    news.server.script(writes(GOOD + " She was 77 years old [{denied}]."), replies.silent())
    assistant = news.assistant(timeout=60.0)

    async def ask() -> None:
        async with asyncio.timeout(1.5):
            await assistant.aask(QUESTION)

    with pytest.raises(TimeoutError):
        on_a_loop(assistant, ask)
    assert news.server.sees_the_client_go(1.0)
    assert len(news.server.requests) == 2
    assert_no_thread_left()


def assert_no_thread_left() -> None:
    end = time.monotonic() + 2
    while any(thread.name.startswith("qa-stream") for thread in threading.enumerate()):
        assert time.monotonic() < end, threading.enumerate()
        time.sleep(0.01)


# --- conversation


def test_a_follow_up_is_made_to_stand_alone_and_its_tokens_count(news: News) -> None:
    news.server.script(words("When did the mayor of Lyon, Ana Ruiz, resign?"), writes(GOOD))
    history = [Turn("Who is the mayor of Lyon?", "Ana Ruiz is the mayor of Lyon [1].")]
    answer = news.assistant().ask("And when did she resign?", history)
    assert answer.question == "And when did she resign?"
    assert answer.status == "answered"
    assert (answer.usage.calls, answer.usage.prompt_tokens) == (2, 24)
    condensing, answering = (request.prompt for request in news.server.requests)
    assert "Who is the mayor of Lyon?" in condensing
    assert "Question: When did the mayor of Lyon, Ana Ruiz, resign?" in answering
    assert "Ana Ruiz is the mayor" not in answering


def test_history_never_takes_room_from_the_evidence(news: News) -> None:
    news.server.otherwise = words(NOT_THERE)
    news.server.script(words(QUESTION))
    long = [Turn("Why? " * 700, "Because. " * 2000)] * 50
    assistant = news.assistant(context_window=4096)
    assistant.ask("And then?", long)
    with_history = news.server.requests[-1].prompt
    assistant.ask(QUESTION)
    evidence = [line for line in with_history.splitlines() if line.startswith("[")]
    assert evidence == [line for line in news.server.requests[-1].prompt.splitlines() if line.startswith("[")]
    assert len(news.server.requests[0].prompt) < 4096 * 3


def test_a_question_without_history_costs_one_call(news: News) -> None:
    news.server.otherwise = writes(GOOD)
    assert news.assistant().ask(QUESTION).usage.calls == 1


# --- filters and articles


def test_filters_hold_for_search_and_answers(news: News) -> None:
    news.server.otherwise = words(NOT_THERE)
    assistant = news.assistant()
    found = assistant.search("the city", 10, since="2024-02-01", until="2024-03-01")
    assert {passage.article_id for passage in found} == {"bridge.md", "trap.md"}
    answer = assistant.ask(QUESTION, sources=["City Post"])
    assert {passage.article_id for passage in answer.passages} <= {"bridge.md", "emoji.md", "trap.md"}
    assert "Ana Ruiz" not in news.server.requests[-1].prompt


@pytest.mark.parametrize(
    "filters", [{"since": "soon"}, {"until": "2024-13-01"}, {"since": "2024-05-01", "until": "2024-04-01"}]
)
def test_dates_that_are_none_are_refused(news: News, filters: dict[str, str]) -> None:
    with pytest.raises(QuestionError):
        news.assistant().search("city", **filters)  # type: ignore[arg-type]


def test_a_filter_that_leaves_nothing_abstains_without_asking(news: News) -> None:
    answer = news.assistant().ask(QUESTION, sources=["Nobody"])
    assert (answer.status, answer.passages, news.server.requests) == ("abstained", (), [])


def test_an_unknown_article_is_named(news: News) -> None:
    with pytest.raises(ArticleNotFound, match=r"none\.md"):
        news.assistant().article("none.md")


# --- recipe


def test_the_recipe_changes_with_what_decides_an_answer(news: News) -> None:
    recipes = [
        news.assistant(**settings).recipe
        for settings in (
            {},
            {"temperature": 0.5},
            {"unsupported": "drop"},
            {"passages": 5},
            {"model": "other"},
            {"model": "extractive"},
        )
    ]
    assert len(set(recipes)) == len(recipes)
    assert news.assistant().recipe == recipes[0]


# --- speed


@pytest.mark.slow
def test_the_first_word_is_passed_on_within_milliseconds(news: News) -> None:
    delays = []
    assistant = news.assistant()
    for _ in range(20):
        news.server.script(words("Rain ", "fell ", pause=0.02))
        exchange: Exchange | None = None
        for event in assistant.stream(QUESTION):
            if isinstance(event, Text) and exchange is None:
                seen = time.perf_counter()
                exchange = news.server.exchanges[-1]
                delays.append(seen - exchange.sent_at[0])
        news.server.script()
    assert sorted(delays)[len(delays) // 2] < 0.005
