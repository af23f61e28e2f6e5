"""What is done to articles before the one writer stores them: reading files, splitting texts, embedding passages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

from qa.articles import FileReport, file_name, read_file
from qa.embedders import Embedder, PassageInput, PassageVectors
from qa.index.prepare import NewArticle, prepare


@dataclass(frozen=True, slots=True)
class ReadArticle:
    """An article of a file; split only if ``prepared`` is called, that is if it is new."""

    id: str
    digest: str
    length: int
    prepared: Callable[[], NewArticle]


@dataclass(slots=True)
class FileReading:
    """A file on its way: its articles in order, and what is odd about it, whole once they have all been taken."""

    articles: Iterator[ReadArticle]
    notes: list[FileReport] = field(default_factory=list)


class Preparer(Protocol):
    """Prepares articles, here or elsewhere; the same articles come out the same."""

    @property
    def at_once(self) -> int:
        """How many times the usual number of passages are embedded between two commits."""

    def read(self, corpus: Path, paths: Sequence[Path]) -> Iterator[FileReading]:
        """The files, in this order; the articles of each have to be taken before the next file is."""

    def embed(self, batches: Iterable[list[PassageInput]]) -> Iterator[list[PassageVectors]]:
        """Vectors of each batch, in order."""


class LocalPreparer:
    """Prepares in this process, one after the other.

    Args:
        open_embedder: called when something has to be embedded.
    """

    at_once = 1

    def __init__(self, open_embedder: Callable[[], Embedder]) -> None:
        self._open_embedder = open_embedder
        self._embedder: Embedder | None = None

    def close(self) -> None:
        """Nothing to let go of."""

    def read(self, corpus: Path, paths: Sequence[Path]) -> Iterator[FileReading]:
        """The files, in this order."""
        for path in paths:
            notes: list[FileReport] = []
            yield FileReading(_articles_of(corpus, path, notes), notes)

    def embed(self, batches: Iterable[list[PassageInput]]) -> Iterator[list[PassageVectors]]:
        """Vectors of each batch, in order."""
        for batch in batches:
            if self._embedder is None:
                self._embedder = self._open_embedder()
            yield self._embedder.embed_passages(batch)


def _articles_of(corpus: Path, path: Path, notes: list[FileReport]) -> Iterator[ReadArticle]:
    name = file_name(corpus, path)
    for position, article in enumerate(read_file(corpus, path, notes.append), start=1):
        yield ReadArticle(article.id, article.digest, len(article.text), partial(prepare, article, name, position))
