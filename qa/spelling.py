"""A question's misspelt words as the articles spell them: "the juge in the tern broch tryal".

Only what no article holds and no dictionary knows is taken for misspelt, and only a near word of the articles replaces
it. A name with a capital has to be nearer than a word in lower case, for it may well be somebody the articles do not
know, and only a name replaces it. Other languages bend their words in ways that no rule here knows, so a question in
one of them stays as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from qa.verify.names import is_nation
from qa.verify.related import is_common_word, is_word, relation
from qa.words import STOP_WORDS, Token, fold, is_stop_word, stem, tokens

_SHORTEST = 4
_LONG = 6
"""Letters from which two may be wrong."""
_LONG_NAME = 10
_ENDINGS = ("er", "est", "n", "ing", "ed")
"""Of comparatives, superlatives, participles and who does something: "stronger", "sewn", "midfielder"."""
_SHORTEST_PART = 3
"""Letters of each half of a compound: "knifeman"."""
_ENGLISH_SHARE = 0.3
"""Known words among those of a question, at least, for it to be taken for English."""
_BEGINS_SENTENCE = re.compile(r"(?:^|[.!?:][\"'”’)]*\s|\n|[\"“‘(])\s*$")
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
    asked = tokens(question)
    if not _is_english(question, asked):
        return question
    pieces, place = [], 0
    for token in asked:
        better = _better(token, _may_be_name(token, question), vocabulary)
        if better:
            pieces += [question[place : token.start], better]
            place = token.end
    return "".join([*pieces, question[place:]])


def _is_english(question: str, asked: Sequence[Token]) -> bool:
    """Whether a question reads as English: names may have accents, other words have none, and many are known."""
    words = [token.text for token in asked if token.text.isalpha()]
    if any(word.islower() and not word.isascii() for word in words) or "¿" in question:
        return False
    return sum(_is_known(fold(word)) for word in words) >= _ENGLISH_SHARE * len(words)


def _may_be_name(token: Token, question: str) -> bool:
    """Whether a word has a capital that is not that of the first word, nor of a question all in capitals."""
    return token.text[0].isupper() and bool(question[: token.start].strip(" \"'“‘(")) and not question.isupper()


def _better(token: Token, is_name: bool, vocabulary: Vocabulary) -> str | None:
    word = fold(token.text)
    if len(word) < _SHORTEST or not (token.text.isascii() and word.isalpha()) or _is_known(word):
        return None
    if not is_name and _is_compound(word):
        return None
    indexed = vocabulary.terms(token.text)
    if len(indexed) != 1 or is_nation(word) or vocabulary.frequency(indexed[0]):
        return None
    wrong = _wrong_letters(token.text)
    found: Counter[str] = Counter()
    for text in vocabulary.texts_with_near(indexed[0], wrong, _PASSAGES):
        found.update({other for other in _near_words(word, text, is_name) if _is_near(word, other, wrong)})
    if not found:
        return None
    best = min(found, key=lambda other: (*_distance(token.text, other), -found[other], other))
    return None if _is_as_near_to_small_word(word, best) else best


def _near_words(word: str, text: str, is_name: bool) -> Iterator[str]:
    """The words of a text that might be meant: names for a name, and none that the word is derived from."""
    for other in tokens(text):
        if is_name and not _names(other, text):
            continue
        if relation(stem(word), stem(fold(other.text))) != "derived":
            yield other.text


def _names(token: Token, text: str) -> bool:
    """Whether a word of a text is a name there: a capital not due to the sentence, or no known word."""
    if not token.text[0].isupper():
        return False
    return not _is_known(fold(token.text)) or not _BEGINS_SENTENCE.search(text[max(0, token.start - 4) : token.start])


def _is_as_near_to_small_word(word: str, best: str) -> bool:
    """Whether a word like "the" is meant as likely: "how mutch" asks for no match."""
    distance = OSA.distance(word, fold(best))
    return any(small[0] == word[0] and OSA.distance(word, small) <= distance for small in STOP_WORDS)


def _distance(word: str, other: str) -> tuple[int, bool]:
    """What tells near words apart: how many letters are wrong, and whether a capital is where the question has none."""
    return OSA.distance(fold(word), fold(other)), other[0].isupper() and not word[0].isupper()


def _is_known(word: str) -> bool:
    """Whether a folded word, or what it is an inflection of, is one of the language."""
    forms = [word, *(word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending))]
    return any(is_stop_word(form) or is_word(stem(form)) or is_word(form) for form in forms)


def _is_compound(word: str) -> bool:
    halves = range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1)
    return any(is_common_word(stem(word[:place])) and is_common_word(stem(word[place:])) for place in halves)


def _wrong_letters(word: str) -> int:
    return 2 if len(word) >= (_LONG_NAME if word[0].isupper() else _LONG) else 1


def _is_near(word: str, other: str, wrong: int) -> bool:
    folded = fold(other)
    if folded[:1] != word[:1] or is_stop_word(folded) or (len(other) < _LONG and other.isupper()):
        return False
    return OSA.distance(word, folded, score_cutoff=wrong) <= wrong
