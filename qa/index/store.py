"""An index as its readers see it: articles and passages, found by words and by meaning.

One folder per corpus holds one index per recipe and the writer's lock. Another recipe is another index, so nothing is
lost by trying one. What lies where is known to its place (``qa.index.place``). ``qa.index.sync`` writes.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.errors import ArticleNotFound, IndexDamaged, IndexStale
from qa.index.catalog import Catalog
from qa.index.entries import Entry
from qa.index.folder import CATALOG
from qa.index.lexical import Filter, LexicalIndex
from qa.index.local import LocalPlace
from qa.index.place import PassageStore, Place
from qa.index.stored import StoredPassage
from qa.recent import Recent
from qa.records import Article

_KEPT = 1024
"""Passages kept in memory with their vectors, about 20 kB each, until something is written."""
_MOST_DEAD = 1000
"""Bounds how many more passages a search asks for because some may be replaced, removed or not yet live."""


@dataclass(frozen=True, slots=True)
class Found:
    """A live passage with its article's catalogue entry."""

    passage: StoredPassage
    entry: Entry


class Index:
    """A store opened for reading. Safe to share between threads; notices what other processes commit.

    Args:
        folder: of the index.
        recipe: digest of everything that decides what is stored.
        place: where the index lies; by default all of it in ``folder``.
    """

    def __init__(self, folder: Path, recipe: str, place: Place | None = None) -> None:
        self.place = place or LocalPlace(folder, recipe)
        self.place.check()
        self.recipe = recipe
        self._lock = threading.RLock()
        self._looks = 0
        self._seen: tuple[int, int] | None = None
        self._catalog: Catalog | None = None
        self._kept: Recent[str, StoredPassage] = Recent(_KEPT)
        self.vectors: PassageStore = self.place.passages(None)
        self.lexical = LexicalIndex(self.place.path)

    def close(self) -> None:
        """Lets go of all files; the next use opens them again."""
        with self._lock:
            self.vectors.close()
            self.lexical.close()
            if self._catalog is not None:
                self._catalog.close()
            self._catalog = self._seen = None

    @contextmanager
    def view(self) -> Iterator[Catalog]:
        """One look at the index: catalogue and stores stay as of the newest commit until it ends.

        A writer waits meanwhile, so no look should last. Looks may be nested; those of other threads wait.

        Raises:
            StoreError: if there is no index of this recipe, or it cannot be read.
        """
        with self._lock:
            if not self._looks:
                self._begin()
            self._looks += 1
            try:
                assert self._catalog is not None
                yield self._catalog
            finally:
                self._looks -= 1
                if not self._looks and self._catalog is not None:
                    self._catalog.end()

    @property
    def generation(self) -> int:
        """Grows with every commit."""
        with self.view() as catalog:
            return catalog.generation

    def nearest(self, vector: NDArray[np.float32], limit: int, restrict: Filter) -> list[tuple[str, float]]:
        """Ids of the passages nearest in meaning with their cosine similarity, best first."""
        with self.view() as catalog:
            depth = limit + min(catalog.unswept_passages(), _MOST_DEAD)
            hits = self.vectors.nearest(vector, depth, where(restrict))
            live = _live(hits, catalog)
            if len(live) < limit and len(hits) == depth:  # what a writer elsewhere has not made live yet is in the way
                live = _live(self.vectors.nearest(vector, depth + _MOST_DEAD, where(restrict)), catalog)
            return live[:limit]

    def matching(self, terms: Sequence[str], limit: int, restrict: Filter) -> list[tuple[str, float]]:
        """Ids of the passages that hold the terms with their BM25 score, best first."""
        with self.view() as catalog:
            depth = limit + min(catalog.unswept_passages(), _MOST_DEAD)
            return _live(self.lexical.search(terms, depth, restrict), catalog)[:limit]

    def passages(self, ids: Iterable[str], *, vectors: bool = False) -> dict[str, Found]:
        """The live passages among ``ids``."""
        wanted = list(dict.fromkeys(ids))
        with self.view() as catalog:
            live = catalog.entries_by_digest(id_.partition(".")[0] for id_ in wanted)
            stored = self._stored([id_ for id_ in wanted if id_.partition(".")[0] in live], vectors)
        return {id_: Found(passage, live[id_.partition(".")[0]]) for id_, passage in stored.items()}

    def _stored(self, ids: Sequence[str], vectors: bool) -> dict[str, StoredPassage]:
        kept = {id_: passage for id_ in ids if (passage := self._kept.get(id_)) is not None}
        read = self.vectors.get([id_ for id_ in ids if id_ not in kept], vectors=vectors)
        if vectors:
            for id_, passage in read.items():
                self._kept.put(id_, passage)
        found = {**kept, **read}
        return {id_: found[id_] for id_ in ids if id_ in found}

    def entry(self, article_id: str) -> Entry:
        """The catalogue's entry of an article.

        Raises:
            ArticleNotFound: if there is none.
        """
        with self.view() as catalog:
            entry = catalog.entry(article_id)
        if entry is None:
            raise ArticleNotFound(f"no article {article_id!r} in the index; 'qa search WORDS --json' lists ids")
        return entry

    def article(self, article_id: str) -> Article:
        """An article put together from its passages, exactly as it was read.

        Raises:
            ArticleNotFound: if there is none.
            IndexDamaged: if passages of it are missing.
        """
        with self.view():
            entry = self.entry(article_id)
            ids = entry.passage_ids()
            stored = self.vectors.get(ids)
        missing = [id_ for id_ in ids if id_ not in stored]
        if missing:
            raise IndexDamaged(f"{len(missing)} passages of {article_id!r} are missing; run 'qa index --rebuild'")
        return entry.article("".join(stored[id_].text for id_ in ids))

    def _begin(self) -> None:
        """Starts a look, with the stores opened again where something was written since the last one."""
        self.place.follow()
        catalog = self._open_catalog()
        catalog.begin()
        try:
            generation = catalog.generation
            if self._seen is None or self._seen[1] != generation:
                self._open_stores(catalog)
                self._seen = (self._seen[0] if self._seen else self._inode(), generation)
        except BaseException:
            catalog.end()
            raise

    def _open_catalog(self) -> Catalog:
        inode = self._inode()
        if self._catalog is None or self._seen is None or self._seen[0] != inode:
            self.close()
            self._catalog = Catalog(self.place.path / CATALOG)
        return self._catalog

    def _inode(self) -> int:
        try:
            return (self.place.path / CATALOG).stat().st_ino
        except FileNotFoundError:
            raise IndexStale(
                f"no index by this recipe ({self.recipe}) in {self.place}; run 'qa index' with the same settings"
            ) from None

    def _open_stores(self, catalog: Catalog) -> None:
        if not catalog.article_count():
            raise IndexStale(f"the index in {self.place} holds no article yet; run 'qa index'")
        words = self.place.words_folder(catalog)
        if self.lexical.folder != words:
            self.lexical = LexicalIndex(words)
        self.lexical.expect(catalog.passage_count())
        self.lexical.refresh()
        self.vectors.close()
        self._kept.clear()
        self.vectors = self.place.passages(catalog)


def _live(hits: Sequence[tuple[str, float]], catalog: Catalog) -> list[tuple[str, float]]:
    live = catalog.live(id_.partition(".")[0] for id_, _ in hits)
    return [hit for hit in hits if hit[0].partition(".")[0] in live]


def where(restrict: Filter) -> dict[str, Any] | None:
    """A filter in Chroma's words."""
    parts: list[dict[str, Any]] = []
    if restrict.since or restrict.until:
        parts.append({"day": {"$gte": restrict.since or 1}})
        parts.append({"day": {"$lte": restrict.until or 99999999}})
    if restrict.sources:
        parts.append({"source": {"$in": list(restrict.sources)}})
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else {"$and": parts}
