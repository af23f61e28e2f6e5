"""An embedder that computes nothing twice: vectors are kept by the embedder's name and all that it reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import numpy as np

from qa.embedders.interface import Embedder, PassageInput, PassageVectors, Vectors
from qa.kept import Kept, key_of

Item = TypeVar("Item")


class _TokenEmbedder(Embedder, Protocol):
    def token_vectors(self, texts: Sequence[str]) -> list[tuple[list[tuple[int, int]], Vectors]]: ...


class KeptVectors:
    """Another embedder, with a memory on disk.

    Args:
        embedder: asked for what is not kept.
        kept: where vectors are kept, to the bit.
    """

    def __init__(self, embedder: Embedder, kept: Kept) -> None:
        self.embedder = embedder
        self._kept = kept

    @property
    def name(self) -> str:
        """See ``Embedder``."""
        return self.embedder.name

    @property
    def dimension(self) -> int:
        """See ``Embedder``."""
        return self.embedder.dimension

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """See ``Embedder``."""
        if not texts:
            return self.embedder.embed_queries(texts)
        keys = [key_of(self.name, "query", text) for text in texts]
        rows = self._known(
            keys, texts, lambda missing: [row[np.newaxis] for row in self.embedder.embed_queries(missing)]
        )
        return np.concatenate(rows)

    def embed_passages(self, passages: Sequence[PassageInput]) -> list[PassageVectors]:
        """See ``Embedder``."""
        keys = [key_of(self.name, "passage", one.header, one.text, repr(one.sentences)) for one in passages]
        return [_unstacked(rows) for rows in self._known(keys, passages, self._embedded)]

    def _embedded(self, passages: Sequence[PassageInput]) -> list[Vectors]:
        return [_stacked(vectors) for vectors in self.embedder.embed_passages(passages)]

    def _known(
        self, keys: Sequence[bytes], items: Sequence[Item], compute: Callable[[list[Item]], list[Vectors]]
    ) -> list[Vectors]:
        """For each item its rows of vectors, computed only where none are kept."""
        kept = self._kept.get_many(keys)
        missing = {key: item for key, item in zip(keys, items, strict=True) if key not in kept}
        if missing:
            rows = zip(missing, compute(list(missing.values())), strict=True)
            new = {key: vectors.astype(np.float32).tobytes() for key, vectors in rows}
            self._kept.put_many(new)
            kept |= new
        dimension = self.dimension
        return [np.frombuffer(kept[key], np.float32).reshape(-1, dimension) for key in keys]


class KeptTokenVectors(KeptVectors):
    """For an embedder with vectors of tokens; those are many and cheap, and are not kept."""

    embedder: _TokenEmbedder

    def token_vectors(self, texts: Sequence[str]) -> list[tuple[list[tuple[int, int]], Vectors]]:
        """See ``OnnxEmbedder.token_vectors``."""
        return self.embedder.token_vectors(texts)


def _stacked(vectors: PassageVectors) -> Vectors:
    """The passage's row, and its sentences' below."""
    own = vectors.passage[np.newaxis]
    return own if vectors.sentences is None else np.concatenate([own, vectors.sentences])


def _unstacked(rows: Vectors) -> PassageVectors:
    # An embedder either gives the vectors of sentences or does not, and each passage has a sentence.
    return PassageVectors(rows[0], rows[1:] if len(rows) > 1 else None)
