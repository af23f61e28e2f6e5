"""Making an index hold exactly the articles of a folder: add, change, rename, delete, or nothing to do.

Unchanged files are not read, unchanged articles not split, unchanged passages not embedded again. One process writes;
interrupted anywhere, the next run ends in the same state as a build from nothing.
"""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from qa.embedders import Embedder
from qa.errors import IndexDamaged, IndexLocked
from qa.index.catalog import Catalog
from qa.index.files import writing
from qa.index.lexical import FOLDER as LEXICAL_FOLDER
from qa.index.lexical import is_there
from qa.index.plan import Plan, plan
from qa.index.run import Progress, Synchronisation, SyncReport, notable
from qa.index.seal import SEAL, Seal
from qa.index.store import CATALOG, CHROMA, FORMAT, LOCK, MARKER, check_folder
from qa.index.write import Writer

__all__ = ["Plan", "Progress", "SyncReport", "plan", "synchronise", "writer_lock"]

_REBUILT = "rebuilt.sqlite3"


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
        recipe: digest of everything that decides what is stored; the index of that name is used.
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
    told = progress or (lambda done, total: None)
    with writer_lock(folder):
        if rebuild:
            return _rebuild(corpus, path, open_embedder, told)
        with closing(Writer(path, open_embedder)) as writer:
            _clear_leftovers(path, writer.catalog)
            return Synchronisation(corpus, writer, told).run()


@contextmanager
def writer_lock(folder: Path) -> Iterator[None]:
    """Holds the one right to write; freed by the system when the process dies.

    Raises:
        IndexLocked: at once, if another process holds it.
        IndexUnwritable: if the folder cannot be made or written.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK)
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise IndexLocked(
                f"another process is writing the index '{folder}'; wait for it, or use --no-sync"
            ) from None
    try:
        _mark(folder)
        yield
    finally:
        lock.release()


def _mark(folder: Path) -> None:
    """Marks the folder as an index; all at once, so that a mark is never half written."""
    if not (folder / MARKER).exists():
        fresh = folder / f"{MARKER}.new"
        with writing(folder):
            fresh.write_text(json.dumps({"format": FORMAT}), "utf-8")
            fresh.replace(folder / MARKER)


def _nothing_to_do(corpus: Path, path: Path) -> SyncReport | None:
    """The report where no file has changed and nothing is left over; without a lock and without opening the stores."""
    catalog = _readable_catalog(path)
    if catalog is None:
        return None
    with closing(catalog):
        current = plan(corpus, catalog)
        if current.changed or current.gone or catalog.unswept() or not catalog.article_count():
            return None
        stores = path / catalog.stores
        if Seal.from_json(catalog.state(SEAL)).is_broken(stores / CHROMA) or not is_there(stores / LEXICAL_FOLDER):
            return None
        return SyncReport(unchanged=catalog.article_count(), files=notable(catalog))


def _rebuild(corpus: Path, path: Path, open_embedder: Callable[[], Embedder], progress: Progress) -> SyncReport:
    """Builds a second catalogue with stores of its own; then the first takes over what it holds, in one transaction."""
    if (catalog := _readable_catalog(path)) is not None:
        with closing(catalog):
            _clear_leftovers(path, catalog)
    _clear_rebuilt(path)
    stores = next(name for number in itertools.count(1) if not (path / (name := f"stores-{number}")).exists())
    with closing(Writer(path, open_embedder, _REBUILT, stores)) as writer:
        writer.catalog.remember("stores", stores)
        report = Synchronisation(corpus, writer, progress).run()
    if (catalog := _readable_catalog(path)) is not None:
        with closing(catalog):
            catalog.take_over(path / _REBUILT)
    else:
        with writing(path):
            (path / f"{CATALOG}-journal").unlink(missing_ok=True)
            (path / _REBUILT).replace(path / CATALOG)
    with closing(Catalog(path / CATALOG)) as catalog:
        _clear_leftovers(path, catalog)
    return report


def _readable_catalog(path: Path) -> Catalog | None:
    try:
        return Catalog(path / CATALOG)
    except IndexDamaged:
        return None


def _clear_leftovers(path: Path, catalog: Catalog) -> None:
    """Removes what rebuilding leaves behind: stores that ``catalog`` does not name, and its own catalogue."""
    _clear_rebuilt(path)
    with writing(path):
        for stores in path.glob("stores-*"):
            if stores.name != catalog.stores:
                shutil.rmtree(stores)


def _clear_rebuilt(path: Path) -> None:
    with writing(path):
        for leftover in (path / _REBUILT, path / f"{_REBUILT}-journal"):
            leftover.unlink(missing_ok=True)
