"""``qa batch``: its options, and what they are put together to."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from qa.cli.options import Corpus, IndexFolder, Model, NoSync, bring_up_to_date, open_assistant
from qa.cli.plain import plain
from qa.errors import BudgetExceeded, QAError

if TYPE_CHECKING:
    from qa.cli.answers_file import Mark

_PARQUET = ".parquet"


def batch(
    questions: Annotated[
        Path, typer.Argument(help="JSON Lines ('question', 'id'), lines of text or a table (.csv); - for stdin.")
    ],
    out: Annotated[
        Path,
        typer.Option(help="Answers, a JSON line each, or .parquet; a stopped run goes on. - for stdout, which cannot."),
    ],
    workers: Annotated[int, typer.Option(min=1, max=1024, help="Questions answered at a time.")] = 4,
    processes: Annotated[
        int | None, typer.Option(min=1, max=256, help="Processes that answer (default: as many as are worth it).")
    ] = None,
    engine: Annotated[
        Literal["local", "ray"], typer.Option(help="'local', or 'ray' for a cluster (RAY_ADDRESS).")
    ] = "local",
    retry: Annotated[bool, typer.Option("--retry", help="Ask those again that failed before.")] = False,
    go_on: Annotated[bool, typer.Option("--go-on", help="Go on although the articles have changed.")] = False,
    budget: Annotated[int | None, typer.Option(min=1, help="Tokens of the model to spend; takes no more then.")] = None,
    rpm: Annotated[float | None, typer.Option(help="Requests a minute that the model is sent at most.")] = None,
    tpm: Annotated[float | None, typer.Option(help="Tokens a minute that the model reads and writes at most.")] = None,
    cache: Annotated[Path | None, typer.Option(help="Folder that keeps answers and embeddings for next time.")] = None,
    corpus: Corpus = None,
    index: IndexFolder = None,
    model: Model = None,
    no_sync: NoSync = False,
) -> None:
    """Answer many questions, one line of JSON for each, in order."""
    from qa.cli import batch_progress
    from qa.cli import questions as questions_of
    from qa.cli.answers_file import AnswersFile, Mark
    from qa.cli.batch import Plan, run_batch
    from qa.engines import Workforce, open_engine

    if str(out) == "-" and retry:
        raise typer.BadParameter("needs a file of answers, not stdout", param_hint="--retry")
    if out.suffix == _PARQUET:
        from qa.tables import schema

        schema()  # before anything is paid for
    flags = {"corpus": corpus, "index": index, "model": model, "rpm": rpm, "tpm": tpm, "cache": cache}
    with open_assistant(**flags) as assistant, questions_of.opened(questions) as requests:
        total = questions_of.count(questions)
        bring_up_to_date(assistant, no_sync)
        mark = Mark(assistant.recipe, assistant.archive.contents)
        lines = out.with_name(out.name + ".jsonl") if out.suffix == _PARQUET else out
        target = sys.stdout.buffer if str(out) == "-" else AnswersFile(lines, mark)
        workforce = Workforce(workers, processes)
        with _told_of_stdout(str(out) == "-"), batch_progress.shown(total, assistant.settings) as progress:
            totals = run_batch(
                lambda kept: open_engine(engine, assistant, workforce, None if total is None else total - kept),
                requests,
                target,
                Plan(retry, go_on, budget),
                progress,
            )
        if out.suffix == _PARQUET:
            _as_parquet(lines, out, mark)
        batch_progress.show_totals(totals, plain(str(out)), assistant.settings)
    if totals.failed:
        raise typer.Exit(1)


@contextmanager
def _told_of_stdout(is_stdout: bool) -> Iterator[None]:
    """Says of a run that ends before its time what cannot be done about it."""
    try:
        yield
    except (KeyboardInterrupt, BudgetExceeded):
        if is_stdout:
            typer.echo("qa: a run to stdout cannot be gone on with; give --out a file for that", err=True)
        raise


def _as_parquet(lines: Path, out: Path, mark: Mark) -> None:
    from qa.cli.answers_file import all_answers
    from qa.tables import write_parquet

    try:
        write_parquet(all_answers(lines), out, {"recipe": mark.recipe, "articles": mark.articles})
    except OSError as error:
        raise QAError(f"cannot write '{out}': {error.strerror or error}; the answers are in '{lines}'") from error
