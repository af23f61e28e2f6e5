"""One self-contained HTML page about runs: figures with intervals, plots, and the worst cases word by word.

No script and nothing from the network; whatever comes from articles, questions or answers is escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from evals.comparison import Difference, compare_runs
from evals.execution import Run, read_run, runs_beside, scored_cases
from evals.report.charts import calibration_chart, interval_bar, recall_chart, risk_chart
from evals.report.worst import Shown, worst_cases
from evals.summary import LOWER_IS_BETTER
from evals.tables import SHOWN, with_interval

_HERE = Path(__file__).parent
HEADLINES = (
    ("correct", "right"),
    ("correct_and_supported", "right, and its footnotes say so"),
    ("false_answer", "answered though there is no answer"),
    ("over_refusal", "silent though there is an answer"),
    ("citation_validity", "footnotes that are exact"),
    ("citation_character_f1", "footnotes against gold, F1 of characters"),
    ("passage_evidence_recall@5", "evidence in the first 5 passages"),
)
COSTS = ("seconds, total", "seconds, search alone", "prompt_tokens", "completion_tokens", "calls")


@dataclass(frozen=True, slots=True)
class Section:
    """Everything the page says about one dataset: the first run is what it is about, the others stand beside it."""

    runs: Sequence[Run]
    differences: Sequence[tuple[Run, Sequence[Difference]]]
    charts: Sequence[Markup]
    worst: Sequence[tuple[str, int, Sequence[Shown]]]

    @property
    def first(self) -> Run:
        """What the section is about."""
        return self.runs[0]


def write_report(folders: Sequence[Path], out: Path) -> None:
    """Writes the page about the runs in ``folders``, with the baselines beside them, one section a dataset.

    Raises:
        RunError: if a folder holds no scored run.
    """
    runs = [run for folder in folders for run in (read_run(folder), *runs_beside(folder))]
    groups: dict[str, list[Run]] = {}
    for run in runs:
        groups.setdefault(f"{run.description['dataset']}, part {run.description['part']}", []).append(run)
    page = _template().render(sections=[_section(group) for group in groups.values()])
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page, encoding="utf-8", errors="replace", newline="\n")


def _template() -> Any:
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals |= {
        "style": Markup((_HERE / "page.css").read_text(encoding="utf-8")),
        "headlines": HEADLINES,
        "shown": SHOWN,
        "costs": COSTS,
        "lower_is_better": LOWER_IS_BETTER,
        "with_interval": with_interval,
        "interval_bar": interval_bar,
        "number": _number,
        "percent": _percent,
    }
    return environment.from_string((_HERE / "page.html").read_text(encoding="utf-8"))


def _section(runs: Sequence[Run]) -> Section:
    first, *others = runs
    dataset, scored = scored_cases(first.folder)
    budgets = {run.name: _recall_by_budget(run) for run in runs}
    risks = {run.name: run.summary["calibration"]["risk_coverage"] for run in runs}
    charts = [
        risk_chart(risks),
        calibration_chart({first.name: first.summary["calibration"]["reliability"]}),
        recall_chart(budgets),
    ]
    return Section(
        runs, [(other, compare_runs(other, first)) for other in others], charts, worst_cases(scored, dataset.texts)
    )


def _recall_by_budget(run: Run) -> list[tuple[int, float]]:
    metrics = run.summary["metrics"]
    named = {
        int(name.removeprefix("evidence_recall@").removesuffix("tokens")): row["mean"]
        for name, row in metrics.items()
        if name.startswith("evidence_recall@") and row["mean"] is not None
    }
    return sorted(named.items())


def _number(value: float | None, digits: int = 3) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}%"
