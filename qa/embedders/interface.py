"""What an embedder takes and gives; implementations are in the modules beside this one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qa.records import Span

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class PassageInput:
    """A passage to embed. ``header`` is context, such as a title; ``sentences`` tile ``text``, from zero on."""

    header: str
    text: str
    sentences: tuple[Span, ...]

    @property
    def prefix(self) -> str:
        """What is read before ``text``: the header on a line of its own, or nothing."""
        return f"{self.header}\n" if self.header else ""


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """Vectors of unit length: ``passage`` (dimension,) and ``sentences`` (number of sentences, dimension).

    ``sentences`` is ``None`` where the embedder cannot give them.
    """

    passage: Vectors
    sentences: Vectors | None


class Embedder(Protocol):
    """Texts to vectors of unit length, so that a dot product is a cosine."""

    @property
    def name(self) -> str:
        """Part of the index recipe: whatever changes the vectors changes the name."""

    @property
    def dimension(self) -> int:
        """Length of every vector."""

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """One row for each of ``texts``: (len(texts), dimension)."""

    def embed_passages(self, passages: Sequence[PassageInput]) -> list[PassageVectors]:
        """Vectors of each passage, in order."""


def unit_length(vectors: Vectors) -> Vectors:
    """``vectors`` divided by their Euclidean lengths along the last axis; a zero vector stays zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Vectors = vectors / np.maximum(lengths, np.float32(1e-12))
    return scaled


def replace_lone_surrogates(text: str) -> str:
    """``text`` as it can be encoded, each code point in its place: half a surrogate pair becomes U+FFFD."""
    if text.isascii():
        return text
    return text.encode("utf-32", "surrogatepass").decode("utf-32", "replace")
