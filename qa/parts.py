"""Which parts of a question with several are answered: "When did it sink, and who was the captain?".

Looked at after answering, and nothing is picked differently for it: asking the parts one by one was measured to find
fewer of them. A part counts as missing only where no quoted sentence has a word of it, or none has the kind of thing
that it asks for (a number, a day) beside such a word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa.figures import STATES
from qa.news_words import interchangeable
from qa.question import Expected, expected_kind
from qa.reading import ReadSentence
from qa.records import Answer
from qa.verify.related import relation
from qa.words import content_stems

_JOINT = re.compile(
    r"[,;]?\s+(?:and|but)\s+(?=(?:(?:by|in|on|at|for|from|to|since) )?"
    r"(?:who|whom|whose|what|when|where|why|how|which|did|does|was|were|is|are|has|have)\b)"
    r"|[?]\s+(?=\S)",
    re.IGNORECASE,
)
_OPENER = re.compile(
    r"^\W*(?:(?:by|in|on|at|for|from|to|since) )?(?:who|whom|whose|what|when|where|why|how|which|did|does|do|was|were"
    r"|is|are|has|have)\b",
    re.IGNORECASE,
)
_MOST = 4
_TOLD: dict[Expected, str] = {
    "time": "a day or year",
    "duration": "how long",
    "amount": "a number",
}
"""Kinds of things that a sentence plainly has or has not."""
_NEAR = frozenset({"same", "derived", "synonym", "narrower", "broader"})
_EMPTY = frozenset("exactly really also thing happen mak think tell giv".split())
_FEWEST_WORDS = 2
"""Words of its own from which a part can be told by them: "how many in truth?" has too few."""


@dataclass(frozen=True, slots=True)
class Part:
    """One of the questions in a question; ``stems`` are the content words that only it has."""

    text: str
    expected: Expected
    stems: frozenset[str]


def parts_of(question: str) -> list[Part]:
    """The parts of a question that clearly has several; none for any other."""
    texts = [text.strip(" ,;?") for text in _JOINT.split(question)]
    if not 2 <= len(texts) <= _MOST or not all(_OPENER.match(text) and len(text.split()) > 1 for text in texts):
        return []
    stems = [content_stems(text) - _EMPTY for text in texts]
    own = [mine - frozenset[str]().union(*stems[:place], *stems[place + 1 :]) for place, mine in enumerate(stems)]
    return [Part(text, expected_kind(text), mine) for text, mine in zip(texts, own, strict=True)]


def uncovered(question: str, sentences: Sequence[str]) -> list[str]:
    """The parts of a question that none of the sentences of its answer speaks to."""
    parts = parts_of(question)
    return [part.text for part in parts if not any(_speaks_to(part, sentence) for sentence in sentences)]


def lacking(question: str, sentences: Sequence[str]) -> str:
    """The same in a line for a reader; empty where nothing is uncovered."""
    parts = uncovered(question, sentences)
    return f"nothing was found on: {'; '.join(parts)}" if parts else ""


def partly(answer: Answer, lacks: str) -> Answer:
    """The answer as one to a part of the question, saying what it lacks; unchanged where it lacks nothing."""
    if not lacks:
        return answer
    return replace(answer, status="partial" if answer.status == "answered" else answer.status, error=lacks)


def _speaks_to(part: Part, sentence: str) -> bool:
    known = part.expected in _TOLD
    if known and not ReadSentence(sentence, ()).sign(part.expected, frozenset(re.findall(r"\d+", part.text))):
        return False
    theirs = content_stems(sentence)
    return len(part.stems) < _FEWEST_WORDS or any(_is_near(word, other) for word in part.stems for other in theirs)


def _is_near(word: str, other: str) -> bool:
    if word == other or interchangeable(word, other) or relation(other, word) in _NEAR:
        return True
    return any(word in state and other in state for state in STATES.values())
