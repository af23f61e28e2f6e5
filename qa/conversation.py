"""A follow-up question made to stand on its own: by the model where there is one, else as far as can be without."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.models import ChatModel
from qa.prompts import Prompt, estimate_tokens
from qa.records import Turn, Usage
from qa.reply import visible_reply
from qa.words import is_stop_word

MOST_TURNS = 4
"""Earlier turns that are looked at."""
_LONGEST = 600
"""Code points of an earlier answer, or of a rewritten question, that are used."""

_CAPITAL = f"[{''.join(letter for letter in map(chr, range(0x2000)) if letter.isupper())}]"
_NAME = re.compile(rf"\b{_CAPITAL}[\w'’-]*(?:\s+(?:of\s+|the\s+|de\s+|al-)?{_CAPITAL}[\w'’-]*)*")
_REFERRING = re.compile(
    r"\b(?:he|she|it|they|him|her|his|hers|its|them|their|theirs|this|that|these|those|there|then|former|latter"
    r"|one|ones|same|other|others)\b",
    re.IGNORECASE,
)
_ASKS_OF_SOMEONE = re.compile(
    r"\b(?:did|does|do|is|are|was|were|has|have|had|will|would|can|could|should)\s+(?:he|she|they)\b", re.IGNORECASE
)
"""Someone named before: "Where did she meet Rubio?"."""
_CONTINUES = re.compile(
    r"\s*(?:and|but|or|so|what about|how about|why(?: not)?\?|when\?|where\?|who\?)\b", re.IGNORECASE
)


def condense(question: str, history: Sequence[Turn], model: ChatModel, prompt: Prompt, room: int) -> tuple[str, Usage]:
    """The question rewritten by the model, and what that cost; the question itself where its reply is of no use.

    Args:
        question: the last question.
        history: earlier turns, oldest first.
        model: rewrites.
        prompt: asks for it.
        room: tokens that may be asked; the oldest turns are left out until it fits.

    Raises:
        ModelError: if the model does not answer.
    """
    turns = [Turn(turn.question[:_LONGEST], turn.answer[:_LONGEST]) for turn in history[-MOST_TURNS:]]
    messages = prompt.render(history=turns, question=question)
    while turns and sum(estimate_tokens(message.content) for message in messages) > room:
        turns = turns[1:]
        messages = prompt.render(history=turns, question=question)
    if not turns:
        return question, Usage()
    shown, usage = visible_reply(model, messages)
    reply = " ".join("".join(shown[-1:]).split()).removeprefix("Reply:").strip().strip('"')
    usable = any(character.isalnum() for character in reply) and len(reply) <= max(_LONGEST, 2 * len(question))
    return (reply if usable else question), usage


def resolve(question: str, history: Sequence[Turn]) -> str:
    """The question with the names and topic it leaves to the conversation added in brackets; no model needed.

    A question that names what it asks about is left alone.
    """
    if not history or not _leans_on_history(question):
        return question
    known = question.lower()
    wanted: list[str] = []
    for turn in reversed(history[-MOST_TURNS:]):
        asked = _topic(turn.question)
        wanted += [word for word in asked if word.lower() not in known and word not in wanted]
        if asked:
            break
    if not any(word[:1].isupper() for word in wanted):
        wanted += [name for name in _NAME.findall(history[-1].answer[:_LONGEST]) if name.lower() not in known][:2]
    return f"{question} ({', '.join(dict.fromkeys(wanted))})" if wanted else question


def _leans_on_history(question: str) -> bool:
    content = [word for word in re.findall(r"[\w'’-]+", question) if not is_stop_word(word.lower())]
    found = [found for found in _NAME.finditer(question) if found[0].split()[0].lower() not in _QUESTION_WORDS]
    before_names = question[: found[0].start()] if found else question
    refers = bool(_ASKS_OF_SOMEONE.search(before_names) or (not found and _REFERRING.search(question)))
    return bool(_CONTINUES.match(question)) or refers or len(content) < 2


def _topic(question: str) -> list[str]:
    """Names of a question, and its other content words."""
    names = []
    for name in _NAME.findall(question):
        words = name.split()
        kept = " ".join(words[1:] if words[0].lower() in _QUESTION_WORDS else words)
        if kept and not is_stop_word(kept.lower()):
            names.append(kept)
    rest = [
        word
        for word in re.findall(r"\b[^\W\d_][\w'’-]{3,}\b", question)
        if word[0].islower() and not is_stop_word(word) and word not in _QUESTION_WORDS
    ]
    return [*names, *rest]


_QUESTION_WORDS = frozenset(
    (
        "who whom whose what which when where why how did do does is are was were has have had can could will would and"
    ).split()
)
