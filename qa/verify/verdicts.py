"""What a check takes and gives: evidence, verdict, and the one-function interface that every checker has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from qa.records import SUPPORT_ORDER, Support


@dataclass(frozen=True, slots=True)
class Evidence:
    """Cited words and what is known about where they stand.

    ``text`` is what is cited. ``title`` is the article's headline, ``context`` the sentences just before the cited
    ones: both tell who "he" is and what a name is in full, neither is evidence by itself. ``published`` is an ISO
    date; with it "on Wednesday" and "yesterday" become dates.
    """

    text: str
    title: str = ""
    published: str | None = None
    context: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the evidence says what the statement says.

    ``reason`` names, in words, what is not in the cited text; it is empty when supported. ``score`` grows with
    support and lies between 0 and 1; supported means at least ``0.5``.
    """

    support: Support
    reason: str = ""
    score: float = 1.0


SupportCheck = Callable[[str, Sequence[Evidence]], Verdict]
"""Anything that judges a statement by its evidence: ``verify``, a cross-encoder, a language model as judge."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that speaks against the statement; ``support`` is the best that is left possible."""

    support: Support
    reason: str


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict on a text is the worst of its statements'; an empty text is supported."""
    order = {support: i for i, support in enumerate(SUPPORT_ORDER)}
    return max(verdicts, key=lambda verdict: (order[verdict.support], -verdict.score), default=Verdict("supported"))
