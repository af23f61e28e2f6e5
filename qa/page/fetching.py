"""Fetching an article from the web, when a person gives its address.

The page may be open to others, so it must not become their way into this network: only http and https, only public
addresses, checked again at each redirection. What was checked is what is connected to, so that a name whose address
changes in between leads nowhere. Where a proxy is set up, it looks names up and decides; this machine, and names that
only a private network has, are not asked of it.
"""

from __future__ import annotations

import ipaddress
import socket
import time
import zlib
from collections.abc import Iterator
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
_AT_ONCE = 1_000_000
"""Bytes that are unpacked in one go."""
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""IPv4 addresses as a gateway of a network without IPv4 writes them."""
_UNICAST = ipaddress.ip_network("2000::/3")
"""All other addresses of IPv6 are of one network, one machine, or not given out."""
_OWN_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home", "corp")
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
        asking = {"accept": ", ".join(_KINDS), "accept-encoding": "gzip"}
        try:
            with (
                httpx.Client(transport=transport or _way(address), timeout=SECONDS) as client,
                client.stream("GET", address, headers=asking) as response,
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
    try:
        host = httpx.URL(address).host.rstrip(".").lower()
    except httpx.InvalidURL as error:
        raise CorpusError(f"{address!r} is no web address: {error}") from error
    if not (_is_public(host) if _is_number(host) else _is_public_name(host)):
        raise CorpusError(f"{address!r} is not on the public web; save the page and upload it")


def _way(address: str) -> httpx.BaseTransport:
    """Connects to a proxy where one is set up for the address, and else to what was checked, never past both."""
    parts, proxies = urlsplit(address), getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or proxy_bypass(parts.hostname or ""):
        return Checked(httpx.HTTPTransport())
    return httpx.HTTPTransport(proxy=proxy if "://" in proxy else f"http://{proxy}")


def _is_public_name(host: str) -> bool:
    """Whether a name may be one of the public web; figures such as ``127.1`` or ``0x7f000001`` are no names."""
    last = host.rpartition(".")[2]
    return "." in host and last not in _OWN_NAMES and not last[:1].isdigit()


def _is_public(address: str) -> bool:
    """Whether an address, and one that it may be a wrapping of, is one of the public web."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        if found in _TRANSLATED:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None and not _is_public(str(inner)):
            return False
        if found not in _TRANSLATED and found not in _UNICAST:
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
    for piece in _unpacked(address, response):
        content += piece
        if len(content) > MOST_BYTES:
            raise CorpusError(f"{address!r} is longer than {MOST_BYTES // 1_000_000} MB; save the page and upload it")
        if time.monotonic() > until:
            raise CorpusError(f"{address!r} took longer than {MOST_SECONDS:.0f} s; save the page and upload it")
    return bytes(content)


def _unpacked(address: str, response: httpx.Response) -> Iterator[bytes]:
    """The pieces of a reply, unpacked a little at a time: httpx would unpack a bomb as a whole, and bombs in bombs."""
    packed = response.headers.get("content-encoding", "identity").strip().lower()
    if packed == "identity":
        yield from response.iter_raw()
        return
    if packed not in ("gzip", "x-gzip"):
        raise CorpusError(f"{address!r} is packed as {packed!r}, which was not asked for; save the page and upload it")
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        for piece in response.iter_raw():
            waiting, got = piece, b"more"
            while got and not unpacking.eof:
                yield (got := unpacking.decompress(waiting, _AT_ONCE))
                waiting = unpacking.unconsumed_tail
    except zlib.error as error:
        raise CorpusError(f"{address!r} is packed wrongly: {error}; save the page and upload it") from error
    if not unpacking.eof:
        raise CorpusError(f"{address!r} ends too early; try again, or save the page and upload it")


def _name(address: str) -> str:
    parts = urlsplit(address)
    last = parts.path.rstrip("/").rpartition("/")[2].rpartition(".")[0] or parts.path.rstrip("/").rpartition("/")[2]
    return f"{parts.hostname} {last}".strip()
