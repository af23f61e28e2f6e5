"""A question's misspelt words as the articles spell them: "the juge in the tern broch tryal".

Only what no article holds and no dictionary knows is taken for misspelt, and only a near word of the articles replaces
it; a name with a capital has to be nearer than a word in lower case, for it may well be somebody the articles do not
know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from qa.verify.names import is_nation
from qa.verify.related import is_common_word
from qa.words import Token, fold, is_stop_word, stem, tokens

_SHORTEST = 4
_LONG = 6
"""Letters from which two may be wrong."""
_LONG_NAME = 10
_ENDINGS = ("er", "est", "n")
"""Of comparatives, superlatives and participles: "stronger", "sewn"."""
_PASSAGES = 30
"""Passages with near words that are looked through for one word."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of the articles: how many passages hold a word as indexed, and texts that hold words near to one."""

    terms: Callable[[str], Sequence[str]]
    frequency: Callable[[str], int]
    texts_with_near: Callable[[str, int, int], Iterable[str]]
    """Called with a word as indexed, the number of wrong letters, and how many texts at most."""


def respell(question: str, vocabulary: Vocabulary) -> str:
    """The question with its misspelt words replaced; the question itself where there are none."""
    pieces, place = [], 0
    for token in tokens(question):
        better = _better(token, vocabulary)
        if better:
            pieces += [question[place : token.start], better]
            place = token.end
    return "".join([*pieces, question[place:]])


def _better(token: Token, vocabulary: Vocabulary) -> str | None:
    word = fold(token.text)
    if len(word) < _SHORTEST or not word.isalpha() or _is_known(word):
        return None
    indexed = vocabulary.terms(token.text)
    if len(indexed) != 1 or is_nation(word) or vocabulary.frequency(indexed[0]):
        return None
    wrong = _wrong_letters(token.text)
    found: Counter[str] = Counter()
    for text in vocabulary.texts_with_near(indexed[0], wrong, _PASSAGES):
        found.update({other.text for other in tokens(text) if _is_near(word, other.text, wrong)})
    if not found:
        return None
    return min(found, key=lambda other: (*_distance(token.text, other), -found[other], other))


def _distance(word: str, other: str) -> tuple[int, bool]:
    """What tells near words apart: how many letters are wrong, and whether a capital is where the question has none."""
    return OSA.distance(fold(word), fold(other)), other[0].isupper() and not word[0].isupper()


def _is_known(word: str) -> bool:
    """Whether a folded word, or what it is an inflection of, is one of the language."""
    forms = [word, *(word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending))]
    return any(is_stop_word(form) or is_common_word(stem(form)) for form in forms)


def _wrong_letters(word: str) -> int:
    return 2 if len(word) >= (_LONG_NAME if word[0].isupper() else _LONG) else 1


def _is_near(word: str, other: str, wrong: int) -> bool:
    folded = fold(other)
    if folded[:1] != word[:1] or is_stop_word(folded) or (len(other) < _LONG and other.isupper()):
        return False
    return OSA.distance(word, folded, score_cutoff=wrong) <= wrong
