"""What the server of ``tests.fault_server`` can be told to reply: answers, and every kind of failure."""

import json
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any

from tests.fault_server import EVENTS, JSON, Exchange, Reply, Request, content, refusal


def chunk(text: str | None = None, *, thought: str | None = None, finish: str | None = None) -> dict[str, Any]:
    delta = {"content": text, "reasoning_content": thought}
    choice = {"index": 0, "delta": {k: v for k, v in delta.items() if v is not None}, "finish_reason": finish}
    return {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "scripted", "choices": [choice]}


def words(
    *pieces: str,
    finish: str | None = "stop",
    usage: tuple[int, int] | None = (12, 5),
    pause: float = 0.0,
    thoughts: Iterable[str] = (),
    done: bool = True,
    media: str = EVENTS,
) -> Reply:
    """An answer in ``pieces``. ``thoughts`` come as ``reasoning_content``; ``usage`` only where it is asked for."""

    def reply(exchange: Exchange) -> None:
        exchange.start(media=media)
        for event in [*(chunk(thought=thought) for thought in thoughts), *map(chunk, pieces)]:
            exchange.event(event)
            exchange.pause(pause)
        if finish:
            exchange.event(chunk(finish=finish))
        if usage and exchange.request.body.get("stream_options", {}).get("include_usage"):
            counts = {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)}
            exchange.event(chunk() | {"choices": [], "usage": counts})
        if done:
            exchange.event("[DONE]")
        exchange.end()

    return reply


def answered_by(function: Callable[[Request], str], size: int = 4) -> Reply:
    """What ``function`` makes of each request, in pieces of ``size`` code points. Meant for ``otherwise``."""

    def reply(exchange: Exchange) -> None:
        text = function(exchange.request)
        words(*(text[start : start + size] for start in range(0, len(text), size)))(exchange)

    return reply


def unstreamed(text: str | None, *, usage: tuple[int, int] | None = (12, 5), media: str = JSON) -> Reply:
    """A server that ignores ``stream``."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    body: dict[str, Any] = {"id": "x", "object": "chat.completion", "model": "scripted", "choices": [choice]}
    if usage:
        body["usage"] = {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)}
    return content(json.dumps(body), media)


def bad_key(key: str = "none") -> Reply:
    """401, with the key in the message as OpenAI does it."""
    return refusal(401, f"Incorrect API key provided: {key}. Find yours at https://example.com.", "invalid_api_key")


def no_such_model() -> Reply:
    return refusal(404, "The model `scripted` does not exist", "model_not_found")


def rate_limited(retry_after: float | str | None = None) -> Reply:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return refusal(429, "Rate limit reached", "rate_limit_exceeded", headers)


def quota_used_up() -> Reply:
    return refusal(429, "You exceeded your current quota", "insufficient_quota")


def failed(status: int = 500) -> Reply:
    return refusal(status, "The server had an error")


def page(status: int = 200) -> Reply:
    return content("<!DOCTYPE html><html><body>Sign in</body></html>", "text/html; charset=utf-8", status)


def empty() -> Reply:
    return words(usage=(12, 0))


def silent(seconds: float = 30.0) -> Reply:
    """Takes the question and says nothing."""
    return lambda exchange: exchange.pause(seconds)


def stalled(*pieces: str, seconds: float = 30.0) -> Reply:
    """Begins, then says no more."""

    def reply(exchange: Exchange) -> None:
        _begin(exchange, pieces)
        exchange.pause(seconds)

    return reply


def cut(*pieces: str) -> Reply:
    """Begins, then the connection is reset. Without pieces: reset before a word."""

    def reply(exchange: Exchange) -> None:
        if pieces:
            _begin(exchange, pieces)
            exchange.pause(0.05)  # a reset takes back what the other side has not read yet
        exchange.reset()

    return reply


def broken_off(*pieces: str, message: str = "the worker died") -> Reply:
    """Begins, then an error comes as an event."""

    def reply(exchange: Exchange) -> None:
        _begin(exchange, pieces)
        exchange.event({"error": {"message": message, "type": "server_error", "code": None}})
        exchange.end()

    return reply


def unless_given(parameter: str, otherwise: Reply) -> Reply:
    """Refuses a parameter by name, as older and newer servers do; without it, ``otherwise``."""

    def reply(exchange: Exchange) -> None:
        given = parameter in exchange.request.body
        (refusal(400, f"Unsupported parameter: '{parameter}'") if given else otherwise)(exchange)

    return reply


def vectors(dimension: int = 8, reorder: bool = False) -> Reply:
    """Embeddings that depend on the text alone, or the reply in another order."""

    def reply(exchange: Exchange) -> None:
        data = [
            {"object": "embedding", "index": index, "embedding": list(sha256(text.encode()).digest()[:dimension])}
            for index, text in enumerate(exchange.request.body["input"])
        ]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        body = {"object": "list", "data": data[::-1] if reorder else data, "model": "scripted", "usage": usage}
        content(json.dumps(body))(exchange)

    return reply


def _begin(exchange: Exchange, pieces: Iterable[str]) -> None:
    exchange.start()
    for piece in pieces:
        exchange.event(chunk(piece))
