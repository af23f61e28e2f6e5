"""How well a sentence bears on a question, in numbers: words, meaning, and the kind of answer it could hold.

The numbers are weighed in ``qa.retrieve`` to order passages and in ``qa.extract`` to choose sentences. No index is
needed here, and no model.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.question import Expected, Question
from qa.records import Passage

Terms = Callable[[str], Sequence[str]]

_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_COUNT = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|twenty|thirty|forty|fifty|hundred|thousand|dozen)"
)
_SIGNS: dict[Expected, re.Pattern[str]] = {
    "time": re.compile(
        rf"\b(?:1\d{{3}}|20\d{{2}})s?\b|\b{_MONTH}\b|\b{_DAY}\b|\bcentur|\b(?:yesterday|today|tomorrow)\b"
    ),
    "duration": re.compile(
        rf"\b(?:\d[\d.,]*|{_COUNT}|an?|several|half|few)[\s-]+(?:\w+[\s-]+)?(?:second|minute|hour|day|week|month|year|decade|centur)"
        r"|\b(?:hour|day|week|month|year|decade)s?-long\b",
        re.I,
    ),
    "amount": re.compile(
        rf"\d|\b{_COUNT}s?\b|\b(?:half|third|quarter|million|billion|percent|majority|several)\b", re.I
    ),
    "place": re.compile(
        r"\b(?:in|at|near|outside|inside|across)\s+(?:the\s+|[a-z]+ern\s+)?"
        rf"(?!{_MONTH}\b|{_DAY}\b)[A-Z][\w-]*(?!\w*['’]s\b|\w)"
    ),
    "naming": re.compile(
        r"\b(?:call(?:s|ed|ing)?|named|dubbed|nicknamed|known as|described?|characteri[sz]e[ds]?"
        r"|refer(?:s|red)? to|label(?:l?ed)?|termed|titled|branded)\b",
        re.I,
    ),
    "speech": re.compile(
        r"\b(?:sa(?:y|ys|id)|told|tells|claim(?:s|ed)?|argue[ds]?|stat(?:es|ed|ing)|not(?:ed|ing)|add(?:ed|ing)"
        r"|announce[ds]?|according to|insist(?:s|ed)?|warn(?:s|ed)?|report(?:s|ed)?|stress(?:es|ed)?|asserted)\b",
        re.I,
    ),
    "reason": re.compile(
        r"\b(?:because|due to|since|so that|in order to|as a result|therefore|owing to|caused by|thanks to|reason"
        r"|led to|result(?:s|ed|ing)? (?:in|from)|allow(?:s|ed|ing)?|prevent(?:s|ed|ing)?)\b",
        re.I,
    ),
}
_QUOTATION = re.compile(r"[“‘\"]")
_PERHAPS: dict[Expected, re.Pattern[str]] = {
    "place": re.compile(r"\b(?:from|to|into|of)\s+(?:the\s+|[a-z]+ern\s+)?[A-Z]"),
    "naming": _QUOTATION,
    "speech": _QUOTATION,
}
_NAME = re.compile(r"(?<![.!?“\"]\s)(?<!^)\b[A-Z][\w'’-]+|\b[A-Z][\w'’-]+(?=\s+(?:[a-z]{1,3}\s+)?[A-Z])")
_REFERENCE = re.compile(
    r"[\s“\"‘']*(?:He|She|It|They|His|Her|Its|Their|This|That|These|Those"
    r"|The (?:latter|former|two|pair|meeting|statement))\b"
)
_POINTING = re.compile(r"[\s“\"‘']*(?:It|Its|This|That|These|Those|The \w+)\b")

SENTENCE_FEATURES = (
    *("overlap", "overlap_squared", "with_title", "with_context", "pairs", "cosine", "cosine_gain", "closeness"),
    *("time", "duration", "amount", "place", "person", "reason", "naming", "speech", "other_names"),
    *("short", "long", "heading", "question", "reference", "lead"),
)


@dataclass(frozen=True, slots=True)
class SentenceEvidence:
    """The sentences of one passage against a question: one row of ``features`` per sentence.

    ``covered`` are the question's words found in the passage or in its title, and how well (``Question.held``).
    """

    features: NDArray[np.float32]
    covered: dict[str, float]
    overlaps: tuple[float, ...]


def weigh_sentences(
    question: Question, passage: Passage, cosines: NDArray[np.float32] | None, terms: Terms
) -> SentenceEvidence:
    """Compares each sentence of a passage with a question.

    Args:
        question: the question, understood.
        passage: the passage with its n sentences.
        cosines: similarity of each sentence with the question, shape (n,), or ``None``.
        terms: splits a text into words as they are indexed.

    Returns:
        Features of shape (n, ``len(SENTENCE_FEATURES)``), roughly between 0 and 1.
    """
    title = question.held(terms(passage.title))
    texts = [passage.sentence_text(span) for span in passage.sentences]
    words = [list(terms(text)) for text in texts]
    found = [question.held(sentence) for sentence in words]
    similar = cosines if cosines is not None else np.full(len(texts), 0.4, np.float32)
    typical = float(similar.mean()) if len(texts) else 0.0
    overlaps = [question.share(held) for held in found]
    rows = np.zeros((len(texts), len(SENTENCE_FEATURES)), np.float32)
    for position, text in enumerate(texts):
        context = best_of(title, *found[max(0, position - 2) : position + 1])
        overlap = overlaps[position]
        lexical = (overlap, overlap * overlap, question.share(best_of(found[position], title)), question.share(context))
        closeness = _closeness(words[position], question)
        meaning = (
            _pairs(question, words[position]),
            float(similar[position]),
            float(similar[position]) - typical,
            closeness,
        )
        rows[position] = (
            *lexical,
            *meaning,
            *_kind_of_answer(question, text),
            *_shape(text, words[position]),
            float(position == 0 and passage.start == 0),
        )
    return SentenceEvidence(rows, best_of(title, *found), tuple(overlaps))


def best_of(*found: Mapping[str, float]) -> dict[str, float]:
    """Words found in any of several places, each as well as in the best of them."""
    best: dict[str, float] = {}
    for held in found:
        for word, degree in held.items():
            best[word] = max(degree, best.get(word, 0.0))
    return best


def refers_back(sentence: str) -> bool:
    """Whether a sentence begins with a word that stands for something named before it ("He said ...")."""
    return _REFERENCE.match(sentence) is not None


def points_back(sentence: str) -> bool:
    """Whether it does so with a word for things ("This follows ..."), at the start of a paragraph often the topic."""
    return _POINTING.match(sentence) is not None


def _pairs(question: Question, words: Sequence[str]) -> float:
    if not question.pairs:
        return 0.0
    return len(question.pairs & set(itertools.pairwise(words))) / len(question.pairs)


def _closeness(words: Sequence[str], question: Question) -> float:
    """How densely the question's words stand together: 1 side by side, towards 0 far apart."""
    places = [place for place, word in enumerate(words) if word in question.weights or word in question.standing_for]
    found = {words[place] for place in places}
    return len(found) / (places[-1] - places[0] + 1) if len(found) > 1 else 0.0


def _kind_of_answer(question: Question, text: str) -> tuple[float, ...]:
    """For the kind of answer that is expected: whether the sentence could hold one; 0 for all other kinds."""
    expected = question.expected
    named = expected in ("person", "other")
    new_names = sum(name.lower() not in question.names for name in _NAME.findall(text)) if named else 0
    row = dict.fromkeys(("time", "duration", "amount", "place", "person", "reason", "naming", "speech"), 0.0)
    if expected == "person":
        row["person"] = min(new_names, 2) / 2
    elif expected in _SIGNS:
        stripped = text
        if expected in ("time", "amount"):
            asked = set(re.findall(r"\d+", question.text))
            stripped = re.sub(r"\d+", lambda match: "" if match[0] in asked else match[0], text)
        row[expected] = float(_SIGNS[expected].search(stripped) is not None)
        if not row[expected] and expected in _PERHAPS:
            row[expected] = 0.5 * (_PERHAPS[expected].search(text) is not None)
    return (*row.values(), min(new_names, 3) / 3 if expected == "other" else 0.0)


def _shape(text: str, words: Sequence[str]) -> tuple[float, ...]:
    body = text.strip()
    ends = body.rstrip("\"'”’)»")[-1:]
    return (
        float(len(words) < 6),
        min(len(words), 60) / 60,
        float(ends not in (".", "!", "?", "…", ":", ";")),
        float(ends == "?"),
        float(refers_back(body)),
    )
