"""A peer in another environment, as one of ``evals.bench.peers``: started, asked over pipes, its finds given places."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Self

from evals.bench.outside.embedding_server import EmbeddingServer
from evals.bench.outside.places import Places
from evals.bench.peers import PeerMissing, Place
from qa.embedders import open_embedder
from qa.embedders.model_files import built_in_files
from qa.errors import QAError
from qa.records import Article

SCRIPTS = Path(__file__).parent / "scripts"
NAMES: Mapping[str, str] = {"txtai": "txtai", "haiku.rag": "haiku.rag-slim", "paper-qa": "paper-qa"}
"""Peers with a script, and the packages whose versions are told."""
PATIENCE = 1800.0
"""Seconds after which a peer that does not answer is given up."""
QUIET = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "OPENAI_API_KEY": "none",
    "DO_NOT_TRACK": "1",
    "LOGFIRE_SEND_TO_LOGFIRE": "false",
}
"""Variables of its environment: nothing is looked up on the network."""


class PeerFailed(PeerMissing):
    """A peer that could not be started, or failed in its own process; the message says how."""


def parse_pythons(words: Sequence[str]) -> dict[str, Path]:
    """``NAME=PYTHON`` of each word: peers and the interpreters that have their packages.

    Raises:
        QAError: for a word of another form, a peer without a script, or an interpreter that is not there.
    """
    pythons = {}
    for word in words:
        name, _, path = word.partition("=")
        if not path:
            raise QAError(f"--peer-python {word!r} is no NAME=PYTHON; give {', '.join(NAMES)} and an interpreter")
        if name not in NAMES:
            raise QAError(f"no peer {name!r} for --peer-python; give {', '.join(NAMES)}")
        if not Path(path).is_file():
            raise QAError(f"--peer-python {name}: there is no {path!r}; set up as evals/bench/outside says")
        pythons[name] = Path(path).absolute()  # not resolved: behind the link is an interpreter without the packages
    return pythons


def script_of(name: str) -> Path:
    """The script that runs a peer."""
    return SCRIPTS / f"{re.sub(r'[^a-z0-9]+', '_', name)}_peer.py"


def version_of(name: str, python: Path) -> str:
    """Version of a peer's package and of its Python; empty where it is not installed."""
    program = "import sys, platform, importlib.metadata as known; print(known.version(sys.argv[1]), end='');"
    program += "print(' on Python', platform.python_version())"
    done = subprocess.run([python, "-c", program, NAMES[name]], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


class OutsidePeer:
    """Runs a peer's script in its environment while it is open.

    Args:
        script: defines ``open_system``, see ``scripts/serve.py``.
        python: the interpreter of its environment.
        folder: where its index lies, or will lie.
        count: passages wanted of each question.

    Raises:
        PeerFailed: if it does not start.
    """

    def __init__(self, script: Path, python: Path, folder: Path, count: int) -> None:
        self._count = count
        self._places: dict[str, Places] = {}
        self.found = self.unplaced = self.most_memory = 0
        with ExitStack() as stack:
            embedder = open_embedder("minilm")
            server = stack.enter_context(EmbeddingServer(embedder))
            self._messages = stack.enter_context(tempfile.TemporaryFile())
            home = stack.enter_context(tempfile.TemporaryDirectory(prefix="evals-peer-", ignore_cleanup_errors=True))
            given = {"endpoint": server.url, "tokenizer": str(built_in_files().tokenizer)}
            words = [str(script), str(folder), json.dumps(given | {"dimension": embedder.dimension})]
            self._process = subprocess.Popen(
                [python, SCRIPTS / "serve.py", *words],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._messages,
                env=_environment(home),
            )
            stack.callback(self._end)
            self._answer()
            self._stack = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def index(self, articles: Sequence[Article]) -> None:
        """Hands over the articles."""
        self._ask("index", [{"id": one.id, "title": one.title, "text": one.text} for one in articles])

    def know(self, texts: Mapping[str, str]) -> None:
        """Takes the texts of the articles, in which places are looked for."""
        self._places = {name: Places(text) for name, text in texts.items()}

    def open(self) -> None:
        """Has it open its index."""
        self._ask("open")

    def find(self, question: str) -> list[Place]:
        """The passages it finds, best first, without those that have no place."""
        placed = []
        for row in self._ask("find", question, self._count):
            known = self._places.get(row["article"])
            bounds = known.of(row["text"]) if known else None
            self.found += 1
            if bounds is None:
                self.unplaced += 1
            else:
                placed.append((row["article"], *bounds))
        return placed

    def answer(self, question: str) -> object:
        """What it finds: it is given no language model."""
        return self.find(question)

    def _ask(self, task: str, *given: object) -> Any:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"do": task, "with": given}).encode("utf-8") + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise PeerFailed(f"it ended: {self._last_message()}") from error
        return self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        timer = threading.Timer(PATIENCE, self._process.kill)
        timer.start()
        try:
            line = self._process.stdout.readline()
        finally:
            timer.cancel()
        if not line:
            raise PeerFailed(f"it ended: {self._last_message()}")
        answer = json.loads(line)
        if "error" in answer:
            raise PeerFailed(answer["error"])
        self.most_memory = answer["memory"]
        return answer["result"]

    def _last_message(self) -> str:
        self._process.wait()
        self._messages.seek(0)
        lines = self._messages.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else f"no message, exit code {self._process.returncode}"

    def _end(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with suppress(BrokenPipeError):  # it has ended before it read all
                pipe.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _environment(home: str) -> dict[str, str]:
    """Ours without what belongs to our Python; settings and caches are read from, and written to, a folder of its own.

    Tokens are counted with the vocabulary that LlamaIndex brings along.
    """
    ours = ("PYTHON", "VIRTUAL_ENV", "XDG_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    found = importlib.util.find_spec("llama_index.core")
    assert found is not None
    assert found.origin is not None
    vocabulary = Path(found.origin).parent / "_static" / "tiktoken_cache"
    return kept | QUIET | {"HOME": home, "TIKTOKEN_CACHE_DIR": str(vocabulary)}
