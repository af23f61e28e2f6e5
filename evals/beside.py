"""A run of a dataset with simple baselines beside it, told as it goes on and shown at its end."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from evals.baselines import BASELINES, NeedsModel
from qa.errors import QAError

if TYPE_CHECKING:
    from evals.execution import Order, Run
    from evals.systems import Options


def run_beside(order: Order, out: Path, options: Options, beside: str, as_json: bool) -> None:
    """Asks a system and the baselines named beside it, and shows the results.

    Args:
        order: what is asked, of which system.
        out: folder of the run.
        options: how systems are opened.
        beside: names of baselines with commas, ``all`` or ``none``; one that needs a model is skipped without.
        as_json: whether the results are printed as JSON.

    Raises:
        QAError: for a baseline that there is not, or where something cannot be asked.
    """
    from evals.execution import BESIDE

    names = _beside(beside, order.system)
    runs = [_one(order, out, options)]
    for name in names:
        try:
            runs.append(_one(replace(order, system=name), out / BESIDE / name, options))
        except NeedsModel as error:
            typer.echo(f"evals: SKIPPED {error}", err=True)
    show(runs, as_json)


def _beside(names: str, system: str) -> list[str]:
    if names in ("none", ""):
        return []
    wanted = list(BASELINES) if names == "all" else [name.strip() for name in names.split(",")]
    unknown = [name for name in wanted if name not in BASELINES]
    if unknown:
        raise QAError(f"no baseline {unknown[0]!r}; give {', '.join(BASELINES)}, 'all' or 'none' to --beside")
    return [name for name in wanted if name != system]


def _one(order: Order, folder: Path, options: Options) -> Run:
    from evals.execution import execute
    from evals.progress import shown

    with shown(f"{order.system}: indexing") as indexing, shown(f"{order.system}: answering") as answering:
        finished = execute(order, folder, replace(options, progress=indexing), answering)
    failed = [row for row in finished.rows if row["outcome"] == "error"]
    if failed:
        typer.echo(
            f"evals: {len(failed)} questions of {order.system} failed; the first: {failed[0]['error']}", err=True
        )
    return finished


def show(runs: list[Run], as_json: bool) -> None:
    """Prints the results of runs over the same cases, the first of which is the one in question."""
    from evals import tables

    if as_json:
        data: dict[str, Any] = {run.name: {**run.summary, "run": dict(run.description)} for run in runs}
        typer.echo(json.dumps(data, indent=1))
        return
    first = runs[0].description
    part = f", part {first['part']}" if first["part"] else ""
    clusters = runs[0].summary["clusters"]
    typer.echo(f"{first['dataset']}{part}: {first['cases']} cases in {clusters} groups, {first['articles']} articles\n")
    typer.echo(tables.results(runs))
    lost = ", ".join(f"{step} {count}" for step, count in runs[0].summary["lost_at"].items())
    typer.echo(f"\nlost at: {lost or 'nothing'}\nkept in: {runs[0].folder}")
