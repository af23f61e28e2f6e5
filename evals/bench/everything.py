"""``python -m evals bench``: all that is measured of speed, in one run, with the machine and the versions.

Parts: ``speed`` (start, search, answers), ``imports``, ``peers``, ``growth``, ``price``. ``--out`` keeps the figures as
``results.json``, the tables as ``results.md``, and plots.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import typer

from evals import speed
from evals.bench import growth, imports, price, side_by_side
from qa.errors import QAError

PACKAGES = ("chromadb", "llama-index-core", "numpy", "onnxruntime", "tantivy", "tokenizers", "bm25s")

SIZES = (1000, 10000)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be measured.

    Args:
        dataset: whose articles and questions; those of ``growth`` come from public collections in ``data``.
        questions: asked at most, of each part.
        copies: how often each article is there, with words exchanged; not of ``price``.
        workers: questions asked at the same time, of ``speed``.
        rounds: how often each system is measured, of ``peers``.
        fp32: folder of an unquantised export of MiniLM, for Chroma's own embedding function.
        sizes: articles, of ``growth``.
        data: folder of public collections, of ``growth``.
        pythons: systems that live in other environments, and their interpreters, of ``peers``.
    """

    dataset: str = "newsroom"
    questions: int = 100
    copies: int = 1
    workers: int = 2
    rounds: int = 1
    fp32: Path | None = None
    sizes: Sequence[int] = SIZES
    data: Path = Path("../shared/data")
    pythons: Mapping[str, Path] = field(default_factory=dict)


def _speed(wanted: Wanted) -> dict[str, Any]:
    return speed.measure(wanted.dataset, questions=wanted.questions, copies=wanted.copies, workers=wanted.workers)


def _peers(wanted: Wanted) -> dict[str, Any]:
    asked = side_by_side.Asked(wanted.dataset, wanted.questions, wanted.fp32, wanted.pythons)
    return side_by_side.side_by_side(asked, copies=wanted.copies, rounds=wanted.rounds)


def _growth(wanted: Wanted) -> dict[str, Any]:
    if not wanted.data.is_dir():
        raise QAError(f"'growth' makes its articles of the collections in '{wanted.data}', which is not there")
    return growth.growth(wanted.sizes, wanted.data, wanted.questions)


PARTS: Mapping[str, tuple[Callable[[Wanted], dict[str, Any]], Callable[[Any], str]]] = {
    "speed": (_speed, speed.table),
    "imports": (lambda _: imports.imports(), imports.table),
    "peers": (_peers, side_by_side.table),
    "growth": (_growth, growth.table),
    "price": (lambda wanted: price.price(wanted.dataset, wanted.questions), price.table),
}


def run(parts: Sequence[str], wanted: Wanted) -> dict[str, Any]:
    """The figures of the parts asked for, in their usual order, all of them where none is; what cannot be is skipped.

    Raises:
        QAError: for a part that there is not, or where a part that was asked for cannot be measured.
    """
    if unknown := [part for part in parts if part not in PARTS]:
        raise QAError(f"no part {unknown[0]!r}; give {', '.join(PARTS)} to --only")
    results: dict[str, Any] = {"machine": machine()}
    for name, (measure, _) in PARTS.items():
        if parts and name not in parts:
            continue
        try:
            results[name] = measure(wanted)
        except QAError as error:
            if parts:
                raise
            typer.echo(f"evals: SKIPPED {name}: {error}", err=True)
    return results


def machine() -> dict[str, Any]:
    """Where this is measured, and with which versions."""
    versions = {name: metadata.version(name) for name in PACKAGES if _installed(name)}
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        **versions,
    }


def _installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def text(results: Mapping[str, Any]) -> str:
    """All tables, one below the other."""
    where = ", ".join(f"{name} {value}" for name, value in results["machine"].items())
    tables = [f"== {name}\n{PARTS[name][1](results[name])}" for name in PARTS if name in results]
    return "\n\n".join([where, *tables])


def keep(results: Mapping[str, Any], folder: Path) -> list[Path]:
    """Writes figures, tables and plots into a folder.

    Raises:
        QAError: if matplotlib is not installed; figures and tables are written all the same.
    """
    from evals.bench.plots import draw

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    fenced = f"# Results of `python -m evals bench`\n\n```\n{text(results)}\n```\n"
    (folder / "results.md").write_text(fenced, encoding="utf-8")
    return [folder / "results.json", folder / "results.md", *draw(results, folder)]
