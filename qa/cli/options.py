"""Options that several commands share, and what each command begins with."""

from __future__ import annotations

import codecs
import json
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qa.errors import QAError

if TYPE_CHECKING:
    from qa.assistant import Assistant
    from qa.settings import Settings

Corpus = Annotated[Path | None, typer.Option(help="Folder of articles. (default: seeds)", show_default=False)]
IndexFolder = Annotated[
    Path | None, typer.Option("--index", help="Folder of the index. (default: one per corpus, in your data folder)")
]
Model = Annotated[str | None, typer.Option(help="Language model, or 'extractive' for none.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
NoSync = Annotated[bool, typer.Option("--no-sync", help="Use the index as it is; do not look for changed articles.")]
Since = Annotated[str | None, typer.Option(help="Only articles published on or after this date (YYYY-MM-DD).")]
Until = Annotated[str | None, typer.Option(help="Only articles published on or before this date (YYYY-MM-DD).")]
Source = Annotated[list[str] | None, typer.Option(help="Only articles of this source; may be repeated.")]

_COMMON: dict[str, Any] = {}


@contextmanager
def open_assistant(**flags: Any) -> Iterator[Assistant]:
    """The assistant that flags, environment and settings file ask for; its model is let go at the end."""
    from qa.assistant import Assistant
    from qa.settings import load_settings

    settings = load_settings(**flags, **common_flags())
    begin_logging(settings)
    with closing(Assistant(settings)) as assistant:
        yield assistant


def common_flags(**given: Any) -> dict[str, Any]:
    """The flags that belong to no command alone: those ``given`` from now on, else those given last."""
    if given:
        _COMMON.update(given)
    return dict(_COMMON)


def begin_logging(settings: Settings) -> None:
    """Logs as the settings say; where they ask for nothing, nothing is loaded."""
    if settings.log != "off" or settings.otel:
        from qa.logs import set_up

        set_up(settings)


def bring_up_to_date(assistant: Assistant, skipped: bool) -> None:
    """Brings the index up to date; while another process does so, answers from what it has committed."""
    from qa.cli import terminal
    from qa.errors import IndexLocked

    if skipped:
        return
    try:
        with terminal.progress("Indexing") as progress:
            report = assistant.sync(progress=progress)
    except IndexLocked as error:
        if not assistant.archive.has_index():
            raise
        typer.echo(f"qa: {error}; answering from what it has finished", err=True)
        return
    terminal.report_files(report)


def as_unicode(words: str) -> str:
    """Words from the command line as valid Unicode."""
    return words.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def print_json(data: Any) -> None:
    """One line of data on stdout."""
    typer.echo(json.dumps(data, ensure_ascii=False))


@contextmanager
def reading(path: Path) -> Iterator[Any]:
    """An input file, or stdin for ``-``.

    Raises:
        QAError: if it cannot be read.
    """
    if str(path) == "-":
        yield sys.stdin
        return
    try:
        with path.open(encoding=_encoding(path)) as file:
            yield file
    except BrokenPipeError:  # of stdout, meanwhile
        raise
    except OSError as error:
        raise QAError(f"cannot read '{path}': {error.strerror or error}; give a file of text") from error
    except UnicodeError as error:
        raise QAError(f"cannot read '{path}': {error}; save it as UTF-8") from error


def _encoding(path: Path) -> str:
    """UTF-16 where the file begins so, as spreadsheets save it, else UTF-8; a mark at the beginning is no text."""
    if not path.is_file():  # what can be read only once
        return "utf-8-sig"
    with path.open("rb") as file:
        return "utf-16" if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"
