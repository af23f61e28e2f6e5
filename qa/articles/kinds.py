"""Which reader a file goes to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from qa.articles.folder import file_name
from qa.articles.opening import open_regular
from qa.articles.pdf import read_pdf
from qa.articles.plain import read_text
from qa.articles.reports import FileReport, Findings, Refused
from qa.articles.source import SourceFile
from qa.articles.structured import read_json, read_json_lines
from qa.articles.web import read_page
from qa.records import Article

Reader = Callable[[SourceFile, Findings], Iterator[Article]]

READERS: dict[str, Reader] = {
    ".txt": read_text,
    ".md": read_text,
    ".markdown": read_text,
    ".html": read_page,
    ".htm": read_page,
    ".xhtml": read_page,
    ".pdf": read_pdf,
    ".json": read_json,
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
}
"""By suffix, in lower case."""

_START = 1024
_WEB_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body)\b", re.I | re.S
)


def read_file(folder: Path, path: Path, report: Callable[[FileReport], None]) -> Iterator[Article]:
    """The articles of one file, one after the other.

    Args:
        folder: of the corpus.
        path: of the file, in ``folder``.
        report: called once, after the last article, with what became of the file.
    """
    file = SourceFile(path, file_name(folder, path))
    findings = Findings(file.name)
    count = 0
    try:
        for article in _reader(file, findings)(file, findings):
            count += 1
            yield article
    except Refused as refusal:
        findings.add(str(refusal))
    except OSError as error:
        findings.add(f"reading broke off: {error.strerror or error}")
    report(findings.report(count))


def _reader(file: SourceFile, findings: Findings) -> Reader:
    """The reader that a file's suffix asks for, unless its first bytes say plainly that it is of another kind."""
    reader = READERS.get(file.path.suffix.lower())
    with open_regular(file.path) as stream:
        if reader is None:
            raise Refused("not a kind of file that is read")
        start = stream.read(_START)
    if start.startswith(b"%PDF-") and reader is not read_pdf:
        findings.add("is a PDF by its content")
        return read_pdf
    if reader is read_text and _WEB_PAGE.match(start):
        findings.add("is a web page by its content")
        return read_page
    return reader
