"""What a Chroma server is told, and what is said when there is none, a slow one, or something else altogether."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from qa.doctor import examine
from qa.errors import IndexUnreachable, SettingsError
from qa.index import run
from qa.index.served import api as api_module
from qa.index.served import place as place_module
from qa.index.served.api import connect
from qa.index.served.connection import Connection
from qa.index.served.server import Server, server_of
from qa.settings import Settings, load_settings
from tests.chroma_server import Machine, chroma_server, free_port
from tests.index_fakes import RECIPE, Newsroom, assert_same, clean_build

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
TOKEN = "sesame-4711"

Reply = tuple[int, str, bytes]
"""Status, content type and body."""


@dataclass
class Recorder:
    """An HTTP server that notes each request and answers with ``reply``."""

    reply: Callable[[str, str], Reply]
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    url: str = ""


@contextmanager
def recording(reply: Callable[[str, str], Reply]) -> Iterator[Recorder]:
    recorder = Recorder(reply)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            recorder.requests.append((self.command, self.path, headers))
            status, kind, body = recorder.reply(self.command, self.path)
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that has gone away, or an answer that is to break off."""

    with Quiet(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        recorder.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield recorder
        finally:
            server.shutdown()
            thread.join()


def as_json(status: int, value: Any) -> Reply:
    return status, "application/json", json.dumps(value).encode()


def chroma_without_collections(_: str, path: str) -> Reply:
    if path.endswith("/heartbeat"):
        return as_json(200, {"nanosecond heartbeat": 1})
    return as_json(404, {"error": "NotFoundError", "message": "Collection [x] does not exist"})


@contextmanager
def silent() -> Iterator[str]:
    """The address of a program that takes connections and says nothing."""
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(16)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


# ---- what the server is told


def test_address_tenant_database_token_and_headers_reach_the_server() -> None:
    with recording(chroma_without_collections) as recorder:
        settings = load_settings(
            chroma_url=f"{recorder.url}/below/",
            chroma_token=TOKEN,
            chroma_headers="Authorization: Bearer other-4712\n\nX-Team: news",
            chroma_tenant="our-tenant",
            chroma_database="our-database",
            chroma_collection="our-index",
        )
        server = server_of(settings)
        assert server is not None
        assert Connection(server).collection(f"{server.name}-{RECIPE}") is None
    _, path, headers = recorder.requests[-1]
    assert path == f"/below/api/v2/tenants/our-tenant/databases/our-database/collections/our-index-{RECIPE}"
    for _, _, sent in recorder.requests:
        assert sent["x-chroma-token"] == TOKEN
        assert sent["authorization"] == "Bearer other-4712"
        assert sent["x-team"] == "news"
    assert headers["user-agent"].startswith("Chroma")


def test_https_is_spoken_where_the_address_says_so() -> None:
    client = None
    with recording(chroma_without_collections) as recorder, pytest.raises(IndexUnreachable, match=r"(?i)ssl"):
        client = connect(Server(recorder.url.replace("http:", "https:"), "news"))
    assert client is None
    assert recorder.requests == []


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_CHROMA_URL", "https://api.trychroma.com")
    monkeypatch.setenv("QA_CHROMA_TOKEN", TOKEN)
    monkeypatch.setenv("QA_CHROMA_TENANT", "t")
    monkeypatch.setenv("QA_CHROMA_DATABASE", "d")
    monkeypatch.setenv("QA_CHROMA_TIMEOUT", "2.5")
    server = server_of(load_settings(corpus=Path("Neue Züge")))
    assert server is not None
    assert (server.url, server.tenant, server.database, server.timeout) == ("https://api.trychroma.com", "t", "d", 2.5)
    assert server.headers == {"X-Chroma-Token": TOKEN}
    assert server.name.startswith("Neue-Z")
    assert server.name.isascii()


def test_without_an_address_there_is_no_server() -> None:
    assert server_of(Settings()) is None


@pytest.mark.parametrize(
    "flags",
    [
        {"chroma_url": "localhost:8000"},
        {"chroma_url": "ftp://localhost"},
        {"chroma_collection": "a/b"},
        {"chroma_collection": "-a"},
        {"chroma_collection": "x" * 61},
        {"chroma_token": "two words"},
        {"chroma_headers": "no colon"},
        {"chroma_headers": "Bad Name: x"},
    ],
)
def test_what_cannot_be_sent_is_refused_without_showing_secrets(flags: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as caught:
        server_of(load_settings(**{"chroma_url": "http://localhost:8000", **flags}))
    assert "chroma_" in str(caught.value)
    assert "two words" not in str(caught.value)
    assert "no colon" not in str(caught.value)


def test_indexes_of_other_corpora_servers_and_tenants_have_other_files() -> None:
    one = Server("http://a", "news")
    others = [
        Server("http://b", "news"),
        Server("http://a", "olds"),
        Server("http://a", "news", tenant="t"),
        Server("http://a", "news", database="d"),
    ]
    assert len({server.mark for server in [one, *others]}) == 5
    assert Server("http://a", "news", headers={"X-Chroma-Token": TOKEN}).mark == one.mark


# ---- what comes back


def page(status: int) -> Callable[[str, str], Reply]:
    return lambda *_: (status, "text/html", b"<html><h1>Welcome</h1></html>")


def echo(status: int) -> Callable[[str, str], Reply]:
    return lambda *_: as_json(status, {"error": "InternalError", "message": f"bad header X-Chroma-Token: {TOKEN}"})


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (page(404), "does not answer as Chroma does (HTTP 404); mend QA_CHROMA_URL"),
        (page(200), "does not answer as Chroma does (its answer is no JSON); mend QA_CHROMA_URL"),
        (page(502), "fails (HTTP 502); try again"),
        (page(401), "refuses (HTTP 401); check QA_CHROMA_TOKEN"),
        (page(403), "refuses (HTTP 403); check QA_CHROMA_TOKEN"),
        (lambda *_: as_json(200, {"hello": "world"}), "does not answer as Chroma does; mend QA_CHROMA_URL"),
        (lambda *_: as_json(200, ["hello"]), "does not answer as Chroma does; mend QA_CHROMA_URL"),
        (lambda *_: (200, "application/json", b"{nonsense"), "does not answer as Chroma does; mend QA_CHROMA_URL"),
        (lambda *_: as_json(404, {"detail": "Not Found"}), "does not answer as Chroma does (HTTP 404)"),
        (echo(500), "refuses (HTTP 500): bad header X-Chroma-Token: ***; see its log"),
        (echo(400), "refuses (HTTP 400): bad header X-Chroma-Token: ***; see its log"),
    ],
)
def test_a_wrong_server_is_told_in_one_line(reply: Callable[[str, str], Reply], expected: str) -> None:
    with recording(reply) as recorder:
        server = Server(recorder.url, "news", headers={"X-Chroma-Token": TOKEN})
        with pytest.raises(IndexUnreachable) as caught:
            connect(server)
    message = str(caught.value)
    assert message.startswith(f"the Chroma server {recorder.url} ")
    assert expected in message
    assert TOKEN not in message
    assert "\n" not in message


def test_a_server_that_fails_later_is_told_too() -> None:
    answers = iter([as_json(200, {"nanosecond heartbeat": 1}), as_json(500, {"error": "ChromaError", "message": "no"})])
    with recording(lambda *_: next(answers)) as recorder:
        connection = Connection(Server(recorder.url, "news"))
        with pytest.raises(IndexUnreachable, match=r"refuses \(HTTP 500\): no"):
            connection.collection("x")


def test_a_missing_server_is_told_at_once() -> None:
    began = time.perf_counter()
    with pytest.raises(IndexUnreachable, match=r"cannot be reached: .*refused; start it"):
        connect(Server(f"http://127.0.0.1:{free_port()}", "news"))
    assert time.perf_counter() - began < 3


def test_a_silent_server_is_not_waited_for_longer_than_said() -> None:
    with silent() as url:
        began = time.perf_counter()
        with pytest.raises(IndexUnreachable, match=r"does not answer within 0\.5 s; .*QA_CHROMA_TIMEOUT"):
            connect(Server(url, "news", timeout=0.5))
        assert 0.4 < time.perf_counter() - began < 3


def test_a_server_that_falls_silent_is_not_waited_for_either() -> None:
    said = threading.Event()

    def reply(*_: str) -> Reply:
        if said.is_set():
            time.sleep(2)
        said.set()
        return as_json(200, {"nanosecond heartbeat": 1})

    with recording(reply) as recorder:
        connection = Connection(Server(recorder.url, "news", timeout=0.4))
        began = time.perf_counter()
        with pytest.raises(IndexUnreachable, match="does not answer within"):
            connection.collection("x")
        assert time.perf_counter() - began < 2


def test_a_connection_that_breaks_off_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_module, "_PAUSE", 0.05)
    broken = []

    def reply(method: str, path: str) -> Reply:
        if path.endswith("/heartbeat") or len(broken) >= 2:
            return chroma_without_collections(method, path)
        broken.append(path)
        raise ConnectionAbortedError

    with recording(reply) as recorder:
        assert Connection(Server(recorder.url, "news")).collection("x") is None
    assert len(broken) == 2


def test_the_token_is_shown_nowhere() -> None:
    with recording(page(401)) as recorder:
        flags = {"chroma_url": recorder.url.replace("//", f"//someone:{TOKEN}@"), "chroma_token": TOKEN}
        settings = load_settings(corpus=ROOT / "seeds", chroma_headers=f"Authorization: Bearer {TOKEN}", **flags)
        server = server_of(settings)
        findings = examine(corpus=ROOT / "seeds", chroma_headers=f"Authorization: Bearer {TOKEN}", **flags)
    shown = [str(server), repr(settings.chroma_token), str(findings)]
    assert [text for text in shown if TOKEN in text] == []
    assert any("refuses (HTTP 401)" in finding.message for finding in findings if not finding.well)
    assert isinstance(settings.chroma_headers, SecretStr)


def test_the_command_says_one_line_and_exits_with_1(tmp_path: Path) -> None:
    with silent() as url:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("QA_")}
        environment |= {"QA_CHROMA_URL": url, "QA_CHROMA_TIMEOUT": "0.5", "QA_INDEX": str(tmp_path / "index")}
        done = subprocess.run(
            [sys.executable, "-c", "from qa.cli import main; main()", "ask", "Where did they meet?"],
            cwd=ROOT,
            env={**environment, "QA_CHROMA_TOKEN": TOKEN},
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        f"qa: the Chroma server {url} does not answer within 0.5 s; see what it is doing, or raise QA_CHROMA_TIMEOUT\n"
    )


def test_a_real_server_serves_two_machines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "_SETTLED", 0)
    monkeypatch.setattr(place_module, "_FRESH", 0)
    newsroom = Newsroom(tmp_path)
    newsroom.write_articles(3)
    with chroma_server(tmp_path / "server") as running:
        writer, reader = (Machine(newsroom, tmp_path / name, Server(running.url, "news")) for name in ("one", "two"))
        assert writer.sync().added == 3
        assert_same(reader.contents(), clean_build(newsroom, tmp_path / "clean"))
        with pytest.raises(IndexUnreachable, match=r"Database .* does not exist; check QA_CHROMA_TENANT and"):
            Connection(Server(running.url, "news", database="nowhere")).create("news")
