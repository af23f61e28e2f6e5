"""Writing passages to the stores, in an order that survives being killed at any instant.

For each batch of articles: note the digests (``announce``), write passages to Chroma, then to tantivy, then make the
articles live (``commit``). Passages of replaced and removed articles are swept last. Every step can be repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace

from qa.embedders import PassageInput, PassageVectors
from qa.index.catalog import Catalog
from qa.index.derived import DerivedWords
from qa.index.entries import Entry, passage_ids
from qa.index.lexical import LexicalIndex, LexicalPassage
from qa.index.place import WritablePassages
from qa.index.prepare import NewArticle
from qa.index.stored import StoredPassage
from qa.index.vectors import in_batches

_EMBED_BATCH = 128
"""Passages embedded and stored at a time: what a crash can cost, and what is held in memory."""
_STORE_BATCH = 500
"""Passages stored or removed at a time: how long readers wait for it."""


Embed = Callable[[Iterable[list[PassageInput]]], Iterator[list[PassageVectors]]]


class Writer:
    """The stores of one index, opened by the one process that holds the writer's lock.

    Args:
        catalog: the point of commit.
        vectors: the passages.
        lexical: their words, derived from the passages.
        embed: gives the vectors of batches of passages, in order.
    """

    def __init__(
        self,
        catalog: Catalog,
        vectors: WritablePassages,
        lexical: LexicalIndex,
        embed: Embed,
    ) -> None:
        self.catalog = catalog
        self.vectors = vectors
        self.lexical = lexical
        self._words = DerivedWords(catalog, vectors, lexical)
        self.embedded = 0
        self.reused = 0
        self._embed = embed

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
        new = list(in_batches([passage for passage in missing if passage.id not in known], _EMBED_BATCH))
        for batch, vectors in zip(new, self._embed(map(_inputs, new)), strict=True):
            self.vectors.put(_with_vectors(batch, vectors))
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
            self._words.forget({digest: unswept[digest] for digest in digests})
            self.catalog.swept(digests)

    def heal(self) -> list[str]:
        """Before anything is written: mends what was interrupted or damaged; says what was done.

        Articles whose passages are missing from the vector store are forgotten, so that synchronising reads them again.
        """
        done = self.vectors.heal()
        self._words.heal()
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
        return done + self._words.settle()

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


def _inputs(passages: Sequence[StoredPassage]) -> list[PassageInput]:
    return [
        PassageInput(
            header=passage.title,
            text=passage.text,
            sentences=tuple(span.shift(-passage.start) for span in passage.sentences),
        )
        for passage in passages
    ]


def _with_vectors(passages: Sequence[StoredPassage], vectors: Sequence[PassageVectors]) -> list[StoredPassage]:
    return [
        replace(passage, vector=found.passage, sentence_vectors=found.sentences)
        for passage, found in zip(passages, vectors, strict=True)
    ]


def _lexical(passage: StoredPassage) -> LexicalPassage:
    return LexicalPassage(passage.id, passage.text, passage.title, passage.day, passage.source)
