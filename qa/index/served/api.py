"""Chroma's own client, with a limit to its patience, and errors that a person can read.

``chromadb.HttpClient`` waits for ever for a server that takes a connection and says nothing; it raises what the
network library, a JSON parser or a page of HTML happens to be. So it is given a session that knows better.
"""

from __future__ import annotations

import re
import time
from typing import Any

import httpx
from chromadb.api.fastapi import FastAPI
from chromadb.config import Settings, System

from qa.errors import IndexUnreachable
from qa.index.served.server import Server

_LONGEST_CONNECT = 3.0
"""Seconds to wait for a connection, at most."""
_PATIENCE = 6.0
"""Seconds over which a server that has answered before may be away, as while it is started anew."""
_PAUSE = 0.3
_NAMED = re.compile("/collections/[^/]+$")
"""Requests for a collection by its name, which may not be there; others are about one that was."""
_GONE = (httpx.ConnectError, httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)


def connect(server: Server) -> FastAPI:
    """A client of ``server``, which has been seen to answer as Chroma does. Safe to share between threads.

    Raises:
        IndexUnreachable: if it does not.
    """
    settings = Settings(
        chroma_server_host=server.url,
        chroma_server_http_port=80,  # not used: the address says it
        chroma_server_headers=dict(server.headers),
        anonymized_telemetry=False,
    )
    api = FastAPI(System(settings))
    headers = api._session.headers
    api._session.close()
    api._session = session = _Session(server, headers, api.http_limits)
    try:
        api.heartbeat()
    except (KeyError, TypeError, ValueError) as error:
        session.close()
        raise IndexUnreachable(f"{server} does not answer as Chroma does; mend QA_CHROMA_URL") from error
    except BaseException:
        session.close()
        raise
    session.has_answered = True
    return api


class _Session(httpx.Client):
    """Requests to one server.

    Every request that this program makes can be repeated, so one that breaks off is.
    """

    def __init__(self, server: Server, headers: httpx.Headers, limits: httpx.Limits) -> None:
        patience = httpx.Timeout(server.timeout, connect=min(server.timeout, _LONGEST_CONNECT))
        super().__init__(headers=headers, limits=limits, timeout=patience)
        self.server = server
        self.has_answered = False

    def request(self, method: str, url: httpx.URL | str, **arguments: Any) -> httpx.Response:
        """Sends a request; what comes back is an answer of Chroma, or its word that there is no such thing.

        Raises:
            CollectionGone: if the collection that it is about is not there any more.
            IndexUnreachable: for anything else.
        """
        began = time.monotonic()
        while True:
            try:
                return self._checked(super().request(method, url, **arguments))
            except httpx.HTTPError as error:
                if self._is_worth_waiting(error) and time.monotonic() - began < _PATIENCE:
                    time.sleep(_PAUSE)
                    continue
                raise self._told(error) from error

    def _is_worth_waiting(self, error: httpx.HTTPError) -> bool:
        return self.has_answered and isinstance(error, _GONE) and "certificate" not in str(error).lower()

    def _checked(self, response: httpx.Response) -> httpx.Response:
        status, is_json = response.status_code, "json" in response.headers.get("content-type", "")
        if is_json and response.is_success:
            return response
        if status == 404 and _kind(response) == "NotFoundError":
            if _NAMED.search(response.request.url.path):
                return response
            raise self.server.gone()
        if status in (401, 403):
            what = "check QA_CHROMA_TOKEN, QA_CHROMA_HEADERS, QA_CHROMA_TENANT and QA_CHROMA_DATABASE"
            raise IndexUnreachable(f"{self.server} refuses (HTTP {status}); {what}")
        if is_json and _kind(response):
            message = self._without_secrets(str(response.json().get("message", "")))
            missing = re.match("(Database|Tenant) ", message)
            what = "check QA_CHROMA_TENANT and QA_CHROMA_DATABASE" if missing else "see its log"
            raise IndexUnreachable(f"{self.server} refuses (HTTP {status}): {message}; {what}")
        if status >= 500:
            raise IndexUnreachable(f"{self.server} fails (HTTP {status}); try again, and see its log")
        what = f"HTTP {status}" if response.is_error else "its answer is no JSON"
        raise IndexUnreachable(f"{self.server} does not answer as Chroma does ({what}); mend QA_CHROMA_URL")

    def _told(self, error: httpx.HTTPError) -> IndexUnreachable:
        if isinstance(error, httpx.ConnectTimeout):
            return IndexUnreachable(f"{self.server} takes no connection; mend QA_CHROMA_URL, or see what it is doing")
        if isinstance(error, httpx.TimeoutException):
            return IndexUnreachable(
                f"{self.server} does not answer within {self.server.timeout:g} s; see what it is doing, or raise "
                "QA_CHROMA_TIMEOUT"
            )
        reason = self._without_secrets(str(error)) or type(error).__name__
        if isinstance(error, httpx.ConnectError):
            return IndexUnreachable(
                f"{self.server} cannot be reached: {reason}; start it ('chroma run') or mend QA_CHROMA_URL"
            )
        return IndexUnreachable(f"the connection to {self.server} broke off: {reason}; try again")

    def _without_secrets(self, message: str) -> str:
        for value in self.server.headers.values():
            message = message.replace(value, "***").replace(value.rpartition(" ")[2], "***")
        return " ".join(message.split())[:200]


def _kind(response: httpx.Response) -> str:
    """The name that Chroma gives an error; empty if it is not one of Chroma's."""
    try:
        return str(response.json()["error"])
    except (ValueError, KeyError, TypeError):
        return ""
