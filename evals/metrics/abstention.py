"""Whether a system is silent when it should be, from a structured outcome and never from a phrase in its answer.

RGB measures the same by looking for one sentence, which halves its score; and it drops failed items, which raises it.
Here a failure is an outcome of its own and always counts as wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from evals.metrics.score import ratio

Outcome = Literal["answered", "abstained", "error"]


@dataclass(frozen=True, slots=True)
class Abstention:
    """Rates over a set of cases; ``None`` where nothing is in the denominator.

    Attributes:
        recall: P(abstained | unanswerable).
        precision: P(unanswerable | abstained).
        f1: harmonic mean of the two; 0 for a system that never abstains though it should.
        over_refusal: P(no answer | answerable); failures are no answer.
        false_answer_rate: 1 - recall; failures count as false answers.
        coverage: P(answered) over all cases.
        error_rate: P(error) over all cases.
        answerable: number of answerable cases.
        unanswerable: number of unanswerable cases.
    """

    recall: float | None
    precision: float | None
    f1: float | None
    over_refusal: float | None
    false_answer_rate: float | None
    coverage: float | None
    error_rate: float | None
    answerable: int
    unanswerable: int


def abstention(answerable: Sequence[bool], outcomes: Sequence[Outcome]) -> Abstention:
    """The rates of one run; both sequences have one item a case.

    Raises:
        ValueError: if the lengths differ.
    """
    pairs = list(zip(answerable, outcomes, strict=True))
    silent_rightly = sum(outcome == "abstained" for can, outcome in pairs if not can)
    silent_wrongly = sum(outcome == "abstained" for can, outcome in pairs if can)
    unanswered = sum(outcome != "answered" for can, outcome in pairs if can)
    positive = sum(can for can, _ in pairs)
    negative = len(pairs) - positive
    recall = ratio(silent_rightly, negative)
    return Abstention(
        recall=recall,
        precision=ratio(silent_rightly, silent_rightly + silent_wrongly),
        f1=ratio(2 * silent_rightly, silent_rightly + silent_wrongly + negative) if negative else None,
        over_refusal=ratio(unanswered, positive),
        false_answer_rate=None if recall is None else ratio(negative - silent_rightly, negative),
        coverage=ratio(sum(outcome == "answered" for _, outcome in pairs), len(pairs)),
        error_rate=ratio(sum(outcome == "error" for _, outcome in pairs), len(pairs)),
        answerable=positive,
        unanswerable=negative,
    )
