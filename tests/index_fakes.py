"""A folder of articles to be changed at will, its index, and an embedder whose vectors are hashes of the words."""

from __future__ import annotations

import hashlib
import os
import signal
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from qa.embedders import PassageInput, PassageVectors, Vectors
from qa.embedders.interface import unit_length
from qa.errors import ModelError
from qa.index.lexical import Filter
from qa.index.store import Index
from qa.index.stored import StoredPassage
from qa.index.sync import Progress, SyncReport, synchronise
from qa.records import Article

RECIPE = "a1b2c3d4e5f6"
DIMENSION = 32


@dataclass
class HashEmbedder:
    """Vectors by the words of a text alone, so that the same text has the same vector everywhere.

    ``fail_after`` passages it fails, as an endpoint might; ``slow`` are the seconds it takes for a passage. Its process
    is killed the first time it is asked unless the file ``died`` is there.
    """

    name: str = "hash"
    dimension: int = DIMENSION
    fail_after: int | None = None
    slow: float = 0.0
    died: Path | None = None
    batches: list[int] = field(default_factory=list)

    @property
    def embedded(self) -> int:
        return sum(self.batches)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return np.stack([text_vector(text) for text in texts])

    def embed_passages(self, passages: Sequence[PassageInput]) -> list[PassageVectors]:
        if self.fail_after is not None and self.embedded + len(passages) > self.fail_after:
            raise ModelError("the embedder does not answer; try again later", retryable=True)
        if self.died is not None and not self.died.exists():
            self.died.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        self.batches.append(len(passages))
        time.sleep(self.slow * len(passages))
        return [
            PassageVectors(
                text_vector(passage.prefix + passage.text),
                np.stack([text_vector(span.of(passage.text)) for span in passage.sentences]),
            )
            for passage in passages
        ]


def text_vector(text: str) -> Vectors:
    seed = int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "big")
    vector: Vectors = np.random.default_rng(seed).normal(size=DIMENSION).astype(np.float32)
    return unit_length(vector)


def never_opened() -> HashEmbedder:
    raise AssertionError("the embedder was opened")


class Newsroom:
    """A folder of articles, ``corpus``, and the folder of its index, ``index``."""

    def __init__(self, folder: Path) -> None:
        self.corpus = folder / "corpus"
        self.corpus.mkdir(parents=True)
        self.index = folder / "index"
        self.embedder = HashEmbedder()

    @property
    def path(self) -> Path:
        return self.index / RECIPE

    def write(self, name: str, text: str) -> None:
        path = self.corpus / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def write_articles(self, count: int, first: int = 0, edition: str = "first") -> None:
        for number in range(first, first + count):
            self.write(f"{number:04}.txt", news(number, edition))

    def write_dated(self, count: int, first: int = 0, edition: str = "first") -> None:
        """Articles that have a date, so that a search can be restricted."""
        for number in range(first, first + count):
            self.write(f"{number:04}.md", f"---\npublished: 2024-03-04\n---\n{news(number, edition)}")

    def remove(self, name: str) -> None:
        (self.corpus / name).unlink()

    def rename(self, name: str, new: str) -> None:
        (self.corpus / name).rename(self.corpus / new)

    def sync(self, *, rebuild: bool = False, progress: Progress | None = None) -> SyncReport:
        return synchronise(self.corpus, self.index, RECIPE, lambda: self.embedder, rebuild=rebuild, progress=progress)

    def sync_without_embedder(self) -> SyncReport:
        return synchronise(self.corpus, self.index, RECIPE, never_opened)

    def open(self) -> Index:
        return Index(self.index, RECIPE)

    def ids(self) -> set[str]:
        return set(contents(self.index))


def news(number: int, edition: str = "first") -> str:
    """A made-up article of three passages or so, with a word of its own: ``article0007``, and one of its edition."""
    paragraphs = [
        f"The {edition} report says that councillor number{number} spoke of item{number}x{paragraph} on Monday. "
        f"It was the {paragraph}. time that the tram line to article{number:04} was discussed at such length. " * 3
        for paragraph in range(8)
    ]
    return f"Report {number} of the council\n\n" + "\n\n".join(text.strip() for text in paragraphs) + "\n"


@dataclass(frozen=True)
class Content:
    """All that an index knows of one article."""

    article: Article
    file: str
    position: int
    passages: tuple[StoredPassage, ...]


def contents(folder: Path) -> dict[str, Content]:
    """Everything an index holds, by article; what belongs to no article is an error."""
    with closing(Index(folder, RECIPE)) as index:
        return contents_of(index)


def contents_of(index: Index) -> dict[str, Content]:
    """Everything an open index holds, by article; what belongs to no article is an error."""
    with index.view() as catalog:
        assert not catalog.unswept()
        assert index.vectors.count() == catalog.passage_count(), "passages of no article are left over"
        assert index.lexical.count() == catalog.passage_count(), "the word index holds something else"
        found = {}
        for entry in catalog.entries():
            stored = index.vectors.get(entry.passage_ids(), vectors=True)
            passages = tuple(stored[id_] for id_ in entry.passage_ids())
            found[entry.id] = Content(index.article(entry.id), entry.file, entry.position, passages)
        return found


def assert_same(found: dict[str, Content], expected: dict[str, Content]) -> None:
    """Whether two indexes hold the same; vectors may have been through half precision."""
    assert list(found) == list(expected)
    for id_, content in found.items():
        other = expected[id_]
        assert (content.article, content.file, content.position) == (other.article, other.file, other.position)
        assert [without_vectors(passage) for passage in content.passages] == [
            without_vectors(passage) for passage in other.passages
        ]
        for passage, same in zip(content.passages, other.passages, strict=True):
            assert np.allclose(vector_of(passage), vector_of(same), atol=2e-3)
            assert passage.sentence_vectors is not None
            assert same.sentence_vectors is not None
            assert np.array_equal(passage.sentence_vectors, same.sentence_vectors)


def without_vectors(passage: StoredPassage) -> StoredPassage:
    return replace(passage, vector=None, sentence_vectors=None)


def vector_of(passage: StoredPassage) -> Vectors:
    assert passage.vector is not None
    return passage.vector


def clean_build(newsroom: Newsroom, folder: Path) -> dict[str, Content]:
    """What an index of the same articles holds that is built from nothing."""
    synchronise(newsroom.corpus, folder, RECIPE, HashEmbedder)
    return contents(folder)


def lexical_hits(folder: Path, text: str) -> set[str]:
    """Ids of the passages that hold a word of ``text``."""
    with closing(Index(folder, RECIPE)) as index, index.view():
        return {id_ for id_, _ in index.matching(index.lexical.terms(text), 10_000, Filter())}


def nearest(folder: Path, header: str, text: str) -> str:
    """Text of the passage whose vector is nearest to that of ``text`` under ``header``."""
    with closing(Index(folder, RECIPE)) as index, index.view():
        id_, _ = index.nearest(text_vector(f"{header}\n{text}"), 1, Filter())[0]
        return index.passages([id_])[id_].passage.text
