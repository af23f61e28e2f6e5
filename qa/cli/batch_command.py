"""``qa batch``: its options, and what they are put together to."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Literal

import typer

from qa.cli.options import Corpus, IndexFolder, Model, NoSync, bring_up_to_date, open_assistant
from qa.cli.plain import plain
from qa.errors import BudgetExceeded, QAError

if TYPE_CHECKING:
    from qa.cli.answers_file import AnswersFile, Mark

_PARQUET = ".parquet"
_TABLES = (".csv", ".tsv", ".xls", ".xlsx")


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
    from qa.cli.answers_file import Mark
    from qa.cli.batch import Plan, run_batch
    from qa.engines import Workforce, open_engine

    as_parquet = _checked(out, retry)  # before anything is paid for
    flags = {"corpus": corpus, "index": index, "model": model, "rpm": rpm, "tpm": tpm, "cache": cache}
    with open_assistant(**flags) as assistant, questions_of.opened(questions) as requests:
        total = questions_of.count(questions)
        bring_up_to_date(assistant, no_sync)
        mark = Mark(assistant.recipe, assistant.archive.contents)
        lines = out.with_name(out.name + ".jsonl") if as_parquet else out
        workforce = Workforce(workers, processes)
        shown = batch_progress.shown(total, assistant.settings)
        with _target(out, lines, mark) as target, _told_of_stream(out), shown as progress:
            totals = run_batch(
                lambda kept: open_engine(engine, assistant, workforce, None if total is None else total - kept),
                requests,
                target,
                Plan(retry, go_on, budget),
                progress,
            )
        if as_parquet:
            _as_parquet(lines, out, mark)
        batch_progress.show_totals(totals, plain(str(out)), assistant.settings)
    if totals.failed:
        raise typer.Exit(1)


def _checked(out: Path, retry: bool) -> bool:
    """Whether answers become Parquet; says of what they cannot be written to that it is so.

    Raises:
        QAError: if there can be no such file, or Parquet cannot be written here.
    """
    try:
        is_folder = out.is_dir()
    except OSError as error:
        raise _unwritable(out, error) from error
    if is_folder:
        raise typer.BadParameter(f"'{plain(str(out))}' is a folder; name a file in it", param_hint="--out")
    if out.suffix.lower() in _TABLES:
        raise typer.BadParameter("answers are lines of JSON, or .parquet; give another name", param_hint="--out")
    if _is_stream(out) and retry:
        raise typer.BadParameter("needs a file of answers, not stdout", param_hint="--retry")
    if out.suffix.lower() != _PARQUET:
        return False
    from qa.tables import schema

    schema()
    return True


def _is_stream(out: Path) -> bool:
    """Whether what is written cannot be read again: stdout, a pipe, a device."""
    return str(out) == "-" or (out.exists() and not out.is_file())


@contextmanager
def _target(out: Path, lines: Path, mark: Mark) -> Iterator[AnswersFile | BinaryIO]:
    """What answers are written to."""
    from qa.cli.answers_file import AnswersFile

    if str(out) == "-":
        yield sys.stdout.buffer
    elif _is_stream(out):
        try:
            stream = out.open("wb")
        except OSError as error:
            raise _unwritable(out, error) from error
        try:
            yield stream
        finally:
            with suppress(OSError):  # of what was left to be written, and was told then
                stream.close()
    else:
        yield AnswersFile(lines, mark)


def _unwritable(out: Path, error: OSError) -> QAError:
    return QAError(f"cannot write '{out}': {error.strerror or error}")


@contextmanager
def _told_of_stream(out: Path) -> Iterator[None]:
    """Says of a run that ends before its time what cannot be done about it."""
    try:
        yield
    except (KeyboardInterrupt, BudgetExceeded):
        if _is_stream(out):
            typer.echo("qa: a run to stdout cannot be gone on with; give --out a file for that", err=True)
        raise


def _as_parquet(lines: Path, out: Path, mark: Mark) -> None:
    from qa.cli.answers_file import all_answers
    from qa.tables import write_parquet

    try:
        write_parquet(all_answers(lines), out, {"recipe": mark.recipe, "articles": mark.articles})
    except OSError as error:
        raise QAError(f"cannot write '{out}': {error.strerror or error}; the answers are in '{lines}'") from error
