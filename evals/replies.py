"""Replies of language models, recorded and played back, so that a run with a model can be repeated without it.

A reply is known by the model's name and parameters, the messages, and how often this case has asked exactly that. The
random line that fences the evidence in a prompt is not part of it. A recording is JSON Lines, one reply a line.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from evals.lines import append_line, cut_broken_line
from qa.errors import QAError
from qa.models import ChatModel
from qa.models.deltas import Delta, Finish, Text
from qa.prompts import Message
from qa.records import Usage

_FENCE = re.compile(r"=== [0-9a-f]{8} ===")


class ReplyMissing(QAError):
    """A recording does not hold the reply to what was asked."""


@dataclass(slots=True)
class _Asking:
    """The case being answered, and how often it has asked each thing."""

    case_id: str
    counts: dict[str, int] = field(default_factory=dict)


_asking: ContextVar[_Asking | None] = ContextVar("asking", default=None)


@contextmanager
def asking(case_id: str) -> Iterator[None]:
    """Marks what is asked inside as asked for this case."""
    token = _asking.set(_Asking(case_id))
    try:
        yield
    finally:
        _asking.reset(token)


def reply_key(model: str, messages: Sequence[Message], repeat: int) -> str:
    """What a reply is known by: 24 hexadecimal digits."""
    parts = [model, [[message.role, _FENCE.sub("=== fence ===", message.content)] for message in messages], repeat]
    return hashlib.sha256(json.dumps(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _next_key(model: str, messages: Sequence[Message]) -> tuple[str, str]:
    """The key of this request, and the case it is for."""
    current = _asking.get()
    first = reply_key(model, messages, 0)
    if current is None:
        return first, ""
    repeat = current.counts.get(first, 0)
    current.counts[first] = repeat + 1
    return reply_key(model, messages, repeat), current.case_id


class RecordingModel:
    """Passes everything on to a model and appends each whole reply to a file.

    Args:
        model: that answers.
        path: of the recording; replies already in it are not asked for again.
        parameters: whatever else decides a reply, such as the temperature.
    """

    def __init__(self, model: ChatModel, path: Path, parameters: Mapping[str, Any]) -> None:
        self._model = model
        self._identity = _identity(model.name, parameters)
        self._path = path
        cut_broken_line(path)
        self._replies = read_replies(path) if path.exists() else {}
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    def close(self) -> None:
        """Closes the connections of the model that answers."""
        close = getattr(self._model, "close", None)
        if close is not None:
            close()

    def stream(self, messages: Sequence[Message]) -> Iterator[Delta]:
        """The reply as it comes."""
        key, case_id = _next_key(self._identity, messages)
        if key in self._replies:
            yield from _deltas(self._replies[key])
            return
        started = time.perf_counter()
        pieces: list[str] = []
        for delta in self._model.stream(messages):
            if isinstance(delta, Text):
                pieces.append(delta.text)
            else:
                self._append(key, case_id, messages, pieces, delta, time.perf_counter() - started)
            yield delta

    async def astream(self, messages: Sequence[Message]) -> AsyncIterator[Delta]:
        """The same for asyncio."""
        for delta in self.stream(messages):
            yield delta

    def _append(
        self, key: str, case_id: str, messages: Sequence[Message], pieces: list[str], finish: Finish, seconds: float
    ) -> None:
        reply = {
            "key": key,
            "model": self._identity,
            "case_id": case_id,
            "pieces": pieces,
            "finish": asdict(finish),
            "seconds": round(seconds, 3),
            "messages": [asdict(message) for message in messages],
        }
        with self._lock:
            self._replies[key] = reply
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8", newline="\n") as file:
                append_line(file, reply)


class ReplayingModel:
    """Answers from a recording alone; there is no network behind it.

    Args:
        name: of the model that was recorded.
        path: of the recording.
        parameters: as they were when it was recorded.
        command: that would record what is missing, for the message.

    Raises:
        ReplyMissing: if there is no such recording.
    """

    def __init__(self, name: str, path: Path, parameters: Mapping[str, Any], command: str) -> None:
        self._name = name
        self._identity = _identity(name, parameters)
        self._path = path
        self._command = command
        if not path.exists():
            raise ReplyMissing(f"no recording in {str(path)!r}; make it with: {command}")
        self._replies = read_replies(path)

    @property
    def name(self) -> str:
        """The model's name."""
        return self._name

    def stream(self, messages: Sequence[Message]) -> Iterator[Delta]:
        """The recorded reply.

        Raises:
            ReplyMissing: if it was not recorded; names the case and the command that records it.
        """
        key, case_id = _next_key(self._identity, messages)
        if key not in self._replies:
            raise ReplyMissing(
                f"case {case_id!r}: {str(self._path)!r} holds no reply of {self._identity} to what is asked "
                f"({key}); the prompt, the evidence or the model changed; record it with: {self._command}"
            )
        yield from _deltas(self._replies[key])

    async def astream(self, messages: Sequence[Message]) -> AsyncIterator[Delta]:
        """The same for asyncio."""
        for delta in self.stream(messages):
            yield delta


def _identity(name: str, parameters: Mapping[str, Any]) -> str:
    return " ".join([name, *(f"{key}={parameters[key]}" for key in sorted(parameters))])


def _deltas(reply: Mapping[str, Any]) -> Iterator[Delta]:
    yield from (Text(piece) for piece in reply["pieces"])
    finish = dict(reply["finish"])
    yield Finish(**{**finish, "usage": Usage(**finish["usage"])})


def read_replies(path: Path) -> dict[str, dict[str, Any]]:
    """The replies of a recording by key; a last line that is not whole is not there.

    Raises:
        ReplyMissing: if the file cannot be read, or a line is damaged.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    except (OSError, UnicodeDecodeError) as error:
        raise ReplyMissing(f"cannot read the recording {str(path)!r} ({error}); give another with --replies") from error
    replies: dict[str, dict[str, Any]] = {}
    for number, line in enumerate(lines, 1):
        try:
            reply = json.loads(line)
            replies[reply["key"]] = reply
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise ReplyMissing(
                f"{path} line {number} is damaged ({error}); delete the line and record again"
            ) from error
    return replies
