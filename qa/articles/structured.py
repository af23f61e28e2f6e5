"""Articles from ``.json`` and ``.jsonl`` files."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from qa.articles.canonical import canonical, one_line
from qa.articles.encodings import byte_order_mark, decode
from qa.articles.fields import published_date
from qa.articles.opening import LINE_LIMIT, open_regular, read_whole
from qa.articles.reports import Findings, Refused
from qa.articles.source import SourceFile
from qa.records import Article

_NOT_IN_ID = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LINES = ("title", "subtitle", "source", "url")


def read_json_lines(file: SourceFile, findings: Findings) -> Iterator[Article]:
    """The articles of a file with one JSON object a line; a bad line is noted and the rest goes on."""
    if _is_one_value(file):
        findings.add("holds one JSON value, not one a line; name it .json")
        yield from read_json(file, findings)
        return
    with open_regular(file.path) as stream:
        for number, line in _lines(stream, findings):
            where = f"line {number}: "
            try:
                yield article_of(parse_json(line), findings, where)
            except Refused as refusal:
                findings.add(f"{where}{refusal}")


def read_json(file: SourceFile, findings: Findings) -> Iterator[Article]:
    """The articles of a JSON file: one object, a list of them, or ``{"articles": [...]}``."""
    text = decode(read_whole(file.path), findings)
    try:
        content = parse_json(text)
    except Refused:
        if not _holds_json_lines(text):
            raise
        findings.add("holds one JSON value a line; name it .jsonl")
        yield from read_json_lines(file, findings)
        return
    if isinstance(content, dict) and isinstance(content.get("articles"), list):
        content = content["articles"]
    if not isinstance(content, list):
        yield article_of(content, findings, "", own_id=file.name)
        return
    for number, record in enumerate(content, start=1):
        where = f"article {number}: "
        try:
            yield article_of(record, findings, where)
        except Refused as refusal:
            findings.add(f"{where}{refusal}")


def parse_json(text: str) -> Any:
    """The value of a JSON text.

    Raises:
        Refused: if it is malformed, or nested too deeply.
    """
    try:
        return json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        line = f"line {error.lineno}, " if error.lineno > 1 else ""
        raise Refused(f"malformed JSON: {error.msg} ({line}column {error.colno})") from None
    except ValueError as error:
        raise Refused(f"malformed JSON: {error}") from None
    except RecursionError:
        raise Refused("malformed JSON: nested too deeply") from None


def _is_one_value(file: SourceFile) -> bool:
    """Whether a file is a list, or an object written over several lines, by its first line that is not blank."""
    with open_regular(file.path) as stream:
        encoding = byte_order_mark(stream.read(4)) or "utf-8"
        stream.seek(0)
        first = next((line for line in iter(lambda: stream.readline(LINE_LIMIT), b"") if line.strip()), b"")
    text = first.decode(encoding, "ignore").strip("\ufeff\x00 \t\r\n")
    return text in ("{", "[") or text.startswith(("[{", "[ {"))


def _holds_json_lines(text: str) -> bool:
    first, _, rest = text.strip().partition("\n")
    try:
        return isinstance(json.loads(first), dict) and bool(rest.strip())
    except (ValueError, RecursionError):
        return False


def article_of(record: Any, findings: Findings, where: str, own_id: str = "") -> Article:
    """The article a JSON object holds; keys that are not known are let be.

    Args:
        record: parsed JSON.
        findings: told what is odd about it.
        where: its place in the file, for what is told.
        own_id: used where the object has no ``id``.

    Raises:
        Refused: if it is no object, or its id or text is missing or of the wrong kind.
    """
    if not isinstance(record, dict):
        raise Refused("not an object with 'id' and 'text'")
    id_ = _id(record.get("id"), own_id)
    text = record.get("text")
    if not isinstance(text, str):
        raise Refused("no 'text'" if text is None else "'text' is not a string")
    if not text.strip():
        raise Refused("'text' is empty")
    given = record.get("published")
    published = published_date("" if given is None else str(given), findings, where)
    fields = {name: _line_of(record.get(name), name, findings, where) for name in _LINES}
    return Article(id=id_, text=canonical(text, findings, where), published=published, **fields)


def _id(value: Any, own_id: str) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if value is None and own_id:
        return own_id
    if value is None:
        raise Refused("no 'id'")
    if not isinstance(value, str) or not value.strip():
        raise Refused("'id' is not a non-empty string")
    if _NOT_IN_ID.search(value):
        raise Refused("'id' holds line breaks, control characters or half surrogate pairs")
    return value


def _line_of(value: Any, name: str, findings: Findings, where: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        findings.add(f"{where}'{name}' is not a string and is left out")
        return ""
    return one_line(value)


def _lines(stream: BinaryIO, findings: Findings) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, with their numbers; one that is too long, or no text, is noted and left out."""
    mark = byte_order_mark(stream.read(4))
    stream.seek(0)
    if mark not in (None, "utf-8"):
        yield from _wide_lines(stream, str(mark), findings)
        return
    number = 0
    while line := stream.readline(LINE_LIMIT + 1):
        number += 1
        if len(line) > LINE_LIMIT and not line.endswith(b"\n"):
            findings.add(f"line {number}: longer than {LINE_LIMIT // 1024 // 1024} MiB")
            while line and not line.endswith(b"\n"):
                line = stream.readline(LINE_LIMIT)
        elif line.strip():
            try:
                yield number, decode(line, findings)
            except Refused as refusal:
                findings.add(f"line {number}: {refusal}")


def _wide_lines(stream: BinaryIO, encoding: str, findings: Findings) -> Iterator[tuple[int, str]]:
    """The same for UTF-16 and UTF-32, whose line ends are several bytes."""
    findings.add(f"not UTF-8: read as {encoding}")
    with io.TextIOWrapper(stream, encoding, errors="replace", newline="\n") as text:
        number = 0
        while line := text.readline(LINE_LIMIT):
            number += 1
            if len(line) == LINE_LIMIT and not line.endswith("\n"):
                findings.add(f"line {number}: longer than {LINE_LIMIT // 1024 // 1024} Mi characters")
                while line and not line.endswith("\n"):
                    line = text.readline(LINE_LIMIT)
            elif line.strip("\ufeff\r\n \t"):
                yield number, line
