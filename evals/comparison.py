"""Two runs over the same cases: paired differences with intervals, tests, and the cases that flipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evals.runs import RunError
from evals.statistics import holm, mcnemar_p, minimum_detectable_effect, paired_bootstrap, permutation_p
from evals.summary import LOWER_IS_BETTER

if TYPE_CHECKING:
    from evals.execution import Run

CaseValues = Mapping[str, float | None]
"""Scores of one case by name."""

PRIMARY = (
    "correct",
    "correct_and_supported",
    "false_answer",
    "over_refusal",
    "answer_f1",
    "nugget_recall",
    "citation_character_f1",
    "citation_evidence_recall",
    "attribution_recall",
    "attribution_precision",
    "passage_evidence_recall@5",
    "evidence_recall@2000tokens",
)
"""The family of scores that is tested together; everything else is description."""


@dataclass(frozen=True, slots=True)
class Difference:
    """``new - old`` of one score over the ``n`` cases that define it in both runs.

    ``fixed`` and ``broken`` are the cases that crossed 0.5 for the better and for the worse. McNemar's test is of them,
    where all values are 0 or 1.
    """

    metric: str
    old: float
    new: float
    mean: float
    low: float
    high: float
    n: int
    clusters: int
    mde: float
    p: float
    p_holm: float
    mcnemar: float | None
    fixed: tuple[str, ...]
    broken: tuple[str, ...]


def compare(
    old: Mapping[str, CaseValues],
    new: Mapping[str, CaseValues],
    clusters: Mapping[str, str],
    metrics: Sequence[str] = PRIMARY,
) -> list[Difference]:
    """Paired differences of each metric, Holm's adjustment over all of them.

    Args:
        old: scores of each case of the earlier run, by case id.
        new: scores of the later run.
        clusters: what dependent cases share, by case id.
        metrics: the family of scores to test.

    Raises:
        RunError: if the runs have no case in common.
    """
    shared = sorted(set(old) & set(new))
    if not shared:
        raise RunError("the two runs have no case in common; compare runs of one dataset")
    pairs = {name: _pairs(shared, old, new, name) for name in metrics}
    pairs = {name: found for name, found in pairs.items() if found}
    p_values = {name: _permutation(found, clusters) for name, found in pairs.items()}
    adjusted = holm(p_values)
    return [_difference(name, pairs[name], clusters, p_values[name], adjusted[name]) for name in pairs]


def compare_runs(old: Run, new: Run) -> list[Difference]:
    """``compare`` for two runs read back from disk.

    Raises:
        RunError: if they were made on different articles, or have no case in common.
    """
    if old.description["corpus_sha256"] != new.description["corpus_sha256"]:
        raise RunError(f"{str(old.folder)!r} and {str(new.folder)!r} were made on different articles; run one again")
    return compare(old.values, new.values, new.clusters)


Pair = tuple[str, float, float]


def _pairs(
    shared: Sequence[str], old: Mapping[str, CaseValues], new: Mapping[str, CaseValues], name: str
) -> list[Pair]:
    """``(case id, old, new)``; a precision that only one run defines cannot be paired."""
    found = ((case_id, old[case_id].get(name), new[case_id].get(name)) for case_id in shared)
    return [(case_id, before, after) for case_id, before, after in found if before is not None and after is not None]


def _permutation(pairs: Sequence[Pair], clusters: Mapping[str, str]) -> float:
    names = [clusters[case_id] for case_id, _, _ in pairs]
    return permutation_p([after for _, _, after in pairs], [before for _, before, _ in pairs], names) or 1.0


def _difference(name: str, pairs: Sequence[Pair], clusters: Mapping[str, str], p: float, p_holm: float) -> Difference:
    old, new = [before for _, before, _ in pairs], [after for _, _, after in pairs]
    interval = paired_bootstrap(new, old, [clusters[case_id] for case_id, _, _ in pairs])
    assert interval is not None  # there are pairs
    fixed = tuple(case_id for case_id, before, after in pairs if before < 0.5 <= after)
    broken = tuple(case_id for case_id, before, after in pairs if after < 0.5 <= before)
    if name in LOWER_IS_BETTER:
        fixed, broken = broken, fixed
    binary = {*old, *new} <= {0.0, 1.0}
    return Difference(
        metric=name,
        old=sum(sorted(old)) / len(old),
        new=sum(sorted(new)) / len(new),
        mean=interval.estimate,
        low=interval.low,
        high=interval.high,
        n=interval.n,
        clusters=interval.clusters,
        mde=minimum_detectable_effect(interval.standard_error),
        p=p,
        p_holm=p_holm,
        mcnemar=mcnemar_p(len(fixed), len(broken)) if binary else None,
        fixed=fixed,
        broken=broken,
    )


def case_values(rows: Sequence[Mapping[str, Any]]) -> dict[str, CaseValues]:
    """Scores by case id, from the lines of ``scores.jsonl``."""
    return {row["case_id"]: {name: value for name, (value, _) in row["scores"].items()} for row in rows}
