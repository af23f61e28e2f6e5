"""A real Chroma server in a process of its own, and machines that share an index on it."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from qa.index.lexical import Filter
from qa.index.preparer import LocalPreparer
from qa.index.served.place import ServedPlace
from qa.index.served.server import Server
from qa.index.store import Index
from qa.index.sync import SyncReport, synchronise_place
from tests.index_fakes import RECIPE, Content, HashEmbedder, Newsroom, contents_of

_PATIENCE = 60.0  # seconds; a second is usual, but not on a busy machine


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class ChromaServer:
    """``chroma run``; what it holds outlives a restart."""

    folder: Path
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        program = shutil.which("chroma", path=str(Path(sys.executable).parent))
        assert program, "chromadb brings a program 'chroma' beside python"
        options = ["--path", str(self.folder), "--host", "127.0.0.1", "--port", str(self.port)]
        with (self.folder.parent / "chroma.log").open("ab") as log:
            self._process = subprocess.Popen([program, "run", *options], stdout=log, stderr=log)
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self.url}/api/v2/heartbeat", timeout=1).is_success:
                    return
            time.sleep(0.05)
        raise AssertionError("the server does not start")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = None


@contextmanager
def chroma_server(folder: Path) -> Iterator[ChromaServer]:
    """A server that has started, until the end of the block."""
    folder.mkdir(parents=True, exist_ok=True)
    server = ChromaServer(folder / "data")
    server.start()
    try:
        yield server
    finally:
        server.stop()


@dataclass
class Machine:
    """A machine with files of its own, and its own way to the shared index."""

    newsroom: Newsroom
    folder: Path
    server: Server
    embedder: HashEmbedder = field(default_factory=HashEmbedder)

    def place(self) -> ServedPlace:
        """As a new process would have it."""
        return ServedPlace(self.folder, RECIPE, self.server)

    def sync(self, *, rebuild: bool = False) -> SyncReport:
        preparer = LocalPreparer(lambda: self.embedder)
        return synchronise_place(self.newsroom.corpus, self.place(), preparer, rebuild=rebuild)

    def open(self) -> Index:
        return Index(self.folder, RECIPE, self.place())

    def contents(self) -> dict[str, Content]:
        with closing(self.open()) as index:
            return contents_of(index)

    def words(self, text: str) -> set[str]:
        """Ids of the passages that hold a word of ``text``."""
        with closing(self.open()) as index, index.view():
            return {id_ for id_, _ in index.matching(index.lexical.terms(text), 10_000, Filter())}
