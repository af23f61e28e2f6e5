"""Articles from plain text and Markdown: the text is the whole file, its title line included."""

from __future__ import annotations

from collections.abc import Iterator

from qa.articles.canonical import canonical
from qa.articles.encodings import decode
from qa.articles.fields import article
from qa.articles.front_matter import split_front_matter
from qa.articles.heading import read_head, read_markdown_head
from qa.articles.opening import read_whole
from qa.articles.reports import Findings, Refused
from qa.articles.source import SourceFile
from qa.records import Article


def read_text(file: SourceFile, findings: Findings) -> Iterator[Article]:
    """The one article of a text or Markdown file; front matter gives fields and is no part of the text."""
    whole = canonical(decode(read_whole(file.path), findings), findings)
    fields, text = split_front_matter(whole, findings)
    if not text.strip():
        raise Refused("nothing but front matter" if whole.strip() else "empty")
    if text.lstrip().startswith(('{"', '[{"', "{\n")):
        findings.add("looks like JSON, read as plain text; name it .json or .jsonl if it holds articles")
    markdown = file.path.suffix.lower() != ".txt"
    head = read_markdown_head(text) if markdown else read_head(text)
    yield article(file, text, fields.or_else(head), findings)
