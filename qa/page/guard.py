"""Who may speak to the page: its own scripts and programs, not other web sites that a visitor has open.

A web site in a visitor's browser can send requests to ``http://127.0.0.1:7860``, and with a name whose address changes
(DNS rebinding) it can even read the replies. Browsers say where a request comes from and which name was asked for; both
are held against the page's own. Following a link to the page is all that another site may have its visitors do: also
what only reads is refused, since Gradio would let every site read a page that is not served on this machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_FOREIGN = b"a page of another site asked for this; open the page itself\n"
_CLOSED = b"this page has no such thing\n"
_UNUSED = re.compile(
    r"(?:^|/gradio_api)/(?:file=\s*[a-z][a-z0-9+.-]*:/|proxy=|dev/|vibe-|undo-vibe|monitoring|profiling|run-history"
    r"|runs/?$|deep_link|process_recording|component_server)",
    re.IGNORECASE,
)
"""What Gradio serves besides and the page does not need; with some of it the server fetches any address it is told."""
_UNKNOWN = b"this page answers to localhost only; behind a proxy, start it with --root-path\n"


class Guard:
    """An ASGI middleware that refuses requests which another site's page has sent.

    Args:
        app: what is guarded.
        hosts: names that the page answers to; none for any.
    """

    def __init__(self, app: Any, hosts: Iterable[str] = ()) -> None:
        self.app = app
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serves a request, or refuses it with 403."""
        refusal = self._refusal(scope) if scope["type"] in ("http", "websocket") else b""
        if not refusal:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await refuse(send, 404 if refusal is _CLOSED else 403, refusal)

    def _refusal(self, scope: Any) -> bytes:
        headers = headers_of(scope)
        host = headers.get("host", "")
        if self._hosts and _name(host) not in self._hosts:
            return _UNKNOWN
        origin = headers.get("origin")
        own = {host, headers.get("x-forwarded-host", host)}
        if origin is not None and urlsplit(origin).netloc not in own:
            return _FOREIGN
        if headers.get("sec-fetch-site") in ("cross-site", "same-site") and not _is_link(scope, headers):
            return _FOREIGN
        return _CLOSED if _UNUSED.search(scope["path"]) else b""


def local_hosts(host: str) -> frozenset[str]:
    """The names that a page answers to which only this machine can reach."""
    return _LOCAL | {host}


def headers_of(scope: Any) -> Mapping[str, str]:
    """The headers of a request by name in small letters."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


async def refuse(send: Any, status: int, words: bytes) -> None:
    """Replies with an error in one line."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(words)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words})


def _is_link(scope: Any, headers: Mapping[str, str]) -> bool:
    """Whether somebody followed a link; browsers that do not say how they came here have sent an ``Origin``."""
    reads = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
    return reads and headers.get("sec-fetch-mode", "navigate") == "navigate"


def _name(host: str) -> str:
    """The name without the port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
