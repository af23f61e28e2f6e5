"""The figures of ``python -m evals bench`` as plots (SVG); needs matplotlib, from the extra ``bench``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qa.errors import QAError

WIDTH, HEIGHT = 7.0, 4.2


def draw(results: Mapping[str, Any], folder: Path) -> list[Path]:
    """Writes a plot for each part that has one.

    Raises:
        QAError: if matplotlib is not installed.
    """
    try:
        import matplotlib  # type: ignore[import-not-found, unused-ignore]
    except ImportError as error:
        raise QAError("plots need matplotlib; pip install -e '.[bench]'") from error
    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "bench"
    from matplotlib import pyplot

    drawn = []
    for part, plot in (("price", _price), ("growth", _growth), ("peers", _peers)):
        if part not in results:
            continue
        figure, axes = pyplot.subplots(figsize=(WIDTH, HEIGHT), layout="constrained")
        plot(axes, results[part])
        axes.spines[["top", "right"]].set_visible(False)
        path = folder / f"{part}.svg"
        figure.savefig(path, metadata={"Date": None})
        pyplot.close(figure)
        drawn.append(path)
    return drawn


def _price(axes: Any, measured: Mapping[str, Any]) -> None:
    for rank, marker in (("hit@1", "o"), ("hit@5", "s")):
        rows = sorted(measured["ways"].items(), key=lambda item: item[1]["ms"])
        axes.plot([row["ms"] for _, row in rows], [row[rank] for _, row in rows], marker, label=rank)
        if rank == "hit@1":
            for name, row in rows:
                axes.annotate(name, (row["ms"], row[rank]), xytext=(4, -10), textcoords="offset points", fontsize=7)
    axes.set_xscale("log")
    axes.set_xlabel("median milliseconds of a question")
    axes.set_ylabel("questions whose evidence is found, %")
    axes.set_title(f"Quality for the price ({measured['dataset']}, {measured['questions']} questions)")
    axes.legend(frameon=False)


def _growth(axes: Any, measured: Mapping[str, Any]) -> None:
    rows = measured["rows"]
    for preset in ("fast", "balanced"):
        for key, style in ((f"{preset}_ms", "o-"), (f"{preset}_p99_ms", "o:")):
            name = f"{preset}, {'p99' if 'p99' in key else 'median'}"
            axes.plot([row["passages"] for row in rows], [row[key] for row in rows], style, label=name)
    axes.set_xscale("log")
    axes.set_ylim(bottom=0)
    axes.set_xlabel("passages")
    axes.set_ylabel("question to evidence, milliseconds")
    axes.set_title("What a question costs as the articles grow")
    axes.legend(frameon=False)


def _peers(axes: Any, measured: Mapping[str, Any]) -> None:
    for name, row in measured["systems"].items():
        axes.plot(row["evidence_ms"], row["evidence_found"], "o")
        axes.annotate(name, (row["evidence_ms"], row["evidence_found"]), xytext=(5, 4), textcoords="offset points")
    axes.set_xscale("log")
    axes.margins(x=0.25, y=0.15)
    axes.set_xlabel("question to evidence, median milliseconds")
    axes.set_ylabel("evidence found within 1,000 tokens, %")
    axes.set_title("Beside what people would use instead")
