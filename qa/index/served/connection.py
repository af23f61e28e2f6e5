"""Collections of one server, opened when first used."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from qa.index.served.server import Server

if TYPE_CHECKING:
    from chromadb.api.fastapi import FastAPI
    from chromadb.api.models.Collection import Collection

PAGE = 300
"""Records of a request, either way: what Chroma Cloud allows."""

_WIDEST = 4000
"""Bytes of a value among a record's metadata; Chroma Cloud allows 4,096."""


class Connection:
    """A server's collections by their names. Safe to share between threads."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._lock = threading.Lock()
        self._api: FastAPI | None = None

    @property
    def api(self) -> FastAPI:
        """The client; the first use costs a second, for Chroma's import.

        Raises:
            IndexUnreachable: if the server does not answer as it should.
        """
        with self._lock:
            if self._api is None:
                from qa.index.served.api import connect

                self._api = connect(self.server)
                weakref.finalize(self, self._api._session.close)
            return self._api

    def collection(self, name: str) -> Collection | None:
        """The collection of this name, if there is one."""
        from chromadb.errors import NotFoundError

        try:
            return self._open(self.api.get_collection(name, **self._where()))
        except NotFoundError:
            return None

    def create(self, name: str) -> Collection:
        """The collection of this name, made if there is none."""
        cosine: Any = {"hnsw": {"space": "cosine"}}
        return self._open(self.api.get_or_create_collection(name, configuration=cosine, **self._where()))

    def drop(self, name: str) -> None:
        """Removes a collection, if there is one of this name."""
        from chromadb.errors import NotFoundError

        try:
            self.api.delete_collection(name, **self._where())
        except NotFoundError:
            return

    def _open(self, model: Any) -> Collection:
        from chromadb.api.models.Collection import Collection

        return Collection(client=self.api, model=model, embedding_function=None)

    def _where(self) -> dict[str, Any]:
        return {"tenant": self.server.tenant, "database": self.server.database}


def folded(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Metadata whose long texts are spread over several keys: ``name``, ``name+1`` and so on."""
    found: dict[str, Any] = {}
    for name, value in metadata.items():
        if not isinstance(value, str) or len(value) * 4 <= _WIDEST or len(value.encode()) <= _WIDEST:
            found[name] = value
            continue
        size = _WIDEST if value.isascii() else _WIDEST // 4
        for number, start in enumerate(range(0, len(value), size)):
            found[f"{name}+{number}" if number else name] = value[start : start + size]
    return found


def unfolded(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """What ``folded`` was called on."""
    found = {name: value for name, value in metadata.items() if "+" not in name}
    for name in found:
        number = 1
        while (more := metadata.get(f"{name}+{number}")) is not None:
            found[name] += more
            number += 1
    return found
