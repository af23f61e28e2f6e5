"""Our embedder at ``/v1/embeddings`` on this machine, as OpenAI's endpoint has it, for systems that can ask one.

with EmbeddingServer(embedder) as server:
    ...  # server.url ends with /v1
"""

from __future__ import annotations

import base64
import json
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from qa.embedders import Embedder
from qa.embedders.interface import Vectors

PATH = "/v1/embeddings"


class EmbeddingServer:
    """Serves from threads of its own while it is open. Any model name and key will do.

    Args:
        embedder: gives the vectors.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.embedder = embedder
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        """What is called the base URL."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    embedder: Embedder


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave together
    server: _Server

    def do_POST(self) -> None:
        """Vectors of the texts that were sent."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path != PATH:
            self._reply(HTTPStatus.NOT_FOUND, _refusal(f"nothing at {self.path}; post to {PATH}"))
            return
        try:
            asked = json.loads(body)
            texts = _texts(asked)
        except ValueError as error:
            self._reply(HTTPStatus.BAD_REQUEST, _refusal(str(error)))
            return
        vectors = self.server.embedder.embed_queries(texts)
        as_bytes = asked.get("encoding_format") == "base64"
        self._reply(HTTPStatus.OK, _embeddings(str(asked.get("model", "")), vectors, as_bytes))

    def _reply(self, status: HTTPStatus, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode("utf-8")
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing."""


def _texts(asked: Any) -> list[str]:
    given = asked.get("input") if isinstance(asked, dict) else None
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ValueError("'input' must be a text or a list of texts")
    return texts


def _embeddings(model: str, vectors: Vectors, as_bytes: bool) -> dict[str, Any]:
    rows = [
        base64.b64encode(row.astype("<f4").tobytes()).decode("ascii") if as_bytes else row.tolist() for row in vectors
    ]
    data = [{"object": "embedding", "index": place, "embedding": row} for place, row in enumerate(rows)]
    return {"object": "list", "model": model, "data": data, "usage": {"prompt_tokens": 0, "total_tokens": 0}}


def _refusal(message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None}}
