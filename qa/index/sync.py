"""Making an index hold exactly the articles of a folder: add, change, rename, delete, or nothing to do.

Unchanged files are not read, unchanged articles not split, unchanged passages not embedded again. One process writes;
interrupted anywhere, the next run ends in the same state as a build from nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from qa.embedders import Embedder
from qa.index.folder import readable_catalog, writer_lock
from qa.index.local import LocalPlace
from qa.index.place import Place
from qa.index.plan import Plan, plan
from qa.index.preparer import LocalPreparer, Preparer
from qa.index.run import Progress, Synchronisation, SyncReport, notable

__all__ = ["Plan", "Progress", "SyncReport", "plan", "synchronise", "synchronise_place", "writer_lock"]


def synchronise(
    corpus: Path,
    folder: Path,
    recipe: str,
    open_embedder: Callable[[], Embedder],
    *,
    progress: Progress | None = None,
    rebuild: bool = False,
) -> SyncReport:
    """Brings the index in ``folder`` up to date with the articles in ``corpus``; see ``synchronise_place``.

    Args:
        corpus: folder of articles.
        folder: folder of the index; made if it is not there.
        recipe: digest of everything that decides what is stored; the index of that name is used.
        open_embedder: called only when something has to be embedded.
        progress: told how far it is, in bytes.
        rebuild: start from nothing; the old index answers until the new one is whole.
    """
    return synchronise_place(
        corpus, LocalPlace(folder, recipe), LocalPreparer(open_embedder), progress=progress, rebuild=rebuild
    )


def synchronise_place(
    corpus: Path,
    place: Place,
    preparer: Preparer,
    *,
    progress: Progress | None = None,
    rebuild: bool = False,
) -> SyncReport:
    """Brings an index up to date with the articles in ``corpus``, wherever it lies and whoever prepares them.

    Raises:
        CorpusError: if the folder is missing or holds no article, or two articles have the same id.
        IndexLocked: if another process is writing.
        StoreError: if the index cannot be used or written.
    """
    place.check()
    if not rebuild and (report := _nothing_to_do(corpus, place)) is not None:
        return report
    told = progress or (lambda done, total: None)
    with place.lock():
        if rebuild:
            with closing(place.rebuilder(preparer.embed)) as writer:
                report = Synchronisation(corpus, writer, preparer, told).run()
            place.take_over()
            return report
        with closing(place.writer(preparer.embed)) as writer:
            return Synchronisation(corpus, writer, preparer, told).run()


def _nothing_to_do(corpus: Path, place: Place) -> SyncReport | None:
    """The report where no file has changed and nothing is left over; without a lock and without opening the stores."""
    place.follow()
    catalog = readable_catalog(place.path)
    if catalog is None:
        return None
    with closing(catalog):
        current = plan(corpus, catalog)
        if current.changed or current.gone or catalog.unswept() or not catalog.article_count():
            return None
        if not place.is_whole(catalog):
            return None
        return SyncReport(unchanged=catalog.article_count(), files=notable(catalog))
