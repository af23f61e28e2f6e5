"""Scores of an answer's words against reference answers: exact match, token F1, containment, yes or no.

Unanswerable questions have no reference answers and are scored in ``abstention``. Footnote markers must be gone from
the prediction before it comes here (see :func:`without_markers`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Literal

from evals.metrics.facts import holds
from evals.metrics.normalize import answer_tokens, fold

_FIRST_CLAUSE = re.compile(r"[^\w]*(yes|no)\b(?!-)")


def exact_match(prediction: str, golds: Sequence[str]) -> float | None:
    """1 if the prediction has the tokens of any gold in its order, else 0 (SQuAD, see ``normalize``).

    ``None`` without golds.
    """
    if not golds:
        return None
    tokens = answer_tokens(prediction)
    return float(any(tokens == answer_tokens(gold) for gold in golds))


def token_f1(prediction: str, golds: Sequence[str]) -> float | None:
    """Largest F1 over the golds of shared tokens, counted as multisets: repeating a word does not help.

    If either side is blank, 1 when both are, else 0. ``None`` without golds.
    """
    if not golds:
        return None
    return max(_f1(answer_tokens(prediction), answer_tokens(gold)) for gold in golds)


def _f1(prediction: list[str], gold: list[str]) -> float:
    if not prediction or not gold:
        return float(prediction == gold)
    shared = sum((Counter(prediction) & Counter(gold)).values())
    return 2 * shared / (len(prediction) + len(gold))


def answer_contains(prediction: str, golds: Sequence[str]) -> float | None:
    """1 if any gold stands in the prediction, between token boundaries and with numbers compared by value.

    Substrings do not count (``no`` in ``know``, ``India`` in ``Indiana``, ``8`` in ``8 million``). A gold that is just
    yes or no is compared with the polarity of the prediction's first clause. ``None`` without golds.
    """
    if not golds:
        return None
    return float(any(_contains(prediction, gold) for gold in golds))


def _contains(prediction: str, gold: str) -> bool:
    wanted = polarity(gold)
    if wanted and answer_tokens(gold) == [wanted]:
        return polarity(prediction) == wanted
    return holds(prediction, gold)


def polarity(text: str) -> Literal["yes", "no"] | None:
    """``yes`` or ``no`` if the text opens with it, else ``None``."""
    found = _FIRST_CLAUSE.match(fold(text))
    if not found:
        return None
    return "yes" if found[1] == "yes" else "no"


def without_markers(text: str, numbers: Collection[int]) -> str:
    """``text`` without the footnote markers ``[n]`` of ``numbers``; other brackets (``[2023]``) stay."""

    def drop(found: re.Match[str]) -> str:
        return "" if int(found[2]) in numbers else found[0]

    return re.sub(r"(\s*)\[(\d{1,9})\]", drop, text)
