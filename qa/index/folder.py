"""The folder of an index: what is called what in it, how it is recognised, and the lock of its one writer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qa.errors import IndexDamaged, IndexLocked, IndexStale, StoreError
from qa.index.catalog import Catalog
from qa.index.files import writing

FORMAT = 1
"""Of the folder's layout; a folder of a higher format is refused, not touched."""
MARKER = "qa-index.json"
LOCK = "writer.lock"
CATALOG = "catalog.sqlite3"
REBUILT = "rebuilt.sqlite3"
CHROMA = "chroma"


def check_folder(folder: Path) -> None:
    """Refuses a folder that holds something else, or an index of a newer version.

    Raises:
        StoreError: if it is not a folder for an index.
        IndexStale: if a newer version of this program made it.
    """
    marker = folder / MARKER
    if folder.exists() and not folder.is_dir():
        raise StoreError(f"'{folder}' is a file, not a folder; give another --index")
    try:
        found = json.loads(marker.read_text("utf-8"))["format"]
    except FileNotFoundError:
        if folder.is_dir() and not _is_ours(folder):
            raise StoreError(f"'{folder}' holds other files and no index; give an empty --index folder") from None
        return
    except PermissionError:
        raise StoreError(f"the index folder '{folder}' cannot be read; check its permissions") from None
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise IndexDamaged(f"'{marker}' is damaged ({error}); delete that file and run 'qa index'") from error
    if not isinstance(found, int) or found > FORMAT:
        raise IndexStale(
            f"the index '{folder}' was made by a newer version (format {found}, this one reads {FORMAT}); "
            "upgrade this program or give another --index"
        )


def _is_ours(folder: Path) -> bool:
    """Whether a folder without the marker is empty, or an index that lost it."""
    names = {path.name for path in folder.iterdir()} - {LOCK, MARKER + ".new"}
    return not names or any((folder / name / CATALOG).is_file() for name in names)


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


def readable_catalog(path: Path) -> Catalog | None:
    """The catalogue in a folder; ``None`` where there is none or it is damaged."""
    try:
        return Catalog(path / CATALOG)
    except IndexDamaged:
        return None


def clear_rebuilt(path: Path) -> None:
    """Removes the catalogue that an interrupted rebuilding left."""
    with writing(path):
        for leftover in (path / REBUILT, path / f"{REBUILT}-journal"):
            leftover.unlink(missing_ok=True)
