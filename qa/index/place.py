"""Where an index lies: what reading and writing need to know of it. A folder (``qa.index.local``) is one such place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from qa.index.catalog import Catalog
from qa.index.stored import StoredPassage, Vectors

if TYPE_CHECKING:
    from qa.index.write import Embed, Writer


class PassageStore(Protocol):
    """Passages with their text and vectors, found by id and by nearness."""

    def close(self) -> None:
        """Lets go of what is open; the next use opens it as it is then."""

    def count(self) -> int:
        """Passages held, live or not."""

    def held(self, ids: Sequence[str]) -> set[str]:
        """Those of ``ids`` that the store holds."""

    def ids(self) -> set[str]:
        """Ids of all passages held, live or not."""

    def get(self, ids: Sequence[str], *, vectors: bool = False) -> dict[str, StoredPassage]:
        """The passages with these ids, in this order; those it does not hold are missing from the result."""

    def texts(self, ids: Sequence[str]) -> dict[str, str]:
        """The words alone of the passages with these ids, as far as it holds them."""

    def nearest(self, vector: Vectors, limit: int, where: Mapping[str, Any] | None) -> list[tuple[str, float]]:
        """Ids of the nearest passages with their cosine similarity, nearest first."""


class WritablePassages(PassageStore, Protocol):
    """A store of passages as its one writer uses it."""

    def heal(self) -> list[str]:
        """Before anything is written: mends what was interrupted or damaged; says what was done."""

    def put(self, passages: Sequence[StoredPassage]) -> None:
        """Writes passages, in place of any with the same ids. Each needs its vector."""

    def delete(self, ids: Sequence[str]) -> None:
        """Removes passages; unknown ids are fine."""


class Place(Protocol):
    """Where one index lies. Shown as text, it names itself in a message to a person."""

    @property
    def path(self) -> Path:
        """Folder of the files that each machine keeps: its catalogue and its word index."""

    def check(self) -> None:
        """Refuses a folder that is no index, or of a newer version.

        Raises:
            StoreError: which says what is wrong with it.
        """

    def follow(self) -> None:
        """Before a look: brings the files of this machine up to what was written elsewhere, if anything was.

        Raises:
            StoreError: if that cannot be told.
        """

    def passages(self, catalog: Catalog | None) -> PassageStore:
        """The passages that a catalogue lists, for reading; ``None`` for a store of nothing, yet to be opened."""

    def words_folder(self, catalog: Catalog) -> Path:
        """Folder of the word index that belongs to a catalogue."""

    def is_whole(self, catalog: Catalog) -> bool:
        """Whether the stores beside the catalogue need no mending, as far as can be told without opening them."""

    def lock(self) -> AbstractContextManager[None]:
        """Holds the one right to write.

        Raises:
            IndexLocked: at once, if another process holds it.
        """

    def writer(self, embed: Embed) -> Writer:
        """The stores opened for writing, by whoever holds the lock; what was left half done is cleared first."""

    def rebuilder(self, embed: Embed) -> Writer:
        """Empty stores beside those in use, opened for writing."""

    def take_over(self) -> None:
        """Puts what ``rebuilder`` wrote in the place of what is in use, at once."""
