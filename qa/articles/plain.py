"""Articles from plain text and Markdown: the text is the whole file, what is known about it stands at its top."""

from __future__ import annotations

from collections.abc import Iterator

from qa.articles.canonical import canonical, one_line
from qa.articles.encodings import decode
from qa.articles.opening import read_whole
from qa.articles.reports import Findings, Refused
from qa.articles.source import SourceFile
from qa.records import Article


def read_text(file: SourceFile, findings: Findings) -> Iterator[Article]:
    """The one article of a ``.txt`` file."""
    text = canonical(decode(read_whole(file.path), findings), findings)
    if not text.strip():
        raise Refused("empty")
    lines = [line for line in text.split("\n", 8)[:8] if line.strip()]
    title = subtitle = ""
    if len(lines) > 1 and len(lines[0]) <= 200 and not lines[0].rstrip().endswith("."):
        title = one_line(lines[0].lstrip("# "))
        if len(lines) > 2 and len(lines[1]) <= 250 and not lines[1].rstrip().endswith("."):
            subtitle = one_line(lines[1])
    yield Article(id=file.name, text=text, title=title, subtitle=subtitle)
