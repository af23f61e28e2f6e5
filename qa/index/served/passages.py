"""Passages on a Chroma server: one collection, whose vectors the server keeps and searches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from qa.index.served.connection import PAGE, Connection, folded, unfolded
from qa.index.served.server import CollectionGone
from qa.index.stored import StoredPassage, Vectors, from_metadata, to_metadata
from qa.index.vectors import in_batches

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection


class ServedPassages:
    """One collection of passages, opened when first used.

    Args:
        connection: to the server.
        name: of the collection.
        create: whether to make it where there is none; for the writer.
    """

    def __init__(self, connection: Connection, name: str, *, create: bool = False) -> None:
        self._connection = connection
        self._name = name
        self._create = create
        self._collection: Collection | None = None

    def _opened(self) -> Collection:
        if self._collection is None:
            opened = self._connection.create(self._name) if self._create else self._connection.collection(self._name)
            if opened is None:
                raise self._connection.server.gone()
            self._collection = opened
        return self._collection

    def _asked(self, request: str, **arguments: Any) -> Any:
        try:
            return getattr(self._opened(), request)(**arguments)
        except CollectionGone:
            self._collection = None
            raise

    def close(self) -> None:
        """Forgets the collection; the next use looks for it again."""
        self._collection = None

    def heal(self) -> list[str]:
        """Nothing to do: a server looks after its own files."""
        return []

    def count(self) -> int:
        """Passages held, live or not."""
        return int(self._asked("count"))

    def held(self, ids: Sequence[str]) -> set[str]:
        """Those of ``ids`` that the server holds."""
        found: set[str] = set()
        for batch in in_batches(ids, PAGE):
            found.update(self._asked("get", ids=batch, include=[])["ids"])
        return found

    def ids(self) -> set[str]:
        """Ids of all passages held, live or not."""
        found: set[str] = set()
        while batch := self._asked("get", include=[], limit=PAGE, offset=len(found))["ids"]:
            found.update(batch)
        return found

    def put(self, passages: Sequence[StoredPassage]) -> None:
        """Writes passages, in place of any with the same ids. Each needs its vector."""
        for batch in in_batches(passages, PAGE):
            vectors = np.stack([passage.vector for passage in batch if passage.vector is not None])
            self._asked(
                "upsert",
                ids=[passage.id for passage in batch],
                embeddings=vectors,
                documents=[passage.text for passage in batch],
                metadatas=[folded(to_metadata(passage)) for passage in batch],
            )

    def delete(self, ids: Sequence[str]) -> None:
        """Removes passages; unknown ids are fine."""
        for batch in in_batches(ids, PAGE):
            self._asked("delete", ids=batch)

    def get(self, ids: Sequence[str], *, vectors: bool = False) -> dict[str, StoredPassage]:
        """The passages with these ids, in this order; those it does not hold are missing from the result."""
        found: dict[str, StoredPassage] = {}
        include: Any = ["documents", "metadatas", *(["embeddings"] if vectors else [])]
        for batch in in_batches(ids, PAGE):
            got = self._asked("get", ids=batch, include=include)
            embeddings = got["embeddings"] if vectors else [None] * len(got["ids"])
            rows = zip(got["ids"], got["documents"], got["metadatas"], embeddings, strict=True)
            for id_, text, metadata, embedding in rows:
                vector = None if embedding is None else np.asarray(embedding, np.float32)
                found[id_] = from_metadata(id_, text, unfolded(metadata), vector)
        return {id_: found[id_] for id_ in ids if id_ in found}

    def texts(self, ids: Sequence[str]) -> dict[str, str]:
        """The words alone of the passages with these ids, as far as it holds them."""
        found: dict[str, str] = {}
        for batch in in_batches(ids, PAGE):
            got = self._asked("get", ids=batch, include=["documents"])
            found.update(zip(got["ids"], got["documents"], strict=True))
        return found

    def nearest(self, vector: Vectors, limit: int, where: Mapping[str, Any] | None) -> list[tuple[str, float]]:
        """Ids of the nearest passages with their cosine similarity, nearest first; 300 at most."""
        found = self._asked(
            "query",
            query_embeddings=vector[np.newaxis, :],
            n_results=min(limit, PAGE),
            where=dict(where) if where else None,
            include=["distances"],
        )
        return [(id_, 1.0 - gap) for id_, gap in zip(found["ids"][0], found["distances"][0], strict=True)]
