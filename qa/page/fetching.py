"""Fetching an article from the web, when a person gives its address.

The page may be open to others, so it must not become their way into this network: only http and https, only public
addresses, checked again at each redirection. What was checked is what is connected to, so that a name whose address
changes in between leads nowhere. Where a proxy is set up, it looks names up and decides.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from qa.errors import CorpusError
from qa.page.markup import is_web_address

MOST_BYTES = 10_000_000
SECONDS = 20.0
"""To wait for the next bytes."""
MOST_SECONDS = 60.0
"""For all of it."""
_REDIRECTIONS = 5
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""IPv4 addresses as a gateway of a network without IPv4 writes them."""
_KINDS = ("text/html", "application/xhtml+xml", "application/pdf")


def fetch(address: str, transport: httpx.BaseTransport | None = None) -> tuple[str, bytes]:
    """A web page or PDF, with a name for it made of its address.

    Args:
        address: of the article.
        transport: takes the place of the network.

    Raises:
        CorpusError: if the address is none, is not public, or gives no article.
    """
    asked, until = address, time.monotonic() + MOST_SECONDS
    for _ in range(_REDIRECTIONS):
        _check(address)
        way = transport or (None if _is_proxied(address) else Checked(httpx.HTTPTransport()))
        try:
            with (
                httpx.Client(transport=way, timeout=SECONDS, trust_env=True) as client,
                client.stream("GET", address, headers={"accept": ", ".join(_KINDS)}) as response,
            ):
                if not response.is_redirect:
                    return _name(address), _content(asked, response, until)
                address = urljoin(address, response.headers.get("location", ""))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise CorpusError(f"cannot fetch {asked!r}: {error}; save the page and upload it") from error
    raise CorpusError(f"{asked!r} redirects too often; save the page and upload it")


class Checked(httpx.BaseTransport):
    """Looks a name up once, refuses it unless all its addresses are public, and connects to one of those.

    Args:
        inner: connects.
    """

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends a request.

        Raises:
            CorpusError: if the name is not found, or not on the public web.
        """
        host = request.url.host
        found = sorted(_addresses(host), key=lambda address: ":" in address)
        if not found or not all(map(_is_public, found)):
            raise CorpusError(f"{host!r} is not on the public web; save the page and upload it")
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=found[0])
        return self._inner.handle_request(request)

    def close(self) -> None:
        """Lets go of the connections."""
        self._inner.close()


def _check(address: str) -> None:
    if not is_web_address(address):
        raise CorpusError(f"{address!r} is no web address; it begins with https:// or http://")
    host = urlsplit(address).hostname or ""
    if _is_number(host) and not _is_public(host):
        raise CorpusError(f"{address!r} is not on the public web; save the page and upload it")


def _is_proxied(address: str) -> bool:
    """Whether a proxy, and not this program, connects to an address."""
    parts, proxies = urlsplit(address), getproxies()
    return bool(proxies.get(parts.scheme) or proxies.get("all")) and not proxy_bypass(parts.hostname or "")


def _is_public(address: str) -> bool:
    """Whether an address, and one that it may be a wrapping of, is one of the public web."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        if found in _TRANSLATED:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None and not _is_public(str(inner)):
            return False
    return found.is_global and not found.is_multicast


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


def _content(address: str, response: httpx.Response, until: float) -> bytes:
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
        if time.monotonic() > until:
            raise CorpusError(f"{address!r} took longer than {MOST_SECONDS:.0f} s; save the page and upload it")
    return bytes(content)


def _name(address: str) -> str:
    parts = urlsplit(address)
    last = parts.path.rstrip("/").rpartition("/")[2].rpartition(".")[0] or parts.path.rstrip("/").rpartition("/")[2]
    return f"{parts.hostname} {last}".strip()
