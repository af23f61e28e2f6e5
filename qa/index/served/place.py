"""An index whose passages and list of articles lie on a Chroma server, and its word index on each machine."""

from __future__ import annotations

import shutil
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from qa.errors import IndexLocked
from qa.index.catalog import Catalog
from qa.index.files import writing
from qa.index.folder import CATALOG, REBUILT, check_folder, clear_rebuilt, readable_catalog, writer_lock
from qa.index.lexical import FOLDER as LEXICAL_FOLDER
from qa.index.lexical import LexicalIndex, is_there
from qa.index.place import PassageStore
from qa.index.served.catalog import STATE, PublishedCatalog, mark_of
from qa.index.served.connection import Connection
from qa.index.served.follow import Follower
from qa.index.served.lease import Lease
from qa.index.served.ledger import Ledger, State
from qa.index.served.passages import ServedPassages
from qa.index.served.server import Server
from qa.index.write import Embed, Writer

_FRESH = 1.0
"""Seconds for which what the server said last is taken to be in force."""
_GRACE = 3.0
"""Seconds left to readers on other machines before passages that they may be looking at are removed."""
_FIRST_COPY = 600.0
"""Seconds to wait for another process of this machine that makes its first copy."""

_MACHINE = "machine"
_REBUILT_WORDS = "rebuilt-words"


class ServedPlace:
    """One index on a server, with the files of this machine in a folder.

    Args:
        folder: of this machine's files; indexes of other recipes and servers may lie beside.
        recipe: digest of everything that decides what is stored.
        server: which holds the passages.
    """

    def __init__(self, folder: Path, recipe: str, server: Server) -> None:
        self.folder = folder
        self.server = server
        self.path = folder / f"{recipe}-{server.mark}"
        self._connection = Connection(server)
        self._ledger = Ledger(self._connection, f"{server.name}-{recipe}")
        self._words = self.path / LEXICAL_FOLDER
        self._lock = threading.RLock()
        self._looked: float | None = None
        self._state: State | None = None
        self._lease: Lease | None = None
        self._draft: State | None = None

    def __str__(self) -> str:
        return f"'{self.server.name}' on {self.server}"

    def check(self) -> None:
        """Refuses a folder that holds something else, or an index of a newer version."""
        check_folder(self.folder)

    def follow(self) -> None:
        """Brings this machine's files up to what is in force on the server; looks there once a second at most.

        Raises:
            IndexUnreachable: if the server does not answer as it should.
        """
        with self._lock:
            if self._looked is not None and time.monotonic() - self._looked < _FRESH:
                return
            self._state = state = self._ledger.state()
            if state is not None and self._known() != mark_of(state):
                self._take_over_from(state)
            self._looked = time.monotonic()

    def _known(self) -> str | None:
        catalog = readable_catalog(self.path)
        if catalog is None:
            return None
        with closing(catalog):
            return catalog.state(STATE)

    def _take_over_from(self, state: State) -> None:
        """Follows, unless another process of this machine does so, or writes."""
        began = time.monotonic()
        while True:
            try:
                with writer_lock(self.folder):
                    self._follower().follow(state)
                    return
            except IndexLocked:
                if self._known() or time.monotonic() - began > _FIRST_COPY:
                    return
                time.sleep(0.2)

    def passages(self, catalog: Catalog | None) -> PassageStore:
        """The passages that a catalogue lists, for reading."""
        return ServedPassages(self._connection, self._ledger.passages_name(catalog.state("stores") if catalog else ""))

    def words_folder(self, catalog: Catalog) -> Path:
        """Folder of this machine's word index."""
        return self._words

    def is_whole(self, catalog: Catalog) -> bool:
        """Whether this machine is where the server was when it was looked at, and has a word index."""
        state = self._state
        return state is not None and catalog.state(STATE) == mark_of(state) and is_there(self._words)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Holds the one right to write: on this machine, then among all.

        Raises:
            IndexLocked: if another process or another machine holds it.
        """
        with writer_lock(self.folder), Lease(self._ledger, self._machine()) as lease:
            self._lease = lease
            try:
                yield
            finally:
                self._lease = None
                self._looked = None

    def writer(self, embed: Embed) -> Writer:
        """The stores opened for writing, after undoing what a writer that died left half done."""
        state = self._ledger.begin()
        self._ledger.undo(state)
        self._follower().follow(state)
        self._clear(state)
        return self._open(CATALOG, state, self._words, embed)

    def rebuilder(self, embed: Embed) -> Writer:
        """A list and passages of their own on the server, with a catalogue and a word index to go with them."""
        state = self._ledger.begin()
        self._draft = replace(state, stores=str(int(state.stores) + 1), generation=state.generation + 1, articles=0)
        self._clear(state)
        return self._open(REBUILT, self._draft, self.path / _REBUILT_WORDS, embed)

    def take_over(self) -> None:
        """Puts what was rebuilt in force. The former collections are removed by the next writer, for those who read."""
        assert self._draft is not None
        with closing(Catalog(self.path / REBUILT)) as rebuilt:
            files, articles = list(rebuilt.files().values()), rebuilt.article_count()
        assert self._lease is not None
        self._lease.check()
        state = self._ledger.declare(replace(self._draft, purged=self._draft.generation, articles=articles))
        self._follower().follow(state)
        with closing(Catalog(self.path / CATALOG)) as catalog:
            catalog.record_files(files)
        self._clear_files()

    def _clear(self, state: State) -> None:
        """Removes what rebuilding leaves: on the server the former list and passages, or some never finished."""
        for number in (int(state.stores) - 1, int(state.stores) + 1):
            self._ledger.drop(str(number))
        self._clear_files()

    def _clear_files(self) -> None:
        clear_rebuilt(self.path)
        with writing(self.path):
            if (self.path / _REBUILT_WORDS).exists():
                shutil.rmtree(self.path / _REBUILT_WORDS)

    def _open(self, name: str, state: State, words: Path, embed: Embed) -> Writer:
        assert self._lease is not None, "writing needs the lock"
        draft = name == REBUILT
        catalog = PublishedCatalog(self.path / name, self._ledger, self._lease, state, draft=draft)
        passages = ServedPassages(self._connection, self._ledger.passages_name(state.stores), create=True)
        return ServedWriter(catalog, passages, LexicalIndex(words, create=True), embed)

    def _follower(self) -> Follower:
        with writing(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            if (catalog := readable_catalog(self.path)) is not None:
                catalog.close()
            else:  # missing or damaged: this machine's is a copy, and is made anew
                (self.path / CATALOG).unlink(missing_ok=True)
        return Follower(self._ledger, self.path, self._words)

    def _machine(self) -> str:
        """What tells this machine's files from those of all others."""
        path = self.path / _MACHINE
        with writing(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            if not path.is_file():
                path.write_text(uuid.uuid4().hex, "ascii")
            return path.read_text("ascii")


class ServedWriter(Writer):
    """A writer who gives readers on other machines time to look away before it removes what they look at."""

    def sweep(self) -> None:
        """Removes from the stores what is not live."""
        if self.catalog.unswept():
            time.sleep(_GRACE)
        super().sweep()
