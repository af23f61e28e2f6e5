"""Writing passages to the stores, in an order that survives being killed at any instant.

For each batch of articles: note the digests (``announce``), write passages to Chroma, then to tantivy, then make the
articles live (``commit``). Passages of replaced and removed articles are swept last. Every step can be repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace

from qa.embedders import Embedder, PassageInput
from qa.errors import IndexDamaged
from qa.index.catalog import Catalog, Entry, passage_ids
from qa.index.lexical import LexicalIndex, LexicalPassage, day_number
from qa.index.place import WritablePassages
from qa.index.prepare import NewArticle
from qa.index.stored import StoredPassage
from qa.index.vectors import in_batches

_DEAD = "dead"
_MOST_DEAD = 0.2
"""Share of removed passages from which on the lexical index is built anew; until then they count in its frequencies."""

_EMBED_BATCH = 128
"""Passages embedded and stored at a time: what a crash can cost, and what is held in memory."""
_STORE_BATCH = 500
"""Passages stored or removed at a time: how long readers wait for it."""
_REBUILD_BATCH = 100
"""Articles whose words are put into a new lexical index at a time."""


class Writer:
    """The stores of one index, opened by the one process that holds the writer's lock.

    Args:
        catalog: the point of commit.
        vectors: the passages.
        lexical: their words, derived from the passages.
        open_embedder: called when something has to be embedded.
    """

    def __init__(
        self,
        catalog: Catalog,
        vectors: WritablePassages,
        lexical: LexicalIndex,
        open_embedder: Callable[[], Embedder],
    ) -> None:
        self.catalog = catalog
        self.vectors = vectors
        self.lexical = lexical
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
            self.vectors.put(batch)
        for batch in in_batches([passage for passage in missing if passage.id not in known], _EMBED_BATCH):
            self.vectors.put(self._with_vectors(batch))
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

        Articles whose passages are missing from the vector store are forgotten, so that synchronising reads them again.
        """
        done = self.vectors.heal()
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
        return done + self.settle_words()

    def settle_words(self) -> list[str]:
        """Makes the word index hold what is live, and not too much beside it."""
        if not self._lexical_is_whole():
            self.rebuild_lexical()
            return ["the word index was missing, damaged or behind, and has been rebuilt"]
        if self._dead() > _MOST_DEAD * self.catalog.passage_count():
            self.rebuild_lexical()
        return []

    def rebuild_lexical(self) -> None:
        """Builds the lexical index anew from the vector store."""
        self.lexical.clear()
        after = ""
        while batch := self.catalog.entries(after, _REBUILD_BATCH):
            texts = self.vectors.texts([id_ for entry in batch for id_ in entry.passage_ids()])
            self.lexical.add(passage for entry in batch for passage in words_of(entry, texts))
            after = batch[-1].id
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

    def _erase(self, ids: Sequence[str]) -> None:
        for batch in in_batches(ids, _STORE_BATCH):
            self.vectors.delete(batch)

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


def words_of(entry: Entry, texts: Mapping[str, str]) -> Iterator[LexicalPassage]:
    """What the lexical index is told of an article whose passages have these texts, by their ids."""
    day = day_number(entry.published)
    for id_ in entry.passage_ids():
        if id_ in texts:
            yield LexicalPassage(id_, texts[id_], entry.title, day, entry.source)


def _lexical(passage: StoredPassage) -> LexicalPassage:
    return LexicalPassage(passage.id, passage.text, passage.title, passage.day, passage.source)
