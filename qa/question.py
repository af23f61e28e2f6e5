"""What a question asks for: its words with their rarity, and the kind of answer it expects."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from qa.news_words import alternatives
from qa.periods import Frame, periods
from qa.words import fold, is_stop_word, stem, tokens

_IMAGINED, _IMAGINED_SHARE = 50, 0.01
_STANDING_FOR = 0.8

Expected = Literal["person", "place", "time", "duration", "amount", "reason", "naming", "speech", "other"]

_KINDS: tuple[tuple[Expected, re.Pattern[str]], ...] = (
    ("duration", re.compile(r"\bhow (?:long|old)\b|\bwhat (?:age|duration|length of time)\b", re.I)),
    (
        "amount",
        re.compile(
            r"\bhow (?:many|much|far|tall|high|large|big|deep|fast|wide|heavy|often)\b"
            r"|\bwhat (?:(?:is|was|are|were) the )?(?:\w+ )?"
            r"(?:number|percentage|percent|amount|price|cost|total|rate|share|size|population)\b",
            re.I,
        ),
    ),
    (
        "time",
        re.compile(
            r"\bwhen\b|\bhow (?:recently|soon)\b"
            r"|\b(?:what|which) (?:year|date|day|month|century|decade|time|era|period)\b",
            re.I,
        ),
    ),
    (
        "place",
        re.compile(r"\bwhere\b|\b(?:what|which) (?:country|city|town|state|place|region|location|county)\b", re.I),
    ),
    (
        "naming",
        re.compile(
            r"\b(?:what|how)\b.*\b(?:call(?:ed|s)?|nam(?:e|ed)|dub(?:bed)?|nickname[ds]?|known as|describe[ds]?"
            r"|characteri[sz]e[ds]?|referred? to as|label(?:l?ed)?|term(?:ed)?)\b",
            re.I,
        ),
    ),
    (
        "speech",
        re.compile(
            r"\b(?:what|how)\b.*\b(?:sa(?:y|ys|id)|tell|told|claim(?:s|ed)?|argue[ds]?|react(?:s|ed)?|respond(?:s|ed)?"
            r"|announce[ds]?|promise[ds]?|warn(?:s|ed)?|accuse[ds]?|suggest(?:s|ed)?|propose[ds]?)\b",
            re.I,
        ),
    ),
    ("person", re.compile(r"\bwho(?:m|se)?\b|\b(?:what|which) (?:person|man|woman|people|individual)\b", re.I)),
    ("reason", re.compile(r"\bwhy\b|\bwhat (?:caused|causes|led|was the reason|is the reason)\b|\bhow come\b", re.I)),
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question made ready for comparing with sentences.

    ``weights`` maps each content word, as indexed, to its inverse document frequency; ``pairs`` are neighbouring words
    of the question of which at least one is a content word; ``names`` are its capitalised words, lower-cased, and
    ``name_terms`` the same as indexed. ``stems`` maps content words, as ``qa.words.stem`` gives them, to their rarity.
    ``standing_for`` maps words that news uses in place of content words, as indexed, to those.
    ``bearing`` are both, the words that a sentence is looked through for. ``weight`` is that of all content words
    together. ``period`` is the time asked about, where one is named with its year.
    """

    text: str
    weights: dict[str, float]
    pairs: frozenset[tuple[str, str]]
    expected: Expected
    names: frozenset[str]
    name_terms: frozenset[str]
    stems: dict[str, float]
    standing_for: dict[str, tuple[str, ...]]
    bearing: frozenset[str]
    weight: float
    period: Frame | None

    def held(self, words: Sequence[str]) -> dict[str, float]:
        """Content words that are among ``words``, each with how well: 1 for itself, less for one that stands for it."""
        found: dict[str, float] = {}
        if self.bearing.isdisjoint(words):
            return found
        for word in words:
            if word in self.weights:
                found[word] = 1.0
            for meant in self.standing_for.get(word, ()):
                found.setdefault(meant, _STANDING_FOR)
        return found

    def share(self, found: Mapping[str, float]) -> float:
        """How much of the weight of all content words is found."""
        held, weights = 0.0, self.weights
        for word, degree in found.items():
            held += weights[word] * degree
        return held / (self.weight or 1.0)


def understand(
    text: str,
    terms: Callable[[str], Sequence[str]],
    frequency: Callable[[str], int],
    passages: int,
    other_forms: Mapping[str, tuple[str, ...]] | None = None,
) -> Question:
    """Analyses a question.

    Args:
        text: the question as asked.
        terms: splits a text into words as they are indexed.
        frequency: in how many passages a word stands.
        passages: how many passages there are.
        other_forms: words, as indexed, that stand for words of the question in these articles.
    """
    words = list(terms(text))
    content = [word for token in tokens(text) if not _is_structure(token.text) for word in terms(token.text)] or words
    weights = {word: inverse_frequency(frequency(word), passages) for word in dict.fromkeys(content)}
    pairs = {(first, second) for first, second in itertools.pairwise(words) if first in weights or second in weights}
    kind = expected_kind(text)
    names = frozenset(name.lower() for name in re.findall(r"(?<!^)\b[A-Z][\w'’-]*", text))
    name_terms = frozenset(term for name in names for term in terms(name)) & weights.keys()
    stems: dict[str, float] = {}
    for token in tokens(text):
        found = [weights[term] for term in terms(token.text) if term in weights]
        if found and not _is_structure(token.text):
            stems[stem(fold(token.text))] = max(found)
    standing_for = {word: tuple(w for w in meant if w in weights) for word, meant in (other_forms or {}).items()}
    for word in weights:
        for other in alternatives(word, terms) - weights.keys():
            standing_for[other] = (*standing_for.get(other, ()), word)
    return Question(
        text=text,
        weights=weights,
        pairs=frozenset(pairs),
        expected=kind,
        names=names,
        name_terms=name_terms,
        stems=stems,
        standing_for=standing_for,
        bearing=frozenset(weights) | frozenset(standing_for),
        weight=sum(weights.values()),
        period=_only(periods(text)),
    )


def _only(named: Sequence[Frame]) -> Frame | None:
    return named[0] if len(named) == 1 else None


def expected_kind(text: str) -> Expected:
    """The kind of answer that a question, or a part of one, expects."""
    return next((kind for kind, pattern in _KINDS if pattern.search(text)), "other")


def _is_structure(word: str) -> bool:
    return is_stop_word(word.lower()) or word.lower() in _QUESTION_WORDS


def inverse_frequency(holding: int, total: int) -> float:
    """Rarity of a word that stands in ``holding`` of ``total`` passages (Robertson and Spärck Jones, as in BM25).

    Counts a few imagined passages in which the word hardly stands, so that in a corpus of one article no word is taken
    for common.
    """
    holding_, total_ = holding + _IMAGINED * _IMAGINED_SHARE, total + _IMAGINED
    return math.log(1 + (total_ - holding_ + 0.5) / (holding_ + 0.5))


_QUESTION_WORDS = frozenset("who whom whose what which when where why how did do doe does is are was were".split())
