"""Writing passages to the stores, in an order that survives being killed at any instant.

For each batch of articles: note the digests (``announce``), write passages to Chroma, then to tantivy, then make the
articles live (``commit``). Passages of replaced and removed articles are swept last. Every step can be repeated.
Chroma is changed only while no reader looks at the index, and its files are noted after each change, see
``qa.index.seal``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from qa.embedders import Embedder, PassageInput
from qa.errors import IndexDamaged
from qa.index.catalog import Catalog, Entry, passage_ids
from qa.index.files import writing
from qa.index.lexical import FOLDER as LEXICAL_FOLDER
from qa.index.lexical import LexicalIndex, LexicalPassage
from qa.index.prepare import NewArticle
from qa.index.seal import SEAL, Seal, begin_change, discard_graphs, end_change, is_changing
from qa.index.store import CATALOG, CHROMA
from qa.index.stored import StoredPassage
from qa.index.vectors import VectorStore, in_batches

_DEAD = "dead"
_MOST_DEAD = 0.2
"""Share of removed passages from which on the lexical index is built anew; until then they count in its frequencies."""

_EMBED_BATCH = 128
"""Passages embedded and stored at a time: what a crash can cost, and what is held in memory."""
_STORE_BATCH = 500
"""Passages stored or removed at a time: how long readers wait for it."""


class Writer:
    """The stores of one index, opened by the one process that holds the writer's lock.

    Args:
        path: folder of the index.
        open_embedder: called when something has to be embedded.
        catalog: name of the catalogue in it; made if it is not there.
        stores: name of the folder for passages; by default the one that the catalogue names.
    """

    def __init__(
        self, path: Path, open_embedder: Callable[[], Embedder], catalog: str = CATALOG, stores: str | None = None
    ) -> None:
        with writing(path):
            path.mkdir(parents=True, exist_ok=True)
        self.catalog = Catalog(path / catalog, create=True)
        self.path = path / (stores or self.catalog.stores)
        self.vectors = VectorStore(self.path / CHROMA, create=True)
        self.lexical = LexicalIndex(self.path / LEXICAL_FOLDER, create=True)
        self.embedded = 0
        self.reused = 0
        self._open_embedder = open_embedder
        self._embedder: Embedder | None = None

    def close(self) -> None:
        """Lets go of all files."""
        with ExitStack() as stack:
            stack.callback(self.catalog.close)
            stack.callback(self.vectors.close)
            stack.callback(self.lexical.close)
            self.lexical.finish_writing()

    def put(self, articles: Sequence[NewArticle]) -> None:
        """Makes articles live. Vectors that the store already holds are not computed again."""
        if not articles:
            return
        self.catalog.announce({item.entry.digest: len(item.passages) for item in articles})
        held = self.vectors.held([passage.id for item in articles for passage in item.passages])
        missing = [passage for item in articles for passage in item.passages if passage.id not in held]
        known = self._known_vectors(articles, {passage.id for passage in missing})
        for batch in in_batches([known[passage.id] for passage in missing if passage.id in known], _STORE_BATCH):
            self._store(batch)
        for batch in in_batches([passage for passage in missing if passage.id not in known], _EMBED_BATCH):
            self._store(self._with_vectors(batch))
        self.reused += len(held) + len(known)
        self.embedded += len(missing) - len(known)
        self.lexical.remove(item.entry.digest for item in articles)
        self.lexical.add(_lexical(passage) for item in articles for passage in item.passages)
        self.lexical.commit()
        self.catalog.commit([item.entry for item in articles])

    def remove(self, ids: Sequence[str]) -> None:
        """Makes articles disappear at once; their passages are swept later."""
        self.catalog.commit([], ids)

    def sweep(self) -> None:
        """Removes from the stores what is not live."""
        unswept = self.catalog.unswept()
        for digests in in_batches(sorted(unswept), 200):
            self._erase([id_ for digest in digests for id_ in passage_ids(digest, unswept[digest])])
            self.lexical.remove(digests)
            self.lexical.commit()
            self.catalog.swept(digests)
            self.catalog.remember(_DEAD, str(self._dead() + sum(unswept[digest] for digest in digests)))

    def heal(self) -> list[str]:
        """Before anything is written: mends what was interrupted or damaged; says what was done.

        The graph of vectors is built anew where its files are not whole. Articles whose passages are missing from the
        vector store are forgotten, so that synchronising reads them again.
        """
        done = []
        if Seal.from_json(self.catalog.state(SEAL)).is_broken(self.vectors.folder):
            self._rebuild_graph()
            done.append("the vectors were not written whole, and have been put in order")
        elif not self.catalog.state(SEAL) or is_changing(self.vectors.folder):
            with self._changing():
                self.vectors.count()
        if not self._lexical_can_be_read():
            self.lexical.clear()
        unswept = self.catalog.unswept()
        if unswept or self.vectors.count() != self.catalog.passage_count():
            lost, _ = self._compare(unswept)
            if lost:
                self.catalog.commit([], lost)
                self.catalog.forget_files()
                done.append(f"{len(lost)} articles had lost passages and are read again")
        return done

    def settle(self) -> list[str]:
        """After everything is written and swept: makes the stores hold what is live, no more and no less."""
        done = []
        if self.vectors.count() != self.catalog.passage_count():
            _, stray = self._compare({})
            self._erase(sorted(stray))
            done.append(f"{len(stray)} passages of no article were removed")
        if not self._lexical_is_whole():
            self.rebuild_lexical()
            done.append("the word index was missing, damaged or behind, and has been rebuilt")
        elif self._dead() > _MOST_DEAD * self.catalog.passage_count():
            self.rebuild_lexical()
        return done

    def rebuild_lexical(self) -> None:
        """Builds the lexical index anew from the vector store."""
        self.lexical.clear()
        for entry in self._all_entries():
            self.lexical.add(_lexical(passage) for passage in self.vectors.get(entry.passage_ids()).values())
        self.lexical.commit()
        self.catalog.remember(_DEAD, "0")

    def _dead(self) -> int:
        return int(self.catalog.state(_DEAD) or 0)

    def _lexical_is_whole(self) -> bool:
        return self.lexical.count() == self.catalog.passage_count()

    def _lexical_can_be_read(self) -> bool:
        try:
            self.lexical.count()
        except IndexDamaged:
            return False
        return True

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Around each change of the vectors: no reader looks, and the files are noted as they are afterwards."""
        interrupted = None
        with self.catalog.alone():
            with writing(self.vectors.folder):
                begin_change(self.vectors.folder)
            try:
                yield
            except KeyboardInterrupt as signal:  # comes between two calls of Chroma, not inside one
                interrupted = signal
            self.catalog.remember(SEAL, Seal.of(self.vectors.folder).to_json())
        with writing(self.vectors.folder):
            end_change(self.vectors.folder)
        if interrupted is not None:
            raise interrupted

    def _store(self, passages: Sequence[StoredPassage]) -> None:
        with self._changing():
            self.vectors.put(passages)

    def _erase(self, ids: Sequence[str]) -> None:
        for batch in in_batches(ids, _STORE_BATCH):
            with self._changing():
                self.vectors.delete(batch)

    def _rebuild_graph(self) -> None:
        """Builds the graph of vectors anew from what the passages keep; takes up to a minute for 100,000."""
        self.catalog.remember(SEAL, Seal.UNKNOWN.to_json())
        self.vectors.close()
        with writing(self.vectors.folder):
            begin_change(self.vectors.folder)
            discard_graphs(self.vectors.folder)
        for batch in in_batches(sorted(self.vectors.ids()), _STORE_BATCH):
            with self.catalog.alone():
                self.vectors.rewrite(batch)
        with self._changing():
            self.vectors.count()

    def _compare(self, unswept: Mapping[str, int]) -> tuple[list[str], set[str]]:
        """Ids of articles that lost passages, and ids of passages that belong to none."""
        unaccounted = self.vectors.ids()
        for digest, count in unswept.items():
            unaccounted.difference_update(passage_ids(digest, count))
        lost = []
        for entry in self._all_entries():
            ids = entry.passage_ids()
            if not unaccounted.issuperset(ids):
                lost.append(entry.id)
            unaccounted.difference_update(ids)
        return lost, unaccounted

    def _all_entries(self) -> Iterator[Entry]:
        after = ""
        while batch := self.catalog.entries(after, 500):
            yield from batch
            after = batch[-1].id

    def _known_vectors(self, articles: Sequence[NewArticle], missing: set[str]) -> dict[str, StoredPassage]:
        """Passages whose vectors another article of the same content already has: a renamed file costs nothing."""
        known: dict[str, StoredPassage] = {}
        for item in articles:
            if not missing.intersection(passage.id for passage in item.passages):
                continue
            twin = self.catalog.entry_by_content(item.entry.content)
            if twin is None or twin.passages != item.entry.passages:
                continue
            stored = self.vectors.get(twin.passage_ids(), vectors=True)
            for passage, twin_id in zip(item.passages, twin.passage_ids(), strict=True):
                if passage.id in missing and twin_id in stored:
                    source = stored[twin_id]
                    known[passage.id] = replace(passage, vector=source.vector, sentence_vectors=source.sentence_vectors)
        return known

    def _with_vectors(self, passages: Sequence[StoredPassage]) -> list[StoredPassage]:
        inputs = [
            PassageInput(
                header=passage.title,
                text=passage.text,
                sentences=tuple(span.shift(-passage.start) for span in passage.sentences),
            )
            for passage in passages
        ]
        return [
            replace(passage, vector=vectors.passage, sentence_vectors=vectors.sentences)
            for passage, vectors in zip(passages, self.embedder.embed_passages(inputs), strict=True)
        ]

    @property
    def embedder(self) -> Embedder:
        """The embedder, opened when it is first needed."""
        if self._embedder is None:
            self._embedder = self._open_embedder()
        return self._embedder


def _lexical(passage: StoredPassage) -> LexicalPassage:
    return LexicalPassage(passage.id, passage.text, passage.title, passage.day, passage.source)
