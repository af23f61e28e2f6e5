"""The gate from end to end: run, judge, say, and where told so accept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import typer

from evals import tables
from evals.datasets import Dataset
from evals.execution import Order, execute, scored_cases
from evals.gate import baseline_of, judge, read_baseline, write_baseline
from evals.progress import shown
from evals.runs import RunError
from evals.systems import Options

ACCEPTED = Path(__file__).parent / "accepted"
"""The committed baselines, one file a dataset."""


def keep_gate(
    orders: Sequence[Order], out: Path, options: Options, *, update: bool, margin: float, accepted: Path | None
) -> bool:
    """Whether every dataset passes; prints a line for each rule.

    Args:
        orders: what to run.
        out: folder of the runs, one below it for each dataset.
        options: how the assistant is opened.
        update: whether to take the results as the new baseline; then only the hard rules are judged.
        margin: the largest loss that does not matter.
        accepted: folder of the baselines, ``ACCEPTED`` if not given.

    Raises:
        RunError: if a part of a dataset is to become its baseline, or there is none.
    """
    if update and any(order.limit for order in orders):
        raise RunError("a part of the cases cannot be the baseline; leave out --limit")
    judged = [_judge_one(order, out, options, update, margin, accepted or ACCEPTED) for order in orders]
    return all(judged)


def _judge_one(order: Order, out: Path, options: Options, update: bool, margin: float, accepted: Path) -> bool:
    path = accepted / f"{folder_name(order.dataset)}.json"
    baseline = None if update else read_baseline(path)
    folder = out / folder_name(order.dataset)
    with shown(f"gate: {order.dataset}") as progress:
        execute(order, folder, options, progress)
    dataset, scored = scored_cases(folder)
    if baseline is not None and order.limit:
        asked = {item.case.id for item in scored}
        cases = {case_id: row for case_id, row in baseline["cases"].items() if case_id in asked}
        baseline = {**baseline, "cases": cases}
    found = judge(scored, dataset.digest, baseline, margin)
    typer.echo(f"{_title(order, dataset)}\n{tables.findings(found)}\n")
    passed = all(item.passed for item in found)
    if update:
        write_baseline(path, baseline_of(scored, order.dataset, dataset.digest))
        typer.echo(f"accepted as {path}" + ("" if passed else ", though a hard rule is broken"), err=True)
    return passed


def folder_name(dataset: str) -> str:
    """A dataset's name as the name of a file or a folder."""
    return re.sub(r"[^\w.-]+", "-", dataset)


def _title(order: Order, dataset: Dataset) -> str:
    return f"{order.dataset}: {len(dataset.cases)} cases, {len(dataset.articles)} articles"
