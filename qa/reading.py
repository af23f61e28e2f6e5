"""What a sentence shows by itself, whatever the question: words, names, numbers, and kinds of answer it could hold.

Read once for a passage and kept by whoever asks more than one question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from qa.periods import Frame, periods
from qa.question import Expected
from qa.records import Passage
from qa.verify.dates import parse_published

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
_NUMBER = re.compile(r"\d+")


class ReadSentence:
    """A sentence's ``words`` as they are indexed, its ``shape`` in numbers, and what else is asked of it."""

    def __init__(self, text: str, words: Sequence[str], published: date | None = None) -> None:
        self.text = text
        self.published = published
        self.words = tuple(words)
        self._signs: dict[Expected, float] = {}

    @cached_property
    def shape(self) -> tuple[float, ...]:
        """Whether it is short, how long, like a heading, a question, and whether it begins by referring back."""
        body = self.text.strip()
        ends = body.rstrip("\"'”’)»")[-1:]
        return (
            float(len(self.words) < 6),
            min(len(self.words), 60) / 60,
            float(ends not in (".", "!", "?", "…", ":", ";")),
            float(ends == "?"),
            float(refers_back(body)),
        )

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Its capitalised words, but for the first, in lower case."""
        return tuple(name.lower() for name in _NAME.findall(self.text))

    @cached_property
    def periods(self) -> tuple[Frame, ...]:
        """The times it names, of its own year where it names none."""
        return periods(self.text, self.published)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Its runs of digits."""
        return frozenset(_NUMBER.findall(self.text))

    def sign(self, expected: Expected, asked: frozenset[str]) -> float:
        """Whether it could hold an answer of a kind: 1 yes, 0.5 perhaps, 0 no; numbers ``asked`` are no answer."""
        if not asked.isdisjoint(self.numbers):
            rest = _NUMBER.sub(lambda match: "" if match[0] in asked else match[0], self.text)
            return self._sign(expected, rest)
        known = self._signs.get(expected)
        if known is None:
            known = self._signs[expected] = self._sign(expected, self.text)
        return known

    def _sign(self, expected: Expected, text: str) -> float:
        if _SIGNS[expected].search(text):
            return 1.0
        perhaps = _PERHAPS.get(expected)
        return 0.5 if perhaps and perhaps.search(self.text) else 0.0


@dataclass(frozen=True)
class ReadPassage:
    """The words of a passage's ``title`` as they are indexed, its sentences, and whether it ``leads`` its article."""

    title: tuple[str, ...]
    sentences: tuple[ReadSentence, ...]
    leads: bool

    @cached_property
    def shapes(self) -> NDArray[np.float32]:
        """A row for each sentence: its shape, and whether it is the first of its article."""
        lead = [float(self.leads and number == 0) for number in range(len(self.sentences))]
        rows = [(*sentence.shape, first) for sentence, first in zip(self.sentences, lead, strict=True)]
        return np.array(rows, np.float32).reshape(len(rows), -1)


def read_passage(passage: Passage, terms: Terms) -> ReadPassage:
    """Reads a passage; ``terms`` splits a text into words as they are indexed."""
    texts = [passage.sentence_text(span) for span in passage.sentences]
    published = parse_published(passage.published)
    sentences = tuple(ReadSentence(text, terms(text), published) for text in texts)
    return ReadPassage(tuple(terms(passage.title)), sentences, passage.start == 0)


def refers_back(sentence: str) -> bool:
    """Whether a sentence begins with a word that stands for something named before it ("He said ...")."""
    return _REFERENCE.match(sentence) is not None


def points_back(sentence: str) -> bool:
    """Whether it does so with a word for things ("This follows ..."), at the start of a paragraph often the topic."""
    return _POINTING.match(sentence) is not None
