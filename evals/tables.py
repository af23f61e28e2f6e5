"""Results as plain text for a terminal: systems side by side, differences, findings of the gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evals.comparison import Difference
from evals.execution import Run
from evals.gate import Finding

SHOWN = (
    "correct",
    "correct_and_supported",
    "false_answer",
    "over_refusal",
    "forbidden_hit",
    "answer_f1",
    "nugget_recall",
    "citation_validity",
    "citation_character_precision",
    "citation_character_recall",
    "citation_character_f1",
    "citation_evidence_recall",
    "citation_length",
    "attribution_recall",
    "attribution_precision",
    "passage_hit@1",
    "passage_hit@5",
    "passage_evidence_recall@5",
    "passage_mrr@10",
    "article_mrr@10",
    "evidence_recall@1000tokens",
    "evidence_recall@2000tokens",
)
"""What a table shows; ``summary.json`` holds all."""


def results(runs: Sequence[Run]) -> str:
    """Means with 95% intervals, one column a run; the smallest difference that could be seen, and n, for the first."""
    heads = ["", *(run.name for run in runs), "n", "detectable"]
    rows = [heads]
    for name in SHOWN:
        metrics = [run.summary["metrics"].get(name, {}) for run in runs]
        if all(metric.get("mean") is None for metric in metrics):
            continue
        first = metrics[0]
        detectable = f"{first['mde']:.3f}" if first.get("mde") is not None else ""
        rows.append([name, *(with_interval(metric) for metric in metrics), str(first.get("n", "")), detectable])
    for key, label in (
        ("auroc", "confidence AUROC"),
        ("coverage_at_5_percent_risk", "coverage at 5% risk"),
        ("ece", "ECE"),
    ):
        rows.append([label, *(_number(run.summary["calibration"][key]) for run in runs), "", ""])
    rows.append(["seconds, median", *(_seconds(run, "p50") for run in runs), "", ""])
    rows.append(["seconds, 95th percentile", *(_seconds(run, "p95") for run in runs), "", ""])
    return columns(rows)


def with_interval(metric: Mapping[str, Any]) -> str:
    """``0.812 [0.77, 0.85]``, a length without decimals, or a dash where nothing is defined."""
    if metric.get("mean") is None:
        return "-"
    if metric["high"] > 1:
        return f"{metric['mean']:.0f} [{metric['low']:.0f}, {metric['high']:.0f}]"
    return f"{metric['mean']:.3f} [{metric['low']:.2f}, {metric['high']:.2f}]"


def differences(found: Sequence[Difference]) -> str:
    """Paired differences, with tests and flips."""
    rows = [["", "old", "new", "difference", "p (Holm)", "McNemar", "n", "detectable", "fixed", "broken"]]
    rows += [
        [
            item.metric,
            f"{item.old:.3f}",
            f"{item.new:.3f}",
            f"{item.mean:+.3f} [{item.low:+.3f}, {item.high:+.3f}]",
            f"{item.p_holm:.3f}",
            _number(item.mcnemar),
            str(item.n),
            f"{item.mde:.3f}",
            str(len(item.fixed)),
            str(len(item.broken)),
        ]
        for item in found
    ]
    return columns(rows)


def findings(found: Sequence[Finding]) -> str:
    """One line a rule."""
    return "\n".join(
        f"{'ok  ' if item.passed else 'FAIL'} {item.rule}" + (f": {item.detail}" if item.detail else "")
        for item in found
    )


def _seconds(run: Run, key: str) -> str:
    spread = run.summary["cost"].get("seconds, total")
    return f"{spread[key]:.3f}" if spread else "-"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells as lines of text, each column as wide as its widest cell."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    return "\n".join(lines)
