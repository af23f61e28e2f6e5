import asyncio
import json
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from qa.errors import ModelError
from qa.models import Finish, ModelSpec, Text, open_model, ping
from qa.models.local import download
from qa.prompts import Message

pytest_plugins = ["tests.local_model"]

QUESTION = [Message("user", "Name three animals.")]


# --- a real model ---


@pytest.mark.slow
def test_a_file_is_run_in_this_process(smollm: Path) -> None:
    spec = ModelSpec(str(smollm), context_window=2048, max_tokens=24)
    with closing(open_model(spec)) as model:
        *words, finish = model.stream(QUESTION)
        again = list(model.stream(QUESTION))
    assert len(words) > 5
    assert all(isinstance(word, Text) and word.text for word in words)
    assert isinstance(finish, Finish)
    assert finish.reason in ("stop", "length")
    assert not finish.estimated
    assert 0 < finish.usage.completion_tokens <= 24
    assert finish.usage.prompt_tokens > 5
    assert again[:-1] == words
    assert str(smollm) in repr(model)


@pytest.mark.slow
def test_llama_cpp_is_asked_over_http(llama_server: ModelSpec) -> None:
    with closing(open_model(replace(llama_server, max_tokens=24))) as model:
        arrived, deltas = zip(*((time.perf_counter(), delta) for delta in model.stream(QUESTION)), strict=True)
    assert isinstance(deltas[-1], Finish)
    assert not deltas[-1].estimated
    assert len(arrived) > 5
    assert len(set(arrived)) == len(arrived)


@pytest.mark.slow
def test_llama_cpp_is_asked_over_http_by_asyncio(llama_server: ModelSpec) -> None:
    async def ask() -> list[str]:
        model = open_model(replace(llama_server, max_tokens=16))
        try:
            return [delta.text async for delta in model.astream(QUESTION) if isinstance(delta, Text)]
        finally:
            await model.aclose()

    with closing(open_model(replace(llama_server, max_tokens=16))) as model:
        assert asyncio.run(ask()) == [delta.text for delta in model.stream(QUESTION) if isinstance(delta, Text)]


@pytest.mark.slow
def test_llama_cpp_is_pinged(llama_server: ModelSpec) -> None:
    answered = ping(llama_server)
    assert answered.seconds > 0
    assert len(answered.models) == 1


@pytest.mark.slow
def test_an_answer_that_is_not_read_to_its_end_is_not_written_to_its_end(llama_server: ModelSpec) -> None:
    with closing(open_model(replace(llama_server, max_tokens=3000))) as model:
        with closing(model.stream([Message("user", "Write a very long story.")])) as deltas:  # type: ignore[type-var]
            next(deltas)
        began = time.perf_counter()
        with closing(model.stream(QUESTION)) as deltas:  # type: ignore[type-var]
            next(deltas)  # the server takes one question at a time
        assert time.perf_counter() - began < 10


@pytest.mark.slow
def test_llama_cpp_refuses(llama_server: ModelSpec) -> None:
    with pytest.raises(ModelError, match=r"refused the key \(401\)"):
        ping(replace(llama_server, api_key="wrong"))
    with closing(open_model(llama_server)) as model, pytest.raises(ModelError, match="the prompt is too long"):
        next(model.stream([Message("user", "rain " * 5000)]))


# --- files that are none ---


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read: No such file or directory; check the path"),
        (b"", "is no GGUF file"),
        (b"PK\x03\x04 a wheel", "is no GGUF file"),
        (b"GGUF", "cannot be loaded"),
        (b"GGUF" + bytes(range(256)) * 8, "cannot be loaded"),
    ],
)
def test_a_file_that_is_no_model_is_told_in_one_line(tmp_path: Path, content: bytes | None, says: str) -> None:
    pytest.importorskip("xllamacpp", reason="xllamacpp is not installed (extra 'local')")
    path = tmp_path / "model.gguf"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError) as caught:
        open_model(ModelSpec(str(path)))
    assert says in str(caught.value)
    assert str(path) in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.slow
def test_half_a_model_is_told_in_one_line(smollm: Path, tmp_path: Path) -> None:
    path = tmp_path / "half.gguf"
    with smollm.open("rb") as whole:
        path.write_bytes(whole.read(3_000_000))
    with pytest.raises(ModelError, match=r"cannot be loaded: .*; is the file whole"):
        open_model(ModelSpec(str(path)))


def test_without_xllamacpp_the_message_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(ModelError, match=r"needs xllamacpp; install it with: pip install 'news-qa\[local\]'"):
        open_model(ModelSpec("model.gguf"))


# --- models from a hub ---

NOWHERE = "http://127.0.0.1:9"
FILES = {"README.md": b"read me", "m-Q8_0.gguf": b"GGUF large", "m-Q4_K_M.gguf": b"GGUF", "mmproj-Q4_K_M.gguf": b"x"}


class _Hub(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        name = self.path.partition("?")[0].rpartition("/")[2]
        if self.path.startswith("/api/models/owner/small"):
            listed = [{"rfilename": name} for name in FILES]
            self._reply(200, json.dumps({"id": "owner/small", "siblings": listed}).encode())
        elif self.path.startswith("/owner/small/resolve/") and name in FILES:
            self._reply(200, FILES[name])
        else:
            self._reply(404, b'{"error": "Repository not found"}', {"X-Error-Code": "RepoNotFound"})

    do_HEAD = do_GET  # noqa: N815

    def _reply(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        sent = {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "X-Repo-Commit": "c0ffee" * 6 + "cafe",
        }
        for name, value in {**sent, "ETag": f'"{len(body)}"', **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    constants = pytest.importorskip("huggingface_hub.constants")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Hub)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_reference_is_downloaded_once(hub: str) -> None:
    path = download("hf:owner/small/m-Q8_0.gguf", hub)
    assert path.read_bytes() == b"GGUF large"
    assert download("hf:owner/small/m-Q8_0.gguf", hub) == path


def test_without_a_file_a_middling_quantisation_is_taken(hub: str) -> None:
    assert download("hf:owner/small", hub).name == "m-Q4_K_M.gguf"


def test_without_a_network_the_cache_is_used(hub: str) -> None:
    path = download("hf:owner/small/m-Q8_0.gguf", hub)
    assert download("hf:owner/small", NOWHERE) == path


@pytest.mark.parametrize(
    ("reference", "says"),
    [
        ("hf:", "is no model reference"),
        ("hf:owner", "is no model reference"),
        ("hf:owner/", "is no model reference"),
        ("hf:owner/none", "cannot be downloaded"),
        ("hf:owner/small/none.gguf", "cannot be downloaded"),
        ("hf:owner/a b c", "cannot be downloaded"),
    ],
)
def test_a_reference_that_leads_nowhere_is_told_in_one_line(hub: str, reference: str, says: str) -> None:
    with pytest.raises(ModelError) as caught:
        download(reference, hub)
    assert says in str(caught.value)
    assert repr(reference) in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_hub_that_is_not_there_is_told_in_one_line(hub: str) -> None:
    with pytest.raises(ModelError, match="cannot be downloaded") as caught:
        download("hf:owner/small", NOWHERE)
    assert caught.value.retryable
    assert len(str(caught.value).splitlines()) == 1
