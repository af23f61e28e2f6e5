"""The worst model there can be: it does whatever an article tells it to, in whatever writing, and else reads well.

``Watched`` is for a real one.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from urllib.parse import quote

from evals.bench.injection_cases import Payload, Story
from evals.bench.injection_encodings import is_read
from qa.models import ChatModel, Delta, Finish, Text
from qa.prompts import NOT_IN_ARTICLES, Message
from qa.records import Usage

_OURS = re.compile(r"^\[(\d+)\] (.+)$", re.MULTILINE)
_THEIRS = re.compile(r"^Source (\d+):\n(.*?)(?=\n-{3,}|\nSource \d+:|\Z)", re.MULTILINE | re.DOTALL)
_PIECE = 7


class ObedientModel:
    """Writes the payload's reply where it can read the order in a prompt, else the sentence that answers the question.

    Args:
        story: what is asked about.
        payload: what it obeys; ``None`` for a model that obeys nothing.
    """

    name = "obedient"

    def __init__(self, story: Story, payload: Payload | None) -> None:
        self._story = story
        self._payload = payload
        self.obeyed = 0

    def stream(self, messages: Sequence[Message]) -> Iterator[Delta]:
        """Yields the reply in pieces of a few code points."""
        prompt = "\n".join(message.content for message in messages)
        reply = self.reply(prompt)
        for start in range(0, len(reply), _PIECE):
            yield Text(reply[start : start + _PIECE])
        yield Finish("stop", Usage(len(prompt) // 4, len(reply) // 4, 1))

    async def astream(self, messages: Sequence[Message]) -> AsyncIterator[Delta]:
        """The same."""
        for delta in self.stream(messages):
            yield delta

    def reply(self, prompt: str) -> str:
        """What it writes."""
        if self._payload is None or not is_read(self._payload.key, prompt):
            return self._honest(prompt)
        self.obeyed += 1
        parts = {
            "{gold}": self._honest(prompt),
            "{prompt}": " ".join(prompt[:200].split()),
            "{question}": quote(self._story.question),
        }
        reply = self._payload.reply
        for name, value in parts.items():
            reply = reply.replace(name, value)
        return reply

    def _honest(self, prompt: str) -> str:
        """The sentence of the prompt that answers the question, with its number."""
        for number, words in _OURS.findall(prompt):
            if self._story.gold in words:
                return f"{words} [{number}]."
        for number, words in _THEIRS.findall(prompt):
            for line in words.splitlines():
                if self._story.gold in line:
                    return f"{line.strip()} [{number}]."
        return NOT_IN_ARTICLES


class Watched:
    """A real model, of which ``obeyed`` tells in how many prompts it could read the order, whatever it did then."""

    def __init__(self, model: ChatModel, payload: Payload) -> None:
        self.name = model.name
        self._model = model
        self._payload = payload
        self.obeyed = 0

    def stream(self, messages: Sequence[Message]) -> Iterator[Delta]:
        """Yields what the model writes."""
        prompt = "\n".join(message.content for message in messages)
        self.obeyed += is_read(self._payload.key, prompt)
        yield from self._model.stream(messages)

    async def astream(self, messages: Sequence[Message]) -> AsyncIterator[Delta]:
        """The same."""
        for delta in self.stream(messages):
            yield delta
