"""The commands of ``python -m evals``. Results go to stdout, progress and messages to stderr.

Exit codes: 0 done (and the gate passed), 1 the gate failed, 2 it could not be done, 130 stopped by hand.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evals.baselines import BASELINES, QUICK
from evals.beside import run_beside, show
from qa.errors import QAError

if TYPE_CHECKING:
    from evals.execution import Order
    from evals.systems import Options

_QUICK = ",".join(QUICK)
_GATE_RUNS = Path("runs/gate")
GATE_FAILED, CANNOT, STOPPED = 1, 2, 130

app = typer.Typer(
    name="evals",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="How good is it, did my change help, may this be merged. Nothing is downloaded.",
)

Dataset = Annotated[str, typer.Argument(help="seed, newsroom, press, or FORMAT:PATH (see evals/README.md).")]
Out = Annotated[Path, typer.Option(help="Folder of the run; run again with the same one to go on.")]
Part = Annotated[str | None, typer.Option(help="Only these cases: tune, report, even or odd.", show_default=False)]
Limit = Annotated[int | None, typer.Option(min=1, help="At most so many cases, spread evenly.", show_default=False)]
SystemName = Annotated[str, typer.Option("--system", help=f"default, {', '.join(BASELINES)}.")]
Workers = Annotated[int, typer.Option(min=1, max=64, help="Questions asked at the same time.")]
Beside = Annotated[str, typer.Option(help="Baselines asked beside it: names with commas, 'all' or 'none'.")]
Model = Annotated[
    str, typer.Option(help="'extractive' for none, 'auto' for that of the environment, or a model's name.")
]
Set = Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Another setting; repeatable.")]
Cache = Annotated[
    Path | None,
    typer.Option(help="Folder for corpora and indexes.  [default: in your cache folder]", show_default=False),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Replies = Annotated[Path, typer.Option(help="File of recorded replies.")]


def main() -> None:
    """Runs the program; the exit code tells how it went."""
    try:
        app(standalone_mode=True)
    except QAError as error:
        from evals.runs import Stopped

        typer.echo(f"evals: {error}", err=True)
        sys.exit(STOPPED if isinstance(error, Stopped) else CANNOT)


@app.command()
def run(  # noqa: PLR0913 - an option each
    dataset: Dataset,
    out: Out,
    part: Part = None,
    limit: Limit = None,
    system: SystemName = "default",
    workers: Workers = 1,
    beside: Beside = _QUICK,
    model: Model = "extractive",
    setting: Set = None,
    cache: Cache = None,
    as_json: Json = False,
) -> None:
    """Ask every question of a dataset, score the answers, and show them beside simple baselines."""
    order = _order(dataset, part, limit, system, workers)
    run_beside(order, out, _options(cache, model, setting), beside, as_json)


@app.command()
def record(  # noqa: PLR0913 - an option each
    dataset: Dataset,
    out: Out,
    replies: Replies,
    model: Model = "auto",
    part: Part = None,
    limit: Limit = None,
    system: SystemName = "default",
    workers: Workers = 1,
    setting: Set = None,
    cache: Cache = None,
) -> None:
    """Like run with a language model, and keep its replies in a file; what is in the file is not asked again."""
    order = _order(dataset, part, limit, system, workers)
    run_beside(order, out, replace(_options(cache, model, setting), replies=replies, mode="record"), "none", False)


@app.command()
def replay(  # noqa: PLR0913 - an option each
    dataset: Dataset,
    out: Out,
    replies: Replies,
    model: Annotated[str, typer.Option(help="Name of the model that was recorded.")],
    part: Part = None,
    limit: Limit = None,
    system: SystemName = "default",
    workers: Workers = 1,
    setting: Set = None,
    cache: Cache = None,
) -> None:
    """Like run with a language model, its replies taken from a recording; no network is used."""
    order = _order(dataset, part, limit, system, workers)
    command = f"python -m evals record {dataset} --out {out} --replies {replies} --model {model}"
    options = replace(_options(cache, model, setting), replies=replies, mode="replay", command=command)
    run_beside(order, out, options, "none", False)


@app.command()
def score(folder: Annotated[Path, typer.Argument(help="Folder of a run.")], as_json: Json = False) -> None:
    """Score the saved answers of a run again; asks nothing."""
    from evals.execution import runs_beside, score

    show([score(folder), *(score(beside.folder) for beside in runs_beside(folder))], as_json)


@app.command()
def compare(
    old: Annotated[Path, typer.Argument(help="Folder of the earlier run.")],
    new: Annotated[Path, typer.Argument(help="Folder of the later run.")],
    as_json: Json = False,
) -> None:
    """Paired differences between two runs on the same cases, with tests, and the cases that flipped."""
    from evals import tables
    from evals.comparison import compare_runs
    from evals.execution import read_run

    found = compare_runs(read_run(old), read_run(new))
    if as_json:
        typer.echo(json.dumps([asdict(item) for item in found], indent=1))
        return
    typer.echo(tables.differences(found))
    for item in found[:1]:
        typer.echo(f"\n{item.metric}, fixed: {', '.join(item.fixed) or 'none'}")
        typer.echo(f"{item.metric}, broken: {', '.join(item.broken) or 'none'}")


@app.command()
def gate(  # noqa: PLR0913 - an option each
    out: Annotated[Path, typer.Option(help="Folder for the runs.")] = _GATE_RUNS,
    datasets: Annotated[list[str] | None, typer.Argument(help="Datasets.  [default: seed newsroom]")] = None,
    update: Annotated[bool, typer.Option("--update", help="Accept these results as the new baseline.")] = False,
    margin: Annotated[float, typer.Option(min=0, max=1, help="The largest loss that does not matter.")] = 0.03,
    accepted: Annotated[Path | None, typer.Option(help="Folder of the baselines.", show_default=False)] = None,
    report: Annotated[Path | None, typer.Option(help="Also write a report to this file.")] = None,
    limit: Limit = None,
    workers: Workers = 1,
    cache: Cache = None,
) -> None:
    """Judge the assistant as it is: hard rules, and no loss against the committed baseline. Exit code 1 if not."""
    from evals.gatekeeping import folder_name, keep_gate

    names = datasets or ["seed", "newsroom"]
    options = _options(cache, "extractive", None)
    orders = [_order(name, None, limit, "default", workers) for name in names]
    passed = keep_gate(orders, out, options, update=update, margin=margin, accepted=accepted)
    if report:
        _write_report([out / folder_name(name) for name in names], report)
    if not passed:
        raise typer.Exit(GATE_FAILED)


@app.command(name="report")
def report_command(
    runs: Annotated[list[Path], typer.Argument(help="Folders of runs; the first of each dataset is the one reported.")],
    out: Annotated[Path, typer.Option(help="The page.")] = Path("report.html"),
) -> None:
    """Write one self-contained HTML page about runs and the baselines beside them."""
    _write_report(runs, out)


@app.command()
def bench(  # noqa: PLR0913 - an option each
    dataset: Annotated[str, typer.Argument(help="Whose articles and questions.")] = "newsroom",
    only: Annotated[
        list[str] | None, typer.Option(help="speed, imports, peers, growth or price; repeatable.  [default: all]")
    ] = None,
    questions: Annotated[int, typer.Option(min=1, help="Questions asked, of each part.")] = 100,
    copies: Annotated[int, typer.Option(min=1, help="How often each article is there, with words exchanged.")] = 1,
    workers: Workers = 2,
    rounds: Annotated[int, typer.Option(min=1, help="How often each system is measured beside the others.")] = 1,
    fp32: Annotated[Path | None, typer.Option(help="Unquantised MiniLM, for Chroma's own embedding.")] = None,
    size: Annotated[list[int] | None, typer.Option(min=10, help="Articles to grow to.  [1000, 10000]")] = None,
    data: Annotated[Path, typer.Option(help="Folder of public collections to grow from.")] = Path("../shared/data"),
    peer_python: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=PYTHON",
            help="Also txtai, haiku.rag or paper-qa, and an interpreter that has it; repeatable (evals/bench/outside).",
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for figures, tables and plots.", show_default=False)] = None,
    as_json: Json = False,
) -> None:
    """Measure speed: start, imports, beside other systems, as the articles grow, quality for the price."""
    from evals.bench import everything
    from evals.bench.outside.peer import parse_pythons

    sizes, pythons = tuple(size or everything.SIZES), parse_pythons(peer_python or [])
    wanted = everything.Wanted(dataset, questions, copies, workers, rounds, fp32, sizes, data, pythons)
    results = everything.run(only or (), wanted)
    typer.echo(json.dumps(results, indent=1) if as_json else everything.text(results))
    if out:
        everything.keep(results, out)


@app.command()
def chunking(
    folder: Annotated[Path, typer.Argument(help="Folder with questions_df.csv and corpora/.")],
    k: Annotated[int, typer.Option("-k", min=1, help="Chunks read.")] = 5,
    budget: Annotated[int, typer.Option(min=1, help="Tokens read of the full retrieval.")] = 1000,
    cache: Cache = None,
    as_json: Json = False,
) -> None:
    """The external check: Chroma's chunking benchmark, beside its published figures."""
    from evals.external import chunking_check, chunking_table

    found = chunking_check(folder, _options(cache, "extractive", None), k=k, budget=budget)
    typer.echo(json.dumps(found, indent=1) if as_json else chunking_table(found))


def _order(dataset: str, part: str | None, limit: int | None, system: str, workers: int) -> Order:
    from evals.execution import Order

    return Order(dataset, part, limit, system, workers)


def _options(cache: Path | None, model: str, setting: list[str] | None) -> Options:
    from evals.systems import Options, default_cache, parse_settings

    return Options(cache or default_cache(), {"model": model, **parse_settings(setting or [])})


def _write_report(folders: list[Path], out: Path) -> None:
    from evals.report import write_report

    write_report(folders, out)
    typer.echo(f"evals: wrote {out}", err=True)
