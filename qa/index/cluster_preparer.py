"""Preparing articles on a Ray cluster: tasks read and split files, actors embed; the one writer stores.

Files are read where tasks run, so the folder of articles must be found under the same path on each machine. A task or
an actor whose process dies is started again by Ray, and does its part again.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from qa.articles import FileReport, file_name, read_file
from qa.cluster import cluster, free_processors, one_line
from qa.embedders import Embedder, PassageInput, PassageVectors
from qa.errors import ModelError, QAError
from qa.index.prepare import NewArticle, prepare
from qa.index.preparer import FileReading, ReadArticle

_FILES = 32
"""Files that one task reads."""
_READ_AHEAD = 2
"""Tasks that read ahead of the writer, and portions that each keeps ready."""
_PORTION = 100_000
"""Code points of articles that travel together."""
_RETRIES = 3

Portion = list[NewArticle | list[FileReport]]
"""Articles in order; what was odd about a file ends it."""


class ClusterPreparer:
    """Prepares on a cluster, which is reached or started when the first file is read.

    Args:
        address: of the cluster; ``None`` starts Ray on this machine.
        open_embedder: sent to each actor and called there.
    """

    def __init__(self, address: str | None, open_embedder: Callable[[], Embedder]) -> None:
        self._address = address
        self._open_embedder = open_embedder
        self._open = ExitStack()
        self._ray: Any = None
        self._actors: list[Any] = []

    @property
    def at_once(self) -> int:
        """How many times the usual number of passages are embedded between two commits."""
        return 4 * max(1, len(self._actors))

    def close(self) -> None:
        """Lets go of the cluster; stops it, if it was started here."""
        self._open.close()

    def _started(self) -> Any:
        if self._ray is None:
            self._ray = ray = self._open.enter_context(cluster(self._address))
            actor = ray.remote(num_cpus=1, max_restarts=-1, max_task_retries=_RETRIES)(EmbeddingActor)
            self._actors = [actor.remote(self._open_embedder) for _ in range(free_processors(ray))]
        return self._ray

    def read(self, corpus: Path, paths: Sequence[Path]) -> Iterator[FileReading]:
        """The files, in this order."""
        items = self._items(corpus, paths) if paths else iter(())
        for _ in paths:
            notes: list[FileReport] = []
            yield FileReading(_until_notes(items, notes), notes)

    def _items(self, corpus: Path, paths: Sequence[Path]) -> Iterator[NewArticle | list[FileReport]]:
        ray = self._started()
        options = {"num_cpus": 0, "num_returns": "streaming", "max_retries": _RETRIES}
        corpus, paths = corpus.absolute(), [path.absolute() for path in paths]
        task = ray.remote(**options, _generator_backpressure_num_objects=_READ_AHEAD)(read_portions)
        tasks: deque[Any] = deque()
        groups = iter([paths[start : start + _FILES] for start in range(0, len(paths), _FILES)])
        while True:
            tasks.extend(task.remote(corpus, group) for group in itertools.islice(groups, _READ_AHEAD - len(tasks)))
            if not tasks:
                return
            for reference in tasks.popleft():
                yield from self._got(reference)

    def embed(self, batches: Iterable[list[PassageInput]]) -> Iterator[list[PassageVectors]]:
        """Vectors of each batch, in order."""
        self._started()
        turns = itertools.cycle(self._actors)
        coming: deque[Any] = deque()
        for batch in batches:
            coming.append(next(turns).embed.remote(batch))
            if len(coming) > 2 * len(self._actors):
                yield self._got(coming.popleft())
        while coming:
            yield self._got(coming.popleft())

    def _got(self, reference: Any) -> Any:
        try:
            return self._ray.get(reference)
        except self._ray.exceptions.RayTaskError as error:
            cause = error.cause
            raise cause if isinstance(cause, QAError) else error from None
        except self._ray.exceptions.RayError as error:
            raise ModelError(f"a worker of Ray died again and again: {one_line(error)}; run it again") from error


class EmbeddingActor:
    """An embedder in a process of its own."""

    def __init__(self, open_embedder: Callable[[], Embedder]) -> None:
        self._open_embedder = open_embedder
        self._embedder: Embedder | None = None

    def embed(self, batch: list[PassageInput]) -> list[PassageVectors]:
        """Vectors of each passage, in order."""
        if self._embedder is None:  # here rather than at the start: what is wrong with it comes back as it is
            self._embedder = self._open_embedder()
        return self._embedder.embed_passages(batch)


def read_portions(corpus: Path, paths: Sequence[Path]) -> Iterator[Portion]:
    """The articles of some files, split; runs in a process of its own."""
    portion: Portion = []
    length = 0
    for path in paths:
        name, notes = file_name(corpus, path), list[FileReport]()
        for position, article in enumerate(read_file(corpus, path, notes.append), start=1):
            portion.append(prepare(article, name, position))
            length += len(article.text)
            if length >= _PORTION:
                yield portion
                portion, length = [], 0
        portion.append(notes)
    yield portion


def _until_notes(items: Iterator[NewArticle | list[FileReport]], notes: list[FileReport]) -> Iterator[ReadArticle]:
    for item in items:
        if isinstance(item, list):
            notes.extend(item)
            return
        yield ReadArticle(item.entry.id, item.entry.digest, item.entry.length, partial(_same, item))


def _same(article: NewArticle) -> NewArticle:
    return article
