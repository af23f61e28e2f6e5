"""HTTP clients that make a stream of events out of every good answer of a chat endpoint.

A server may ignore ``stream`` and send one JSON object: it becomes a stream of one event. Events under a wrong content
type are still events. A web page instead of an answer becomes a `ModelError`. The clients also remember the open
response, so that cancelling closes the connection at once and not when the garbage collector comes by.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

import httpx

from qa.errors import ModelError
from qa.models.streams import AsyncWholeStream, WholeStream

_LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=None)
"""As many connections as there are workers; httpx would keep twenty open and have the hundredth wait."""

_opened: ContextVar[list[httpx.Response] | None] = ContextVar("opened", default=None)


@contextmanager
def remembered_responses() -> Iterator[list[httpx.Response]]:
    """The list that the responses opened inside, in this thread or task, are put in."""
    responses: list[httpx.Response] = []
    token = _opened.set(responses)
    try:
        yield responses
    finally:
        _opened.reset(token)


class ChatClient(httpx.Client):
    """For openai's client.

    Args:
        label: the model, for messages.
        timeout: holds for every request; openai's client would set one number for connecting and reading alike.
        proxies: whether the proxies that the environment names are used.
    """

    def __init__(self, label: str, timeout: httpx.Timeout, proxies: bool) -> None:
        super().__init__(
            timeout=timeout, follow_redirects=True, trust_env=proxies, verify=_certificates(), limits=_LIMITS
        )
        self._label, self._patience = label, timeout.as_dict()

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Send, and check what kind of answer comes."""
        request.extensions["timeout"] = self._patience
        response = super().send(request, **options)
        if not _is_good_chat(request, response):
            return response
        if _media(response) == "text/event-stream" and isinstance(response.stream, httpx.SyncByteStream):
            response.stream = WholeStream(response.stream, response)
            return response
        response.read()
        return _as_events(response, self._label)


class AsyncChatClient(httpx.AsyncClient):
    """The same for asyncio."""

    def __init__(self, label: str, timeout: httpx.Timeout, proxies: bool) -> None:
        super().__init__(
            timeout=timeout, follow_redirects=True, trust_env=proxies, verify=_certificates(), limits=_LIMITS
        )
        self._label, self._patience = label, timeout.as_dict()

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Send, and check what kind of answer comes."""
        request.extensions["timeout"] = self._patience
        response = await super().send(request, **options)
        if not _is_good_chat(request, response):
            return response
        if _media(response) == "text/event-stream" and isinstance(response.stream, httpx.AsyncByteStream):
            response.stream = AsyncWholeStream(response.stream)
            return response
        await response.aread()
        return _as_events(response, self._label)


@cache
def _certificates() -> ssl.SSLContext:
    """Read once: it takes longer than all else that opening a client does."""
    return httpx.create_ssl_context()


def _is_good_chat(request: httpx.Request, response: httpx.Response) -> bool:
    opened = _opened.get()
    if opened is not None:
        opened.append(response)
    return response.is_success and request.url.path.endswith("/chat/completions")


def _media(response: httpx.Response) -> str:
    media: str = response.headers.get("content-type", "")
    return media.partition(";")[0].strip().lower()


def _as_events(response: httpx.Response, label: str) -> httpx.Response:
    """What came under another content type, whole, judged by how it begins."""
    body = response.content.lstrip()
    if body.startswith(b"<"):
        raise ModelError(f"{label} answered with a web page; check QA_BASE_URL (it often ends in /v1)")
    if not body.startswith((b"data:", b"event:", b"id:", b":")):
        body = _json_as_event(response, label)
    return httpx.Response(200, headers={"content-type": "text/event-stream"}, content=body, request=response.request)


def _json_as_event(response: httpx.Response, label: str) -> bytes:
    try:
        event = _event(response.json())
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise ModelError(
            f"{label} sent what is no chat completion; check that QA_BASE_URL is an OpenAI-compatible server"
        ) from error
    return f"data: {json.dumps(event)}\n\ndata: [DONE]\n\n".encode()


def _event(reply: Any) -> dict[str, Any]:
    if reply.get("error"):
        return {"error": reply["error"]}
    choice = reply["choices"][0]
    delta = {"role": "assistant", "content": _words(choice["message"]["content"])}
    return {
        "id": str(reply.get("id", "")),
        "object": "chat.completion.chunk",
        "created": 0,
        "model": str(reply.get("model", "")),
        "choices": [{"index": 0, "delta": delta, "finish_reason": choice.get("finish_reason")}],
        "usage": reply.get("usage"),
    }


def _words(content: Any) -> Any:
    """The words of a message, which some servers send in parts; parts of thought have none."""
    if isinstance(content, list):
        return "".join(part["text"] for part in content if part.get("type") == "text")
    return content
