"""Files of questions: JSON Lines, lines of text, or a table; read as they are needed, whatever their length."""

from __future__ import annotations

import csv
import io
import json
import os
import queue
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from qa.batch import Request
from qa.cli.options import reading
from qa.errors import QAError
from qa.records import Turn

_DELIMITERS = ",;\t"
_LONGEST_FIELD = 10_000_000
"""Code points of a field of a table."""
_PATIENCE = 0.2
"""Seconds to wait for the next line of stdin before answers that are there are given out."""
_LINES_AHEAD = 1000


@contextmanager
def opened(path: Path) -> Iterator[Iterator[Request | None]]:
    """The questions of a file, or of stdin for ``-``; ``None`` where none is at hand right now.

    Raises:
        QAError: if it cannot be read, or is a table without a column ``question``.
    """
    with reading(path) as file:
        if str(path) == "-":
            yield _of_stdin(file)
        else:
            yield read_table(file) if _is_table(path) else read_lines(file)


def count(path: Path) -> int | None:
    """How many questions a file holds; ``None`` for what can be read only once, such as stdin."""
    if not path.is_file():
        return None
    with reading(path) as file:
        if _is_table(path):
            return sum(1 for _ in read_table(file))
        return sum(1 for line in file if line.strip())


def read_lines(lines: Iterable[str | None]) -> Iterator[Request | None]:
    """The questions of JSON Lines (``question``, optional ``id``, ``history``, filters) or of plain lines of text.

    Blank lines are left out. A line that cannot be asked becomes a request with its trouble, and an error in its place.
    Pauses (``None``) are handed on.
    """
    number = 0
    for line in lines:
        number += line is not None
        if line is None:
            yield None
        elif text := line.strip():
            yield _request(_valid(text), number)


def read_table(lines: Iterable[str]) -> Iterator[Request]:
    """The questions of a table whose first line names a column ``question``, and perhaps ``id``.

    Fields are parted by commas, semicolons or tabs. Empty rows are left out; other columns too.

    Raises:
        QAError: if there is no such column, or a quotation mark is not closed.
    """
    lines = iter(lines)
    first = next(lines, "")
    names, delimiter = _columns(first)
    if "question" not in names:
        raise QAError("the table has no column 'question'; name it so in its first line, or give JSON Lines")
    csv.field_size_limit(_LONGEST_FIELD)
    number = 0
    for row in _rows(lines, delimiter):
        if not any(cell.strip() for cell in row):
            continue
        number += 1
        fields = dict(zip(names, row, strict=False))
        id_ = fields.get("id", "").strip() or str(number)
        if "question" in fields:
            yield Request(_valid(fields["question"].strip()), id=_valid(id_))
        else:
            yield Request("", id=_valid(id_), trouble=f"row {number} is no question: it ends before that column")


def _rows(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """The rows of a table. A quotation mark that is never closed would take in all that follows without a word."""
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    begins = 2
    try:
        for row in rows:
            yield row
            begins = rows.line_num + 2
    except csv.Error as error:
        raise QAError(f"line {begins} of the table is broken: {error}; see to its quotation marks") from error


def _is_table(path: Path) -> bool:
    return path.suffix.lower() in (".csv", ".tsv")


def _columns(header: str) -> tuple[list[str], str]:
    """The names of columns in lower case, and what parts them."""
    for delimiter in _DELIMITERS:
        names = [name.strip().lower() for name in next(csv.reader([header], delimiter=delimiter), [])]
        if "question" in names:
            break
    return names, delimiter


def _of_stdin(file: TextIO) -> Iterator[Request | None]:
    """The questions of a stream, which may pause; what kind they are is seen from its first line."""
    lines = _patient(file)
    first = next((line for line in lines if line is not None), "").removeprefix("\ufeff")
    if "question" in _columns(first)[0] and not first.lstrip().startswith("{"):
        # A row may go over several lines, so there is no telling where a pause lies.
        yield from read_table(_after(first, (line for line in lines if line is not None)))
    else:
        yield from read_lines(_after(first, lines))


def _after(first: str, rest: Iterable[Any]) -> Iterator[Any]:
    yield first
    yield from rest


def _patient(file: TextIO) -> Iterator[str | None]:
    """Lines as they come; ``None`` after each moment without one."""
    arrived: queue.Queue[str | BaseException | None] = queue.Queue(_LINES_AHEAD)

    def read() -> None:
        try:
            with _twin(file) as stream:
                for line in stream:
                    arrived.put(line)
            arrived.put(None)
        except (OSError, ValueError) as error:  # also of decoding
            arrived.put(error)

    threading.Thread(target=read, name="qa-stdin", daemon=True).start()
    while True:
        try:
            line = arrived.get(timeout=_PATIENCE)
        except queue.Empty:
            yield None
            continue
        if isinstance(line, BaseException):
            raise QAError(f"cannot read '-': {line}; give UTF-8 text") from line
        if line is None:
            return
        yield line


def _twin(file: TextIO) -> TextIO:
    """A stream of its own for a thread that may still be reading when the program ends; Python could not close it."""
    try:
        return os.fdopen(os.dup(file.fileno()), encoding="utf-8", errors="strict")
    except io.UnsupportedOperation:  # not of the system
        return file


def _valid(text: str) -> str:
    """Text that can be written: half a surrogate pair, which JSON may hold, becomes U+FFFD."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _request(text: str, number: int) -> Request:
    if not text.startswith("{"):
        return Request(text, id=str(number))
    id_ = str(number)
    try:
        data = json.loads(text)
        if (given := data.get("id")) not in (None, ""):
            id_ = _valid(str(given))
        question = data["question"]
        history = tuple(_turn(turn) for turn in data.get("history") or ())
        named = data.get("sources") or ()
        sources = (named,) if isinstance(named, str) else tuple(named)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return Request(text[:200], id=id_, trouble=f"line {number} is no question: {_reason(error)}")
    if not isinstance(question, str):
        return Request("", id=id_, trouble=f"line {number} is no question: 'question' is not a text")
    since, until = data.get("since"), data.get("until")
    if not all(isinstance(given, str) for given in (since or "", until or "", *sources)):
        return Request(_valid(question), id=id_, trouble=f"line {number}: 'since', 'until' and 'sources' are texts")
    return Request(_valid(question), id_, history, since or None, until or None, sources)


def _turn(data: object) -> Turn:
    question, answer = (data.get(name) if isinstance(data, Mapping) else None for name in ("question", "answer"))
    if not isinstance(question, str) or not isinstance(answer, str):
        raise TypeError("'history' is a list of objects with the texts 'question' and 'answer'")
    return Turn(_valid(question), _valid(answer))


def _reason(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)
