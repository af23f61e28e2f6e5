"""Peers in another environment: what they find is given its place, and they are measured as all others are."""

import ast
import base64
import json
import struct
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai import OpenAI

from evals.bench import side_by_side
from evals.bench.outside import peer as outside
from evals.bench.outside.embedding_server import EmbeddingServer
from evals.bench.outside.peer import NAMES, SCRIPTS, OutsidePeer, PeerFailed, parse_pythons, script_of, version_of
from evals.bench.outside.places import Places
from evals.datasets import load_report_part
from evals.importers import write_corpus
from evals.program import app
from qa.embedders.interface import Vectors
from qa.errors import QAError
from qa.records import Article

pytestmark = pytest.mark.slow

STAND_IN = """
import json, os, urllib.request

class System:
    def __init__(self, folder, given):
        print("a library greets")
        open(os.path.expanduser("~/settings"), "w").close()
        self.file, self.endpoint = folder / "articles.json", given["endpoint"]
        assert given["dimension"] == 384 and os.path.isfile(given["tokenizer"])

    def index(self, articles):
        print("indexing", flush=True)
        body = json.dumps({"model": "any", "input": [one["text"] for one in articles]}).encode()
        asked = urllib.request.Request(self.endpoint + "/embeddings", body)
        with urllib.request.urlopen(asked) as reply:
            vectors = [row["embedding"] for row in json.load(reply)["data"]]
        assert len(vectors) == len(articles) and len(vectors[0]) == 384
        self.file.write_text(json.dumps(articles), "utf-8")

    def open(self):
        self.articles = json.loads(self.file.read_text("utf-8"))

    def find(self, question, count):
        if question == "fail":
            raise ValueError("no such luck")
        if question == "die":
            os._exit(3)
        if question == "nowhere":
            return [{"article": "a", "text": "in no article"}, {"article": "gone", "text": "One"}]
        words = set(question.lower().split())
        best = sorted(self.articles, key=lambda one: -len(words & set(one["text"].lower().split())))
        return [{"article": one["id"], "text": " ".join(one["text"].split())} for one in best[:count]]

open_system = System
"""
ARTICLES = [
    Article("a", "One \U0001f1ee\U0001f1f9 flag.\r\n\r\nTwo\u00a0İstanbul ferries."),
    Article("b", "Rain fell on Oslo."),
]


@pytest.fixture
def stand_in(tmp_path: Path) -> Path:
    script = tmp_path / "stand_in_peer.py"
    script.write_text(STAND_IN, encoding="utf-8")
    return script


@pytest.fixture
def opened(stand_in: Path, tmp_path: Path) -> Iterator[OutsidePeer]:
    with OutsidePeer(stand_in, Path(sys.executable), tmp_path, 2) as peer:
        peer.index(ARTICLES)
        peer.know({article.id: article.text for article in ARTICLES})
        peer.open()
        yield peer


def test_what_a_peer_finds_has_its_place_though_white_space_differs(opened: OutsidePeer) -> None:
    text = ARTICLES[0].text
    assert opened.find("two ferries flag.") == [("a", 0, len(text)), ("b", 0, 18)]
    assert (opened.found, opened.unplaced) == (2, 0)
    assert 2**22 < opened.most_memory < 2**30


def test_what_stands_in_no_article_has_no_place_and_is_counted(opened: OutsidePeer) -> None:
    assert opened.find("nowhere") == []
    assert (opened.found, opened.unplaced) == (2, 2)


def test_what_a_peer_keeps_for_itself_is_not_left_in_the_home_folder(
    stand_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    with OutsidePeer(stand_in, Path(sys.executable), tmp_path, 2):
        assert list((tmp_path / "home").iterdir()) == []


def test_a_peer_that_fails_says_why_and_goes_on(opened: OutsidePeer) -> None:
    with pytest.raises(PeerFailed, match=r"^ValueError: no such luck$"):
        opened.find("fail")
    assert opened.find("rain oslo.")[0] == ("b", 0, 18)


def test_a_peer_that_ends_is_told(opened: OutsidePeer) -> None:
    for _ in range(2):
        with pytest.raises(PeerFailed, match=r"^it ended: indexing$"):
            opened.find("die")


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("import no_such_package", "ModuleNotFoundError: No module named 'no_such_package'"),
        ("import os; os._exit(3)", "it ended: no message, exit code 3"),
        ("x = 1", "KeyError: 'open_system'"),
    ],
)
def test_a_peer_that_does_not_start_says_why(tmp_path: Path, script: str, message: str) -> None:
    (tmp_path / "broken.py").write_text(script, encoding="utf-8")
    with pytest.raises(PeerFailed, match=message):
        OutsidePeer(tmp_path / "broken.py", Path(sys.executable), tmp_path, 2)


def test_a_peer_that_never_answers_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "slow.py").write_text("import time; time.sleep(60)", encoding="utf-8")
    monkeypatch.setattr(outside, "PATIENCE", 0.5)
    with pytest.raises(PeerFailed, match="it ended"):
        OutsidePeer(tmp_path / "slow.py", Path(sys.executable), tmp_path, 2)


@given(st.text(), st.data())
def test_a_part_of_an_article_is_found_whatever_its_white_space(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    part = text[start : data.draw(st.integers(start, len(text)))]
    spaced = data.draw(st.sampled_from([" ", "\n\n", "\u00a0"])).join(part.split())
    bounds = Places(text).of(spaced)
    if not part.strip("\ufffd " + "".join(filter(str.isspace, part))):
        return
    assert bounds is not None
    assert "".join(text[slice(*bounds)].split()).strip("\ufffd") == "".join(part.split()).strip("\ufffd")


def test_an_end_cut_through_a_character_does_not_hide_the_place() -> None:
    assert Places("a b\u0130c d").of("\ufffd b\u0130c\ufffd") == (2, 5)


@pytest.mark.parametrize("found", ["", " \n", "\ufffd", "not there", "a  c"])
def test_what_is_not_there_or_blank_has_no_place(found: str) -> None:
    assert Places("a b c").of(found) is None


def test_a_long_line_is_looked_through_at_once() -> None:
    text = "word\u2003" * 200_000 + "the end"
    assert Places(text).of("word the\nend") == (len(text) - 12, len(text))


class Lengths:
    """An embedder whose vectors say how long a text is."""

    name, dimension = "lengths", 2

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return np.array([[len(text), 0.5] for text in texts], np.float32).reshape(-1, 2)

    def embed_passages(self, passages: Any) -> Any:
        raise AssertionError("the endpoint embeds texts, not passages")


@pytest.fixture
def server() -> Iterator[EmbeddingServer]:
    with EmbeddingServer(Lengths()) as opened:
        yield opened


def post(url: str, body: bytes) -> Any:
    with urllib.request.urlopen(urllib.request.Request(url, body), timeout=10) as reply:
        return json.load(reply)


def test_the_endpoint_gives_vectors_as_numbers_and_as_bytes(server: EmbeddingServer) -> None:
    for given_texts, lengths in (("four", [4]), (["four", "", "\U0001f1ee\U0001f1f9"], [4, 0, 2]), ([], [])):
        body = {"model": "m", "input": given_texts}
        numbers = post(f"{server.url}/embeddings", json.dumps(body).encode())
        assert [row["embedding"] for row in numbers["data"]] == [[length, 0.5] for length in lengths]
        coded = post(f"{server.url}/embeddings", json.dumps(body | {"encoding_format": "base64"}).encode())
        rows = [struct.unpack("<2f", base64.b64decode(row["embedding"])) for row in coded["data"]]
        assert rows == [(length, 0.5) for length in lengths]


def test_the_endpoint_understands_openais_client(server: EmbeddingServer) -> None:
    with OpenAI(base_url=server.url, api_key="none") as client:
        found = client.embeddings.create(model="minilm", input=["one", "three"])
    assert [row.embedding for row in found.data] == [[3.0, 0.5], [5.0, 0.5]]
    assert [row.index for row in found.data] == [0, 1]


@pytest.mark.parametrize("body", [b"{", b"[]", b"{}", b'{"input": [1, 2]}', b'{"input": {"a": 1}}', b"\xff"])
def test_the_endpoint_refuses_what_it_cannot_embed(server: EmbeddingServer, body: bytes) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        post(f"{server.url}/embeddings", body)
    with refused.value:
        assert refused.value.code == 400
        assert json.load(refused.value)["error"]["message"]


def test_the_endpoint_has_nothing_elsewhere(server: EmbeddingServer) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404") as refused:
        post(f"{server.url}/chat/completions", b"{}")
    refused.value.close()


def test_interpreters_are_given_by_name(tmp_path: Path) -> None:
    python = Path(sys.executable)
    assert parse_pythons([f"txtai={python}", f"paper-qa={python}"]) == {"txtai": python, "paper-qa": python}
    for word, message in (("txtai", "is no NAME=PYTHON"), (f"lucene={python}", "no peer 'lucene'")):
        with pytest.raises(QAError, match=message):
            parse_pythons([word])
    with pytest.raises(QAError, match="there is no"):
        parse_pythons([f"txtai={tmp_path / 'none'}"])


def test_an_interpreter_that_is_not_there_is_told_by_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(QAError, match="txtai: there is no 'nowhere'"):
        app(["bench", "--only", "peers", "--peer-python", "txtai=nowhere"], standalone_mode=False)


def test_a_package_that_is_not_there_has_no_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "NAMES", {"here": "pytest", "gone": "no-such-package"})
    assert version_of("here", Path(sys.executable)).startswith(f"{pytest.__version__} on Python 3.")
    assert version_of("gone", Path(sys.executable)) == ""


@pytest.mark.parametrize("path", [SCRIPTS / "serve.py", *map(script_of, NAMES)], ids=lambda path: path.stem)
def test_a_script_needs_nothing_of_ours(path: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    assert imported <= sys.stdlib_module_names


def test_a_peer_outside_is_measured_as_the_others(
    stand_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(side_by_side, "script_of", lambda _: stand_in)
    (tmp_path / "corpus").mkdir()
    write_corpus(load_report_part("seed", 4).articles, tmp_path / "corpus" / "articles.jsonl")
    asked = side_by_side.Asked("seed", 4, pythons={"stand-in": Path(sys.executable)})
    measured: dict[str, float] = {}
    for task in ("index", "ask"):
        side_by_side.main([task, "stand-in", str(tmp_path), *asked.words("stand-in")])
        measured |= json.loads(capsys.readouterr().out)
    assert {"indexing_s", "indexing_mb", "disk_mb", "evidence_found", "evidence_ms", "asking_mb"} <= set(measured)
    assert measured["unplaced"] == 0
    assert measured["disk_mb"] > 0
    assert measured["asking_mb"] < 60  # the stand-in's process, not this one

    shown = side_by_side.table(
        {"articles": 1, "characters": 2, "systems": {"ours": measured, "stand-in": measured}, "missing": {}}
        | {"versions": {"stand-in": "1.0 on Python 3.11"}}
    )
    assert "found texts that are in no article, %" in shown
    assert shown.endswith("stand-in: 1.0 on Python 3.11")


def test_a_peer_outside_that_cannot_be_set_up_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken.py").write_text("import no_such_package", encoding="utf-8")
    monkeypatch.setattr(side_by_side, "script_of", lambda _: tmp_path / "broken.py")
    with pytest.raises(SystemExit) as left:
        side_by_side.main(["index", "broken", str(tmp_path), "seed", "4", "--python", sys.executable])
    assert left.value.code == side_by_side.MISSING
    assert capsys.readouterr().err.strip().endswith("No module named 'no_such_package'")
