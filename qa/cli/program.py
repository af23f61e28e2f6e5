"""The commands of ``qa`` and their exit codes: 0 answered, 1 an error in one line, 2 wrong usage, 3 abstained.

stdout is data, stderr is progress and messages. What commands print is in ``qa.cli.terminal``.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qa.errors import QAError

if TYPE_CHECKING:
    from qa.assistant import Assistant

ANSWERED, FAILED, ABSTAINED, INTERRUPTED = 0, 1, 3, 130

app = typer.Typer(
    name="qa",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Answers questions about a folder of news articles; every sentence is footnoted to the exact words it came from.",
)

Corpus = Annotated[Path | None, typer.Option(help="Folder of articles.  [default: seeds]", show_default=False)]
IndexFolder = Annotated[
    Path | None, typer.Option("--index", help="Folder of the index.  [default: one per corpus, in your data folder]")
]
Model = Annotated[str | None, typer.Option(help="Language model, or 'extractive' for none.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
NoSync = Annotated[bool, typer.Option("--no-sync", help="Use the index as it is; do not look for changed articles.")]
Since = Annotated[str | None, typer.Option(help="Only articles published on or after this date (YYYY-MM-DD).")]
Until = Annotated[str | None, typer.Option(help="Only articles published on or before this date (YYYY-MM-DD).")]
Source = Annotated[list[str] | None, typer.Option(help="Only articles of this source; may be repeated.")]


def main() -> None:
    """Runs the program; the exit code tells how it went."""
    try:
        app(standalone_mode=True)
    except QAError as error:
        typer.echo(f"qa: {error}", err=True)
        sys.exit(FAILED)
    except KeyboardInterrupt:
        typer.echo("qa: stopped; what was finished is kept", err=True)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAILED)


def _version(wanted: bool) -> None:
    if wanted:
        from qa import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _program(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@app.command()
def index(
    corpus: Corpus = None,
    index: IndexFolder = None,
    rebuild: Annotated[bool, typer.Option(help="Start from nothing; the old index answers until it is done.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Say what would be done; write nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Bring the index up to date with the folder of articles."""
    from qa.cli import terminal

    assistant = _open(corpus=corpus, index=index)
    if dry_run:
        terminal.show_plan(assistant.plan(), as_json)
        return
    with terminal.progress("Indexing") as progress:
        report = assistant.sync(progress=progress, rebuild=rebuild)
    terminal.show_sync(report, as_json)


@app.command()
def ask(
    question: str,
    corpus: Corpus = None,
    index: IndexFolder = None,
    model: Model = None,
    as_json: Json = False,
    no_sync: NoSync = False,
    since: Since = None,
    until: Until = None,
    source: Source = None,
) -> None:
    """Answer one question, with a footnote to the exact words for every sentence."""
    from qa.cli import terminal

    assistant = _open(corpus=corpus, index=index, model=model)
    assistant.check_question(question)
    _sync(assistant, no_sync)
    answer = assistant.ask(question, since=since, until=until, sources=tuple(source or ()))
    if as_json:
        _print_json(answer.to_dict())
    else:
        terminal.show_answer(answer, assistant)
    if answer.status == "abstained":
        raise typer.Exit(ABSTAINED)


@app.command()
def search(
    query: str,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="How many passages.")] = 10,
    corpus: Corpus = None,
    index: IndexFolder = None,
    as_json: Json = False,
    no_sync: NoSync = False,
    since: Since = None,
    until: Until = None,
    source: Source = None,
) -> None:
    """List the passages that fit a question or some words, best first."""
    from qa.cli import terminal

    assistant = _open(corpus=corpus, index=index)
    assistant.check_question(query)
    _sync(assistant, no_sync)
    passages = assistant.search(query, k, since=since, until=until, sources=tuple(source or ()))
    if not as_json:
        terminal.show_passages(passages)
        return
    for rank, passage in enumerate(passages, start=1):
        row: dict[str, Any] = {"rank": rank, "article_id": passage.article_id, "start": passage.start}
        row |= {"end": passage.end, "score": passage.score, "title": passage.title}
        row |= {"published": passage.published, "text": passage.text}
        _print_json(row)


@app.command()
def show(
    article_id: str,
    span: Annotated[str | None, typer.Option(help="Mark the code points from A up to B.", metavar="A:B")] = None,
    corpus: Corpus = None,
    index: IndexFolder = None,
    as_json: Json = False,
    no_sync: NoSync = False,
) -> None:
    """Show an article, a range of it marked."""
    from qa.cli import terminal

    assistant = _open(corpus=corpus, index=index)
    _sync(assistant, no_sync)
    article = assistant.article(article_id)
    marked = terminal.parse_span(span, article) if span else None
    terminal.show_article(article, marked, as_json)


@app.command()
def doctor(corpus: Corpus = None, index: IndexFolder = None, model: Model = None, as_json: Json = False) -> None:
    """Check settings, articles, index and model; say what is wrong and which command mends it."""
    from qa.cli import terminal
    from qa.doctor import examine

    findings = examine(corpus=corpus, index=index, model=model)
    terminal.show_findings(findings, as_json)
    if any(not finding.well for finding in findings):
        raise typer.Exit(FAILED)


def _open(**flags: Any) -> Assistant:
    from qa.assistant import Assistant
    from qa.settings import load_settings

    return Assistant(load_settings(**flags))


def _sync(assistant: Assistant, skipped: bool) -> None:
    """Brings the index up to date; while another process does so, answers from what it has committed."""
    from qa.cli import terminal
    from qa.errors import IndexLocked

    if skipped:
        return
    try:
        with terminal.progress("Indexing") as progress:
            report = assistant.sync(progress=progress)
    except IndexLocked as error:
        if not assistant.has_index():
            raise
        typer.echo(f"qa: {error}; answering from what it has finished", err=True)
        return
    terminal.report_files(report)


def _print_json(data: Any) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False))


@contextmanager
def _reading(path: Path) -> Iterator[Any]:
    """An input file, or stdin for ``-``.

    Raises:
        QAError: if it cannot be read.
    """
    if str(path) == "-":
        yield sys.stdin
        return
    try:
        with path.open(encoding="utf-8-sig") as file:
            yield file
    except (OSError, UnicodeDecodeError) as error:
        raise QAError(
            f"cannot read '{path}': {getattr(error, 'strerror', None) or error}; give a UTF-8 file"
        ) from error
