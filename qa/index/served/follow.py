"""Bringing a machine's own files, its catalogue and its word index, up to what is in force on the server."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from qa.errors import IndexDamaged
from qa.index.catalog import Catalog, Entry
from qa.index.folder import CATALOG
from qa.index.lexical import LexicalIndex
from qa.index.served.catalog import STATE, mark_of
from qa.index.served.ledger import Ledger, State
from qa.index.served.passages import ServedPassages
from qa.index.write import words_of

_BATCH = 300
"""Articles taken over at a time."""


@dataclass(frozen=True, slots=True)
class Follower:
    """The files of one machine, opened by the one process of it that may change them.

    Args:
        ledger: the shared list.
        path: folder of the catalogue.
        words: folder of the word index.
    """

    ledger: Ledger
    path: Path
    words: Path

    def follow(self, state: State) -> None:
        """Takes over what changed since this machine looked last; everything, if that cannot be told.

        Killed at any instant, it goes on where it was. Readers of this machine see each article as it was or as it is.

        Raises:
            IndexDamaged: if the list on the server is not complete.
        """
        with ExitStack() as stack:
            catalog = Catalog(self.path / CATALOG, create=True)
            stack.callback(catalog.close)
            if catalog.state(STATE) == mark_of(state):
                return
            lexical = LexicalIndex(self.words, create=True)
            stack.callback(lexical.close)
            stack.callback(lexical.finish_writing)
            copy = _Copy(self.ledger, state, catalog, lexical)
            since = _known_generation(catalog, state)
            if since is not None:
                copy.take_changes(since)
            if since is None or catalog.article_count() != state.articles:
                copy.take_all()
            if catalog.article_count() != state.articles:
                raise IndexDamaged(
                    f"{self.ledger.connection.server} lists {catalog.article_count()} articles, not {state.articles}; "
                    "run 'qa index --rebuild'"
                )
            copy.finish()


def _known_generation(catalog: Catalog, state: State) -> int | None:
    """The generation that the catalogue was brought up to, if the changes since then can be had."""
    identity, generation, stores = (catalog.state(STATE).split() or ["", "-1", ""])[:3]
    if (identity, stores) != (state.identity, state.stores):
        return None
    return int(generation) if state.purged <= int(generation) <= state.generation else None


@dataclass(frozen=True, slots=True)
class _Copy:
    ledger: Ledger
    state: State
    catalog: Catalog
    lexical: LexicalIndex

    def take_changes(self, since: int) -> None:
        """The articles that came and went since a generation."""
        self._add(record.entry for record in self.ledger.added(self.state, since))
        self._remove([record.entry.digest for record in self.ledger.buried(self.state, since)])

    def take_all(self) -> None:
        """Whatever differs from the whole list."""
        seen: set[str] = set()

        def unknown() -> Iterable[Entry]:
            live = (record.entry for record in self.ledger.live(self.state))
            while batch := list(islice(live, _BATCH)):
                known = self.catalog.live(entry.digest for entry in batch)
                seen.update(entry.digest for entry in batch)
                yield from (entry for entry in batch if entry.digest not in known)

        self._add(unknown())
        self._remove([entry.digest for entry in self.catalog.entries() if entry.digest not in seen])

    def finish(self) -> None:
        """Notes how far this machine is; what its files held is read again if it ever writes."""
        left = {r.entry.digest: len(r.entry.passages) for r in self.ledger.buried(self.state) if not r.swept}
        self.catalog.set_unswept(left)
        self.catalog.forget_files()
        self.catalog.remember("stores", self.state.stores)
        with self.catalog.alone():
            self.catalog.remember(STATE, mark_of(self.state))

    def _add(self, entries: Iterable[Entry]) -> None:
        passages = ServedPassages(self.ledger.connection, self.ledger.passages_name(self.state.stores))
        rest = iter(entries)
        while batch := list(islice(rest, _BATCH)):
            replaced = self.catalog.digests(entry.id for entry in batch)
            texts = passages.texts([id_ for entry in batch for id_ in entry.passage_ids()])
            self.lexical.remove(entry.digest for entry in batch)
            self.lexical.add(words for entry in batch for words in words_of(entry, texts))
            self.lexical.commit()
            self.catalog.commit(batch)
            self._forget_words(set(replaced) - {entry.digest for entry in batch})

    def _remove(self, digests: list[str]) -> None:
        gone = self.catalog.entries_by_digest(digests)
        if gone:
            self.catalog.commit([], [entry.id for entry in gone.values()])
        self._forget_words(set(gone))

    def _forget_words(self, digests: set[str]) -> None:
        if digests:
            self.lexical.remove(digests)
            self.lexical.commit()
            self.catalog.swept(sorted(digests))
