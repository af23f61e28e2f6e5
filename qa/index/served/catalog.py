"""The catalogue of a machine that writes an index on a server: what it commits is put in force there first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from qa.index.catalog import Catalog
from qa.index.entries import Entry
from qa.index.served.lease import Lease
from qa.index.served.ledger import Ledger, State

STATE = "served"
"""Under which a catalogue remembers the identity, the generation and the stores that it was brought up to."""


def mark_of(state: State) -> str:
    """What a catalogue remembers of a state that it was brought up to."""
    return f"{state.identity} {state.generation} {state.stores}"


class PublishedCatalog(Catalog):
    """A catalogue whose commits reach all machines.

    Args:
        path: of the file on this machine.
        ledger: the shared list.
        lease: the right to write.
        state: in force now.
        draft: whether the list is one that nobody uses yet; its state is then declared by whoever finishes it.
    """

    def __init__(self, path: Path, ledger: Ledger, lease: Lease, state: State, *, draft: bool = False) -> None:
        super().__init__(path, create=True)
        self._ledger = ledger
        self._lease = lease
        self._draft = draft
        self.shared = state

    def commit(self, added: Sequence[Entry], removed: Sequence[str] = ()) -> None:
        """Makes articles live, and others not, everywhere; then here."""
        self._lease.check()
        kept = {entry.digest for entry in added}
        replaced = self.digests([*removed, *(entry.id for entry in added)])
        gone = [digest for digest in replaced if digest not in kept]
        generation = self.shared.generation + (0 if self._draft else 1)
        self._ledger.put(self.shared.stores, added, generation)
        self._ledger.mark(self.shared.stores, gone, removed=generation, swept=False)
        articles = self.article_count() + len(added) - len(replaced)
        self._declare(replace(self.shared, generation=generation, articles=articles))
        super().commit(added, removed)
        self.remember(STATE, mark_of(self.shared))

    def place(self, places: Iterable[tuple[str, int, str]]) -> None:
        """Notes where unchanged articles now come from, here and for the next writer."""
        places = list(places)
        for file, position, id_ in places:
            self._ledger.mark(self.shared.stores, self.digests([id_]), file=file, position=position)
        super().place(places)

    def swept(self, digests: Sequence[str]) -> None:
        """Notes that the passages under these digests are gone."""
        self._ledger.mark(self.shared.stores, digests, swept=True)
        state = self._ledger.purge(self.shared)
        self._declare(replace(state, generation=state.generation + (0 if self._draft else 1)))
        super().swept(digests)
        self.remember(STATE, mark_of(self.shared))

    def _declare(self, state: State) -> None:
        self._lease.check()
        self.shared = state if self._draft else self._ledger.declare(state)
