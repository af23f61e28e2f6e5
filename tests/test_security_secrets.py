"""Keys are shown nowhere: not on any surface, in any error, log or file that this program writes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.browser import free_port
from tests.fault_replies import answered_by, bad_key, failed, rate_limited
from tests.fault_server import FaultServer, refusal
from tests.whole import whole_only

ROOT = Path(__file__).parent.parent
CANARIES = {
    "QA_API_KEY": "sk-canary-api-0123456789",
    "OPENAI_API_KEY": "sk-canary-openai-9876543210",
    "QA_EMBEDDER_KEY": "sk-canary-embedder-5647382910",
}
QA = "from qa.cli import main; main()"


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        running.otherwise = answered_by(lambda request: "It rained in Lyon [1].")
        yield running


@pytest.fixture
def place(tmp_path: Path) -> Path:
    corpus = tmp_path / "articles"
    corpus.mkdir()
    (corpus / "a.txt").write_text("Rain in Lyon\n\nIt rained in Lyon on Monday, the weather service said.\n", "utf-8")
    (tmp_path / "questions.jsonl").write_text('{"id": "1", "question": "Where did it rain?"}\n', "utf-8")
    return tmp_path


def environment(place: Path, server: FaultServer) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QA_")}
    given = {"QA_CORPUS": "articles", "QA_INDEX": "index", "QA_BASE_URL": server.url, "QA_MODEL": "scripted"}
    return kept | CANARIES | given | {"QA_RETRIES": "0", "QA_LOG": "json", "XDG_DATA_HOME": str(place / "data")}


def run(place: Path, server: FaultServer, *arguments: str, **more: str) -> str:
    """All that a command prints."""
    done = subprocess.run(
        [sys.executable, "-c", QA, *arguments],
        cwd=place,
        env=environment(place, server) | {"PYTHONPATH": str(ROOT)} | more,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.stdout + done.stderr


def check_no_key(text: str, where: str) -> None:
    for name, canary in CANARIES.items():
        for part in (canary, canary[3:], canary[-10:]):
            assert part not in text, f"{name} stands in {where}"


def check_files(place: Path) -> None:
    for path in place.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for canary in CANARIES.values():
                assert canary.encode() not in content, path


@pytest.mark.slow
def test_the_key_is_sent_and_yet_shown_nowhere(place: Path, server: FaultServer) -> None:
    """One run that works, so that the canary is known to be in use."""
    told = run(place, server, "ask", "Where did it rain?", "--json")
    assert json.loads(told.splitlines()[0])["status"] == "answered", told
    assert server.requests[-1].headers["authorization"] == f"Bearer {CANARIES['QA_API_KEY']}"
    assert '"trace"' in told
    check_no_key(told, "the answer or its trace")
    check_files(place)


@pytest.mark.slow
@pytest.mark.parametrize("command", [whole_only("ask"), "doctor", "batch"])
def test_errors_show_no_key(place: Path, server: FaultServer, command: str) -> None:
    key = CANARIES["QA_API_KEY"]
    echo = refusal(400, f"bad request with key {key} and header Bearer {key}")
    server.script(*[echo, bad_key(key), failed(), rate_limited()] * 2)
    arguments = {
        "ask": ["ask", "Where did it rain?"],
        "doctor": ["doctor", "--json"],
        "batch": ["batch", "questions.jsonl", "--out", "out.jsonl"],
    }[command]
    told = run(place, server, *arguments)
    assert server.requests
    check_no_key(told, command)
    check_files(place)


@pytest.mark.slow
def test_a_bad_setting_beside_a_key_shows_no_key(place: Path, server: FaultServer) -> None:
    for name, value in (("QA_PASSAGES", "many"), ("QA_API_KEY", f"{CANARIES['QA_API_KEY']}\n")):
        told = run(place, server, "ask", "Where?", **{name: value})
        assert name != "QA_PASSAGES" or "setting" in told
        check_no_key(told, name)
    gone = f"http://ann:{CANARIES['QA_API_KEY']}@127.0.0.1:9/v1"
    check_no_key(run(place, server, "doctor", QA_BASE_URL=gone), "the address of a server that is not there")


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_the_page_shows_no_key(
    place: Path, server: FaultServer, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from gradio_client import Client

    from qa.assistant import Assistant
    from qa.page.context import Options
    from qa.page.serving import Listening, start
    from qa.settings import load_settings

    for name, value in environment(place, server).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(place)
    key = CANARIES["QA_API_KEY"]
    server.script(refusal(400, f"bad key {key}"), bad_key(key))
    assistant = Assistant(load_settings())
    assistant.sync()
    options = Options(place / "feedback.jsonl", sync=False)
    page = start(assistant.settings, Listening(port=free_port()), options, assistant)
    try:
        url = page.local_url.rstrip("/")
        seen = [
            httpx.get(url + path).text for path in ("/", "/config", "/gradio_api/info", "/gradio_api/startup-events")
        ]
        client = Client(url, verbose=False)
        seen += [json.dumps(client.predict("Where did it rain?", api_name="/ask")) for _ in range(3)]
        assert any('"error"' in text for text in seen)
        assert any('"answered"' in text for text in seen)
    finally:
        page.close(verbose=False)
    told = capfd.readouterr()
    check_no_key("\n".join([*seen, told.out, told.err]), "the page")
    check_files(place)


def test_the_check_sees_a_key(place: Path) -> None:
    (place / "log").write_text(f"Authorization: Bearer {CANARIES['OPENAI_API_KEY']}")
    with pytest.raises(AssertionError, match="log"):
        check_files(place)
    with pytest.raises(AssertionError, match="OPENAI_API_KEY"):
        check_no_key(f"x {CANARIES['OPENAI_API_KEY'][-10:]}", "it")
