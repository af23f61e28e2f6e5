"""Making an index hold exactly the articles of a folder: add, change, rename, delete, or nothing to do.

Unchanged files are not read, unchanged articles not split, unchanged passages not embedded again. One process writes;
interrupted anywhere, the next run ends in the same state as a build from nothing.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from qa.articles import FileReport, Ids, corpus_files, file_name, file_status, read_file
from qa.embedders import Embedder
from qa.errors import CorpusError, IndexDamaged, IndexLocked, IndexUnwritable
from qa.index.catalog import Catalog, FileEntry
from qa.index.store import FORMAT, MARKER, check_folder
from qa.index.write import NewArticle, Writer, prepare
from qa.records import Article

Progress = Callable[[int, int], None]
"""Called with the bytes of changed files dealt with so far, and their total."""

_BATCH_LENGTH = 200_000
"""Code points of articles that are made live together, about 200 passages."""

_SETTLED = 2_000_000_000
"""Nanoseconds after which a file's modification time tells a later change from the one that was read."""


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


@dataclass(frozen=True, slots=True)
class Plan:
    """Which files need reading: ``changed`` ones, and what is ``gone``; ``kept`` ones stay as they were read."""

    changed: tuple[tuple[Path, os.stat_result], ...]
    kept: tuple[FileEntry, ...]
    gone: tuple[str, ...]

    @property
    def bytes(self) -> int:
        """Size of the changed files together."""
        return sum(status.st_size for _, status in self.changed)


def synchronise(
    corpus: Path,
    folder: Path,
    recipe: str,
    open_embedder: Callable[[], Embedder],
    *,
    progress: Progress | None = None,
    rebuild: bool = False,
) -> SyncReport:
    """Brings the index in ``folder`` up to date with the articles in ``corpus``.

    Args:
        corpus: folder of articles.
        folder: folder of the index; made if it is not there.
        recipe: digest of everything that decides what is stored; the store of that name is used.
        open_embedder: called only when something has to be embedded.
        progress: told how far it is, in bytes.
        rebuild: start from nothing; the old index answers until the new one is whole.

    Raises:
        CorpusError: if the folder is missing or holds no article, or two articles have the same id.
        IndexLocked: if another process is writing.
        StoreError: if the index cannot be used or written.
    """
    check_folder(folder)
    path = folder / recipe
    if not rebuild and (report := _nothing_to_do(corpus, path)) is not None:
        return report
    with writer_lock(folder):
        if rebuild:
            return _rebuild(corpus, path, open_embedder, progress)
        return _update(corpus, path, open_embedder, progress)


def plan(corpus: Path, catalog: Catalog | None) -> Plan:
    """Compares the files of the corpus with what the catalogue remembers of them; reads none."""
    known = catalog.files() if catalog else {}
    changed, kept = [], []
    for path in corpus_files(corpus):
        try:
            status = file_status(path)
        except FileNotFoundError:
            continue
        entry = known.pop(file_name(corpus, path), None)
        if entry is not None and (entry.size, entry.modified) == (status.st_size, status.st_mtime_ns):
            kept.append(entry)
        else:
            changed.append((path, status))
    return Plan(tuple(changed), tuple(kept), tuple(known))


@contextmanager
def writer_lock(folder: Path) -> Iterator[None]:
    """Holds the one right to write; freed by the system when the process dies.

    Raises:
        IndexLocked: at once, if another process holds it.
        IndexUnwritable: if the folder cannot be made or written.
    """
    from filelock import FileLock, Timeout

    try:
        folder.mkdir(parents=True, exist_ok=True)
        marker = folder / MARKER
        if not marker.exists():
            marker.write_text(json.dumps({"format": FORMAT}), "utf-8")
        lock = FileLock(folder / "writer.lock")
        lock.acquire(timeout=0)
    except Timeout:
        raise IndexLocked(f"another process is writing the index '{folder}'; wait for it, or use --no-sync") from None
    except OSError as error:
        reason = error.strerror or error
        raise IndexUnwritable(f"cannot write the index folder '{folder}': {reason}; give another --index") from error
    try:
        yield
    finally:
        lock.release()


def _nothing_to_do(corpus: Path, path: Path) -> SyncReport | None:
    """The report where no file has changed and nothing is left over; without a lock and without opening the stores."""
    try:
        catalog = Catalog(path / "catalog.sqlite3")
    except IndexDamaged:
        return None
    try:
        current = plan(corpus, catalog)
        if current.changed or current.gone or catalog.unswept() or not catalog.article_count():
            return None
        return SyncReport(unchanged=catalog.article_count(), files=_notable(catalog))
    finally:
        catalog.close()


def _rebuild(corpus: Path, path: Path, open_embedder: Callable[[], Embedder], progress: Progress | None) -> SyncReport:
    fresh, old = path.with_name(path.name + ".new"), path.with_name(path.name + ".old")
    for leftover in (fresh, old):
        shutil.rmtree(leftover, ignore_errors=True)
    report = _update(corpus, fresh, open_embedder, progress)
    if path.exists():
        path.rename(old)
    fresh.rename(path)
    shutil.rmtree(old, ignore_errors=True)
    return report


def _update(corpus: Path, path: Path, open_embedder: Callable[[], Embedder], progress: Progress | None) -> SyncReport:
    try:
        writer = Writer(path, open_embedder())
    except OSError as error:
        raise IndexUnwritable(f"cannot write '{path}': {error.strerror}; give another --index") from error
    try:
        synchroniser = _Synchroniser(corpus, writer, progress or (lambda done, total: None))
        return synchroniser.run()
    finally:
        writer.close()


class _Synchroniser:
    """One run: walks the changed files, writes articles in batches, then removes what is gone."""

    def __init__(self, corpus: Path, writer: Writer, progress: Progress) -> None:
        self.corpus = corpus
        self.writer = writer
        self.catalog = writer.catalog
        self.progress = progress
        self.report = SyncReport(mended=writer.heal())
        self.ids = Ids()
        self.batch: list[NewArticle] = []
        self.batch_length = 0
        self.read: list[FileEntry] = []
        self.done = 0

    def run(self) -> SyncReport:
        current = plan(self.corpus, self.catalog)
        stale = {id_ for path in current.gone for id_ in self.catalog.ids_of_file(path)}
        for entry in current.kept:
            for id_ in self.catalog.ids_of_file(entry.path):
                self.ids.add(id_, entry.path)
                self.report.unchanged += 1
        for path, status in current.changed:
            stale.update(self.catalog.ids_of_file(file_name(self.corpus, path)))
            self._read(path, status, current.bytes)
        self._flush()
        if not len(self.ids):
            reason = _why_empty(self.corpus, self.catalog)
            self.catalog.forget_files()
            raise CorpusError(reason)
        removed = sorted(id_ for id_ in stale if id_ not in self.ids)
        if removed:
            self.writer.remove(removed)
        self.report.removed = len(removed)
        self.catalog.record_files([], current.gone)
        self.writer.sweep()
        self.report.embedded, self.report.reused = self.writer.embedded, self.writer.reused
        self.report.files = _notable(self.catalog)
        return self.report

    def _read(self, path: Path, status: os.stat_result, total: int) -> None:
        name = file_name(self.corpus, path)
        notes: list[FileReport] = []
        started, count = self.done, 0
        for count, article in enumerate(read_file(self.corpus, path, notes.append), start=1):
            self.ids.add(article.id, f"{name}, article {count}" if count > 1 else name)
            self._take(article, name, count)
            self.done = min(started + status.st_size, self.done + len(article.text))
            self.progress(self.done, total)
        self.done = started + status.st_size
        self.progress(self.done, total)
        settled = time.time_ns() - status.st_mtime_ns > _SETTLED
        outcome = next((note for note in notes if note.outcome != "read"), None)
        self.read.append(
            FileEntry(
                path=name,
                size=status.st_size,
                modified=status.st_mtime_ns if settled else -1,
                outcome=outcome.outcome if outcome else "read",
                reason="; ".join(note.reason for note in notes if note.reason),
                articles=count,
            )
        )
        if not self.batch:
            self._flush()

    def _take(self, article: Article, file: str, position: int) -> None:
        known = self.catalog.entry(article.id)
        if known is not None and known.digest == article.digest:
            self.report.unchanged += 1
            if (known.file, known.position) != (file, position):
                self.catalog.place(article.id, file, position)
            return
        if known is None:
            self.report.added += 1
        else:
            self.report.changed += 1
        self.batch.append(prepare(article, file, position))
        self.batch_length += len(article.text)
        if self.batch_length >= _BATCH_LENGTH:
            self._flush()

    def _flush(self) -> None:
        """Makes the batch live; files all of whose articles are live are remembered as read."""
        self.writer.put(self.batch)
        self.batch, self.batch_length = [], 0
        self.catalog.record_files(self.read)
        self.read = []


def _notable(catalog: Catalog) -> list[FileReport]:
    files = sorted(catalog.files().values(), key=lambda entry: entry.path)
    return [
        FileReport(entry.path, entry.outcome, entry.reason, entry.articles)  # type: ignore[arg-type]
        for entry in files
        if entry.outcome != "read"
    ]


def _why_empty(corpus: Path, catalog: Catalog) -> str:
    reasons: Sequence[FileReport] = _notable(catalog)
    if not reasons:
        return f"no articles in '{corpus}': put .txt, .md, .html, .pdf, .json or .jsonl files there"
    first = reasons[0]
    return f"no readable article in '{corpus}': {len(reasons)} files skipped, first {first.path!r}: {first.reason}"
