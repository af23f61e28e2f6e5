"""Requests and tokens a minute, shared by all who ask; a pause holds for everybody."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as some

from qa.errors import ModelError
from qa.models import ModelSpec, open_model
from qa.prompts import Message
from qa.rates import SharedRates, async_await_turn, await_turn
from tests.fault_replies import rate_limited, words
from tests.fault_server import FaultServer

MESSAGES = [Message("user", "Did it rain?")]


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@given(some.integers(1, 200), some.lists(some.floats(0, 5), min_size=2, max_size=300))
def test_no_minute_holds_more_requests_than_allowed(limit: int, pauses: list[float]) -> None:
    clock = Clock()
    rates = SharedRates(requests=limit, clock=clock)
    sent = []
    for pause in pauses:
        clock.now += pause
        sent.append(clock.now + rates.reserve(1))
    for start in sent:
        assert sum(start <= moment < start + 60 - 1e-6 for moment in sent) <= limit


@given(some.lists(some.integers(1, 3000), min_size=2, max_size=100))
def test_no_minute_holds_more_tokens_than_allowed_but_for_one_request(sizes: list[int]) -> None:
    clock = Clock()
    rates = SharedRates(tokens=10_000, clock=clock)
    sent = [(clock.now + rates.reserve(size), size) for size in sizes]
    for start, _ in sent:
        assert sum(size for moment, size in sent if start <= moment < start + 60 - 1e-6) <= 10_000 + max(sizes)


def test_what_was_not_used_is_given_back() -> None:
    clock = Clock()
    rates = SharedRates(tokens=600, clock=clock)
    assert rates.reserve(100) == 0
    rates.settle(100, 20)
    assert rates.reserve(100) == pytest.approx(2)
    rates.settle(100, 150)
    assert rates.reserve(1) == pytest.approx(17)


def test_without_limits_nobody_waits() -> None:
    rates = SharedRates()
    assert [rates.reserve(10**6) for _ in range(100)] == [0.0] * 100


def test_a_pause_holds_for_all_and_the_longest_counts() -> None:
    clock = Clock()
    rates = SharedRates(requests=60, clock=clock)
    rates.pause(10)
    rates.pause(3)
    assert rates.paused() == 10
    assert [rates.reserve(1) for _ in range(3)] == [10, 11, 12]
    clock.now += 11
    assert rates.paused() == 0


@pytest.mark.slow
@pytest.mark.parametrize("turn", [await_turn, lambda rates, tokens: asyncio.run(async_await_turn(rates, tokens))])
def test_a_pause_that_begins_while_one_waits_is_waited_for(turn: Callable[[SharedRates, int], None]) -> None:
    rates = SharedRates(requests=300)
    rates.reserve(1)
    began = time.monotonic()
    timer = threading.Timer(0.05, lambda: rates.pause(0.6))
    timer.start()
    turn(rates, 1)
    assert 0.6 <= time.monotonic() - began < 5
    timer.join()


@pytest.mark.slow
def test_a_model_is_sent_so_many_requests_a_minute_by_all_threads_together() -> None:
    with FaultServer() as server, closing(open_model(ModelSpec("scripted", server.url, rpm=1200))) as model:
        server.otherwise = words("It rained.")
        list(model.stream(MESSAGES))  # opens the libraries
        server.exchanges.clear()
        began = time.perf_counter()
        threads = [threading.Thread(target=lambda: list(model.stream(MESSAGES))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        moments = sorted(exchange.sent_at[0] for exchange in server.exchanges)
        assert len(moments) == 8
        assert moments[-1] - began >= 6.5 * 0.05


@pytest.mark.slow
def test_a_server_that_asks_for_a_pause_is_left_alone_by_all() -> None:
    with FaultServer() as server, closing(open_model(ModelSpec("scripted", server.url, retries=1))) as model:
        server.script(rate_limited(retry_after=1))
        server.otherwise = words("It rained.")
        first = threading.Thread(target=lambda: list(model.stream(MESSAGES)))
        first.start()
        while not server.exchanges:
            time.sleep(0.01)
        time.sleep(0.2)
        began = time.monotonic()
        list(model.stream(MESSAGES))
        waited = time.monotonic() - began
        first.join()
        assert 0.5 < waited < 3
        assert len(server.requests) == 3


def test_a_pause_that_is_too_long_is_an_error_and_holds_up_nobody() -> None:
    with FaultServer() as server, closing(open_model(ModelSpec("scripted", server.url, retries=1))) as model:
        server.script(rate_limited(retry_after=3600))
        server.otherwise = words("It rained.")
        with pytest.raises(ModelError):
            list(model.stream(MESSAGES))
        began = time.monotonic()
        list(model.stream(MESSAGES))
        assert time.monotonic() - began < 5


@pytest.mark.slow
def test_many_who_ask_keep_their_connections() -> None:
    with FaultServer() as server, closing(open_model(ModelSpec("scripted", server.url))) as model:
        server.otherwise = words("It ", "rained.", pause=0.3)  # long enough to be asked at once by a busy machine
        with ThreadPoolExecutor(40) as pool:
            assert len(list(pool.map(lambda _: list(model.stream(MESSAGES)), range(160)))) == 160
        clients = {exchange.handler.client_address for exchange in server.exchanges}
        assert 20 < len(clients) <= 44
