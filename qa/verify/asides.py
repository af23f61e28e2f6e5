"""What stands before a verb of speech, such as an aside: "Smith, the former president, said it was rigged".

Else such a verb, right after a comma, would be taken for one that closes what was said: "It was rigged, said Smith".
"""

from __future__ import annotations

from collections.abc import Sequence

from qa.verify.reading import Word
from qa.verify.related import part_of_speech

_AUXILIARIES = frozenset(
    "is are was were be been has have had will would can could may might must should do does did".split(" ")
)
_BE = frozenset("is are was were be been being".split(" "))
_SUBJECTS = frozenset("he she it they we i there".split(" "))
_OF_SOMEONE = frozenset("accus charg suspect characteriz characteris describ call label dub consider".split(" "))
"""Stems of verbs that have whom they speak of behind them, so that they close nothing."""
_AT_SOME_TIME = frozenset("on in last late early earlier yesterday today".split(" "))


def after_an_aside(words: Sequence[Word], start: int, verb: int, end: int) -> list[int]:
    """The places of the speaker and the aside, where one stands right before a verb of speech; none where none does.

    Args:
        words: the words around.
        start: where the sentence of the verb begins.
        verb: the place of the verb, the first word of its clause.
        end: where the sentence ends.
    """
    last = _clause_before(words, start, verb)
    named = _clause_before(words, start, last[0]) if last else []
    if not named or any(words[i].quoted for i in (*named, *last)):
        return []
    own = [i for i in range(verb + 1, end) if words[i].clause == words[verb].clause]
    tells = words[verb].stem in _OF_SOMEONE or any(_is_verb(words[i]) or words[i].folded in _SUBJECTS for i in own)
    plain = words[last[0]].folded in {"who", "whose", "which"} or not any(_is_tensed(words[i]) for i in last)
    return [i for i in (*named, *last) if not words[i].is_stop] if tells and plain else []


def is_passive(words: Sequence[Word], i: int) -> bool:
    """Whether a form of "be" stands right before a word, an adverb between at most: "is now considered"."""
    before = [word.folded for word in words[max(0, i - 2) : i]]
    return before[-1:] != [] and (before[-1] in _BE or (before[0] in _BE and before[-1] in {"now", "still", "also"}))


def _clause_before(words: Sequence[Word], start: int, place: int) -> list[int]:
    found = list[int]()
    for i in range(place - 1, start - 1, -1):
        if words[i].clause != words[place - 1].clause:
            break
        found.insert(0, i)
    return found


def _is_tensed(word: Word) -> bool:
    if word.folded in _AUXILIARIES:
        return True
    inflected = word.folded != word.stem and not word.folded.endswith(("s", "ing", "e"))
    return inflected and not word.capital and part_of_speech(word.stem) == "v"


def _is_verb(word: Word) -> bool:
    return _is_tensed(word) or (not word.is_stop and not word.capital and part_of_speech(word.stem) == "v")


def before_that(words: Sequence[Word], i: int) -> bool:
    """Whether "that" follows a word at once, or behind a time: "alleged that", "found on Monday that"."""
    following = [word.folded for word in words[i + 1 : i + 5]]
    return "that" in following[: 4 if following[0] in _AT_SOME_TIME else 1] if following else False
