"""One synchronisation: walks the changed files, makes their articles live in batches, then removes what is gone."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from qa.articles import FileReport, Ids, file_name
from qa.errors import CorpusError
from qa.index.catalog import Catalog
from qa.index.entries import FileEntry
from qa.index.plan import changed_at, plan
from qa.index.prepare import NewArticle
from qa.index.preparer import FileReading, Preparer, ReadArticle
from qa.index.write import Writer

Progress = Callable[[int, int], None]
"""Called with the bytes of changed files dealt with so far, and their total."""

_BATCH_LENGTH = 200_000
"""Code points of articles that are made live together, about 200 passages."""

_BATCH_FILES = 200
"""Unchanged files and articles that are noted together."""

_SETTLED = 2_000_000_000
"""Nanoseconds after which a file's times tell a later change from the one that was read."""


@dataclass(slots=True)
class SyncReport:
    """What a synchronisation did, in articles; ``embedded`` and ``reused`` count passages.

    ``files`` holds a line for each skipped or odd file of the corpus, whether it was read this time or before.
    ``mended`` says what was found damaged and put right.
    """

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    embedded: int = 0
    reused: int = 0
    files: list[FileReport] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)

    @property
    def articles(self) -> int:
        """Articles in the index now."""
        return self.added + self.changed + self.unchanged


class Synchronisation:
    """Brings the index of one writer up to date with one folder."""

    def __init__(self, corpus: Path, writer: Writer, preparer: Preparer, progress: Progress) -> None:
        self.corpus = corpus
        self.writer = writer
        self.preparer = preparer
        self.catalog = writer.catalog
        self.progress = progress
        self.report = SyncReport()
        self.ids = Ids()
        self.batch: list[NewArticle] = []
        self.batch_length = 0
        self.moved: list[tuple[str, int, str]] = []
        self.read: list[FileEntry] = []
        self.done = 0

    def run(self) -> SyncReport:
        """Does it, and says what was done.

        Raises:
            CorpusError: if the folder holds no article, or two articles have the same id.
            StoreError: if the index cannot be used or written.
        """
        self.report.mended = self.writer.heal()
        current = plan(self.corpus, self.catalog)
        for entry in current.kept:
            for id_ in self.catalog.ids_of_file(entry.path):
                self.ids.add(id_, entry.path)
                self.report.unchanged += 1
        readings = self.preparer.read(self.corpus, [path for path, _ in current.changed])
        for (path, status), reading in zip(current.changed, readings, strict=True):
            self._read(file_name(self.corpus, path), status, reading, current.bytes)
        self._flush()
        if not len(self.ids):
            reason = _why_empty(self.corpus, self.catalog)
            self.catalog.forget_files()
            raise CorpusError(reason)
        removed = [id_ for id_ in self.catalog.ids() if id_ not in self.ids]
        if removed:
            self.writer.remove(removed)
        self.report.removed = len(removed)
        self.catalog.record_files([], current.gone)
        self.writer.sweep()
        self.report.mended += self.writer.settle()
        self.report.embedded, self.report.reused = self.writer.embedded, self.writer.reused
        self.report.files = notable(self.catalog)
        return self.report

    def _read(self, name: str, status: os.stat_result, reading: FileReading, total: int) -> None:
        started, count = self.done, 0
        for count, article in enumerate(reading.articles, start=1):
            self.ids.add(article.id, f"{name}, article {count}" if count > 1 else name)
            self._take(article, name, count)
            self.done = min(started + status.st_size, self.done + article.length)
            self.progress(self.done, total)
        self.done = started + status.st_size
        self.progress(self.done, total)
        settled = time.time_ns() - changed_at(status) > _SETTLED
        outcome = next((note for note in reading.notes if note.outcome != "read"), None)
        self.read.append(
            FileEntry(
                path=name,
                size=status.st_size,
                modified=changed_at(status) if settled else -1,
                outcome=outcome.outcome if outcome else "read",
                reason="; ".join(note.reason for note in reading.notes if note.reason),
                articles=count,
            )
        )
        if len(self.read) >= _BATCH_FILES and not self.batch:
            self._flush()

    def _take(self, article: ReadArticle, file: str, position: int) -> None:
        known = self.catalog.entry(article.id)
        if known is not None and known.digest == article.digest:
            self.report.unchanged += 1
            if (known.file, known.position) != (file, position):
                self.moved.append((file, position, article.id))
                if len(self.moved) >= _BATCH_FILES:
                    self._flush_moved()
            return
        if known is None:
            self.report.added += 1
        else:
            self.report.changed += 1
        self.batch.append(article.prepared())
        self.batch_length += article.length
        if self.batch_length >= _BATCH_LENGTH * self.preparer.at_once:
            self._flush()

    def _flush(self) -> None:
        """Makes the batch live; files all of whose articles are live are remembered as read."""
        self.writer.put(self.batch)
        self.batch, self.batch_length = [], 0
        self._flush_moved()
        self.catalog.record_files(self.read)
        self.read = []

    def _flush_moved(self) -> None:
        if self.moved:
            self.catalog.place(self.moved)
        self.moved = []


def notable(catalog: Catalog) -> list[FileReport]:
    """The files that were skipped or odd, by their paths."""
    files = sorted(catalog.files().values(), key=lambda entry: entry.path)
    return [
        FileReport(entry.path, entry.outcome, entry.reason, entry.articles)  # type: ignore[arg-type]
        for entry in files
        if entry.outcome != "read"
    ]


def _why_empty(corpus: Path, catalog: Catalog) -> str:
    reasons: Sequence[FileReport] = notable(catalog)
    if not reasons:
        return f"no articles in '{corpus}': put .txt, .md, .html, .pdf, .json or .jsonl files there"
    first = reasons[0]
    return f"no readable article in '{corpus}': {len(reasons)} files skipped, first {first.path!r}: {first.reason}"
