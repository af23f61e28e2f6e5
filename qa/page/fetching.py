"""Fetching an article from the web, when a person gives its address.

The page may be open to others, so it must not become their way into this network: only http and https, only public
addresses, checked again at each redirection.
"""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urljoin, urlsplit

import httpx

from qa.errors import CorpusError
from qa.page.markup import is_web_address

MOST_BYTES = 10_000_000
SECONDS = 20.0
_REDIRECTIONS = 5
_KINDS = ("text/html", "application/xhtml+xml", "application/pdf")


def fetch(address: str, transport: httpx.BaseTransport | None = None) -> tuple[str, bytes]:
    """A web page or PDF, with a name for it made of its address.

    Args:
        address: of the article.
        transport: takes the place of the network.

    Raises:
        CorpusError: if the address is none, is not public, or gives no article.
    """
    asked = address
    with httpx.Client(transport=transport, timeout=SECONDS, trust_env=True) as client:
        for _ in range(_REDIRECTIONS):
            _check(address, resolve=transport is None)
            try:
                with client.stream("GET", address, headers={"accept": ", ".join(_KINDS)}) as response:
                    if response.is_redirect:
                        address = urljoin(address, response.headers.get("location", ""))
                        continue
                    return _name(address), _content(asked, response)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise CorpusError(f"cannot fetch {asked!r}: {error}; save the page and upload it") from error
    raise CorpusError(f"{asked!r} redirects too often; save the page and upload it")


def _check(address: str, resolve: bool) -> None:
    if not is_web_address(address):
        raise CorpusError(f"{address!r} is no web address; it begins with https:// or http://")
    host = urlsplit(address).hostname or ""
    for found in _addresses(host) if resolve or _is_number(host) else ():
        if not ipaddress.ip_address(found).is_global:
            raise CorpusError(f"{address!r} is not on the public web; save the page and upload it")


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _addresses(host: str) -> set[str]:
    try:
        return {str(item[4][0]).partition("%")[0] for item in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError) as error:
        raise CorpusError(f"cannot find {host!r}: no network, or no such site; save the page and upload it") from error


def _content(address: str, response: httpx.Response) -> bytes:
    if response.status_code != httpx.codes.OK:
        raise CorpusError(f"{address!r} answers {response.status_code}; save the page and upload it")
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _KINDS:
        raise CorpusError(f"{address!r} is {kind or 'of an unknown kind'}, not a web page or PDF")
    content = bytearray()
    for piece in response.iter_bytes():
        content += piece
        if len(content) > MOST_BYTES:
            raise CorpusError(f"{address!r} is longer than {MOST_BYTES // 1_000_000} MB; save the page and upload it")
    return bytes(content)


def _name(address: str) -> str:
    parts = urlsplit(address)
    last = parts.path.rstrip("/").rpartition("/")[2].rpartition(".")[0] or parts.path.rstrip("/").rpartition("/")[2]
    return f"{parts.hostname} {last}".strip()
