"""The figures of ``python -m evals bench`` as plots (SVG); needs matplotlib, from the extra ``bench``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qa.errors import QAError

WIDTH, HEIGHT = 7.0, 4.2
SAME_EVIDENCE = ("llamaindex_citations",)
"""Systems that are shown the evidence of another."""


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
                _label(axes, name, row["ms"], row[rank], 8)
    _logarithmic(axes)
    axes.set_ylim(top=105)
    axes.set_xlabel("median milliseconds of a question")
    axes.set_ylabel("questions whose evidence is found, %")
    axes.set_title(f"Quality for the price ({measured['dataset']}, {measured['questions']} questions)")
    axes.legend(frameon=False, loc="lower right")


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
        if name not in SAME_EVIDENCE:
            axes.plot(row["evidence_ms"], row["evidence_found"], "o")
            _label(axes, name, row["evidence_ms"], row["evidence_found"], 9)
    _logarithmic(axes)
    axes.margins(x=0.2, y=0.25)
    axes.set_xlabel("question to evidence, median milliseconds")
    axes.set_ylabel("evidence found within 1,000 tokens, %")
    axes.set_title("Beside what people would use instead")


def _label(axes: Any, name: str, x: float, y: float, size: int) -> None:
    axes.annotate(name, (x, y), xytext=(3, 3), textcoords="offset points", fontsize=size, rotation=35)


def _logarithmic(axes: Any) -> None:
    from importlib import import_module

    ticker = import_module("matplotlib.ticker")

    axes.set_xscale("log")
    axes.xaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(ticker.StrMethodFormatter("{x:g}"))
    axes.xaxis.set_minor_formatter(ticker.NullFormatter())
