"""One address of an OpenAI-compatible server, asked through LlamaIndex's ``OpenAILike``; no retries.

Servers differ in the parameters that they take. What one refuses by name is left out or renamed from then on.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx

from qa.errors import ModelError
from qa.models.client import AsyncChatClient, ChatClient
from qa.models.failures import model_errors, server_words
from qa.models.spec import ModelSpec
from qa.prompts import Message

if TYPE_CHECKING:
    from llama_index.core.base.llms.types import ChatMessage, ChatResponseAsyncGen, ChatResponseGen
    from llama_index.llms.openai_like import OpenAILike  # type: ignore[import-untyped, unused-ignore]

Quirks = frozenset[str]

# What a refusal speaks of -> what to change. Older servers do not know stream_options, newer OpenAI models take
# neither max_tokens nor a temperature, and some chat templates (Gemma) have no system role.
_REFUSALS = (
    ("stream_options", "stream_options"),
    ("max_tokens", "max_tokens"),
    ("temperature", "temperature"),
    ("system role", "system role"),
)
_CONNECT_TIMEOUT = 10.0


class Endpoint:
    """Where a model is asked.

    Args:
        spec: name, limits and time-outs.
        url: address, ending in ``/v1`` as a rule.
        api_key: or ``None``.
    """

    def __init__(self, spec: ModelSpec, url: str, api_key: str | None) -> None:
        self._spec = spec
        self._url = url
        self._key = api_key
        # In this process the first word waits for a processor, and for the questions asked before.
        patience = None if spec.is_local else spec.timeout
        self._timeout = httpx.Timeout(patience, connect=min(spec.timeout, _CONNECT_TIMEOUT))
        self._client = ChatClient(spec.label, self._timeout, proxies=not spec.is_local)
        self._llm: tuple[Quirks, OpenAILike] | None = None
        self._async_llm: tuple[asyncio.AbstractEventLoop, AsyncChatClient, Quirks, OpenAILike] | None = None
        self.quirks: Quirks = frozenset()
        """What this server was found not to take."""

    def chunks(self, messages: Sequence[Message]) -> ChatResponseGen:
        """A stream of chunks; the request is sent when the first is asked for."""
        quirks = self.quirks
        if self._llm is None or self._llm[0] != quirks:
            self._llm = (quirks, self._open_ai_like(quirks, http_client=self._client))
        chunks: ChatResponseGen = self._llm[1].stream_chat(_chat_messages(messages, quirks))
        return chunks

    async def async_chunks(self, messages: Sequence[Message]) -> ChatResponseAsyncGen:
        """The same for asyncio. Connections belong to one event loop; another loop gets its own."""
        if self._async_llm is None:
            await asyncio.to_thread(_load_libraries)
        quirks, loop = self.quirks, asyncio.get_running_loop()
        known = self._async_llm
        if known is None or known[0] is not loop or known[2] != quirks:
            client = known[1] if known and known[0] is loop else self._async_client()
            known = self._async_llm = (loop, client, quirks, self._open_ai_like(quirks, async_http_client=client))
        chunks: ChatResponseAsyncGen = await known[3].astream_chat(_chat_messages(messages, quirks))
        return chunks

    @contextmanager
    def errors(self) -> Iterator[None]:
        """`model_errors`, around nothing but the taking of a chunk."""
        try:
            with model_errors(self._spec.label, self._key):
                yield
        except (AttributeError, TypeError, LookupError) as error:  # LlamaIndex, on an event of unknown shape
            raise ModelError(
                f"{self._spec.label} sent what is no chat completion; check that it is an OpenAI-compatible server"
            ) from error

    def learn(self, refusal: ModelError, tried: Quirks) -> bool:
        """Whether the server refused something by name that can be left out; it is, from now on."""
        words = server_words(refusal)
        for words_of_refusal, quirk in _REFUSALS:
            if words_of_refusal in words and quirk not in tried:
                logging.getLogger(__name__).info("%s does not take %s", self._spec.label, quirk)
                self.quirks |= {quirk}
                return True
        return False

    def close(self) -> None:
        """Close the connections that threads use."""
        self._client.close()

    async def aclose(self) -> None:
        """Close the connections of this event loop."""
        if self._async_llm is not None:
            await self._async_llm[1].aclose()

    def _async_client(self) -> AsyncChatClient:
        return AsyncChatClient(self._spec.label, self._timeout, proxies=not self._spec.is_local)

    def _open_ai_like(self, quirks: Quirks, **clients: Any) -> OpenAILike:
        import openai
        from llama_index.llms.openai_like import OpenAILike  # type: ignore[import-untyped, unused-ignore]

        arguments: dict[str, Any] = {"stream_options": {"include_usage": True}}
        if "stream_options" in quirks:
            arguments = {}
        if "max_tokens" in quirks:
            arguments |= {"max_tokens": openai.omit, "max_completion_tokens": self._spec.max_tokens}
        if "temperature" in quirks:
            arguments["temperature"] = openai.omit
        return OpenAILike(
            model=self._spec.name,
            api_base=self._url,
            api_key=self._key or "none",
            is_chat_model=True,
            context_window=self._spec.context_window,
            max_tokens=self._spec.max_tokens,
            temperature=self._spec.temperature,
            max_retries=0,
            additional_kwargs=arguments,
            **clients,
        )


def _load_libraries() -> None:
    """They take a second and more, for which no event loop should stand still."""
    for name in ("openai.resources.chat", "llama_index.llms.openai_like"):
        importlib.import_module(name)


def _chat_messages(messages: Sequence[Message], quirks: Quirks) -> list[ChatMessage]:
    from llama_index.core.base.llms.types import ChatMessage

    if "system role" in quirks:
        system = [message.content for message in messages if message.role == "system"]
        first, *others = [message for message in messages if message.role != "system"]
        messages = [Message(first.role, "\n\n".join([*system, first.content])), *others]
    return [ChatMessage(role=message.role, content=message.content) for message in messages]
