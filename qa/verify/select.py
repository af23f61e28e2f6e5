"""Which sentences of an article, or of the passages retrieved, speak of a statement."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from qa.verify.names import canonical
from qa.verify.numerals import ONES, TENS
from qa.words import fold, is_stop_word, stem, tokens

_LEAST_GAIN = 0.06


def _keys(text: str) -> set[str]:
    """What a sentence can cover: stems of its content words, one form for each name, its numbers."""
    keys: set[str] = set()
    for token in tokens(text):
        folded = fold(token.text)
        if is_stop_word(folded) and not token.text.isupper() and folded not in ONES | TENS:
            continue
        name = canonical(folded)
        keys.add(stem(folded) if name == folded else name)
    return keys


def select_evidence(statement: str, sentences: Sequence[str], limit: int = 3) -> list[int]:
    """Indexes of the sentences that together cover most of the statement's words, best first.

    Greedy set cover: each step takes the sentence that adds the most weight of words not yet covered, rare words, names
    and numbers weighing more; it stops where a sentence would add little. Nothing in common gives an empty list.

    Args:
        statement: one sentence.
        sentences: the sentences to choose from, in any order.
        limit: the most sentences to choose.
    """
    wanted = _keys(statement)
    keys = [_keys(sentence) & wanted for sentence in sentences]
    frequency = Counter(key for found in keys for key in found)
    weight = {key: _weight(key, frequency[key], len(sentences)) for key in wanted}
    total = sum(weight.values()) or 1.0
    chosen: list[int] = []
    covered: set[str] = set()
    while len(chosen) < limit:
        gains = [(sum(weight[key] for key in found - covered), -i) for i, found in enumerate(keys) if i not in chosen]
        gain, index = max(gains, default=(0.0, 0))
        if gain <= 0 or (chosen and gain < _LEAST_GAIN * total):
            break
        chosen.append(-index)
        covered |= keys[-index]
    return chosen


def _weight(key: str, found_in: int, sentences: int) -> float:
    rarity = math.log(1 + sentences / (0.5 + found_in))
    return rarity * (1.5 if key[0].isdigit() else 1.0)
