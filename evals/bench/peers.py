"""Ours beside the plain LlamaIndex pipeline on Chroma: indexing, questions, memory, disk. Ratios in one run.

    pip install llama-index-vector-stores-chroma
    python -m evals.bench.peers [--copies 4] [--rounds 2] [--fp32 FOLDER]

The plain pipeline is LlamaIndex's tutorial: ``SentenceSplitter`` (256 tokens, overlap 20), ``VectorStoreIndex`` on a
persistent Chroma collection, the five nearest chunks. It has our built-in embedder (int8), so that what differs is all
the rest; with ``--fp32`` it has an unquantised export of the same model (``qa/minilm/export.py --fp32``), which is what
Chroma embeds with unless told otherwise. Articles are those of the newsroom, multiplied (``evals.speed.multiplied``).

Each system works in a process of its own, and they take turns, so that a busy machine slows all of them.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from evals.datasets import load_dataset
from evals.importers import write_corpus
from evals.memory import most_memory
from evals.speed import multiplied
from evals.tables import columns

CHUNK, OVERLAP, FOUND = 256, 20, 5
QUESTIONS = 60
MEASURES = {
    "indexing_s": "indexing, s",
    "kilocharacters_per_s": "1,000 characters a second",
    "evidence_ms": "question to evidence, median ms",
    "answer_ms": "question to answer, median ms",
    "memory_mb": "most memory, MB",
    "disk_mb": "disk, MB",
}
Measured = dict[str, float]


def ours(corpus: Path, place: Path, questions: Sequence[str], fp32: Path | None) -> Measured:
    """The assistant without a language model."""
    from qa.assistant import Assistant
    from qa.settings import load_settings

    assistant = Assistant(load_settings(corpus=corpus, index=place, model="extractive"))
    began = time.perf_counter()
    assistant.sync()
    seconds = time.perf_counter() - began
    return {
        "indexing_s": seconds,
        "evidence_ms": _median(
            lambda question: assistant.archive.retrieve(question, FOUND, look_again=False), questions
        ),
        "answer_ms": _median(assistant.ask, questions),
    }


def plain(corpus: Path, place: Path, questions: Sequence[str], fp32: Path | None) -> Measured:
    """LlamaIndex and Chroma as their tutorials set them up; its answer without a model is the best chunk."""
    import chromadb
    from llama_index.core import Document, StorageContext, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter

    from evals.baselines.llamaindex import MiniLM
    from qa.embedders.onnx import OnnxEmbedder

    try:
        stores = importlib.import_module("llama_index.vector_stores.chroma")
    except ImportError as error:
        raise SystemExit("pip install llama-index-vector-stores-chroma: no dependency of this program") from error
    embedder = MiniLM()
    if fp32:
        embedder._embedder = OnnxEmbedder(fp32)
    began = time.perf_counter()
    articles = [json.loads(line) for line in (corpus / "articles.jsonl").read_text(encoding="utf-8").splitlines()]
    nodes = SentenceSplitter(chunk_size=CHUNK, chunk_overlap=OVERLAP)(
        [Document(text=article["text"], id_=article["id"]) for article in articles]
    )
    collection = chromadb.PersistentClient(str(place)).get_or_create_collection("articles")
    store = StorageContext.from_defaults(vector_store=stores.ChromaVectorStore(chroma_collection=collection))
    index = VectorStoreIndex(nodes, storage_context=store, embed_model=embedder)
    seconds = time.perf_counter() - began
    retriever = index.as_retriever(similarity_top_k=FOUND)
    asked = _median(retriever.retrieve, questions)
    return {"indexing_s": seconds, "evidence_ms": asked, "answer_ms": asked}


SYSTEMS: dict[str, Callable[[Path, Path, Sequence[str], Path | None], Measured]] = {"ours": ours, "plain": plain}


def _median(ask: Callable[[str], object], questions: Sequence[str]) -> float:
    """Milliseconds of a question that was not asked before, once everything is open."""
    ask("Is everything open now?")
    seconds = []
    for question in questions:
        began = time.perf_counter()
        ask(question)
        seconds.append(time.perf_counter() - began)
    return 1000 * statistics.median(seconds)


def work(system: str, place: Path, fp32: Path | None) -> None:
    """The work of one process: measures a system and prints the figures as JSON."""
    corpus, index = place / "corpus", place / "index" / system
    index.mkdir(parents=True)
    questions = json.loads((place / "questions.json").read_text(encoding="utf-8"))
    measured = SYSTEMS[system](corpus, index, questions, fp32)
    measured["memory_mb"] = most_memory() / 2**20
    measured["disk_mb"] = sum(path.stat().st_size for path in index.rglob("*") if path.is_file()) / 2**20
    print(json.dumps(measured))


def measure(copies: int, rounds: int, fp32: Path | None) -> tuple[dict[str, Measured], str]:
    """Medians over the rounds for each system, and what was measured, in words."""
    dataset = load_dataset("newsroom")
    articles = multiplied(dataset.articles, copies)
    characters = sum(len(article.text) for article in articles)
    found: dict[str, list[Measured]] = {name: [] for name in SYSTEMS}
    for _ in range(rounds):
        for name in SYSTEMS:
            with tempfile.TemporaryDirectory(prefix="evals-peers-", ignore_cleanup_errors=True) as folder:
                place = Path(folder)
                (place / "corpus").mkdir()
                write_corpus(articles, place / "corpus" / "articles.jsonl")
                asked = [case.question for case in dataset.cases][:: max(1, len(dataset.cases) // QUESTIONS)]
                (place / "questions.json").write_text(json.dumps(asked), encoding="utf-8")
                found[name].append(_in_a_process(name, place, fp32))
    medians = {name: _medians(rows, characters) for name, rows in found.items()}
    told = f"{len(articles)} articles, {characters:,} characters, {rounds} rounds; {os.cpu_count()} cores"
    return medians, f"{told}, {platform.machine()}, Python {platform.python_version()}"


def _in_a_process(name: str, place: Path, fp32: Path | None) -> Measured:
    command = [sys.executable, "-m", "evals.bench.peers", "--work", name, "--place", str(place)]
    done = subprocess.run(
        [*command, *(["--fp32", str(fp32)] if fp32 else [])], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{name} failed: {(done.stderr.strip().splitlines() or ['no message'])[-1]}")
    measured: Measured = json.loads(done.stdout.strip().splitlines()[-1])
    return measured


def _medians(rows: Sequence[Measured], characters: int) -> Measured:
    medians = {key: statistics.median(row[key] for row in rows) for key in rows[0]}
    return {**medians, "kilocharacters_per_s": characters / 1000 / medians["indexing_s"]}


def table(medians: dict[str, Measured]) -> str:
    """Ours, the plain pipeline, and the plain pipeline as a multiple of ours."""
    rows = [["", "ours", "plain LlamaIndex on Chroma", "plain / ours"]]
    for key, name in MEASURES.items():
        mine, theirs = medians["ours"][key], medians["plain"][key]
        rows.append([name, f"{mine:.1f}", f"{theirs:.1f}", f"{theirs / mine:.2f}"])
    return columns(rows)


def main(arguments: Sequence[str] | None = None) -> Any:
    """Prints the table, or does the work of one process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--copies", type=int, default=4, help="how often each article is there, with words exchanged")
    parser.add_argument("--rounds", type=int, default=2, help="how often each system is measured")
    parser.add_argument("--fp32", type=Path, help="folder of an unquantised export, for the plain pipeline")
    parser.add_argument("--work", choices=SYSTEMS, help=argparse.SUPPRESS)
    parser.add_argument("--place", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.work:
        work(given.work, given.place, given.fp32)
        return
    medians, told = measure(given.copies, given.rounds, given.fp32)
    print(f"{told}\n\n{table(medians)}")


if __name__ == "__main__":
    main()
