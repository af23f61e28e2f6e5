"""What a question and a look for changes cost as the articles grow: 10^3, 10^4, 10^5 passages.

    python -m evals bench --only growth [--size 1000 --size 10000 --size 100000]

Articles are those of ``evals.bench.scale``, one to two passages each. Their vectors are made up, so that 10^5 passages
are stored in minutes; questions are embedded as always, so a question costs what it costs, but what it finds means
nothing. What a real index of this size gives and takes is measured by ``python -m evals.bench.scale``.
"""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from evals.bench.peers import LlamaIndex, PeerMissing
from evals.bench.scale import COLLECTIONS, MadeUpVectors, disk_of, write_articles
from evals.datasets import read_articles
from evals.memory import most_memory
from evals.metrics.cost import percentile
from evals.progress import shown
from evals.speed import timed
from evals.tables import columns
from qa.depth import DEPTHS
from qa.embedders.interface import Vectors
from qa.index.local import LocalPlace
from qa.index.store import Index
from qa.index.sync import synchronise
from qa.retrieve import Retriever

RECIPE = "madeupmadeup"
FOUND = 8
PRESETS = ("fast", "balanced")
WARM = 10
"""Questions asked before the clock runs."""
_HERE = [sys.executable, "-m", "evals.bench.growth"]


class MadeUpPassages(MadeUpVectors):
    """Made-up vectors for passages; questions are embedded as always."""

    def __init__(self) -> None:
        from qa.embedders import open_embedder

        super().__init__()
        self._questions = open_embedder("minilm")

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Real ones for texts, made-up ones for what stands for a passage."""
        return self._questions.embed_queries(texts) if texts[0] else super().embed_queries(texts)


def growth(sizes: Sequence[int], data: Path, questions: int) -> dict[str, Any]:
    """A row for each size in articles.

    Args:
        sizes: numbers of articles.
        data: folder of collections, as of ``evals.bench.scale``.
        questions: asked of each.
    """
    rows = []
    with shown("growth") as progress:
        for number, size in enumerate(sizes, start=1):
            with tempfile.TemporaryDirectory(prefix="evals-growth-", ignore_cleanup_errors=True) as folder:
                place = Path(folder)
                (place / "corpus").mkdir()
                write_articles(size, data, place / "corpus")
                index = _in_a_process("index", place, data, questions)
                asked = _in_a_process("ask", place, data, questions)
                rows.append({"articles": size, **index, **asked, **_plain(place, data)})
            progress(number, len(sizes))
    return {"rows": rows}


def _plain(place: Path, data: Path) -> dict[str, float]:
    """The memory of the plain pipeline; nothing where its packages are not installed."""
    try:
        LlamaIndex(place, place)
    except PeerMissing:
        return {}
    return _in_a_process("plain", place, data, 0)


def _in_a_process(task: str, place: Path, data: Path, questions: int) -> dict[str, float]:
    done = subprocess.run(
        [*_HERE, task, str(place), str(data), str(questions)], stdout=subprocess.PIPE, check=True, text=True
    )
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return measured


def index(place: Path) -> dict[str, float]:
    """Stores the articles, then looks for changes twice: nothing changed, one changed."""
    began = time.perf_counter()
    _synchronise(place)
    seconds = time.perf_counter() - began
    measured = {"storing_s": seconds, "indexing_mb": most_memory() / 2**20, "disk_mb": disk_of(place / "index") / 2**20}
    measured["unchanged_s"] = timed(_synchronise, place)
    extra = place / "corpus" / "one-more.md"
    extra.write_text("# One more\n\nThe ferry to the island did not run on Monday.\n", encoding="utf-8")
    _synchronise(place)
    extra.write_text("# One more\n\nThe ferry to the island did run on Tuesday.\n", encoding="utf-8")
    measured["changed_s"] = timed(_synchronise, place)
    return measured


def ask(place: Path, questions: Sequence[str]) -> dict[str, float]:
    """Median and 99th percentile of milliseconds from question to evidence, by preset, once everything is open."""
    measured: dict[str, float] = {}
    for preset in PRESETS:
        measured |= _asked(place / "index", preset, questions)
    return measured | {"asking_mb": most_memory() / 2**20}


def _asked(folder: Path, preset: str, questions: Sequence[str]) -> dict[str, float]:
    """With an index of its own, that has kept nothing of what another read."""
    index = Index(folder, RECIPE, LocalPlace(folder, RECIPE))
    with index.view() as catalog:
        passages = catalog.passage_count()
    retriever = Retriever(index, MadeUpPassages(), depth=DEPTHS[preset])
    search = partial(retriever.search, limit=FOUND, look_again=False)
    for question in questions[:WARM]:
        search(question)
    milliseconds = sorted(1000 * timed(search, question) for question in questions)
    index.close()
    median, late = statistics.median(milliseconds), percentile(milliseconds, 99)
    return {"passages": passages, f"{preset}_ms": median, f"{preset}_p99_ms": late}


def plain(place: Path) -> dict[str, float]:
    """Stores the same articles as LlamaIndex's tutorial does, with vectors made up as well."""
    from evals.baselines.llamaindex import MiniLM

    articles = read_articles(place / "corpus")
    (place / "plain").mkdir()
    began = time.perf_counter()
    LlamaIndex(place / "plain", place, MiniLM(MadeUpVectors())).index(articles)
    return {"plain_storing_s": time.perf_counter() - began, "plain_indexing_mb": most_memory() / 2**20}


def _synchronise(place: Path) -> None:
    synchronise(place / "corpus", place / "index", RECIPE, MadeUpPassages)


def _questions(data: Path, count: int) -> list[str]:
    files = [data / name / "cases.jsonl" for name in COLLECTIONS]
    lines = [line for path in files if path.exists() for line in path.read_text("utf-8").splitlines()]
    return [str(json.loads(line)["question"]) for line in random.Random(1).sample(lines, min(len(lines), count))]


def table(measured: dict[str, Any]) -> str:
    """A line for each size, and how many times the first the last costs."""
    heads = {
        "articles": "articles",
        "passages": "passages",
        "fast_ms": "fast, ms",
        "fast_p99_ms": "p99",
        "balanced_ms": "balanced, ms",
        "balanced_p99_ms": "p99",
        "unchanged_s": "nothing changed, s",
        "changed_s": "one changed, s",
        "storing_s": "storing, s",
        "indexing_mb": "indexing, MB",
        "plain_storing_s": "plain, s",
        "plain_indexing_mb": "plain, MB",
        "asking_mb": "asking, MB",
        "disk_mb": "disk, MB",
    }
    rows = measured["rows"]
    lines = [[_number(row.get(key)) for key in heads] for row in rows]
    told = columns([list(heads.values()), *lines])
    if len(rows) > 1:
        first, last = rows[0], rows[-1]
        ratios = {preset: last[f"{preset}_ms"] / first[f"{preset}_ms"] for preset in PRESETS}
        times = ", ".join(f"{ratio:.2f} times ({preset})" for preset, ratio in ratios.items())
        told += f"\n\n{last['articles'] / first['articles']:.0f} times the articles: a question costs {times}"
    return told


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 or isinstance(value, int) else f"{value:.2f}"


def main() -> None:
    """The work of one process, whose figures are printed as JSON."""
    task, place, data, count = sys.argv[1:]
    tasks: dict[str, Callable[[], dict[str, float]]] = {
        "index": lambda: index(Path(place)),
        "ask": lambda: ask(Path(place), _questions(Path(data), int(count))),
        "plain": lambda: plain(Path(place)),
    }
    print(json.dumps(tasks[task]()))


if __name__ == "__main__":
    main()
