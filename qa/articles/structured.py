"""Articles from ``.json`` and ``.jsonl`` files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from qa.articles.canonical import canonical, one_line
from qa.articles.encodings import decode
from qa.articles.fields import published_date
from qa.articles.opening import LINE_LIMIT, open_regular, read_whole
from qa.articles.reports import Findings, Refused
from qa.articles.source import SourceFile
from qa.records import Article

_LINES = ("title", "subtitle", "source", "url")


def read_json_lines(file: SourceFile, findings: Findings) -> Iterator[Article]:
    """The articles of a file with one JSON object a line; a bad line is noted and the rest goes on."""
    with open_regular(file.path) as stream:
        for number, line in _lines(stream, findings):
            where = f"line {number}: "
            try:
                record = parse_json(decode(line, findings))
                yield article_of(record, findings, where)
            except Refused as refusal:
                findings.add(f"{where}{refusal}")


def read_json(file: SourceFile, findings: Findings) -> Iterator[Article]:
    """The articles of a JSON file: one object, a list of them, or ``{"articles": [...]}``."""
    content = parse_json(decode(read_whole(file.path), findings))
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
    except ValueError as error:
        raise Refused(f"malformed JSON: {error}") from None
    except RecursionError:
        raise Refused("malformed JSON: nested too deeply") from None


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
    if not value.isprintable():
        raise Refused("'id' holds characters that cannot be printed")
    return value


def _line_of(value: Any, name: str, findings: Findings, where: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        findings.add(f"{where}'{name}' is not a string and is left out")
        return ""
    return one_line(value)


def _lines(stream: BinaryIO, findings: Findings) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, with their numbers; one that is too long is noted and left out."""
    number = 0
    while line := stream.readline(LINE_LIMIT + 1):
        number += 1
        if len(line) > LINE_LIMIT and not line.endswith(b"\n"):
            findings.add(f"line {number}: longer than {LINE_LIMIT // 1024 // 1024} MiB")
            while line and not line.endswith(b"\n"):
                line = stream.readline(LINE_LIMIT)
        elif line.strip():
            yield number, line
