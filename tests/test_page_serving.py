"""Where the page listens, who may enter, and what programs get from it."""

import asyncio
import json
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from qa.assistant import Assistant
from qa.errors import QAError, SettingsError
from qa.page.serving import Listening, accounts_in, serve
from qa.settings import Settings
from tests.browser import Served, free_port, serve_for_all, serve_page

__all__ = ["serve_for_all", "serve_page"]
QUESTION = "When will the old bridge close?"
slow = [pytest.mark.slow, pytest.mark.filterwarnings("default")]


@pytest.mark.parametrize(
    ("host", "auth", "local", "is_open"),
    [
        ("127.0.0.1", (), True, False),
        ("::1", (), True, False),
        ("localhost", (), True, False),
        ("0.0.0.0", (), False, True),
        ("192.168.1.5", (), False, True),
        ("news.example", (), False, True),
        ("0.0.0.0", (("ann", "secret"),), False, False),
    ],
)
def test_who_can_reach_and_enter_a_page(host: str, auth: Any, local: bool, is_open: bool) -> None:
    place = Listening(host, auth=auth)
    assert (place.is_local, place.is_open) == (local, is_open)


def test_it_listens_on_this_machine_alone_unless_told_otherwise() -> None:
    assert Listening().host == "127.0.0.1"


def test_accounts_come_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "accounts"
    path.write_text("ann:a:b\n\n bob:secret \n", "utf-8")
    assert accounts_in(path) == (("ann", "a:b"), ("bob", "secret"))


@pytest.mark.parametrize("text", ["", "ann", ":x", "ann:", "ok:ok\nann"])
def test_a_file_of_accounts_that_lets_in_the_wrong_people_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "accounts"
    path.write_text(text, "utf-8")
    with pytest.raises(SettingsError):
        accounts_in(path)
    with pytest.raises(SettingsError, match="cannot read"):
        accounts_in(tmp_path / "none")


@pytest.fixture(scope="module")
def served(serve_for_all: Callable[..., Served]) -> Served:
    return serve_for_all()


class TestServed:
    pytestmark = slow

    def test_programs_get_the_same_json_as_the_commands(self, served: Served) -> None:
        from gradio_client import Client

        client = Client(served.url, verbose=False)
        answer = client.predict(QUESTION, api_name="/ask")
        same = served.assistant.ask(QUESTION).to_dict()
        assert {**answer, "seconds": 0} == {**json.loads(json.dumps(same)), "seconds": 0}
        citation = answer["citations"][0]
        shown = client.predict(citation["article_id"], citation["start"], citation["end"], api_name="/show")
        assert shown["text"] == citation["quote"]
        rows = client.predict("night ferry", 2, api_name="/search")
        assert [row["rank"] for row in rows] == [1, 2]
        assert list(rows[0]) == ["rank", "article_id", "start", "end", "score", "title", "published", "text"]
        checked = client.predict("The school got 5 new roofs.", api_name="/check")
        assert checked["support"] != "supported"
        assert client.predict("", api_name="/ask")["status"] == "error"
        with pytest.raises(Exception, match="no article"):
            client.predict("nothing.txt", api_name="/show")

    def test_only_what_is_for_programs_is_offered_to_them(self, served: Served) -> None:
        offered = httpx.get(served.url + "/gradio_api/info").json()["named_endpoints"]
        assert set(offered) == {"/ask", "/search", "/show", "/check"}

    def test_mcp_offers_the_same_as_tools(self, serve_page: Callable[..., Served]) -> None:
        pytest.importorskip("mcp", reason="mcp is not installed (extra 'mcp'): no test of the MCP server")
        from mcp import ClientSession
        from mcp.client.streamable_http import streamablehttp_client

        served = serve_page(mcp=True)

        async def talk() -> tuple[set[str], Any]:
            async with (
                streamablehttp_client(served.url + "/gradio_api/mcp/") as (read, write, _),
                ClientSession(read, write) as session,
            ):
                await session.initialize()
                tools = await session.list_tools()
                ask = next(tool for tool in tools.tools if tool.name.endswith("ask"))
                assert "question" in ask.inputSchema["properties"]
                told = await session.call_tool(ask.name, {"question": QUESTION})
                return {tool.name.rpartition("_")[2] for tool in tools.tools}, told

        names, told = asyncio.run(talk())
        assert names == {"ask", "search", "show", "check"}
        assert "4 May" in told.content[0].text

    def test_every_reply_forbids_loads_from_elsewhere(self, served: Served) -> None:
        headers = httpx.get(served.url).headers
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "connect-src 'self'" in policy
        assert "http" not in policy
        assert headers["referrer-policy"] == "no-referrer"

    def test_without_name_and_password_nobody_enters(self, serve_page: Callable[..., Served]) -> None:
        served = serve_page(auth=(("ann", "secret"),))
        with httpx.Client(base_url=served.url) as client:
            assert client.get("/config").status_code == 401
            assert client.post("/gradio_api/call/ask", json={"data": [QUESTION]}).status_code == 401
            assert client.post("/login", data={"username": "ann", "password": "wrong"}).status_code == 400
            assert client.post("/login", data={"username": "ann", "password": "secret"}).status_code == 200
            assert client.get("/config").status_code == 200

    def test_no_key_is_in_what_a_browser_is_sent(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        from qa.page.context import Options
        from qa.page.serving import start

        monkeypatch.setenv("OPENAI_API_KEY", "sk-verysecret")
        corpus = tmp_path / "articles"
        corpus.mkdir()
        (corpus / "a.txt").write_text("A text.", "utf-8")
        settings = Settings(
            corpus=corpus, index=tmp_path / "i", api_key="sk-othersecret", base_url="http://user:hidden@x/v1", model="m"
        )
        place = Listening(port=free_port())
        page = start(settings, place, Options(tmp_path / "f.jsonl", sync=False))
        try:
            for path in ("/", "/config", "/gradio_api/info"):
                text = httpx.get(page.local_url.rstrip("/") + path).text
                assert not any(secret in text for secret in ("verysecret", "othersecret", "hidden@")), path
        finally:
            page.close(verbose=False)

    def test_files_that_are_too_big_are_refused(self, served: Served) -> None:
        upload = served.url + "/gradio_api/upload"
        small = httpx.post(upload, files={"files": ("a.txt", b"x" * 1000)})
        big = httpx.post(upload, files={"files": ("b.txt", b"x" * 26_000_000)}, timeout=60)
        assert small.status_code == 200
        assert big.status_code == 413

    def test_where_articles_are_not_to_be_changed_there_is_no_way_to(
        self, served: Served, serve_page: Callable[..., Served]
    ) -> None:
        changes = {"add_files", "add_text", "add_address", "remove"}
        fixed = serve_page(options={"changeable": False})
        assert not {fn.name for fn in fixed.page.fns.values()} & changes
        assert changes <= {fn.name for fn in served.page.fns.values()}

    def test_a_page_open_to_all_warns(
        self, serve_page: Callable[..., Served], caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.WARNING, "qa.page"):
            serve_page(host="0.0.0.0")
        assert "open to everybody" in caplog.text

    def test_a_taken_port_is_an_error_in_one_line(self, served: Served, tmp_path: Path) -> None:
        port = int(served.url.rpartition(":")[2])
        settings = Settings(corpus=tmp_path, index=tmp_path / "i", model="extractive")
        with pytest.raises(QAError, match=f"{port}.*choose another port"):
            serve(settings, port=port, sync=False, feedback=tmp_path / "f")

    def test_an_empty_folder_still_opens_a_page_that_says_so(self, tmp_path: Path) -> None:
        from qa.page.context import Desk, Options
        from qa.page.welcome import header

        corpus = tmp_path / "articles"
        corpus.mkdir()
        desk = Desk(
            Assistant(Settings(corpus=corpus, index=tmp_path / "i", model="extractive")), Options(tmp_path / "f")
        )
        with pytest.raises(QAError):
            desk.upkeep.run()
        assert "No articles yet" in header(desk)
        assert "no articles in" in header(desk)

    def test_nothing_is_reported_to_gradio(self, served: Served) -> None:
        assert not served.page.analytics_enabled
        assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"


def test_mcp_without_its_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SettingsError, match="pip install"):
        serve(Settings(corpus=tmp_path, model="extractive"), mcp=True, feedback=tmp_path / "f")


def test_gradio_is_not_imported_with_the_package() -> None:
    import subprocess
    import sys

    code = "import sys, qa.page; sys.exit('gradio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
