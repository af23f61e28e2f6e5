"""A support check without a model, made apart from the assistant's own so that it does not mark its own work.

A stand-in for entailment: content words, values, names and negation. Overlap of words alone accepts most
counterfactual evidence, so every value and name of the statement must stand in the evidence as well. It knows no
synonyms and no world; its accept and reject rates on altered statements belong beside any figure made with it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from evals.metrics.facts import Token, fact_tokens, value_matches
from evals.metrics.normalize import fold
from evals.metrics.quantities import month_number

_STOP_WORDS = frozenset(
    "about after all also an and any are as at be because been before being but by can could did do does during each "
    "for from had has have he her him his how i if in into is it its just like may might more most must no nor not of "
    "on one only or other our out over said say says she should since so some such than that the their them then there "
    "these they this those through to too under until up was we were what when where which while who whom whose why "
    "will with would you your".split()
)
_NEGATIONS = frozenset("not no never none nobody nothing neither nor without cannot".split())
_NAME = re.compile(r"\b[^\W\d_]*[A-Z]\w*(?: [A-Z]\w*)*\b(?!\$)")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)]*\s+|\n+")


def lexical_support(statement: str, evidence: Sequence[str], least: float = 0.6) -> bool:
    """Whether ``evidence`` together says ``statement``.

    Args:
        statement: one sentence, without footnote markers.
        evidence: the cited texts.
        least: share of the statement's content words that the evidence must hold, stems compared.
    """
    if fold(statement) in map(fold, evidence):
        return True  # word for word; the negation of a long quotation cannot be compared with one sentence
    tokens = fact_tokens(statement)
    given = [token for text in evidence for token in fact_tokens(text)]
    words, stems = _content(tokens), _content(given)
    if words and len(words & stems) < least * len(words):
        return False
    values = [token for token in tokens if not isinstance(token, str)]
    if not all(any(value_matches(value, token) for token in given) for value in values):
        return False
    names_stand = _names(statement) <= {word for text in evidence for word in _words(text)}
    return names_stand and _negated(tokens) == _negated(_closest(words, evidence))


def _content(tokens: Sequence[Token]) -> set[str]:
    return {_stem(token) for token in tokens if isinstance(token, str) and token not in _STOP_WORDS}


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _names(statement: str) -> set[str]:
    """The last word of every run of capitalised words, but for a lone word that opens the statement."""
    heads = set()
    text = _plain_initials(statement)
    for found in _NAME.finditer(text):
        lone_opener = not text[: found.start()].strip("\"'“‘ ") and " " not in found[0]
        head = _words(found[0])[-1]
        if not lone_opener and head not in _STOP_WORDS and month_number(head) is None:
            heads.add(head)
    return heads


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", fold(_plain_initials(text)))


def _plain_initials(text: str) -> str:
    return re.sub(r"\b(?:[A-Z]\.){2,}", lambda found: found[0].replace(".", ""), text)


def _negated(tokens: Sequence[Token]) -> bool:
    return any(isinstance(token, str) and (token in _NEGATIONS or token.endswith("n't")) for token in tokens)


def _closest(words: set[str], evidence: Sequence[str]) -> list[Token]:
    """The sentence of the evidence that shares most with the statement: where its negation would stand."""
    sentences = [fact_tokens(part) for text in evidence for part in _SENTENCE_END.split(text) if fold(part)]
    return max(sentences, key=lambda tokens: (len(_content(tokens) & words), -len(tokens)), default=[])
