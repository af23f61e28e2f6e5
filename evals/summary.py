"""Scores of cases -> the figures of a run: means with intervals and n, abstention, calibration, cost, slices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from evals.metrics import calibration
from evals.metrics.abstention import abstention
from evals.metrics.cost import costs
from evals.scoring import Scored, independent_groups
from evals.statistics import bootstrap_mean, minimum_detectable_effect, wilson

LOWER_IS_BETTER = frozenset({"forbidden_hit", "over_refusal", "false_answer", "citation_length"})
COST_SCORES = frozenset({"seconds", "prompt_tokens", "completion_tokens", "calls"})
SLICED = ("correct", "correct_and_supported", "citation_character_f1", "passage_evidence_recall@5")
RISK = 0.05


def summarise(scored: Sequence[Scored]) -> dict[str, Any]:
    """All figures of a run as plain JSON values, rounded to six decimals."""
    figures = {
        "cases": len(scored),
        "clusters": len(set(independent_groups(scored).values())),
        "metrics": metric_table(scored),
        "abstention": _abstention(scored),
        "calibration": _calibration(scored),
        "cost": _cost(scored),
        "lost_at": _counts(item.lost_at for item in scored if item.lost_at),
        "slices": _slices(scored),
    }
    rounded: dict[str, Any] = round_numbers(figures)
    return rounded


def metric_table(scored: Sequence[Scored]) -> dict[str, dict[str, Any]]:
    """Mean, 95% interval, n, undefined cases and minimum detectable effect of every score.

    Intervals are clustered bootstraps. Where all values are 0, or all 1, that would be empty, and Wilson's over the
    clusters stands instead. The effect is that of a paired comparison with a run that correlates by half.
    """
    names = dict.fromkeys(name for item in scored for name in item.scores if name not in COST_SCORES)
    groups = independent_groups(scored)
    return {name: _metric(scored, name, groups) for name in names}


def _metric(scored: Sequence[Scored], name: str, groups: Mapping[str, str]) -> dict[str, Any]:
    defined = [(value, groups[item.case.id]) for item in scored if (value := item.value(name)) is not None]
    row: dict[str, Any] = {"mean": None, "n": len(defined), "undefined": len(scored) - len(defined)}
    interval = bootstrap_mean([value for value, _ in defined], [cluster for _, cluster in defined])
    if interval is None:
        return row
    low, high = interval.low, interval.high
    if {value for value, _ in defined} in ({0.0}, {1.0}):
        low, high = wilson(round(interval.estimate * interval.clusters), interval.clusters) or (low, high)
    return row | {
        "mean": interval.estimate,
        "low": low,
        "high": high,
        "clusters": interval.clusters,
        "mde": minimum_detectable_effect(interval.standard_error),
    }


def _abstention(scored: Sequence[Scored]) -> dict[str, Any]:
    """Rates over all cases; a false premise that was corrected with its evidence counts as an abstention."""
    corrected = [not item.case.answerable and item.value("correct") == 1 for item in scored]
    outcomes = ["abstained" if right else item.outcome for item, right in zip(scored, corrected, strict=True)]
    return asdict(abstention([item.case.answerable for item in scored], outcomes))


def _calibration(scored: Sequence[Scored]) -> dict[str, Any]:
    """Confidence against correctness of what was answered; coverage is over all cases that define correctness."""
    judged = [item for item in scored if item.value("correct") is not None]
    answered = [item for item in judged if item.outcome == "answered"]
    confidence = [min(1.0, max(0.0, item.answer["confidence"])) for item in answered]
    correct = [item.value("correct") == 1 for item in answered]
    points = calibration.risk_coverage(confidence, correct, len(judged)) if judged else []
    return {
        "n": len(answered),
        "of": len(judged),
        "auroc": calibration.auroc(confidence, correct),
        "aurc": calibration.area_under_risk_coverage(confidence, correct),
        "e_aurc": calibration.excess_area(confidence, correct),
        "coverage_at_5_percent_risk": calibration.coverage_at_risk(confidence, correct, RISK, len(judged)),
        "ece": calibration.expected_calibration_error(confidence, correct),
        "brier": calibration.brier(confidence, correct),
        "risk_coverage": [asdict(point) for point in points],
        "reliability": [asdict(part) for part in calibration.reliability(confidence, correct)],
    }


def _cost(scored: Sequence[Scored]) -> dict[str, Any]:
    """Tokens, calls and seconds by stage, of the cases that were asked."""
    asked = [item for item in scored if item.stages or item.outcome != "error"]
    rows = (
        {name: float(item.value(name) or 0) for name in COST_SCORES - {"seconds"}}
        | {f"seconds, {stage}": seconds for stage, seconds in item.stages.items()}
        for item in asked
    )
    return {name: asdict(spread) for name, spread in costs(rows).items()}


def _slices(scored: Sequence[Scored]) -> dict[str, dict[str, Any]]:
    """The most important scores by kind of question and by tag; stories are left to the intervals."""
    groups: dict[str, list[Scored]] = {}
    for item in scored:
        labels = [f"kind: {item.case.kind}"] if item.case.kind else []
        labels += [f"tag: {tag}" for tag in item.case.tags if not tag.startswith("story:")]
        for label in labels:
            groups.setdefault(label, []).append(item)
    independent = independent_groups(scored)
    return {label: _slice(groups[label], independent) for label in sorted(groups)}


def _slice(group: Sequence[Scored], independent: Mapping[str, str]) -> dict[str, Any]:
    rows = {name: _metric(group, name, independent) for name in SLICED}
    return {"n": len(group)} | {
        name: {key: row.get(key) for key in ("mean", "low", "high", "n")} for name, row in rows.items()
    }


def _counts(labels: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for label in labels:
        counts[label] = counts.get(label, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def round_numbers(value: Any) -> Any:
    """``value`` with every float in it rounded to six decimals, so that a last bit never shows."""
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, Mapping):
        return {key: round_numbers(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [round_numbers(item) for item in value]
    return value
