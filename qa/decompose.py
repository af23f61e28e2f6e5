"""A compound question looked up part by part: "Who leads the company that bought Port FM?".

Only with a language model, which splits the question in one call more; and only where it looks compound. The passages
of all parts are read together, taken in turn. Without a model, splitting was measured to find fewer parts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from qa.archive import Archive
from qa.index.lexical import Filter
from qa.models import ChatModel
from qa.parts import parts_of
from qa.prompts import Prompt
from qa.ranking import Candidate
from qa.records import Usage
from qa.reply import visible_reply
from qa.retrieve import Retrieved
from qa.verify.names import names_of
from qa.verify.reading import read

MOST = 3
"""Parts that are looked up at most."""
_LONGEST = 300
_NAMES = 3
_ANSWER = re.compile(r"\[ANSWER\]", re.IGNORECASE)
_COMPOUND = re.compile(
    r"\bwhich of\b|\b(?:who|what|which)\b[^?]*\b(?:more|less|fewer|higher|lower|older|younger|earlier|later|longer"
    r"|larger|bigger|better|first)\b[^?]*,[^?]*\bor\b|\bcompare\b|\b(?:differ\w*|difference) between\b"
    r"|\b(?:who|whom|what|where|when|how|which)\b[^?,]*\b(?:the|a) (?:\w+ ){0,2}\w+ (?:that|which|who|whose) \w+"
    r"|\bboth\b[^?]*\band\b",
    re.IGNORECASE,
)


def looks_compound(question: str) -> bool:
    """Whether a question plainly needs more than one look: several parts, two things compared, one thing by another."""
    return bool(_COMPOUND.search(question)) or len(parts_of(question)) > 1


def split(question: str, model: ChatModel, prompt: Prompt) -> tuple[list[str], Usage]:
    """The questions that the model makes of one, and what that cost; none where its reply is of no use.

    Raises:
        ModelError: if the model does not answer.
    """
    shown, usage = visible_reply(model, prompt.render(question=question))
    lines = [re.sub(r"^\W*(?:\d+[.)]\s*)?", "", line).strip() for line in "".join(shown).splitlines()]
    kept = [line for line in lines if line.endswith("?") and len(line) <= _LONGEST]
    first = [line for line in kept if not _ANSWER.search(line)]
    usable = 2 <= len(kept) <= MOST and bool(first)
    return ([*first, *(line for line in kept if line not in first)] if usable else []), usage


def look_up(question: str, parts: Sequence[str], archive: Archive, limit: int, restrict: Filter) -> Retrieved:
    """The passages that bear on the question and on each of its parts, taken in turn, ``limit`` at most.

    A part that needs the answer of the first is looked up with the names that the first part's best passage holds.
    """
    whole = archive.retrieve(question, limit, restrict, look_again=False)
    found: list[Retrieved] = []
    for part in parts:
        if _ANSWER.search(part):
            part = _ANSWER.sub(" ".join(_new_names(found[0], question)) if found else "", part)
        found.append(archive.retrieve(part, limit, restrict, look_again=False))
    return replace(whole, candidates=tuple(_in_turn([*found, whole], limit)))


def _new_names(retrieved: Retrieved, question: str) -> list[str]:
    """Names of the best passage that the question does not have."""
    if not retrieved.candidates:
        return []
    best = retrieved.candidates[0]
    scores = best.sentence_scores
    place = max(range(len(scores)), key=lambda position: float(scores[position]))
    reading = read(best.passage.sentence_text(best.passage.sentences[place]))
    names = [" ".join(word.text for word in run) for run in names_of(reading)]
    return [name for name in dict.fromkeys(names) if name.lower() not in question.lower()][:_NAMES]


def _in_turn(found: Sequence[Retrieved], limit: int) -> list[Candidate]:
    kept: dict[str, Candidate] = {}
    for row in zip_longest(*(retrieved.candidates for retrieved in found)):
        for candidate in row:
            if candidate is not None and len(kept) < limit:
                kept.setdefault(candidate.id, candidate)
    return list(kept.values())
