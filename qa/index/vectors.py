"""The vector store: passages with their text, metadata and vectors in Chroma. The lexical index is derived from it.

Chroma's traps that are handled here: another process's writes stay invisible to an open client, so a reader opens the
store again when the catalogue's generation has moved on; ``add`` keeps the old text of a known id, so it is always
``upsert``; batches have an upper limit; the distance is Euclidean unless told otherwise; telemetry is on by default.
"""

from __future__ import annotations

import base64
import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from qa.errors import IndexDamaged, IndexUnwritable
from qa.records import Span

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

Vectors = NDArray[np.float32]

T = TypeVar("T")

COLLECTION = "passages"
_READ_BATCH = 1000
_opened = itertools.count(1)


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as the store holds it: its words, where its sentences lie, and its vectors.

    ``start`` is its offset in the article; ``sentences`` are in the article's offsets. ``sentence_vectors`` has one row
    of unit length per sentence, to a byte's precision, or is ``None`` where the embedder gives none.
    """

    id: str
    article_id: str
    text: str
    start: int
    sentences: tuple[Span, ...]
    title: str
    day: int
    source: str
    vector: Vectors | None = None
    sentence_vectors: Vectors | None = None

    @property
    def end(self) -> int:
        """Offset in the article where the passage ends."""
        return self.start + len(self.text)


class VectorStore:
    """One Chroma collection in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._client: Any = None
        self._collection: Collection | None = None

    @property
    def collection(self) -> Collection:
        """The open collection; opening costs about a second the first time, for Chroma's import."""
        if self._collection is None:
            with translated(self.folder):
                self._client = _open_client(self.folder)
                self._collection = self._client.get_or_create_collection(
                    COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
                )
        return self._collection

    def close(self) -> None:
        """Lets go of the files; the next use opens them as they are then."""
        if self._client is not None:
            self._client.close()
        self._client = self._collection = None

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
        with translated(self.folder):
            limit = self._client_limit()
            for batch in in_batches(passages, limit):
                vectors = [passage.vector for passage in batch if passage.vector is not None]
                self.collection.upsert(
                    ids=[passage.id for passage in batch],
                    embeddings=np.stack(vectors),
                    documents=[passage.text for passage in batch],
                    metadatas=[_metadata(passage) for passage in batch],
                )

    def get(self, ids: Sequence[str], *, vectors: bool = False) -> dict[str, StoredPassage]:
        """The passages with these ids; those it does not hold are missing from the result."""
        found: dict[str, StoredPassage] = {}
        include: Any = ["documents", "metadatas", *(["embeddings"] if vectors else [])]
        for batch in in_batches(ids, _READ_BATCH):
            with translated(self.folder):
                got = self.collection.get(ids=batch, include=include)
                embeddings = got["embeddings"] if vectors else None
                rows = zip(got["ids"], got["documents"] or (), got["metadatas"] or (), strict=True)
                for position, (id_, text, metadata) in enumerate(rows):
                    vector = np.asarray(embeddings[position], np.float32) if embeddings is not None else None
                    found[id_] = _stored(id_, text, metadata, vector)
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
        with translated(self.folder):
            for batch in in_batches(ids, self._client_limit()):
                self.collection.delete(ids=batch)

    def _client_limit(self) -> int:
        _ = self.collection
        return int(self._client.get_max_batch_size())


def _open_client(folder: Path) -> Any:
    import chromadb
    from chromadb.config import Settings

    # Chroma shares one native store between all clients of a process that spell the folder alike, and such a store
    # never sees what other processes write. A spelling of its own gives each opening a view of its own.
    spelling = f"{folder.resolve()}/{'./' * next(_opened)}"
    return chromadb.PersistentClient(spelling, settings=Settings(anonymized_telemetry=False))


def _metadata(passage: StoredPassage) -> dict[str, Any]:
    metadata: dict[str, Any] = {
        "article_id": passage.article_id,
        "start": passage.start,
        "sentences": ",".join(str(span.end - passage.start) for span in passage.sentences),
        "title": passage.title,
        "day": passage.day,
        "source": passage.source,
    }
    if passage.sentence_vectors is not None:
        metadata["vectors"] = pack(passage.sentence_vectors)
    return metadata


def _stored(id_: str, text: str, metadata: Mapping[str, Any], vector: Vectors | None) -> StoredPassage:
    start = int(metadata["start"])
    ends = [start + int(end) for end in str(metadata["sentences"]).split(",")]
    packed = metadata.get("vectors")
    return StoredPassage(
        id=id_,
        article_id=str(metadata["article_id"]),
        text=text,
        start=start,
        sentences=tuple(Span(first, last) for first, last in zip([start, *ends[:-1]], ends, strict=True)),
        title=str(metadata["title"]),
        day=int(metadata["day"]),
        source=str(metadata["source"]),
        vector=vector,
        sentence_vectors=None if packed is None else unpack(str(packed), len(ends)),
    )


def pack(vectors: Vectors) -> str:
    """Unit vectors as text: a signed byte per component, in base 64."""
    return base64.b64encode(np.round(vectors * 127.0).astype(np.int8).tobytes()).decode("ascii")


def unpack(packed: str, rows: int) -> Vectors:
    """The vectors that ``pack`` was given, at unit length again, to a byte's precision."""
    vectors = np.frombuffer(base64.b64decode(packed), np.int8).reshape(rows, -1).astype(np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)


def in_batches(items: Sequence[T], size: int) -> Iterator[list[T]]:
    """``items`` in lists of at most ``size``."""
    for start in range(0, len(items), size):
        yield list(items[start : start + size])


@contextmanager
def translated(folder: Path) -> Iterator[None]:
    """Turns what Chroma raises into one line for the person."""
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, OSError, ValueError, RuntimeError) as error:
        message = " ".join(str(error).split())[:200]
        if any(word in message.lower() for word in ("readonly", "read-only", "permission denied")):
            raise IndexUnwritable(f"cannot write the index at '{folder}': {message}; use another --index") from error
        if any(word in message.lower() for word in ("disk is full", "no space", "disk full")):
            raise IndexUnwritable(f"no space left for the index at '{folder}'; free some or use --index") from error
        raise IndexDamaged(f"the vectors in '{folder}' cannot be used: {message}; run 'qa index --rebuild'") from error
