"""The list of articles that all machines share: records of a Chroma collection, and one record that says what counts.

Chroma has no transactions over several records. So a record of an article says from which generation on it is live
(``added``) and from which on no longer (``removed``), and the generation in force stands in one record, written last:
until then nobody looks at what was written before. What a writer that died has left of a later generation is undone by
the next one.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from qa.errors import IndexDamaged
from qa.index.entries import Entry
from qa.index.served.connection import PAGE, Connection, folded, unfolded
from qa.index.served.server import CollectionGone
from qa.index.vectors import in_batches

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

NEVER = 2**53 - 1
"""The generation in which what is live was removed."""

_STATE = "state"
_MOST_BURIED = 1000
"""Removed articles that are remembered, at least, for machines that have been away for long."""


@dataclass(frozen=True, slots=True)
class State:
    """What is in force.

    ``identity`` tells this index from one that was there before under the same name. ``stores`` names the collections
    that hold its articles and passages. Of articles removed up to generation ``purged`` no record is left.
    """

    identity: str
    generation: int = 0
    stores: str = "1"
    purged: int = 0
    articles: int = 0


@dataclass(frozen=True, slots=True)
class Record:
    """An article as the list holds it; ``swept`` says whether its passages are gone."""

    entry: Entry
    removed: int
    swept: bool


class Ledger:
    """The shared list of one index."""

    def __init__(self, connection: Connection, name: str) -> None:
        self.connection = connection
        self.name = name
        self._root: Collection | None = None
        self._lists: dict[str, Collection] = {}

    def passages_name(self, stores: str) -> str:
        """Name of a collection of passages."""
        return f"{self.name}-passages-{stores}"

    def root(self, *, create: bool = False) -> Collection | None:
        """The collection of the state and the leases."""
        if self._root is None:
            self._root = self.connection.create(self.name) if create else self.connection.collection(self.name)
        return self._root

    # ---- the state

    def state(self) -> State | None:
        """What is in force; ``None`` if nothing has been written yet."""
        for _ in range(2):  # a server that was emptied has the collection under another number
            root = self.root()
            if root is None:
                return None
            try:
                found = root.get(ids=[_STATE], include=["metadatas"])["metadatas"]
            except CollectionGone:
                self._root = None
                self._lists.clear()
                continue
            return self._state(found[0]) if found else None
        return None

    def _state(self, found: Any) -> State:
        try:
            return State(**{name: found[name] for name in State.__slots__})
        except (KeyError, TypeError) as error:
            raise IndexDamaged(
                f"the state of the index on {self.connection.server} cannot be read; run 'qa index --rebuild'"
            ) from error

    def begin(self) -> State:
        """The state in force, made if there is none; for the writer."""
        return self.state() or self.declare(State(uuid.uuid4().hex))

    def declare(self, state: State) -> State:
        """Puts a state in force, at once and for everybody."""
        root = self.root(create=True)
        assert root is not None
        root.upsert(ids=[_STATE], embeddings=np.array([[1.0, 0.0]], np.float32), metadatas=[asdict(state)])
        return state

    # ---- reading the list

    def live(self, state: State) -> Iterator[Record]:
        """All articles of a state."""
        return self._records(state.stores, _between("added", 0, state.generation), _after("removed", state.generation))

    def added(self, state: State, since: int) -> Iterator[Record]:
        """The articles of a state that a former generation did not have."""
        added = _between("added", since, state.generation)
        return self._records(state.stores, added, _after("removed", state.generation))

    def buried(self, state: State, since: int = 0) -> Iterator[Record]:
        """Articles that were removed after generation ``since``, as far as records of them are left."""
        return self._records(state.stores, _between("removed", since, state.generation))

    def _records(self, stores: str, *conditions: dict[str, Any]) -> Iterator[Record]:
        parts = [part for condition in conditions for part in condition["$and"]]
        where: Any = {"$and": parts}
        offset = 0
        while True:
            got = self._list(stores).get(where=where, limit=PAGE, offset=offset, include=["metadatas"])
            for digest, metadata in zip(got["ids"], got["metadatas"] or (), strict=True):
                yield _record(digest, unfolded(metadata))
            offset += len(got["ids"])
            if len(got["ids"]) < PAGE:
                return

    # ---- writing the list, by the one writer

    def put(self, stores: str, entries: Sequence[Entry], generation: int) -> None:
        """Lists articles as live from a generation on."""
        for batch in in_batches(entries, PAGE):
            self._list(stores).upsert(
                ids=[entry.digest for entry in batch],
                embeddings=np.array([_place_of(entry.digest) for entry in batch], np.float32),
                metadatas=[_metadata(entry, generation) for entry in batch],
            )

    def mark(self, stores: str, digests: Sequence[str], **values: Any) -> None:
        """Changes values of records: ``removed``, ``swept``, ``file``, ``position``."""
        for batch in in_batches(digests, PAGE):
            self._list(stores).update(ids=batch, metadatas=[dict(values) for _ in batch])

    def undo(self, state: State) -> None:
        """Takes back what was written for a generation that never came into force."""
        pending = _after("added", state.generation)
        while ids := self._list(state.stores).get(where=_where(pending), limit=PAGE, include=[])["ids"]:
            self._list(state.stores).delete(ids=ids)
        revived = _between("removed", state.generation, NEVER - 1)
        while ids := self._list(state.stores).get(where=_where(revived), limit=PAGE, include=[])["ids"]:
            self.mark(state.stores, ids, removed=NEVER)

    def purge(self, state: State) -> State:
        """Forgets removed articles whose passages are gone, once there are many; the state to be declared then."""
        if self._list(state.stores).count() - state.articles <= max(_MOST_BURIED, state.articles // 5):
            return state
        for batch in in_batches([r.entry.digest for r in self.buried(state) if r.swept], PAGE):
            self._list(state.stores).delete(ids=batch)
        return replace(state, purged=state.generation)

    def drop(self, stores: str) -> None:
        """Removes a list of articles with its passages."""
        self._lists.pop(stores, None)
        self.connection.drop(self._list_name(stores))
        self.connection.drop(self.passages_name(stores))

    def _list_name(self, stores: str) -> str:
        return f"{self.name}-articles-{stores}"

    def _list(self, stores: str) -> Collection:
        if stores not in self._lists:
            self._lists[stores] = self.connection.create(self._list_name(stores))
        return self._lists[stores]


def _after(name: str, generation: int) -> dict[str, Any]:
    return {"$and": [{name: {"$gt": generation}}]}


def _between(name: str, after: int, until: int) -> dict[str, Any]:
    return {"$and": [{name: {"$gt": after}}, {name: {"$lte": until}}]}


def _where(condition: dict[str, Any]) -> Any:
    return condition if len(condition["$and"]) > 1 else condition["$and"][0]


def _place_of(digest: str) -> list[float]:
    """Chroma wants a vector of everything; nobody searches these."""
    return [int(digest[:4], 16) / 65536 + 0.01, int(digest[4:8], 16) / 65536 + 0.01]


def _metadata(entry: Entry, generation: int) -> dict[str, Any]:
    found = {name: getattr(entry, name) for name in Entry.__slots__ if name != "digest"}
    found["passages"] = json.dumps(entry.passages)
    if entry.published is None:
        del found["published"]
    return folded({**found, "added": generation, "removed": NEVER, "swept": False})


def _record(digest: str, metadata: dict[str, Any]) -> Record:
    values = {name: metadata.get(name) for name in Entry.__slots__ if name != "digest"}
    passages = tuple(json.loads(str(values.pop("passages"))))
    entry = Entry(digest=digest, passages=passages, **values)  # type: ignore[arg-type]
    return Record(entry, int(metadata["removed"]), bool(metadata["swept"]))
