"""Ours beside what people would use instead: indexing, evidence, answers, memory, disk, in one run.

    python -m evals bench --only peers [--copies 3] [--rounds 1] [--fp32 FOLDER] [--peer-python NAME=PYTHON]

Each system works in processes of its own, one that indexes and one that is asked, and systems take turns, so that a
busy machine slows all of them. Articles are those of a data set, multiplied (``evals.speed.multiplied``). *Evidence
found* is the share of answerable questions whose evidence stands (at least half of its characters) in the passages
found, of which as many are read as go into ``BUDGET`` tokens, so that long passages win nothing. Systems that live in
another environment are measured as ``evals.bench.outside`` says.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evals.bench.outside.peer import OutsidePeer, script_of, version_of
from evals.bench.peers import FOUND, PEERS, SHARED_INDEX, Peer, PeerMissing, Place, open_peer
from evals.bench.ranking_examples import holds
from evals.chunks import token_counter
from evals.datasets import Dataset, load_report_part, read_articles
from evals.importers import write_corpus
from evals.memory import most_memory
from evals.metrics.cost import percentile
from evals.progress import shown
from evals.speed import multiplied
from evals.tables import columns

BUDGET = 1000
MISSING = 4
"""Exit code of a process whose system cannot be set up."""
MEASURES = {
    "indexing_s": "indexing, s",
    "embedding_share": "of it the embedder, %",
    "evidence_found": f"evidence found within {BUDGET} tokens, %",
    "evidence_ms": "question to evidence, median ms",
    "evidence_p99_ms": "question to evidence, p99 ms",
    "answer_ms": "question to answer, median ms",
    "indexing_mb": "most memory while indexing, MB",
    "asking_mb": "most memory while asking, MB",
    "disk_mb": "disk, MB",
    "unplaced": "found texts that are in no article, %",
}
Measured = dict[str, float]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is measured of each system, and with what.

    Args:
        dataset: whose articles and questions.
        questions: asked at most.
        fp32: folder of an unquantised export of MiniLM, for Chroma's own embedding function.
        pythons: the systems of other environments, and their interpreters.
    """

    dataset: str
    questions: int
    fp32: Path | None = None
    pythons: Mapping[str, Path] = field(default_factory=dict)

    def words(self, name: str) -> list[str]:
        """The command line of a process that measures one of the systems."""
        python = self.pythons.get(name)
        given = [
            word for key, path in (("--fp32", self.fp32), ("--python", python)) if path for word in (key, str(path))
        ]
        return [self.dataset, str(self.questions), *given]


def side_by_side(asked: Asked, *, copies: int, rounds: int) -> dict[str, Any]:
    """Medians over the rounds for each system that can be set up, and the reasons of the others.

    Args:
        asked: what of each.
        copies: how often each article is there.
        rounds: how often each system is measured.
    """
    loaded = load_report_part(asked.dataset, asked.questions)
    names = [*PEERS, *asked.pythons]
    articles = multiplied(loaded.articles, copies)
    rows: dict[str, list[Measured]] = {}
    missing: dict[str, str] = {}
    with shown("side by side") as progress:
        for turn in range(rounds):
            with tempfile.TemporaryDirectory(prefix="evals-peers-", ignore_cleanup_errors=True) as folder:
                place = Path(folder)
                (place / "corpus").mkdir()
                write_corpus(articles, place / "corpus" / "articles.jsonl")
                for number, name in enumerate(names, start=1):
                    try:
                        rows.setdefault(name, []).append(_measured(name, place, asked))
                    except PeerMissing as error:
                        missing[name] = str(error)
                    progress(turn * len(names) + number, rounds * len(names))
    measured = {name: _medians(found) for name, found in rows.items() if found}
    return {
        "articles": len(articles),
        "characters": sum(len(article.text) for article in articles),
        "systems": measured,
        "versions": {name: version_of(name, python) for name, python in asked.pythons.items() if name in measured},
        "missing": missing,
    }


def _medians(rows: Sequence[Measured]) -> Measured:
    return {key: statistics.median(row[key] for row in rows) for key in rows[0]}


def _measured(name: str, place: Path, asked: Asked) -> Measured:
    built = SHARED_INDEX.get(name, name)
    indexed = {} if built != name else _in_a_process("index", name, place, asked)
    return indexed | _in_a_process("ask", name, place, asked)


def _in_a_process(task: str, name: str, place: Path, asked: Asked) -> Measured:
    command = [sys.executable, "-m", "evals.bench.side_by_side", task, name, str(place), *asked.words(name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    reason = (done.stderr.strip().splitlines() or ["no message"])[-1]
    if done.returncode == MISSING:
        raise PeerMissing(reason)
    if done.returncode:
        raise SystemExit(f"{name} failed: {reason}")
    measured: Measured = json.loads(done.stdout.strip().splitlines()[-1])
    return measured


def index(peer: Peer, place: Path, folder: Path) -> Measured:
    """Takes in the articles of ``place`` into ``folder``."""
    articles = read_articles(place / "corpus")
    embedding = _seconds_of_embedding()
    began = time.perf_counter()
    peer.index(articles)
    seconds = time.perf_counter() - began
    disk = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20
    measured = {"indexing_s": seconds, "indexing_mb": _memory(peer), "disk_mb": disk}
    return measured | ({"embedding_share": 100 * sum(embedding) / seconds} if embedding else {})


def ask(peer: Peer, dataset: Dataset, texts: Mapping[str, str]) -> Measured:
    """Asks each question for its evidence, then for its answer, once everything is open.

    Args:
        peer: is asked.
        dataset: the questions.
        texts: of all articles.
    """
    peer.open()
    peer.find("Is everything open now?")
    peer.answer("Is everything open now?")
    finding, found = _timed(peer.find, dataset)
    answering, _ = _timed(peer.answer, dataset)
    held = [
        any(holds(case, *one) for one in within_budget(places, texts))
        for case, places in zip(dataset.cases, found, strict=True)
        if case.answerable
    ]
    known = {"evidence_found": 100 * sum(held) / len(held)} if held else {}
    return {
        **known,
        "evidence_ms": statistics.median(finding),
        "evidence_p99_ms": percentile(sorted(finding), 99),
        "answer_ms": statistics.median(answering),
        "asking_mb": _memory(peer),
        **({"unplaced": 100 * peer.unplaced / max(1, peer.found)} if isinstance(peer, OutsidePeer) else {}),
    }


def _memory(peer: Peer) -> float:
    """MiB at most of the process that does the peer's work."""
    return (peer.most_memory if isinstance(peer, OutsidePeer) else most_memory()) / 2**20


def within_budget(places: Sequence[Place], texts: Mapping[str, str], budget: int = BUDGET) -> list[Place]:
    """The first of the passages that have ``budget`` tokens at most together; those of other articles count as well."""
    count, spent, read = token_counter(), 0, []
    for place in places:
        spent += count(texts[place[0]][place[1] : place[2]])
        if spent > budget:
            break
        read.append(place)
    return read


def _timed(call: Callable[[str], Any], dataset: Dataset) -> tuple[list[float], list[Any]]:
    """Milliseconds and results of each question."""
    milliseconds, results = [], []
    for case in dataset.cases:
        began = time.perf_counter()
        results.append(call(case.question))
        milliseconds.append(1000 * (time.perf_counter() - began))
    return milliseconds, results


def _seconds_of_embedding() -> list[float]:
    """A list that each call of the built-in embedder for passages adds its seconds to, from now on."""
    from qa.embedders.onnx import OnnxEmbedder

    seconds: list[float] = []
    embed = OnnxEmbedder.embed_passages

    def timed(self: OnnxEmbedder, passages: Any) -> Any:
        began = time.perf_counter()
        vectors = embed(self, passages)
        seconds.append(time.perf_counter() - began)
        return vectors

    OnnxEmbedder.embed_passages = timed  # type: ignore[method-assign]
    return seconds


def table(measured: dict[str, Any]) -> str:
    """The systems side by side: each figure, and in brackets how many times ours it is."""
    systems: dict[str, Measured] = measured["systems"]
    rows = [["", *systems]]
    for key, name in MEASURES.items():
        if not any(key in row for row in systems.values()):
            continue
        rows.append([name, *(_cell(row.get(key), systems["ours"].get(key)) for row in systems.values())])
    head = f"{measured['articles']} articles, {measured['characters']:,} characters"
    versions = [f"{name}: {version}" for name, version in measured.get("versions", {}).items()]
    skipped = [f"SKIPPED {name}: {reason}" for name, reason in measured["missing"].items()]
    return "\n".join([head, "", columns(rows), *versions, *skipped])


def _cell(value: float | None, ours: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.1f} ({value / ours:.2f}x)" if ours else f"{value:.1f}"


def main(arguments: Sequence[str] | None = None) -> None:
    """The work of one process, whose figures are printed as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=("index", "ask"))
    parser.add_argument("name")
    parser.add_argument("place", type=Path)
    parser.add_argument("dataset")
    parser.add_argument("questions", type=int)
    parser.add_argument("--fp32", type=Path)
    parser.add_argument("--python", type=Path, help="of the environment of a system outside")
    given = parser.parse_args(arguments)
    try:
        print(json.dumps(_work(given)))
    except PeerMissing as error:
        print(error, file=sys.stderr)
        sys.exit(MISSING)


def _work(given: argparse.Namespace) -> Measured:
    folder = given.place / "index" / SHARED_INDEX.get(given.name, given.name)
    folder.mkdir(parents=True, exist_ok=True)
    corpus = given.place / "corpus"
    with _opened(given, folder, corpus) as peer:
        if given.task == "index":
            return index(peer, given.place, folder)
        texts = {article.id: article.text for article in read_articles(corpus)}
        if isinstance(peer, OutsidePeer):
            peer.know(texts)
        return ask(peer, load_report_part(given.dataset, given.questions), texts)


@contextmanager
def _opened(given: argparse.Namespace, folder: Path, corpus: Path) -> Iterator[Peer]:
    if given.python is None:
        yield open_peer(given.name, folder, corpus, given.fp32)
        return
    with OutsidePeer(script_of(given.name), given.python, folder, FOUND) as peer:
        yield peer


if __name__ == "__main__":
    main()
