"""What a model's answer arrives in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from qa.records import Usage

Reason = Literal["stop", "length", "incomplete"]


@dataclass(frozen=True, slots=True)
class Text:
    """Some more of the answer; never empty."""

    text: str


@dataclass(frozen=True, slots=True)
class Finish:
    """The last thing a stream gives, exactly once.

    ``reason``: ``stop`` the model was done; ``length`` it was cut off at ``max_tokens``; ``incomplete`` the stream
    broke after some words, and ``detail`` says how in one line. ``estimated``: the server did not count the tokens,
    so ``usage`` is a guess from the lengths of the texts.
    """

    reason: Reason
    usage: Usage
    estimated: bool = False
    detail: str = ""


Delta = Text | Finish
