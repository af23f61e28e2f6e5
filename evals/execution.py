"""A run from its order to its scores on disk, and back from disk.

A run's folder holds ``run.json`` (what it was made with), ``predictions.jsonl``, ``scores.jsonl`` (one case a line) and
``summary.json``; baselines asked beside it lie in ``beside/<name>``. Scoring reads nothing but predictions and gold.
"""

from __future__ import annotations

import json
import platform
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from evals.baselines import BASELINES
from evals.comparison import CaseValues, case_values
from evals.datasets import Dataset, load_dataset
from evals.runs import RunError, Stopped, current_predictions, read_description, run_cases, write_description
from evals.scoring import Scored, independent_groups, score_run
from evals.summary import round_numbers, summarise
from evals.systems import Options, System, open_system

SCORES = "scores.jsonl"
SUMMARY = "summary.json"
BESIDE = "beside"
_PACKAGES = ("chromadb", "llama-index-core", "numpy", "onnxruntime", "tantivy", "tokenizers")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What to ask whom: a dataset or a part of it, and a system."""

    dataset: str
    part: str | None = None
    limit: int | None = None
    system: str = "default"
    workers: int = 1


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run, read back: ``rows`` are the lines of ``scores.jsonl``."""

    folder: Path
    description: Mapping[str, Any]
    summary: Mapping[str, Any]
    rows: Sequence[Mapping[str, Any]]

    @property
    def name(self) -> str:
        """The system's name; for runs of the assistant also the folder's."""
        system = str(self.description["system"])
        return f"{self.folder.name} ({system})" if system == "default" else system

    @property
    def values(self) -> dict[str, CaseValues]:
        """Scores by case id."""
        return case_values(self.rows)

    @property
    def clusters(self) -> dict[str, str]:
        """What dependent cases share, by case id."""
        return {row["case_id"]: row["cluster"] for row in self.rows}


def execute(order: Order, folder: Path, options: Options, progress: Progress) -> Run:
    """Asks every case that was not asked yet, then scores all of them.

    Raises:
        RunError: if the folder holds a run of another dataset or system.
        Stopped: if a person stopped it.
        QAError: if the dataset or the system cannot be used.
    """
    dataset = load_dataset(order.dataset, part=order.part, limit=order.limit)
    _check_folder(folder, order)
    system = open_system(order.system, dataset, options)
    write_description(folder, _description(order, dataset, system))
    try:
        run_cases(dataset, system.asked, folder, system.recipe, workers=order.workers, progress=progress)
    except KeyboardInterrupt as stop:
        kept = len(current_predictions(folder, dataset.cases, system.recipe))
        raise Stopped(
            f"stopped; {kept} of {len(dataset.cases)} answers are kept in {str(folder)!r}; "
            "the same command goes on from there"
        ) from stop
    finally:
        system.close()
    return score(folder, dataset)


def _check_folder(folder: Path, order: Order) -> None:
    try:
        found = read_description(folder)
    except RunError:
        if folder.is_dir() and any(folder.iterdir()):
            raise RunError(f"{str(folder)!r} holds other files; give an empty folder with --out") from None
        return
    if (found["dataset"], found["system"]) != (order.dataset, order.system):
        raise RunError(
            f"{str(folder)!r} holds a run of {found['system']!r} on {found['dataset']!r}; give another --out"
        )


def _description(order: Order, dataset: Dataset, system: System) -> dict[str, Any]:
    return {
        "dataset": order.dataset,
        "part": order.part,
        "limit": order.limit,
        "system": order.system,
        "cases": len(dataset.cases),
        "articles": len(dataset.articles),
        "corpus_sha256": dataset.digest,
        "recipe": dict(system.recipe),
        "commit": _commit(),
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in _PACKAGES},
    }


def _commit() -> str:
    """The commit of the working tree, marked if there are changes; empty outside of a checkout."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        found = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return found.stdout.strip()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def dataset_of(description: Mapping[str, Any]) -> Dataset:
    """The cases that a run was made on.

    Raises:
        RunError: if the articles have changed since.
    """
    dataset = load_dataset(description["dataset"], part=description["part"], limit=description["limit"])
    if dataset.digest != description["corpus_sha256"]:
        raise RunError(f"the articles of {description['dataset']!r} have changed since this run; run again")
    return dataset


def score(folder: Path, dataset: Dataset | None = None) -> Run:
    """Scores the saved predictions of a run and writes ``scores.jsonl`` and ``summary.json``.

    Args:
        folder: of the run.
        dataset: its cases, if they are at hand.

    Raises:
        RunError: if it is no run, or its articles have changed.
    """
    description = read_description(folder)
    dataset = dataset or dataset_of(description)
    scored = score_run(dataset, current_predictions(folder, dataset.cases, description["recipe"]))
    groups = independent_groups(scored)
    rows = [_row(item, groups[item.case.id]) for item in scored]
    _write(folder / SCORES, "".join(json.dumps(row) + "\n" for row in rows))
    summary = summarise(scored)
    _write(folder / SUMMARY, json.dumps(summary, indent=1) + "\n")
    return Run(folder, description, summary, rows)


def scored_cases(folder: Path) -> tuple[Dataset, list[Scored]]:
    """The cases of a run with answers and scores, made anew from its predictions."""
    description = read_description(folder)
    dataset = dataset_of(description)
    return dataset, score_run(dataset, current_predictions(folder, dataset.cases, description["recipe"]))


def _row(item: Scored, cluster: str) -> dict[str, Any]:
    row = {
        "case_id": item.case.id,
        "cluster": cluster,
        "kind": item.case.kind,
        "outcome": item.outcome,
        "lost_at": item.lost_at,
        "error": item.answer["error"],
        "scores": {name: [score.value, score.reason] for name, score in item.scores.items()},
    }
    rounded: dict[str, Any] = round_numbers(row)
    return rounded


def _write(path: Path, text: str) -> None:
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(text, encoding="utf-8", newline="\n")
    fresh.replace(path)


def read_run(folder: Path) -> Run:
    """A run that was scored.

    Raises:
        RunError: if the folder holds none.
    """
    description = read_description(folder)
    try:
        summary = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
        rows = [json.loads(line) for line in (folder / SCORES).read_text(encoding="utf-8").splitlines()]
    except (OSError, json.JSONDecodeError) as error:
        raise RunError(f"{str(folder)!r} is not scored ({error}); run: python -m evals score {folder}") from error
    return Run(folder, description, summary, rows)


def runs_beside(folder: Path) -> list[Run]:
    """The baselines asked beside a run, in the order of ``BASELINES``."""
    return [read_run(folder / BESIDE / name) for name in BASELINES if (folder / BESIDE / name / SUMMARY).exists()]
