"""What the catalogue of an index says of an article and of a file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from qa.records import Article

COLUMNS = "id, digest, content, file, position, passages, title, subtitle, published, source, url, sketch"
"""What is read of an article."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A live article without its text.

    ``content`` identifies what was embedded (title and text), whatever the article is called. ``passages`` holds the
    offsets where the passages end; the last is the length of the text. ``position`` orders articles in one file.
    ``sketch`` tells copies (``qa.index.sketch``).
    """

    id: str
    digest: str
    content: str
    file: str
    position: int
    passages: tuple[int, ...]
    title: str
    subtitle: str
    published: str | None
    source: str
    url: str
    sketch: str

    @property
    def length(self) -> int:
        """Code points of the article's text."""
        return self.passages[-1] if self.passages else 0

    def passage_ids(self) -> list[str]:
        """Ids of the article's passages in the stores, in text order."""
        return passage_ids(self.digest, len(self.passages))

    def article(self, text: str) -> Article:
        """The article as it was read."""
        return Article(self.id, text, self.title, self.subtitle, self.published, self.source, self.url)


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file as it was when last read: size in bytes, modification time in nanoseconds, and what came of it."""

    path: str
    size: int
    modified: int
    outcome: str
    reason: str
    articles: int


def passage_ids(digest: str, count: int) -> list[str]:
    """Ids under which the passages of the article with ``digest`` are stored."""
    return [passage_id(digest, ordinal) for ordinal in range(count)]


def passage_id(digest: str, ordinal: int) -> str:
    """The id of one of them; the first has the ordinal 0."""
    return f"{digest}.{ordinal}"


def entry_of(row: tuple[Any, ...]) -> Entry:
    """The entry in a row of ``COLUMNS``."""
    id_, digest, content, file, position, passages, *rest = row
    return Entry(id_, digest, content, file, position, tuple(json.loads(passages)), *rest)


def row_of(entry: Entry) -> tuple[object, ...]:
    """The row of an entry: as its columns stand in the table."""
    return (
        *(entry.id, entry.digest, entry.content, entry.file, entry.position),
        *(json.dumps(entry.passages), entry.length),
        *(entry.title, entry.subtitle, entry.published, entry.source, entry.url, entry.sketch),
    )
