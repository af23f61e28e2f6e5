"""A Chroma server, and the name of one index on it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from qa.addresses import check_address, check_key, shown_address
from qa.errors import IndexUnreachable, SettingsError
from qa.settings import Settings

_LONGEST_NAME = 60


class CollectionGone(IndexUnreachable):
    """A collection that was there is gone from the server: somebody emptied it, or it kept nothing on disk."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where requests go and what they carry. Shown as text, it holds nothing secret.

    Args:
        url: such as ``http://localhost:8000`` or ``https://api.trychroma.com``.
        name: of the index on the server.
        tenant: whose it is.
        database: in which it lies.
        headers: sent with each request.
        timeout: seconds to wait for an answer.
    """

    url: str
    name: str
    tenant: str = "default_tenant"
    database: str = "default_database"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout: float = 10.0

    def __str__(self) -> str:
        return f"the Chroma server {shown_address(self.url)}"

    def gone(self) -> CollectionGone:
        """What to raise where a collection is missing."""
        return CollectionGone(f"the index '{self.name}' is gone from {self}; run 'qa index' to write it again")

    @property
    def mark(self) -> str:
        """Eight digits that tell this index from those of other servers, tenants, databases and names."""
        parts = "\x00".join((shown_address(self.url), self.tenant, self.database, self.name))
        return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def server_of(settings: Settings) -> Server | None:
    """The server that the settings name; ``None`` if they name none.

    Raises:
        SettingsError: if its address, token, headers or the index's name cannot be used.
    """
    if not settings.chroma_url:
        return None
    check_address(settings.chroma_url, "chroma_url")
    headers = _headers(settings.chroma_headers)
    if settings.chroma_token is not None:
        check_key(settings.chroma_token.get_secret_value(), "chroma_token")
        headers["X-Chroma-Token"] = settings.chroma_token.get_secret_value()
    return Server(
        url=settings.chroma_url.rstrip("/"),
        name=_name(settings.chroma_collection, settings.corpus),
        tenant=settings.chroma_tenant,
        database=settings.chroma_database,
        headers=headers,
        timeout=settings.chroma_timeout,
    )


def _headers(given: SecretStr | None) -> dict[str, str]:
    found = {}
    for line in given.get_secret_value().splitlines() if given else ():
        name, colon, value = line.partition(":")
        if not line.strip():
            continue
        if not colon or not re.fullmatch(r"[A-Za-z0-9-]+", name.strip()) or not value.strip().isascii():
            raise SettingsError("setting 'chroma_headers' is malformed; write one 'Name: value' a line")
        found[name.strip()] = value.strip()
    return found


def _name(given: str | None, corpus: Path) -> str:
    """A name as Chroma allows it: letters, digits and ``._-``, beginning and ending with a letter or digit."""
    if given is not None:
        if not re.fullmatch(rf"[A-Za-z0-9]([A-Za-z0-9._-]{{0,{_LONGEST_NAME - 2}}}[A-Za-z0-9])?", given):
            raise SettingsError(
                f"setting 'chroma_collection' {given!r} is no name; use at most {_LONGEST_NAME} letters and digits, "
                "with . _ - between them"
            )
        return given
    name = corpus.resolve().name
    plain = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[: _LONGEST_NAME - 9].strip("-")
    if plain == name:
        return name
    mark = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{plain}-{mark}" if plain else mark
