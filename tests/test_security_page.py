"""The page's doors: addresses it fetches, other sites that speak to it, passwords guessed, too much of anything."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from qa.errors import CorpusError
from qa.page import fetching
from qa.page.guard import Guard, local_hosts
from qa.page.limits import Allowance, Limits
from tests.browser import Served, serve_page

__all__ = ["serve_page"]

# ---- addresses that are fetched


class _Inside(BaseHTTPRequestHandler):
    """A server of this network that must not be reached."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(f"{self.headers['Host']}{self.path}")
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(b"<p>secret of the network</p>")

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


@pytest.fixture
def inside() -> Iterator[tuple[int, list[str]]]:
    asked: list[str] = []
    server = HTTPServer(("127.0.0.1", 0), type("Handler", (_Inside,), {"asked": asked}))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server.server_address[1], asked
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Makes each name have other addresses each time it is looked up; gives the list of look-ups."""
    real = socket.getaddrinfo

    def answer(*addresses: str) -> list[str]:
        looked_up: list[str] = []

        def lookup(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
            name = host.decode() if isinstance(host, bytes) else host
            if not name.endswith(".example"):
                return real(host, port, *rest, **more)
            looked_up.append(name)
            chosen = addresses[min(len(looked_up), len(addresses)) - 1]
            return [info for one in chosen.split() for info in real(one, port, type=socket.SOCK_STREAM)]

        monkeypatch.setattr(socket, "getaddrinfo", lookup)
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.delenv(name, raising=False)
        return looked_up

    return answer


def test_a_name_whose_address_changes_after_the_check_leads_nowhere(
    inside: tuple[int, list[str]], names: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up = names("93.184.216.34", "127.0.0.1")
    sent: list[str] = []

    def send(transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        sent.append(f"{request.url} {request.headers['host']} {request.extensions.get('sni_hostname')}")
        return httpx.Response(200, headers={"content-type": "text/html"}, content=iter([b"<p>public</p>"]))

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", send)
    port, asked = inside
    fetching.fetch(f"http://news.example:{port}/story")
    assert sent == [f"http://93.184.216.34:{port}/story news.example:{port} news.example"]
    assert (asked, looked_up) == ([], ["news.example"])


@pytest.mark.parametrize("addresses", ["127.0.0.1", "93.184.216.34 127.0.0.1", "10.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_a_name_with_an_address_in_this_network_is_not_asked(
    inside: tuple[int, list[str]], names: Callable[..., list[str]], addresses: str
) -> None:
    names(addresses)
    port, asked = inside
    with pytest.raises(CorpusError, match="public web"):
        fetching.fetch(f"http://news.example:{port}/")
    assert asked == []


def test_the_server_inside_would_have_answered(
    inside: tuple[int, list[str]], names: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tests above can fail: without the check, its words come back."""
    names("127.0.0.1")
    monkeypatch.setattr(fetching, "_is_public", lambda address: True)
    port, asked = inside
    assert b"secret" in fetching.fetch(f"http://news.example:{port}/")[1]
    assert asked == [f"news.example:{port}/"]


NOT_PUBLIC = """
127.0.0.1 127.9.9.9 0.0.0.0 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 192.0.2.1 198.18.0.1 224.0.0.1
240.0.0.1 255.255.255.255 ::1 :: fe80::1 fc00::1 ff02::1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 64:ff9b::7f00:1
64:ff9b::a9fe:a9fe 2002:7f00:1:: 2002:a00:1::1 2001:db8::1 ::7f00:1 ::ffff:0:7f00:1 64:ff9b:1::7f00:1 fec0::1 5f00::1
""".split()


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_no_address_in_this_network_is_public_however_it_is_wrapped(address: str) -> None:
    assert not fetching._is_public(address)
    shown = f"[{address}]" if ":" in address else address
    with pytest.raises(CorpusError, match="public web"):
        fetching.fetch(f"http://{shown}/", httpx.MockTransport(lambda request: httpx.Response(200, html="x")))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822", "2002:5db8:d822::1"])
def test_public_addresses_are(address: str) -> None:
    assert fetching._is_public(address)


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost", "LOCALHOST."])
def test_other_ways_to_write_this_machine_are_seen(
    host: str, inside: tuple[int, list[str]], names: Callable[..., list[str]]
) -> None:
    names("127.0.0.1")
    port, asked = inside
    with pytest.raises(CorpusError):
        fetching.fetch(f"http://{host}:{port}/")
    assert asked == []


HIDDEN = """
localhost LOCALHOST. printer router.lan wiki.corp x.localhost db.internal nas.local 2130706433 0x7f000001 0177.0.0.1
127.1 0x7f.1 [::7f00:1] [::ffff:7f00:1] 169.254.169.254
""".split()


class _Proxy(BaseHTTPRequestHandler):
    """A proxy that tells what it was asked for."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(b"<p>through the proxy</p>")

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


@pytest.fixture
def proxied(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What a proxy that is set up for everything is asked for; it could reach all of the network."""
    asked: list[str] = []
    server = HTTPServer(("127.0.0.1", 0), type("Handler", (_Proxy,), {"asked": asked}))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", f"127.0.0.1:{server.server_address[1]}")
    monkeypatch.setenv("no_proxy", "")
    yield asked
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("host", HIDDEN)
def test_a_proxy_is_not_asked_for_this_machine_or_network(host: str, proxied: list[str]) -> None:
    with pytest.raises(CorpusError):
        fetching.fetch(f"http://{host}/")
    assert proxied == []


def test_a_proxy_is_asked_for_the_public_web(proxied: list[str]) -> None:
    assert fetching.fetch("http://news.example/story")[1] == b"<p>through the proxy</p>"
    assert proxied == ["http://news.example/story"]


def test_what_goes_past_the_proxy_is_checked_all_the_same(
    inside: tuple[int, list[str]], names: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exceptions with a port, for one, mean nothing to Python and something to httpx."""
    port, asked = inside
    names("127.0.0.1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    for exception in (f"news.example:{port}", "news.example", ".example", "*"):
        monkeypatch.setenv("no_proxy", exception)
        with pytest.raises(CorpusError):
            fetching.fetch(f"http://news.example:{port}/")
        assert asked == [], exception


def _packed(content: bytes, named: str) -> httpx.MockTransport:
    headers = {"content-type": "text/html", "content-encoding": named}
    return httpx.MockTransport(lambda request: httpx.Response(200, headers=headers, content=iter([content])))


def test_a_packed_page_is_unpacked() -> None:
    page = b"<p>" + b"It rained in Lyon. " * 200_000 + b"</p>"
    assert fetching.fetch("https://news.example/", _packed(gzip.compress(page), "gzip"))[1] == page
    for cut in (gzip.compress(page)[:-20], b"no gzip at all"):
        with pytest.raises(CorpusError):
            fetching.fetch("https://news.example/", _packed(cut, "gzip"))


def test_a_bomb_is_not_unpacked_as_a_whole() -> None:
    """Two hundred million bytes packed once, and thousands of millions packed twice, are given up at ten."""
    once = gzip.compress(bytes(200_000_000), 1)
    tracemalloc.start()
    with pytest.raises(CorpusError, match="longer than"):
        fetching.fetch("https://news.example/", _packed(once, "gzip"))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 40_000_000
    for named in ("gzip, gzip", "br", "zstd", "deflate"):
        with pytest.raises(CorpusError, match="not asked for"):
            fetching.fetch("https://news.example/", _packed(gzip.compress(once), named))


def test_a_page_that_comes_drop_by_drop_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter(range(0, 10_000, 25))
    monkeypatch.setattr(fetching.time, "monotonic", lambda: next(times))
    drops = httpx.Response(200, headers={"content-type": "text/html"}, content=(b"x" for _ in range(100)))
    with pytest.raises(CorpusError, match="took longer than"):
        fetching.fetch("https://news.example/", httpx.MockTransport(lambda request: drops))


# ---- other sites, and too much of anything


async def _served(scope: Any, receive: Any, send: Any) -> None:
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    status = 401 if b"wrong" in body else 200
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b"served"})


def asked(
    app: Any, method: str = "POST", path: str = "/x", body: bytes = b"", visitor: str = "a", **headers: str
) -> int:
    """The status of a reply; 0 where none was sent."""
    told: list[int] = []
    asyncio.run(_ask(app, told, method, path, body, visitor, **headers))
    return told[0]


async def _ask(
    app: Any,
    told: list[int],
    method: str = "POST",
    path: str = "/x",
    body: bytes = b"",
    visitor: str = "a",
    **headers: str,
) -> None:
    parts = [body[place : place + 1000] for place in range(0, len(body), 1000)] or [b""]
    messages = [{"type": "http.request", "body": part, "more_body": part is not parts[-1]} for part in parts]
    sent: list[Any] = []

    async def receive() -> Any:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": named, "client": (visitor, 1)}
    await app(scope, receive, send)
    told.append(int(sent[0]["status"]) if sent else 0)


LOCAL = Guard(_served, local_hosts("127.0.0.1"))
HOST = "127.0.0.1:7860"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": HOST}, 200),
        ({"host": HOST, "origin": f"http://{HOST}"}, 200),
        ({"host": "localhost:7860", "origin": "http://localhost:7860"}, 200),
        ({"host": "[::1]:7860", "origin": "http://[::1]:7860"}, 200),
        ({"host": HOST, "origin": "http://evil.example"}, 403),
        ({"host": HOST, "origin": "http://127.0.0.1:9999"}, 403),
        ({"host": HOST, "origin": "null"}, 403),
        ({"host": HOST, "sec_fetch_site": "cross-site"}, 403),
        ({"host": HOST, "sec_fetch_site": "same-site"}, 403),
        ({"host": HOST, "sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"}, 403),
        ({"host": "evil.example:7860", "origin": "http://evil.example:7860"}, 403),
        ({"host": "evil.example"}, 403),
        ({"host": "127.0.0.1.evil.example"}, 403),
        ({}, 403),
    ],
)
def test_other_sites_cannot_ask_a_page_on_this_machine(headers: dict[str, str], status: int) -> None:
    assert asked(LOCAL, **headers) == status


def test_a_name_that_was_made_to_lead_here_reads_nothing() -> None:
    assert asked(LOCAL, "GET", host="evil.example") == 403
    assert asked(LOCAL, "GET", host=HOST) == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("guard", [LOCAL, Guard(_served)], ids=["local", "in the network"])
def test_other_sites_cannot_read_a_page_either(guard: Guard, method: str) -> None:
    """Gradio lets any site read a page that is served in a network, with the visitor's cookies."""
    assert asked(guard, method, host=HOST, origin="http://evil.example") == 403
    assert asked(guard, method, host=HOST, origin="http://evil.example", access_control_request_method="POST") == 403
    assert asked(guard, method, host=HOST, sec_fetch_site="cross-site", sec_fetch_mode="no-cors") == 403
    assert asked(guard, method, host=HOST, origin=f"http://{HOST}", sec_fetch_site="same-origin") == 200


def test_a_link_to_the_page_may_be_followed() -> None:
    assert asked(LOCAL, "GET", host=HOST, sec_fetch_site="cross-site", sec_fetch_mode="navigate") == 200
    assert asked(LOCAL, "GET", host=HOST, sec_fetch_site="none", sec_fetch_mode="navigate") == 200


UNUSED = """
/gradio_api/file=http://93.184.216.34/x /file=HTTPS://a.example/ /gradio_api/file=%20http:/x /gradio_api/proxy=http://x/
/gradio_api/dev/reload /gradio_api/vibe-edit /monitoring /monitoring/key /gradio_api/deep_link
/gradio_api/process_recording /gradio_api/component_server/
""".split()


@pytest.mark.parametrize("path", UNUSED)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_gradio_serves_besides_is_closed(path: str, method: str) -> None:
    assert asked(LOCAL, method, path=unquote(path), host=HOST) == 404


@pytest.mark.parametrize("path", ["/gradio_api/file=/tmp/gradio/monitoring/dev/x.json", "/gradio_api/startup-events"])
def test_what_the_page_needs_is_open(path: str) -> None:
    assert asked(LOCAL, "GET", path=path, host=HOST) == 200


def test_behind_a_proxy_any_name_will_do_and_other_sites_are_still_refused() -> None:
    behind = Guard(_served)
    assert asked(behind, host="news.example", origin="https://news.example") == 200
    assert asked(behind, host="127.0.0.1", x_forwarded_host="news.example", origin="https://news.example") == 200
    assert asked(behind, host="news.example", origin="https://evil.example") == 403


def test_passwords_cannot_be_tried_for_ever() -> None:
    now = [0.0]
    app = Limits(_served, Allowance(logins=3), lambda: now[0])
    assert [asked(app, path="/login", body=b"wrong") for _ in range(5)] == [401, 401, 401, 429, 429]
    assert asked(app, path="/login", body=b"right") == 429
    assert asked(app, path="/login", body=b"right", visitor="b") == 200
    now[0] = 301
    assert asked(app, path="/login", body=b"right") == 200


def test_passwords_tried_all_at_once_are_counted_too() -> None:
    """The page takes its time for each; none may be let through because the others are not refused yet."""
    told: list[int] = []

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(0.05)
        await _served(scope, receive, send)

    app = Limits(slow, Allowance(logins=3))

    async def try_all() -> None:
        await asyncio.gather(*(_ask(app, told, body=b"wrong", path="/login") for _ in range(50)))

    asyncio.run(try_all())
    assert sorted(told) == [401] * 3 + [429] * 47


def test_right_passwords_are_not_counted() -> None:
    app = Limits(_served, Allowance(logins=3))
    assert [asked(app, path="/login", body=b"right") for _ in range(10)] == [200] * 10


def test_all_addresses_of_one_network_are_one_visitor() -> None:
    app = Limits(_served, Allowance(logins=2))
    tried = [asked(app, path="/login", body=b"wrong", visitor=f"2001:db8:1:2::{place:x}") for place in range(1, 5)]
    assert tried == [401, 401, 429, 429]
    assert asked(app, path="/login", body=b"wrong", visitor="2001:db8:1:3::1") == 401
    assert asked(app, path="/login", body=b"wrong", visitor="::ffff:192.0.2.1") == 401
    assert asked(app, path="/login", body=b"wrong", visitor="192.0.2.1") == 401
    assert asked(app, path="/login", body=b"wrong", visitor="192.0.2.1") == 429


def test_a_request_is_only_so_long_whatever_it_says_of_itself() -> None:
    app = Limits(_served, Allowance(request=5000))
    assert asked(app, body=b"x" * 4000) == 200
    assert asked(app, body=b"x", content_length="5001") == 413
    assert asked(app, body=b"x" * 9000, content_length="10") == 0


def test_uploads_have_a_quota_and_requests_a_rate() -> None:
    now = [0.0]
    app = Limits(_served, Allowance(uploads=1000, requests=5), lambda: now[0])
    assert asked(app, path="/gradio_api/upload", body=b"x" * 600, content_length="600") == 200
    assert asked(app, path="/gradio_api/upload", body=b"x" * 600, content_length="600") == 429
    assert [asked(app) for _ in range(4)] == [200, 200, 200, 429]
    assert asked(app, "GET") == 200
    now[0] = 61
    assert asked(app) == 200
    now[0] = 3700
    assert asked(app, path="/gradio_api/upload", body=b"x" * 600, content_length="600") == 200


@pytest.mark.parametrize("headers", [{}, {"content_length": "1"}, {"content_length": "-5"}])
def test_uploads_that_do_not_say_how_long_they_are_count_too(headers: dict[str, str]) -> None:
    app = Limits(_served, Allowance(uploads=5000))
    told = [asked(app, path="/gradio_api/upload", body=b"x" * 2000, **headers) for _ in range(4)]
    assert told[:2] == [200, 200]
    assert 200 not in told[2:]


def test_many_small_amounts_are_soon_added_up() -> None:
    app = Limits(_served)
    window = app._uploads
    for _ in range(100_000):
        assert window.take("a", 10_000)
    assert len(window._taken["a"]) <= 201


def test_the_memory_of_visitors_is_bounded() -> None:
    now = [0.0]
    app = Limits(_served, clock=lambda: now[0])
    for number in range(300):
        asked(app, visitor=str(number))
    now[0] = 1000
    asked(app, visitor="0")
    app._requests._sum("1")
    assert "1" not in app._requests._taken


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_the_served_page_has_these_doors(serve_page: Callable[..., Served], tmp_path: Path) -> None:
    served = serve_page(auth=(("ann", "secret"),))
    with httpx.Client(base_url=served.url) as client:
        foreign = {"origin": "http://evil.example"}
        login = {"username": "ann", "password": "secret"}
        assert client.post("/login", data=login, headers=foreign).status_code == 403
        assert client.get("/", headers={"host": "evil.example"}).status_code == 403
        assert client.post("/login", data=login).status_code == 200
        body = json.dumps({"data": ["When will the old bridge close?"]})
        plain = {"content-type": "text/plain", **foreign}
        assert client.post("/gradio_api/call/ask", content=body, headers=plain).status_code == 403
        assert client.post("/gradio_api/call/ask", json=json.loads(body)).status_code == 200
        for path in ("/file=/etc/passwd", "/gradio_api/file=/etc/passwd", "/gradio_api/file=../../../../etc/passwd"):
            reply = client.get(path)
            assert reply.status_code in (403, 404), path
            assert "root:" not in reply.text
        for path in ("/gradio_api/file=http://93.184.216.34/", "/gradio_api/dev/reload", "/gradio_api/proxy=http://x/"):
            assert client.get(path).status_code == 404, path
        statuses = [
            httpx.post(f"{served.url}/login", data={"username": "ann", "password": str(guess)}).status_code
            for guess in range(14)
        ]
        assert statuses[:9] == [400] * 9
        assert statuses[-1] == 429
        uploaded = client.post("/gradio_api/upload", files={"files": ("../../../../escape.txt", b"It rained.")})
        assert uploaded.status_code == 200
        assert all("escape" not in path.name for path in tmp_path.parent.glob("*"))


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_a_file_that_was_not_uploaded_is_not_added(serve_page: Callable[..., Served], tmp_path: Path) -> None:
    """Neither files of the server, nor what it would fetch for whoever says that a file is at some address."""
    secret = tmp_path / "secret.txt"
    secret.write_text("Secret of the server\n\nThe pear is blue on Monday.\n", "utf-8")
    served = serve_page()
    before = len(list(served.corpus.rglob("*")))
    with httpx.Client(base_url=served.url) as client:
        number = next(key for key, fn in served.page.fns.items() if fn.name == "add_files")
        paths = ("/etc/passwd", str(secret), "http://93.184.216.34/a.txt", "http://169.254.169.254/")
        for path, more in product(paths, ({}, {"url": "http://93.184.216.34/b.txt"})):
            file = {"path": path, "orig_name": "a.txt", "meta": {"_type": "gradio.FileData"}, **more}
            body = {"data": [[file]], "fn_index": number, "session_hash": "attacker"}
            assert client.post("/gradio_api/queue/join", json=body).status_code == 200
            told = client.get("/gradio_api/queue/data", params={"session_hash": "attacker"}).text
            assert '"success":false' in told
            assert "pear" not in told
            assert "root:" not in told
    assert len(list(served.corpus.rglob("*"))) == before
