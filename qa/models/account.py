"""What one reply has come to: its words so far, why it ended, what it cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qa.errors import ModelError
from qa.models.deltas import Finish
from qa.models.spec import ModelSpec
from qa.prompts import Message, estimate_tokens
from qa.records import Usage

if TYPE_CHECKING:
    from llama_index.core.base.llms.types import ChatResponse

_TOKENS_AROUND_A_MESSAGE = 4  # role and separators, in the chat templates of OpenAI and most others


class Account:
    """Take each chunk of a reply once, in order."""

    def __init__(self, messages: Sequence[Message], spec: ModelSpec) -> None:
        self._read = sum(estimate_tokens(message.content) + _TOKENS_AROUND_A_MESSAGE for message in messages)
        self._spec = spec
        self._completion_tokens = 0
        self._usage: Usage | None = None
        self._reason: str | None = None
        self.first = ""
        """The first words; empty until they come."""
        self.broken = ""
        """Why the stream broke after them, in one line."""

    @property
    def expected(self) -> int:
        """Tokens that the request may come to, read and written."""
        return self._read + self._spec.max_tokens

    def take_first(self, chunk: ChatResponse | None) -> None:
        """Take a chunk from before the first words; ``None`` is the end.

        Raises:
            ModelError: at the end, since the reply is empty.
        """
        if chunk is not None:
            self.first = self.take(chunk)
        elif self._reason == "length":
            raise ModelError(
                f"{self._spec.label} wrote nothing within {self._spec.max_tokens} tokens; raise 'max_tokens'",
                usage=self.finish().usage,
            )
        else:
            raise ModelError(
                f"{self._spec.label} gave an empty reply; try again or choose another model", usage=self.finish().usage
            )

    def take(self, chunk: ChatResponse) -> str:
        """The words of a chunk; may be empty."""
        raw = chunk.raw
        choices = getattr(raw, "choices", None)
        if choices and choices[0].finish_reason:
            self._reason = choices[0].finish_reason
        usage = getattr(raw, "usage", None)
        if usage is not None and usage.completion_tokens is not None:
            self._usage = Usage(usage.prompt_tokens or 0, usage.completion_tokens, 1)
        text = chunk.delta or ""
        self._completion_tokens += estimate_tokens(text)
        return text

    def finish(self) -> Finish:
        """How the reply ended."""
        usage = self._usage or Usage(
            self._read,
            self._completion_tokens,
            1,
        )
        estimated = self._usage is None
        if self.broken:
            return Finish("incomplete", usage, estimated, self.broken)
        if self._reason == "length":
            return Finish("length", usage, estimated)
        if self._reason in ("stop", "eos", "end_turn", "stop_sequence"):
            return Finish("stop", usage, estimated)
        why = f"ended with {self._reason!r}" if self._reason else "ended without saying why"
        return Finish("incomplete", usage, estimated, f"the answer of {self._spec.label} {why}")
