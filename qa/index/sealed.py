"""The vector store as its writer uses it: each change is announced on disk and sealed, see ``qa.index.seal``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from qa.index.catalog import Catalog
from qa.index.files import writing
from qa.index.seal import SEAL, Seal, begin_change, discard_graphs, end_change, is_changing
from qa.index.stored import StoredPassage
from qa.index.vectors import VectorStore, in_batches

_REBUILD_BATCH = 500
"""Passages put into a new graph at a time: how long readers wait for it."""


class SealedVectors(VectorStore):
    """Chroma in a folder, changed only while no reader looks at the index.

    Args:
        folder: of the store; made if it is not there.
        catalog: keeps readers away during a change, and remembers the seal.
    """

    def __init__(self, folder: Path, catalog: Catalog) -> None:
        super().__init__(folder, create=True)
        self._catalog = catalog

    def heal(self) -> list[str]:
        """Builds the graph of vectors anew where its files are not whole."""
        if Seal.from_json(self._catalog.state(SEAL)).is_broken(self.folder):
            self._rebuild_graph()
            return ["the vectors were not written whole, and have been put in order"]
        if not self._catalog.state(SEAL) or is_changing(self.folder):
            with self._changing():
                self.count()
        return []

    def put(self, passages: Sequence[StoredPassage]) -> None:
        """Writes passages, in place of any with the same ids. Each needs its vector."""
        with self._changing():
            super().put(passages)

    def delete(self, ids: Sequence[str]) -> None:
        """Removes passages; unknown ids are fine."""
        with self._changing():
            super().delete(ids)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Around each change of the vectors: no reader looks, and the files are noted as they are afterwards."""
        interrupted = None
        with self._catalog.alone():
            with writing(self.folder):
                begin_change(self.folder)
            try:
                yield
            except KeyboardInterrupt as signal:  # comes between two calls of Chroma, not inside one
                interrupted = signal
            self._catalog.remember(SEAL, Seal.of(self.folder).to_json())
        with writing(self.folder):
            end_change(self.folder)
        if interrupted is not None:
            raise interrupted

    def _rebuild_graph(self) -> None:
        """Builds the graph of vectors anew from what the passages keep; takes up to a minute for 100,000."""
        self._catalog.remember(SEAL, Seal.UNKNOWN.to_json())
        self.close()
        with writing(self.folder):
            begin_change(self.folder)
            discard_graphs(self.folder)
        for batch in in_batches(sorted(self.ids()), _REBUILD_BATCH):
            with self._catalog.alone():
                self.rewrite(batch)
        with self._changing():
            self.count()
