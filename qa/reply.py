"""A language model's reply to a question of ours about the question, read as a whole: no stream, no footnotes."""

from __future__ import annotations

from collections.abc import Sequence

from qa.models import ChatModel, Finish
from qa.prompts import Message
from qa.records import Usage


def visible_reply(model: ChatModel, messages: Sequence[Message]) -> tuple[list[str], Usage]:
    """What a model says, without what it thinks aloud, in the stretches between that; and what it cost.

    Raises:
        ModelError: if the model does not answer.
    """
    from qa.citations import VisibleText

    words, usage = [], Usage()
    for delta in model.stream(messages):
        if isinstance(delta, Finish):
            usage = delta.usage
        else:
            words.append(delta.text)
    visible = VisibleText()
    pieces = [*visible.feed("".join(words)), *visible.finish()]
    return [piece for piece in pieces if isinstance(piece, str)], usage
