"""What goes wrong at a model server, as one line for a person: what, which model, what to do."""

from __future__ import annotations

import email.utils
import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from qa.errors import ModelError

if TYPE_CHECKING:
    import openai

_KEY = re.compile(r"\b(?:sk|pk|gsk|hf|key|Bearer)[-_ ][\w*.-]{4,}")
_LONGEST_MESSAGE = 200
_CODES_OF_USED_UP_QUOTA = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})


@contextmanager
def model_errors(label: str, secret: str | None = None) -> Iterator[None]:
    """Raise `ModelError` for what openai and httpx raise inside.

    Args:
        label: which model, as `ModelSpec.label` says it.
        secret: the key, to be kept out of all messages.

    Raises:
        ModelError: ``retryable`` if the same request may succeed later. The original stays its cause, unless it shows
            ``secret``.
    """
    import httpx
    import openai

    try:
        yield
    except (openai.OpenAIError, httpx.HTTPError, json.JSONDecodeError) as error:
        if isinstance(error.__cause__, ModelError):  # raised by our own client, wrapped by openai
            raise error.__cause__ from None
        shows_secret = secret is not None and secret in f"{error!r}{error.__cause__!r}"
        raise _translated(error, label, secret) from (None if shows_secret else error)


def seconds_to_wait(error: BaseException | None) -> float | None:
    """How long the server asks to wait before the next try, in seconds, or ``None`` if it does not say.

    Args:
        error: what openai raised, or the `ModelError` made of it.
    """
    if isinstance(error, ModelError):
        error = error.__cause__
    headers: Mapping[str, str] = getattr(getattr(error, "response", None), "headers", {})
    for name, unit in (("retry-after-ms", 1000), ("retry-after", 1)):
        value = headers.get(name, "")
        if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", value):
            return float(value) / unit
    try:
        return max(0.0, email.utils.parsedate_to_datetime(headers["retry-after"]).timestamp() - time.time())
    except (KeyError, ValueError):
        return None


def server_words(error: ModelError) -> str:
    """What the server gave as its reason to refuse a request, in lower case; empty for any other failure."""
    import openai

    cause = error.__cause__
    if isinstance(cause, openai.APIStatusError) and cause.status_code in (400, 422, 500):
        return _words(cause).lower()
    return ""


def cleaned(message: str, secret: str | None) -> str:
    """A server's own words on one line, cut, and without keys."""
    if secret:
        message = message.replace(secret, "***")
    message = " ".join(_KEY.sub("***", message).split())
    return message if len(message) <= _LONGEST_MESSAGE else message[:_LONGEST_MESSAGE] + "..."


def _translated(error: Exception, label: str, secret: str | None) -> ModelError:
    import httpx
    import openai

    if isinstance(error, openai.APIStatusError):
        return _of_status(error, label, secret)
    if isinstance(error, openai.APITimeoutError | httpx.TimeoutException):
        return ModelError(f"{label} did not answer in time; try again, or raise the setting 'timeout'", retryable=True)
    if isinstance(error, openai.APIConnectionError | httpx.TransportError):
        return _of_connection(error, label)
    if isinstance(error, openai.APIError) and not isinstance(error, openai.APIResponseValidationError):
        return _of_stream(error, label, secret)
    return ModelError(f"{label} sent what is no chat completion; check that QA_BASE_URL is an OpenAI-compatible server")


def _of_connection(error: Exception, label: str) -> ModelError:
    import httpx

    source = error if isinstance(error, httpx.TransportError) else error.__cause__
    if isinstance(source, httpx.UnsupportedProtocol):
        return ModelError(f"the address of {label} is malformed; QA_BASE_URL begins with http:// or https://")
    if isinstance(source, httpx.ConnectError):
        advice = "check QA_BASE_URL, the network, and that the server runs"
        return ModelError(f"{label} cannot be reached; {advice}", retryable=True)
    return ModelError(f"{label} dropped the connection; try again", retryable=True)


def _of_stream(error: openai.APIError, label: str, secret: str | None) -> ModelError:
    if error.code in _CODES_OF_USED_UP_QUOTA or error.type in _CODES_OF_USED_UP_QUOTA:
        return _used_up(label)
    return ModelError(f"{label} failed while answering: {cleaned(error.message, secret)}; try again", retryable=True)


def _of_status(error: openai.APIStatusError, label: str, secret: str | None) -> ModelError:
    status = error.status_code
    if status in (401, 403):
        return ModelError(f"{label} refused the key ({status}); set a valid QA_API_KEY, or OPENAI_API_KEY for OpenAI")
    if status == 404:
        return ModelError(
            f"{label} is not there (404); choose one that 'qa doctor' lists, "
            "and check QA_BASE_URL (it often ends in /v1)"
        )
    if status == 402 or _is_used_up(error):
        return _used_up(label)
    if status == 429:
        wait = seconds_to_wait(error)
        hint = f"try again in {wait:.0f} s" if wait is not None and wait >= 1 else "try again later"
        return ModelError(f"{label} limits the rate of requests (429); {hint}, or with fewer workers", retryable=True)
    if status in (408, 409, 425) or status >= 500:
        return ModelError(f"{label} failed ({status}); try again later", retryable=True)
    if _is_too_long(error):
        return ModelError(f"the prompt is too long for {label}; lower 'context_window' to what it takes, or 'passages'")
    return ModelError(f"{label} refused the request ({status}): {cleaned(_words(error), secret) or 'without a reason'}")


def _used_up(label: str) -> ModelError:
    return ModelError(f"the quota of {label} is used up; check its plan and billing, or use '--model extractive'")


def _is_used_up(error: openai.APIStatusError) -> bool:
    return error.status_code == 429 and (
        error.code in _CODES_OF_USED_UP_QUOTA or error.type in _CODES_OF_USED_UP_QUOTA or "billing" in _words(error)
    )


def _is_too_long(error: openai.APIStatusError) -> bool:
    words = _words(error).lower()
    return error.code == "context_length_exceeded" or ("context" in words and ("length" in words or "size" in words))


def _words(error: openai.APIStatusError) -> str:
    """The server's message; nothing if it answered with a page."""
    body = error.body
    if isinstance(body, dict):
        body = body.get("message") or body.get("detail") or body.get("error") or ""
    return body if isinstance(body, str) and not body.lstrip().startswith("<") else ""
