"""Citation recall and precision of the ALCE kind: does the cited text support the statement it stands behind?

Gao et al. 2023, "Enabling Large Language Models to Generate Text with Citations", section 3.3, with any support check
in place of their entailment model. Nothing is truncated, no number of citations is assumed, statements without
citations stay in the denominator. An answer that copies a passage scores well here, so read it beside correctness.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evals.metrics.score import ratio

SupportCheck = Callable[[str, Sequence[str]], bool]
"""``supports(statement, evidence_texts)``: whether the texts together say what the statement says."""


@dataclass(frozen=True, slots=True)
class CitedStatement:
    """One sentence of an answer without its markers, and the words of its valid citations."""

    text: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attribution:
    """``recall`` is undefined without statements, ``precision`` without citations."""

    recall: float | None
    precision: float | None


def attribution(statements: Sequence[CitedStatement], supports: SupportCheck) -> Attribution:
    """Citation recall and precision of one answer.

    recall: share of statements supported by all their citations together. precision: share of citations that count; one
    counts if its statement is supported and it is not idle, idle meaning that it does not support the statement alone
    while the others do without it. The same words cited twice behind one statement are one citation.
    """
    supported = useful = citations = 0
    for statement in statements:
        evidence = list(dict.fromkeys(statement.evidence))
        citations += len(evidence)
        if not evidence or not supports(statement.text, evidence):
            continue
        supported += 1
        useful += sum(not _is_idle(statement.text, evidence, place, supports) for place in range(len(evidence)))
    return Attribution(ratio(supported, len(statements)), ratio(useful, citations))


def _is_idle(statement: str, evidence: list[str], place: int, supports: SupportCheck) -> bool:
    others = evidence[:place] + evidence[place + 1 :]
    return bool(others) and not supports(statement, [evidence[place]]) and supports(statement, others)
