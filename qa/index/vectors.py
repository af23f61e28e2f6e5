"""The vector store: passages with their text, metadata and vectors in Chroma. The lexical index is derived from it.

Each passage keeps its vector a second time, in half precision, among its metadata: the graph of vectors is the part of
Chroma that an interruption can ruin (``qa.index.seal``), and is then built anew from there.

Chroma's traps that are handled here: another process's writes stay invisible to an open client, so a reader opens the
store again when the catalogue's generation has moved on; ``add`` keeps the old text of a known id, so it is always
``upsert``; batches have an upper limit; the distance is Euclidean unless told otherwise; telemetry is on by default.
"""

from __future__ import annotations

import itertools
import os
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from qa.errors import IndexDamaged, IndexUnwritable, StoreError
from qa.index.seal import DATABASE, Seal
from qa.index.stored import StoredPassage, Vectors, from_metadata, kept_vector, to_metadata

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

T = TypeVar("T")

COLLECTION = "passages"
VERSION = 2
"""Part of the index recipe: any change to what a passage keeps changes it."""

_READ_BATCH = 1000
_ROOM = 20_000_000
"""Bytes; a disk with more is not why Chroma cannot open what is there."""
_spellings: set[int] = set()
_spellings_lock = threading.Lock()


class VectorStore:
    """One Chroma collection in one folder.

    Args:
        folder: of the store.
        create: whether to make the collection where there is none; for the writer.
    """

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        self.folder = folder
        self._create = create
        self._seal: Seal | None = None
        self._least = 0
        self._client: Any = None
        self._spelling = 0
        self._collection: Collection | None = None

    def expect(self, seal: Seal, passages: int) -> None:
        """What has to be found when the store is opened next; checked then."""
        self._seal, self._least = seal, passages

    @property
    def collection(self) -> Collection:
        """The open collection; opening costs about a second the first time, for Chroma's import.

        Raises:
            IndexDamaged: if there is none, or not what is expected of it.
        """
        if self._collection is None:
            if self._seal is not None:
                self._seal.check(self.folder)
            if not self._create and not (self.folder / DATABASE).is_file():
                raise IndexDamaged(f"the vectors in '{self.folder}' are missing; run 'qa index' to mend them")
            try:
                self._collection = self._open()
            except BaseException:
                self.close()
                raise
        return self._collection

    def _open(self) -> Collection:
        self._spelling = _free_spelling()
        # Taking up what was written last writes, too.
        with translated(self.folder, writing=self._create or not _has_room(self.folder)):
            self._client = _open_client(self.folder, self._spelling)
            if self._create:
                return self._client.get_or_create_collection(  # type: ignore[no-any-return]
                    COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
                )
            collection: Collection = self._client.get_collection(COLLECTION, embedding_function=None)
            held = collection.count()
        if held < self._least:
            raise IndexDamaged(
                f"{self._least - held} passages are missing in '{self.folder}'; run 'qa index --rebuild'"
            )
        return collection

    def close(self) -> None:
        """Lets go of the files; the next use opens them as they are then."""
        if self._client is not None:
            self._client.close()
        self._client = self._collection = None
        _spellings.discard(self._spelling)

    def count(self) -> int:
        """Passages held, live or not."""
        with translated(self.folder):
            return self.collection.count()

    def held(self, ids: Sequence[str]) -> set[str]:
        """Those of ``ids`` that the store holds."""
        found: set[str] = set()
        for batch in in_batches(ids, _READ_BATCH):
            with translated(self.folder):
                found.update(self.collection.get(ids=batch, include=[])["ids"])
        return found

    def ids(self) -> set[str]:
        """Ids of all passages held, live or not."""
        found: set[str] = set()
        with translated(self.folder):
            while batch := self.collection.get(include=[], limit=_READ_BATCH * 10, offset=len(found))["ids"]:
                found.update(batch)
        return found

    def put(self, passages: Sequence[StoredPassage]) -> None:
        """Writes passages, in place of any with the same ids. Each needs its vector."""
        with translated(self.folder, writing=True):
            limit = self._client_limit()
            for batch in in_batches(passages, limit):
                vectors = [passage.vector for passage in batch if passage.vector is not None]
                self.collection.upsert(
                    ids=[passage.id for passage in batch],
                    embeddings=np.stack(vectors),
                    documents=[passage.text for passage in batch],
                    metadatas=[to_metadata(passage) for passage in batch],
                )

    def rewrite(self, ids: Sequence[str]) -> None:
        """Writes passages once more as they are, with the vectors that their metadata keep."""
        with translated(self.folder, writing=True):
            got = self.collection.get(ids=list(ids), include=["documents", "metadatas"])
            vectors = np.stack([kept_vector(metadata) for metadata in got["metadatas"] or ()])
            self.collection.upsert(
                ids=got["ids"], embeddings=vectors, documents=got["documents"], metadatas=got["metadatas"]
            )

    def get(self, ids: Sequence[str], *, vectors: bool = False) -> dict[str, StoredPassage]:
        """The passages with these ids, in this order; those it does not hold are missing from the result."""
        found: dict[str, StoredPassage] = {}
        include: Any = ["documents", "metadatas", *(["embeddings"] if vectors else [])]
        for batch in in_batches(ids, _READ_BATCH):
            with translated(self.folder):
                got = self.collection.get(ids=batch, include=include)
                embeddings = got["embeddings"] if vectors else None
                rows = zip(got["ids"], got["documents"] or (), got["metadatas"] or (), strict=True)
                for position, (id_, text, metadata) in enumerate(rows):
                    vector = np.asarray(embeddings[position], np.float32) if embeddings is not None else None
                    found[id_] = self._passage(id_, text, metadata, vector)
        return {id_: found[id_] for id_ in ids if id_ in found}

    def _passage(self, id_: str, text: str | None, metadata: Any, vector: Vectors | None) -> StoredPassage:
        try:
            if text is not None:
                return from_metadata(id_, text, metadata, vector)
            reason: object = "its words are gone"
        except (LookupError, TypeError, ValueError) as error:
            reason = f"{type(error).__name__} {error}"
        raise IndexDamaged(f"a passage in '{self.folder}' cannot be read: {reason}; run 'qa index --rebuild'")

    def texts(self, ids: Sequence[str]) -> dict[str, str]:
        """The words alone of the passages with these ids, as far as it holds them."""
        found: dict[str, str] = {}
        for batch in in_batches(ids, _READ_BATCH):
            with translated(self.folder):
                got = self.collection.get(ids=batch, include=["documents"])
                documents = zip(got["ids"], got["documents"] or (), strict=True)
                found.update((id_, text) for id_, text in documents if text is not None)
        return found

    def nearest(self, vector: Vectors, limit: int, where: Mapping[str, Any] | None) -> list[tuple[str, float]]:
        """Ids of the nearest passages with their cosine similarity, nearest first."""
        with translated(self.folder):
            found = self.collection.query(
                query_embeddings=vector[np.newaxis, :],
                n_results=limit,
                where=dict(where) if where else None,
                include=["distances"],
            )
            distances = (found["distances"] or [[]])[0]
            return [(id_, 1.0 - distance) for id_, distance in zip(found["ids"][0], distances, strict=True)]

    def delete(self, ids: Sequence[str]) -> None:
        """Removes passages; unknown ids are fine."""
        with translated(self.folder, writing=True):
            for batch in in_batches(ids, self._client_limit()):
                self.collection.delete(ids=batch)

    def _client_limit(self) -> int:
        _ = self.collection
        return int(self._client.get_max_batch_size())


def _has_room(folder: Path) -> bool:
    return os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > _ROOM


def _free_spelling() -> int:
    with _spellings_lock:
        number = next(number for number in itertools.count(1) if number not in _spellings)
        _spellings.add(number)
    return number


def _open_client(folder: Path, spelling: int) -> Any:
    import chromadb
    from chromadb.config import Settings

    # Chroma shares one native store between all open clients of a process that spell the folder alike, and such a store
    # never sees what other processes write. A spelling of its own gives each opening a view of its own.
    return chromadb.PersistentClient(f"{folder.resolve()}/{'./' * spelling}", Settings(anonymized_telemetry=False))


def in_batches(items: Sequence[T], size: int) -> Iterator[list[T]]:
    """``items`` in lists of at most ``size``."""
    for start in range(0, len(items), size):
        yield list(items[start : start + size])


@contextmanager
def translated(folder: Path, *, writing: bool = False) -> Iterator[None]:
    """Turns what Chroma raises into one line for the person."""
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, OSError, ValueError, RuntimeError) as error:
        raise _told(folder, error, writing) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # what Chroma's native part raises is no Exception
            raise
        raise _told(folder, error, writing) from error


def _told(folder: Path, error: BaseException, writing: bool) -> StoreError:
    """Chroma often keeps to itself why it cannot write; then a full disk is the likeliest reason."""
    message = " ".join(str(error).split())[:200]
    if any(word in message.lower() for word in ("readonly", "read-only", "permission denied")):
        return IndexUnwritable(f"cannot write the index at '{folder}': {message}; use another --index")
    if any(word in message.lower() for word in ("disk is full", "no space", "disk full", "too large", "disk i/o")):
        return IndexUnwritable(f"no space left for the index at '{folder}'; free some or use --index")
    if writing and not any(word in message.lower() for word in ("malformed", "not a database")):
        return IndexUnwritable(f"cannot write the vectors in '{folder}' ({message}); free some space or use --index")
    return IndexDamaged(f"the vectors in '{folder}' cannot be used: {message}; run 'qa index --rebuild'")
