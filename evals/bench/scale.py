"""Many articles: what indexing them costs in memory, disk and time, and how fast questions are answered afterwards.

    python -m evals.bench.scale 10000 --data ../shared/data

Articles of one or two passages are cut from the texts of public collections; in each, a share of the words, the names
and the numbers are exchanged by a seeded choice, so that they are no near-copies. The program indexes them in a process
of its own, is killed with two fifths done, and started again. Then another process asks questions of the collections.
With ``--made-up-vectors`` nothing is embedded and nothing asked: what remains is the cost of storing.
With ``QA_CHROMA_URL``, passages go to that server (its own memory and disk are not counted), and the process that asks
has files of its own, so that its first answer tells how long it takes to copy what a machine keeps.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from evals.memory import most_memory
from evals.metrics.cost import percentile
from qa.embedders import PassageInput, PassageVectors, Vectors
from qa.embedders.interface import unit_length
from qa.index.sync import synchronise

COLLECTIONS = ("new_wiki", "timeqa", "summedits_news")
"""Folders with a ``corpus.jsonl``; questions come from those that have a ``cases.jsonl``."""
SHORTEST, LONGEST = 500, 1600
"""Characters of an article, about."""
EXCHANGED = 0.3
"""Share of the long words of an article that are exchanged."""
PER_FILE = 500
KILLED_AT = 0.4
STEPS = 10
"""Parts of the articles whose times are told each, so that it shows whether later ones take longer."""

_WORD = re.compile(r"\b(?:[A-Z][a-z]{3,}|[a-z]{6,}|\d+)\b")
_HERE = [sys.executable, "-m", "evals.bench.scale"]
_PROGRAM = [sys.executable, "-c", "from qa.cli import main; main()"]


@dataclass(slots=True)
class Growth:
    """When how many articles were in the index, the most memory its writer took, and the processor's seconds."""

    points: list[tuple[float, int]] = field(default_factory=list)
    memory: int = 0
    seconds: float = 0.0
    processor: float = 0.0

    def steps(self, count: int) -> list[float]:
        """Seconds per 1,000 articles, in each of ``STEPS`` parts of the way."""
        at = [self._time_of(count * step // STEPS) for step in range(STEPS + 1)]
        return [(later - earlier) / (count / STEPS / 1000) for earlier, later in pairwise(at)]

    def _time_of(self, articles: int) -> float:
        before = (self.points[0][0], 0)
        for seconds, reached in self.points:
            if reached >= articles:
                share = (articles - before[1]) / max(reached - before[1], 1)
                return before[0] + share * (seconds - before[0])
            before = (seconds, reached)
        return before[0]


def write_articles(count: int, data: Path, corpus: Path) -> None:
    """Writes ``count`` articles, ``PER_FILE`` of them to a file."""
    texts = [str(row["text"]) for name in COLLECTIONS for row in _rows(data / name / "corpus.jsonl")]
    words = sorted({word for text in texts for word in _WORD.findall(text)})
    made = _articles(texts, words)
    for number in range(0, count, PER_FILE):
        rows = [json.dumps(next(made), ensure_ascii=False) for _ in range(min(PER_FILE, count - number))]
        (corpus / f"{number:07}.jsonl").write_text("\n".join(rows) + "\n", "utf-8")


def _articles(texts: Sequence[str], words: Sequence[str]) -> Iterator[dict[str, str]]:
    number = 0
    while True:
        for text in texts:
            chance = random.Random(number)
            length = chance.randint(SHORTEST, LONGEST)
            start = chance.randrange(max(1, len(text) - length))
            start = text.rfind(". ", 0, start) + 2 if start else 0
            part = text[start : text.find(". ", start + length) + 1 or None][: 2 * LONGEST]
            body = _WORD.sub(lambda found, c=chance: _exchanged(found[0], words, c), part)  # type: ignore[misc]
            day = f"{2000 + number % 25}-{number % 12 + 1:02}-{number % 28 + 1:02}"
            yield {"id": f"a{number:07}", "title": " ".join(body.split()[:8]), "text": body, "published": day}
            number += 1


def _exchanged(word: str, words: Sequence[str], chance: random.Random) -> str:
    if chance.random() > EXCHANGED:
        return word
    if word.isdigit():
        return str(chance.randint(10 ** (len(word) - 1), 10 ** len(word) - 1))
    return words[chance.randrange(len(words))]


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


class MadeUpVectors:
    """An embedder that takes no time; its vectors mean nothing."""

    name = "made-up"
    dimension = 384

    def __init__(self) -> None:
        self._chance = np.random.default_rng(1)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """One row of unit length for each of ``texts``."""
        return unit_length(self._chance.normal(size=(len(texts), self.dimension)).astype(np.float32))

    def embed_passages(self, passages: Sequence[PassageInput]) -> list[PassageVectors]:
        """Vectors for each passage and its sentences."""
        rows = [self.embed_queries([""] * (1 + len(passage.sentences))) for passage in passages]
        return [PassageVectors(row[0], row[1:]) for row in rows]


def index_watched(command: Sequence[str], index: Path, kill_at: int | None) -> Growth:
    """Indexes in a process of its own; kills it once ``kill_at`` articles are in the index."""
    growth = Growth()
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    while process.poll() is None:
        reached = articles_in(index)
        growth.points.append((time.perf_counter() - began, reached))
        growth.memory = max(growth.memory, memory_of(process.pid))
        growth.processor = max(growth.processor, processor_seconds_of(process.pid))
        if kill_at is not None and reached >= kill_at:
            process.send_signal(signal.SIGKILL)
        time.sleep(0.2)
    growth.seconds = time.perf_counter() - began
    growth.points.append((growth.seconds, articles_in(index)))
    errors = process.stderr.read().decode() if process.stderr else ""
    if process.stderr:
        process.stderr.close()
    if process.returncode not in (0, -signal.SIGKILL):
        raise SystemExit(f"indexing failed: {errors}")
    return growth


def articles_in(index: Path) -> int:
    """Articles that are live in the newest catalogue below a folder."""
    for path in index.glob("*/catalog.sqlite3"):
        try:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=1)) as database:
                return int(database.execute("select count(*) from articles").fetchone()[0])
        except sqlite3.OperationalError:
            return 0
    return 0


def memory_of(pid: int) -> int:
    """The most memory that a process has had so far, in bytes; 0 where the system does not say."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii")
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else 0


def processor_seconds_of(pid: int) -> float:
    """Seconds that processors have worked for a process so far; 0 where the system does not say."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") if len(fields) > 12 else 0.0


def disk_of(folder: Path) -> int:
    """Bytes that files in a folder take on disk."""
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())


def ask(corpus: Path, index: Path, data: Path, count: int) -> dict[str, Any]:
    """Asks questions one after the other; to be called in a fresh process."""
    import qa

    rows = [row for name in COLLECTIONS if (cases := data / name / "cases.jsonl").exists() for row in _rows(cases)]
    questions = [str(row["question"]) for row in random.Random(1).sample(rows, min(len(rows), count + 10))]
    assistant = qa.open(corpus, index=index, model="extractive", sync=False)
    seconds, answered = [], 0
    for question in questions:
        began = time.perf_counter()
        answered += assistant.ask(question).status != "abstained"
        seconds.append(time.perf_counter() - began)
    warm = sorted(seconds[10:])
    with assistant.archive.index.view() as catalog:
        held = catalog.passage_count()
    assistant.close()
    return {
        "passages": held,
        "questions": len(warm),
        "answered": answered,
        "first": seconds[0],
        "p50": statistics.median(warm),
        "p99": percentile(warm, 99),
        "max": warm[-1],
        "memory": most_memory(),
    }


def report(count: int, first: Growth, second: Growth, index: Path, asked: dict[str, Any] | None) -> str:
    """What was measured, a line each."""
    thousands, mega = count / 1000, 1e6
    seconds, processor = first.seconds + second.seconds, first.processor + second.processor
    disk = disk_of(index)
    steps = " ".join(f"{step:.1f}" for step in second.steps(count)[int(KILLED_AT * STEPS) + 1 :])
    held = f" ({asked['passages']} passages)" if asked else ", vectors made up"
    lines = [
        f"{count} articles{held}, killed at {first.points[-1][1]} and resumed",
        f"{seconds:.0f} s, {seconds / thousands:.1f} s per 1,000 articles ({processor / thousands:.1f} s of "
        f"processors); in tenths of the way after resuming: {steps}",
        f"{disk / mega:.0f} MB on disk, {disk / mega / thousands:.1f} MB per 1,000 articles",
        f"{max(first.memory, second.memory) / mega:.0f} MB of memory at most while indexing",
    ]
    if asked:
        lines.append(
            f"{asked['questions']} questions: median {1000 * asked['p50']:.0f} ms, p99 {1000 * asked['p99']:.0f} ms, "
            f"slowest {1000 * asked['max']:.0f} ms, first {asked['first']:.1f} s; {asked['memory'] / mega:.0f} MB"
        )
    return "\n".join(lines)


def _asked(folder: Path, index: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """What ``ask`` tells, in a process of its own."""
    place = folder / "replica" if "QA_CHROMA_URL" in os.environ else index
    options = ["--ask-only", "--folder", str(folder), "--ask-index", str(place), "--data", str(arguments.data)]
    options += ["--questions", str(arguments.questions), "0"]
    done = subprocess.run([*_HERE, *options], stdout=subprocess.PIPE, check=True, text=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _command(folder: Path, arguments: argparse.Namespace) -> list[str]:
    """The command that indexes the articles in a folder."""
    if arguments.made_up_vectors:
        return [*_HERE, "--store-only", "--folder", str(folder), "0"]
    places = ["--corpus", str(folder / "corpus"), "--index", str(folder / "index")]
    return [*_PROGRAM, "index", *places, *([] if arguments.engine == "local" else ["--engine", arguments.engine])]


def main() -> None:
    """Reads the arguments and measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, help="articles")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of collections")
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--engine", default="local", help="of 'qa index'")
    parser.add_argument("--made-up-vectors", action="store_true", help="measure storing alone")
    parser.add_argument("--store-only", action="store_true", help="store what is in --folder, in this process")
    parser.add_argument("--folder", type=Path, help="for articles and index, kept afterwards")
    parser.add_argument("--ask-only", action="store_true", help="ask in this process, about what is in --folder")
    parser.add_argument("--ask-index", type=Path, help="index to ask; by default that of --folder")
    arguments = parser.parse_args()
    if arguments.ask_only:
        index = arguments.ask_index or arguments.folder / "index"
        print(json.dumps(ask(arguments.folder / "corpus", index, arguments.data, arguments.questions)))
        return
    if arguments.store_only:
        synchronise(arguments.folder / "corpus", arguments.folder / "index", "madeupmadeup", MadeUpVectors)
        return
    with tempfile.TemporaryDirectory(prefix="scale-") as temporary:
        folder = arguments.folder or Path(temporary)
        (folder / "corpus").mkdir(parents=True)
        write_articles(arguments.count, arguments.data, folder / "corpus")
        command, index = _command(folder, arguments), folder / "index"
        first = index_watched(command, index, int(KILLED_AT * arguments.count))
        second = index_watched(command, index, None)
        if articles_in(index) != arguments.count:
            raise SystemExit(f"{articles_in(index)} articles are in the index, not {arguments.count}")
        asked = None if arguments.made_up_vectors else _asked(folder, index, arguments)
        print(report(arguments.count, first, second, index, asked))


if __name__ == "__main__":
    main()
