"""An index that lies in a folder of its own, passages and all.

``<recipe>/catalog.sqlite3``, ``<recipe>/stores-1/chroma`` and ``.../lexical-2``; rebuilding makes ``stores-2``.
"""

from __future__ import annotations

import itertools
import shutil
from contextlib import AbstractContextManager, closing, suppress
from pathlib import Path

from qa.errors import IndexDamaged
from qa.index.catalog import Catalog
from qa.index.files import writing
from qa.index.folder import CATALOG, CHROMA, REBUILT, check_folder, clear_rebuilt, readable_catalog, writer_lock
from qa.index.lexical import FOLDER as LEXICAL_FOLDER
from qa.index.lexical import LexicalIndex, is_there
from qa.index.place import PassageStore
from qa.index.seal import DATABASE, SEAL, Seal
from qa.index.sealed import SealedVectors
from qa.index.vectors import VectorStore
from qa.index.write import Embed, Writer


class LocalPlace:
    """All of one index in a folder of this machine.

    Args:
        folder: of the indexes of one corpus, one per recipe.
        recipe: digest of everything that decides what is stored.
    """

    def __init__(self, folder: Path, recipe: str) -> None:
        self.folder = folder
        self.path = folder / recipe

    def __str__(self) -> str:
        return f"'{self.folder}'"

    def check(self) -> None:
        """Refuses a folder that holds something else, or an index of a newer version."""
        check_folder(self.folder)

    def follow(self) -> None:
        """Nothing to do: whoever writes, writes here."""

    def passages(self, catalog: Catalog | None) -> PassageStore:
        """The passages that a catalogue lists, for reading."""
        if catalog is None:
            return VectorStore(self.path)
        store = VectorStore(self.path / catalog.stores / CHROMA)
        store.expect(Seal.from_json(catalog.state(SEAL)), catalog.passage_count())
        return store

    def words_folder(self, catalog: Catalog) -> Path:
        """Folder of the word index that belongs to a catalogue."""
        return self.path / catalog.stores / LEXICAL_FOLDER

    def is_whole(self, catalog: Catalog) -> bool:
        """Whether the stores need no mending, as far as their files tell."""
        vectors, words = self.path / catalog.stores / CHROMA, self.words_folder(catalog)
        if not (vectors / DATABASE).is_file():
            return False
        return not Seal.from_json(catalog.state(SEAL)).is_broken(vectors) and is_there(words)

    def lock(self) -> AbstractContextManager[None]:
        """Holds the one right to write; freed by the system when the process dies."""
        return writer_lock(self.folder)

    def writer(self, embed: Embed) -> Writer:
        """The stores opened for writing; what an interrupted rebuilding left is removed."""
        writer = self._open(CATALOG, None, embed)
        _clear_leftovers(self.path, writer.catalog)
        return writer

    def rebuilder(self, embed: Embed) -> Writer:
        """A second catalogue with stores of its own."""
        if (catalog := readable_catalog(self.path)) is not None:
            with closing(catalog), suppress(IndexDamaged):  # what cannot be told from what is needed stays until then
                _clear_leftovers(self.path, catalog)
        clear_rebuilt(self.path)
        names = (f"stores-{number}" for number in itertools.count(1))
        stores = next(name for name in names if not (self.path / name).exists())
        writer = self._open(REBUILT, stores, embed)
        writer.catalog.remember("stores", stores)
        return writer

    def take_over(self) -> None:
        """The first catalogue takes over what the second holds, in one transaction."""
        if not self._is_taken_over():
            with writing(self.path):
                (self.path / f"{CATALOG}-journal").unlink(missing_ok=True)
                (self.path / REBUILT).replace(self.path / CATALOG)
        with closing(Catalog(self.path / CATALOG)) as catalog:
            _clear_leftovers(self.path, catalog)

    def _is_taken_over(self) -> bool:
        """Whether the first catalogue is whole enough to be written; damage may show only then."""
        if (catalog := readable_catalog(self.path)) is None:
            return False
        with closing(catalog):
            try:
                catalog.take_over(self.path / REBUILT)
            except IndexDamaged:
                return False
        return True

    def _open(self, name: str, stores: str | None, embed: Embed) -> Writer:
        with writing(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
        catalog = Catalog(self.path / name, create=True)
        folder = self.path / (stores or catalog.stores)
        vectors = SealedVectors(folder / CHROMA, catalog)
        return Writer(catalog, vectors, LexicalIndex(folder / LEXICAL_FOLDER, create=True), embed)


def _clear_leftovers(path: Path, catalog: Catalog) -> None:
    """Removes what rebuilding leaves behind: stores that ``catalog`` does not name, and its own catalogue."""
    clear_rebuilt(path)
    with writing(path):
        for stores in path.glob("stores-*"):
            if stores.name != catalog.stores:
                shutil.rmtree(stores)
