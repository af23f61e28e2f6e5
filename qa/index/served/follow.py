"""Bringing a machine's own files, its catalogue and its word index, up to what is in force on the server."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from qa.errors import IndexDamaged
from qa.index.catalog import Catalog
from qa.index.derived import DerivedWords
from qa.index.entries import Entry
from qa.index.folder import CATALOG
from qa.index.lexical import LexicalIndex
from qa.index.served.catalog import STATE, mark_of
from qa.index.served.ledger import Ledger, State
from qa.index.served.passages import ServedPassages

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
            passages = ServedPassages(self.ledger.connection, self.ledger.passages_name(state.stores))
            copy = _Copy(self.ledger, state, catalog, DerivedWords(catalog, passages, lexical))
            copy.words.heal()
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
    words: DerivedWords

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
        if stray := self.catalog.unswept():
            self.words.forget(stray)
        self.words.settle()
        left = {r.entry.digest: len(r.entry.passages) for r in self.ledger.buried(self.state) if not r.swept}
        self.catalog.set_unswept(left)
        self.catalog.forget_files()
        self.catalog.remember("stores", self.state.stores)
        with self.catalog.alone():
            self.catalog.remember(STATE, mark_of(self.state))

    def _add(self, entries: Iterable[Entry]) -> None:
        rest = iter(entries)
        while batch := list(islice(rest, _BATCH)):
            replaced = self.catalog.digests(entry.id for entry in batch)
            self.words.lexical.remove(entry.digest for entry in batch)
            self.words.add(batch)
            self.words.lexical.commit()
            gone = self.catalog.entries_by_digest(set(replaced) - {entry.digest for entry in batch})
            self.catalog.commit(batch)
            self._forget(gone.values())

    def _remove(self, digests: list[str]) -> None:
        gone = self.catalog.entries_by_digest(digests)
        if gone:
            self.catalog.commit([], [entry.id for entry in gone.values()])
        self._forget(gone.values())

    def _forget(self, gone: Collection[Entry]) -> None:
        if gone:
            self.words.forget({entry.digest: len(entry.passages) for entry in gone})
            self.catalog.swept([entry.digest for entry in gone])
