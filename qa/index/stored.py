"""A passage as the vector store holds it, and how it is put into Chroma's flat metadata."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.records import Span

Vectors = NDArray[np.float32]


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


def to_metadata(passage: StoredPassage) -> dict[str, Any]:
    """What Chroma keeps of a passage beside its text."""
    metadata: dict[str, Any] = {
        "article_id": passage.article_id,
        "start": passage.start,
        "sentences": ",".join(str(span.end - passage.start) for span in passage.sentences),
        "title": passage.title,
        "day": passage.day,
        "source": passage.source,
    }
    if passage.vector is not None:
        metadata["vector"] = base64.b64encode(passage.vector.astype(np.float16).tobytes()).decode("ascii")
    if passage.sentence_vectors is not None:
        metadata["vectors"] = pack(passage.sentence_vectors)
    return metadata


def from_metadata(id_: str, text: str, metadata: Mapping[str, Any], vector: Vectors | None) -> StoredPassage:
    """The passage that ``to_metadata`` was called on."""
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


def kept_vector(metadata: Mapping[str, Any]) -> Vectors:
    """The vector of a passage, in half precision."""
    return np.frombuffer(base64.b64decode(str(metadata["vector"])), np.float16).astype(np.float32)
