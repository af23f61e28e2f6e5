"""Ask a language model and get its answer as it comes.

Retries happen here, before the first words only, and nowhere below: LlamaIndex's and openai's own are off, since they
repeat what cannot succeed (a used-up quota) and cannot repeat a stream that broke before it said anything.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from qa.errors import ModelError
from qa.models.account import Account
from qa.models.deltas import Delta, Finish, Text
from qa.models.failures import seconds_to_wait
from qa.models.spec import ModelSpec
from qa.prompts import Message
from qa.rates import Rates, SharedRates, async_await_turn, await_turn

if TYPE_CHECKING:
    import httpx
    from llama_index.core.base.llms.types import ChatResponseAsyncGen, ChatResponseGen
    from tenacity import RetryCallState

    from qa.models.endpoint import Endpoint
    from qa.models.local import LocalServer

LONGEST_WAIT = 60.0
"""Seconds. A server that asks for a longer pause (``Retry-After``) is not waited for."""


class ChatModel(Protocol):
    """What the rest of the program knows of a language model."""

    @property
    def name(self) -> str:
        """The model's name, as in the settings."""

    def stream(self, messages: Sequence[Message]) -> Iterator[Delta]:
        """The answer as it comes: `Text` pieces, then one `Finish`. Closing the iterator cancels the request.

        Raises:
            ModelError: if no words came at all. A stream that breaks after some ends in ``Finish("incomplete")``.
        """

    def astream(self, messages: Sequence[Message]) -> AsyncIterator[Delta]:
        """The same for asyncio."""


def open_model(spec: ModelSpec, rates: Rates | None = None) -> OpenAICompatibleModel:
    """The model, ready to be asked; one that runs in this process is loaded first.

    Args:
        spec: which model.
        rates: how fast it is asked, where others ask it too; by default as ``spec`` says.

    Raises:
        ModelError: if a local model cannot be found, downloaded or loaded. A server is not asked yet: see `ping`.
    """
    from qa.models.endpoint import Endpoint

    rates = rates or SharedRates(spec.rpm, spec.tpm)
    if not spec.is_local:
        return OpenAICompatibleModel(spec, Endpoint(spec, spec.url, spec.api_key), rates)
    from qa.models.local import start_local

    server = start_local(spec)
    return OpenAICompatibleModel(spec, Endpoint(spec, server.url, server.api_key), rates, server)


@dataclass(frozen=True, slots=True)
class _Reply:
    """A reply whose first words are there."""

    chunks: Any
    responses: list[httpx.Response]
    account: Account


class OpenAICompatibleModel:
    """A `ChatModel`; threads and the tasks of an event loop may share it. Made by `open_model`."""

    def __init__(self, spec: ModelSpec, endpoint: Endpoint, rates: Rates, server: LocalServer | None = None) -> None:
        self._spec = spec
        self._endpoint = endpoint
        self._rates = rates
        self._server = server

    def __repr__(self) -> str:
        return f"<{self._spec.label}>"

    @property
    def name(self) -> str:
        """See `ChatModel.name`."""
        return self._spec.name

    def stream(self, messages: Sequence[Message]) -> Iterator[Delta]:
        """See `ChatModel.stream`."""
        from tenacity import Retrying

        reply: _Reply = Retrying(**_retries(self._spec))(self._begin, messages)
        try:
            yield Text(reply.account.first)
            for text in self._rest(reply.chunks, reply.account):
                yield Text(text)
            yield self._finish(reply.account)
        finally:
            _close(reply.chunks, reply.responses)

    async def astream(self, messages: Sequence[Message]) -> AsyncIterator[Delta]:
        """See `ChatModel.astream`."""
        from tenacity import AsyncRetrying

        reply: _Reply = await AsyncRetrying(**_retries(self._spec))(self._abegin, messages)
        try:
            yield Text(reply.account.first)
            async for text in self._arest(reply.chunks, reply.account):
                yield Text(text)
            yield self._finish(reply.account)
        finally:
            await _aclose(reply.chunks, reply.responses)

    def close(self) -> None:
        """Close the connections, and unload a local model."""
        self._endpoint.close()
        if self._server is not None:
            self._server.close()

    async def aclose(self) -> None:
        """`close`, with the connections of this event loop."""
        await self._endpoint.aclose()
        self.close()

    def _finish(self, account: Account) -> Finish:
        end = account.finish()
        self._rates.settle(account.expected, end.usage.prompt_tokens + end.usage.completion_tokens)
        return end

    def _leave_alone(self, error: BaseException, account: Account) -> None:
        """After a failure: as long as the server asks for."""
        self._rates.settle(account.expected, 0)
        wait = seconds_to_wait(error) or 0.0
        if wait <= LONGEST_WAIT:
            self._rates.pause(wait)

    def _begin(self, messages: Sequence[Message]) -> _Reply:
        while True:
            quirks = self._endpoint.quirks
            try:
                return self._begin_once(messages)
            except ModelError as error:
                if not self._endpoint.learn(error, quirks):
                    raise

    def _begin_once(self, messages: Sequence[Message]) -> _Reply:
        from qa.models.client import remembered_responses

        account = Account(messages, self._spec)
        with remembered_responses() as responses:
            chunks = self._endpoint.chunks(messages)
            try:
                await_turn(self._rates, account.expected)
                while not account.first:
                    with self._endpoint.errors():
                        chunk = next(chunks, None)
                    account.take_first(chunk)
            except BaseException as error:
                self._leave_alone(error, account)
                _close(chunks, responses)
                raise
        return _Reply(chunks, responses, account)

    def _rest(self, chunks: ChatResponseGen, account: Account) -> Iterator[str]:
        try:
            while True:
                with self._endpoint.errors():
                    chunk = next(chunks, None)
                if chunk is None:
                    return
                if text := account.take(chunk):
                    yield text
        except ModelError as error:
            account.broken = str(error)

    async def _abegin(self, messages: Sequence[Message]) -> _Reply:
        while True:
            quirks = self._endpoint.quirks
            try:
                return await self._abegin_once(messages)
            except ModelError as error:
                if not self._endpoint.learn(error, quirks):
                    raise

    async def _abegin_once(self, messages: Sequence[Message]) -> _Reply:
        from qa.models.client import remembered_responses

        account = Account(messages, self._spec)
        with remembered_responses() as responses:
            chunks = await self._endpoint.async_chunks(messages)
            try:
                await async_await_turn(self._rates, account.expected)
                while not account.first:
                    with self._endpoint.errors():
                        chunk = await anext(chunks, None)
                    account.take_first(chunk)
            except BaseException as error:
                self._leave_alone(error, account)
                await _aclose(chunks, responses)
                raise
        return _Reply(chunks, responses, account)

    async def _arest(self, chunks: ChatResponseAsyncGen, account: Account) -> AsyncIterator[str]:
        try:
            while True:
                with self._endpoint.errors():
                    chunk = await anext(chunks, None)
                if chunk is None:
                    return
                if text := account.take(chunk):
                    yield text
        except ModelError as error:
            account.broken = str(error)


def _close(chunks: Any, responses: Sequence[httpx.Response]) -> None:
    chunks.close()
    for response in responses:
        response.close()


async def _aclose(chunks: Any, responses: Sequence[httpx.Response]) -> None:
    await chunks.aclose()
    for response in responses:
        await response.aclose()


def _retries(spec: ModelSpec) -> dict[str, Any]:
    """For tenacity: wait as long as the server asks, else twice as long each time, from half a second."""
    from tenacity import retry_if_exception, stop_after_attempt, wait_exponential, wait_random

    backoff = wait_exponential(multiplier=0.5, max=8.0) + wait_random(0, 0.25)

    def wait(state: RetryCallState) -> float:
        asked = seconds_to_wait(_error(state))
        return backoff(state) if asked is None else asked

    return {
        "retry": retry_if_exception(_is_worth_a_retry),
        "stop": stop_after_attempt(spec.retries + 1),
        "wait": wait,
        "reraise": True,
    }


def _is_worth_a_retry(error: BaseException) -> bool:
    return isinstance(error, ModelError) and error.retryable and (seconds_to_wait(error) or 0.0) <= LONGEST_WAIT


def _error(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome is not None else None
