"""Whether a text holds a fact: required nuggets and forbidden ones, words at token boundaries and numbers by value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from evals.metrics.normalize import fold
from evals.metrics.quantities import VALUE, Date, Quantity, month_number, read_value

Token = str | Quantity | Date

_WORD = re.compile(r"\d+(?:[.,:/]\d+)*[^\W\d_]*|\w+(?:'(?!s\b)\w+)*|[^\w\s]")
_INITIALS = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_DROPPED = frozenset({"a", "an", "the"})


def fact_tokens(text: str) -> list[Token]:
    """Words and values of ``text`` in order, without articles, punctuation and possessive endings.

    Hyphens part words (``Moscow-based`` holds ``Moscow``). Text of nothing but punctuation keeps it.
    """
    folded = _INITIALS.sub(lambda found: found[0].replace(".", ""), fold(text))
    tokens: list[Token] = []
    at = 0
    for found in VALUE.finditer(folded):
        tokens += _words(folded[at : found.start()])
        tokens.append(read_value(found))
        at = found.end()
    tokens += _words(folded[at:])
    kept = [token for token in tokens if not isinstance(token, str) or (_is_word(token) and token not in _DROPPED)]
    return kept or tokens


def _words(folded: str) -> list[Token]:
    return list(_WORD.findall(re.sub(r"(?<=\w)'s?(?!\w)", " ", folded)))


def _is_word(token: str) -> bool:
    return any(mark.isalnum() for mark in token)


def holds(text: str, fact: str, tolerance: float = 0.0) -> bool:
    """Whether the tokens of ``fact`` stand in ``text``, next to each other and in order.

    Args:
        text: what was said.
        fact: what is looked for; a date in ``text`` may be more exact than the one in ``fact``.
        tolerance: relative difference allowed between two numbers; 0 asks for the same value.
    """
    wanted, tokens = fact_tokens(fact), fact_tokens(text)
    return bool(wanted) and any(
        all(value_matches(one, other, tolerance) for one, other in zip(wanted, tokens[start:], strict=False))
        for start in range(len(tokens) - len(wanted) + 1)
    )


def value_matches(wanted: Token, found: Token, tolerance: float = 0.0) -> bool:
    """Whether one token stands for another: words alike, numbers and dates by value."""
    if isinstance(wanted, Quantity) and isinstance(found, Quantity):
        return wanted.matches(found, tolerance)
    if isinstance(wanted, Date) and isinstance(found, Date):
        return wanted.matches(found)
    return _date_holds(found, wanted) if isinstance(found, Date) else wanted == found


def _date_holds(date: Date, wanted: Token) -> bool:
    """Whether a lone year or the name of a month stands in ``date``."""
    if isinstance(wanted, Quantity):
        return wanted == Quantity(Decimal(date.year or 0))
    return isinstance(wanted, str) and month_number(wanted) == date.month


def nugget_recall(text: str, nuggets: Sequence[Sequence[str]], tolerance: float = 0.0) -> float | None:
    """The share of ``nuggets`` that ``text`` holds; a nugget is a list of aliases of which one suffices.

    STR-EM of ALCE and ASQA, at token boundaries. ``None`` without nuggets.
    """
    if not nuggets:
        return None
    return sum(any(holds(text, alias, tolerance) for alias in aliases) for aliases in nuggets) / len(nuggets)


def forbidden_hits(text: str, forbidden: Sequence[str]) -> tuple[str, ...]:
    """Which of the ``forbidden`` phrases ``text`` holds. Whether it denies them is not looked at."""
    return tuple(phrase for phrase in forbidden if holds(text, phrase))
