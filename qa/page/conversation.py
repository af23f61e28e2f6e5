"""A conversation as the page keeps it: turns with their answers, for one browser tab."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from qa.page.live import Draft
from qa.records import Answer, Citation, Passage, Turn


@dataclass(frozen=True, slots=True)
class Limits:
    """Which articles a question is put to."""

    since: str | None = None
    until: str | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asking:
    """A question that was taken on."""

    question: str
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what came of it; ``nearest`` are passages to look at where there is no answer.

    ``understood`` is the question as it was searched for, where that is not as it was asked. ``particulars`` are lines
    to be read beside each footnote (``qa.particulars``), in the order of the footnotes.
    """

    question: str
    answer: Answer
    nearest: tuple[Passage, ...] = ()
    searched: str = ""
    understood: str = ""
    particulars: tuple[tuple[str, ...], ...] = ()
    stopped: bool = False


@dataclass(eq=False)
class Conversation:
    """Lives in the server for one tab; handlers of the same tab share it."""

    id: str = ""
    turns: list[Asked] = field(default_factory=list)
    asking: Asking | None = None
    draft: Draft | None = None
    stopping: bool = False
    editing: int | None = None

    def __deepcopy__(self, memo: object) -> Conversation:
        """A new tab begins with a conversation of its own."""
        return Conversation()

    def history(self, before: int | None = None) -> list[Turn]:
        """What a question refers to that follows all turns, or those before one of them."""
        return [Turn(turn.question, turn.answer.text) for turn in self.turns[:before] if turn.answer.text]

    def citations(self, turn: int) -> Sequence[Citation]:
        """The footnotes of a turn, the one that is being answered included."""
        if 0 <= turn < len(self.turns):
            return self.turns[turn].answer.citations
        if turn == len(self.turns) and self.draft is not None:
            return self.draft.citations
        return ()


def to_saved(conversation: Conversation) -> dict[str, Any]:
    """A conversation for the browser's store, ready for JSON."""
    return {
        "id": conversation.id,
        "turns": [
            {
                "answer": turn.answer.to_dict(),
                "searched": turn.searched,
                "understood": turn.understood,
                "stopped": turn.stopped,
            }
            for turn in conversation.turns
        ],
    }


def from_saved(data: Mapping[str, Any]) -> Conversation:
    """The conversation of ``to_saved``; what does not look like one becomes an empty conversation."""
    try:
        turns = [
            Asked(
                answer.question,
                answer,
                searched=str(item["searched"]),
                understood=str(item.get("understood", "")),
                stopped=bool(item["stopped"]),
            )
            for item in data["turns"]
            if (answer := Answer.from_dict(item["answer"]))
        ]
        return Conversation(str(data["id"]), turns)
    except (KeyError, TypeError, ValueError, AttributeError):
        return Conversation()
