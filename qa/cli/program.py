"""The commands of ``qa`` and their exit codes: 0 answered, 1 an error in one line, 2 wrong usage, 3 abstained.

stdout is data, stderr is progress and messages. What commands print is in ``qa.cli.terminal``.
"""

from __future__ import annotations

import functools
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from qa.cli.batch_command import batch
from qa.cli.options import (
    Corpus,
    IndexFolder,
    Json,
    Model,
    NoSync,
    Since,
    Source,
    Until,
    as_unicode,
    bring_up_to_date,
    common_flags,
    open_assistant,
    print_json,
    reading,
)
from qa.cli.plain import plain
from qa.errors import QAError

ANSWERED, FAILED, ABSTAINED, INTERRUPTED = 0, 1, 3, 130

app = typer.Typer(
    name="qa",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Answers questions about a folder of news articles; each sentence is footnoted to its exact source.",
)


def main() -> None:
    """Runs the program; the exit code tells how it went."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a name that is not Unicode is shown, not a crash
    try:
        app(_log_first(sys.argv[1:]), standalone_mode=True)
    except QAError as error:
        typer.echo(f"qa: {plain(str(error))}", err=True)
        sys.exit(FAILED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAILED)


def command(function: Callable[..., None]) -> Callable[..., None]:
    """Makes a function a command that Ctrl-C ends with one line."""

    @functools.wraps(function)
    def stoppable(*arguments: Any, **options: Any) -> None:
        try:
            function(*arguments, **options)
        except KeyboardInterrupt:
            typer.echo("qa: stopped; what was finished is kept", err=True)
            raise typer.Exit(INTERRUPTED) from None

    return app.command()(stoppable)


def _version(wanted: bool) -> None:
    if wanted:
        from qa import __version__

        typer.echo(__version__)
        raise typer.Exit


def _log_first(arguments: list[str]) -> list[str]:
    """``--log`` may stand anywhere; it belongs to the program, so it goes before the command."""
    ends = arguments.index("--") if "--" in arguments else len(arguments)
    for place, argument in enumerate(arguments[:ends]):
        if argument == "--log" or argument.startswith("--log="):
            until = place + (2 if argument == "--log" else 1)
            return [*arguments[place:until], *arguments[:place], *arguments[until:]]
    return arguments


@app.callback()
def _program(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    log: Annotated[
        str | None, typer.Option(help="'json': a line on stderr for each question, with the time of each stage.")
    ] = None,
) -> None:
    common_flags(log=log)


@command
def index(
    corpus: Corpus = None,
    index: IndexFolder = None,
    rebuild: Annotated[bool, typer.Option(help="Start from nothing; the old index answers until it is done.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Say what would be done; write nothing.")] = False,
    engine: Annotated[
        Literal["local", "ray"], typer.Option(help="Who embeds: 'local', or 'ray' for a cluster (RAY_ADDRESS).")
    ] = "local",
    as_json: Json = False,
) -> None:
    """Bring the index up to date with the folder of articles."""
    from qa.cli import terminal

    with open_assistant(corpus=corpus, index=index) as assistant:
        if dry_run:
            terminal.show_plan(assistant.plan(), as_json)
            return
        with terminal.progress("Indexing") as progress:
            report = assistant.sync(progress=progress, rebuild=rebuild, engine=engine)
        terminal.show_sync(report, as_json)


@command
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
    from qa.archive import check_question
    from qa.cli import terminal
    from qa.cli.watching import watched

    question = as_unicode(question)
    check_question(question)
    with open_assistant(corpus=corpus, index=index, model=model) as assistant:
        bring_up_to_date(assistant, no_sync)
        filters: dict[str, Any] = {"since": since, "until": until, "sources": tuple(source or ())}
        out, err = terminal.console(), terminal.console(stderr=True)
        if as_json:
            answer = assistant.ask(question, **filters)
            print_json(answer.to_dict())
        else:
            answer = watched(assistant.stream(question, **filters), out, err)
            terminal.show_answer(answer, assistant)
        if answer.status == "abstained":
            raise typer.Exit(ABSTAINED)


@command
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
    tokens: Annotated[int | None, typer.Option(min=1, help="Only the best sentences, about so many tokens.")] = None,
) -> None:
    """List the passages that fit a question or some words, best first."""
    from qa.archive import check_question
    from qa.cli import terminal

    query = as_unicode(query)
    check_question(query)
    with open_assistant(corpus=corpus, index=index) as assistant:
        bring_up_to_date(assistant, no_sync)
        passages = assistant.search(query, k, since=since, until=until, sources=tuple(source or ()), tokens=tokens)
        if not as_json:
            terminal.show_passages(passages)
            return
        for rank, passage in enumerate(passages, start=1):
            row: dict[str, Any] = {"rank": rank, "article_id": passage.article_id, "start": passage.start}
            row |= {"end": passage.end, "score": passage.score, "title": passage.title}
            row |= {"published": passage.published, "text": passage.text}
            print_json(row)


@command
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

    with open_assistant(corpus=corpus, index=index) as assistant:
        bring_up_to_date(assistant, no_sync)
        article = assistant.article(article_id)
        marked = terminal.parse_span(span, article) if span else None
        terminal.show_article(article, marked, as_json)


command(batch)


@command
def check(
    file: Annotated[Path, typer.Argument(help="A text, or JSON Lines with 'id', 'text', 'article_id'; - for stdin.")],
    article: Annotated[str | None, typer.Option(help="Look only in the article with this id.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 3 unless every sentence is supported.")] = False,
    corpus: Corpus = None,
    index: IndexFolder = None,
    as_json: Json = False,
    no_sync: NoSync = False,
) -> None:
    """Hold a text against the articles: each sentence with its footnotes, or why it has none."""
    from qa.cli import terminal
    from qa.cli.checking import check_texts, read_texts

    with open_assistant(corpus=corpus, index=index) as assistant:
        with reading(file) as lines:
            texts = read_texts(lines, str(file), article)
        bring_up_to_date(assistant, no_sync)
        well, failed = True, False
        for result in check_texts(assistant, texts, lambda: terminal.progress("Checking")):
            if as_json:
                print_json(result.to_dict())
            else:
                terminal.show_check(result, assistant)
            well = well and result.support == "supported"
            failed = failed or result.error is not None
        if failed:
            raise typer.Exit(FAILED)
        if strict and not well:
            raise typer.Exit(ABSTAINED)


@command
def doctor(corpus: Corpus = None, index: IndexFolder = None, model: Model = None, as_json: Json = False) -> None:
    """Check settings, articles, index and model; say what is wrong and which command mends it."""
    from qa.cli import terminal
    from qa.doctor import examine

    findings = examine(corpus=corpus, index=index, model=model, **common_flags())
    terminal.show_findings(findings, as_json)
    if any(not finding.well for finding in findings):
        raise typer.Exit(FAILED)


@command
def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on; another one opens the page to others.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 7860,
    mcp: Annotated[bool, typer.Option("--mcp", help="Also serve the Model Context Protocol.")] = False,
    accounts: Annotated[Path | None, typer.Option(help="File of those who may enter, NAME:PASSWORD a line.")] = None,
    root_path: Annotated[str, typer.Option(help="Path below which a proxy shows the page.")] = "",
    corpus: Corpus = None,
    index: IndexFolder = None,
    model: Model = None,
    no_sync: NoSync = False,
) -> None:
    """Serve the chat page; the index is brought up to date while it opens."""
    from qa.page import accounts_in
    from qa.page import serve as serve_page
    from qa.settings import load_settings

    settings = load_settings(corpus=corpus, index=index, model=model, **common_flags())
    auth = accounts_in(accounts) if accounts else ()
    serve_page(settings, sync=not no_sync, host=host, port=port, mcp=mcp, auth=auth, root_path=root_path)
