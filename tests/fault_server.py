"""A scripted model server, over real HTTP, that can fail in every way a real one does.

    with FaultServer() as server:
        server.script(rate_limited(retry_after=0), words("It rained ", "[1]."))
        model = open_model(ModelSpec("scripted", server.url))

Each request to ``/chat/completions`` or ``/embeddings`` takes the next reply of the script; at its end,
``server.otherwise`` replies if it is set. What was asked is in ``server.requests``. The replies to choose from are in
``tests.fault_replies``.
"""

import json
import selectors
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

EVENTS = "text/event-stream"
JSON = "application/json"


class ClientGone(Exception):
    """The client closed the connection before the reply was over."""


@dataclass(frozen=True)
class Request:
    path: str
    headers: dict[str, str]  # names in lower case
    body: dict[str, Any]

    @property
    def prompt(self) -> str:
        """All that the model was told."""
        return "\n".join(message["content"] for message in self.body["messages"])


@dataclass
class Exchange:
    """One request and the connection to reply on; what a `Reply` works with."""

    request: Request
    handler: "_Handler"
    sent_at: list[float] = field(default_factory=list)
    """``time.perf_counter()`` just before each event was sent."""

    def start(self, status: int = 200, media: str = EVENTS, headers: dict[str, str] | None = None) -> None:
        self.handler.send_response(status)
        for name, value in {"Content-Type": media, "Transfer-Encoding": "chunked", **(headers or {})}.items():
            self.handler.send_header(name, value)
        self.handler.end_headers()

    def send(self, content: bytes) -> None:
        self.sent_at.append(time.perf_counter())
        self.handler.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")

    def event(self, content: dict[str, Any] | str) -> None:
        self.send(f"data: {content if isinstance(content, str) else json.dumps(content)}\n\n".encode())

    def end(self) -> None:
        self.handler.wfile.write(b"0\r\n\r\n")

    def pause(self, seconds: float) -> None:
        """Wait, but no longer than the client does."""
        end = time.perf_counter() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(self.handler.connection, selectors.EVENT_READ)
            while (left := end - time.perf_counter()) > 0 and not self.handler.owner.closing.is_set():
                if selector.select(min(left, 0.1)) and not self.handler.connection.recv(1, socket.MSG_PEEK):
                    raise ClientGone

    def reset(self) -> None:
        """Break the connection as a crashed machine does."""
        self.handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.handler.connection.close()
        self.handler.close_connection = True


Reply = Callable[[Exchange], None]


def content(body: str, media: str = JSON, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    """Anything, sent as ``media``."""

    def reply(exchange: Exchange) -> None:
        exchange.start(status, media, headers)
        if body:
            exchange.send(body.encode())
        exchange.end()

    return reply


def refusal(status: int, message: str, code: str | None = None, headers: dict[str, str] | None = None) -> Reply:
    """An error in OpenAI's form."""
    error = {"message": message, "type": code or "error", "code": code, "param": None}
    return content(json.dumps({"error": error}), JSON, status, headers)


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        """A client may leave at any time; anything else is in ``FaultServer.troubles``."""


class FaultServer:
    """Listens on a free port of the loopback interface until it is closed."""

    def __init__(self, *models: str) -> None:
        self.models = models or ("scripted",)
        """What ``/models`` lists."""
        self.requests: list[Request] = []
        self.exchanges: list[Exchange] = []
        self.otherwise: Reply | None = None
        self.troubles: list[BaseException] = []
        """What went wrong in a reply; reported when the server is closed."""
        self.closing = threading.Event()
        self._gone = threading.Semaphore(0)
        self._script: deque[Reply] = deque()
        self._http = _Listener(("127.0.0.1", 0), type("Handler", (_Handler,), {"owner": self}))
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def script(self, *replies: Reply) -> None:
        """Reply so to the next requests."""
        self._script.extend(replies)

    def sees_the_client_go(self, seconds: float = 2.0) -> bool:
        """Whether a client closes its connection in the middle of a reply; asks for each of them once."""
        return self._gone.acquire(timeout=seconds)

    def reply_to(self, exchange: Exchange) -> None:
        self.requests.append(exchange.request)
        self.exchanges.append(exchange)
        try:
            reply = self._script.popleft()
        except IndexError:
            reply = self.otherwise or refusal(418, "the script is at its end")
        try:
            reply(exchange)
        except (ClientGone, ConnectionError):
            exchange.handler.close_connection = True
            self._gone.release()
        except Exception as error:
            self.troubles.append(error)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()
        assert not self.troubles, self.troubles


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 30
    owner: FaultServer

    def do_GET(self) -> None:
        listed = {"object": "list", "data": [{"id": name, "object": "model"} for name in self.owner.models]}
        known = self.path.endswith("/models")
        (content(json.dumps(listed)) if known else refusal(404, "no such path"))(Exchange(self._request({}), self))

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.owner.reply_to(Exchange(self._request(body), self))

    def log_message(self, *_: object) -> None:
        """Stay quiet."""

    def _request(self, body: dict[str, Any]) -> Request:
        return Request(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
