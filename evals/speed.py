"""How fast: starting, indexing, searching, answering, one at a time and several at once.

Start and first answer are measured in processes of their own, since this one has imported everything already. The
articles can be multiplied: in each copy a share of the words is exchanged for others of the corpus, by a seeded choice,
so that copies are not near-copies. No language model is asked.
"""

from __future__ import annotations

import os
import platform
import random
import re
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.datasets import Dataset, load_dataset
from evals.importers import write_corpus
from evals.metrics.cost import distribution
from evals.progress import shown
from evals.runs import RunError
from evals.tables import columns
from qa.records import Article

if TYPE_CHECKING:
    from qa.assistant import Assistant

EXCHANGED = 0.3
"""Share of the long words of a copy that are exchanged."""
_LONG_WORD = re.compile(r"\b[a-z]{5,}\b")
_HELP = [sys.executable, "-c", "from qa.cli import main; main()", "--help"]


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of ``n`` repetitions; per second where many were done at once."""

    name: str
    n: int
    p50: float
    p95: float
    per_second: float | None = None


def measure(dataset: str, *, questions: int, copies: int, workers: int) -> dict[str, Any]:
    """All measurements as plain values.

    Args:
        dataset: whose articles and questions.
        questions: asked at most.
        copies: how often each article is there.
        workers: questions asked at the same time in the last measurement.

    Raises:
        QAError: if the dataset or the assistant cannot be used.
    """
    cases = load_dataset(dataset, limit=questions)
    with tempfile.TemporaryDirectory(prefix="evals-speed-", ignore_cleanup_errors=True) as place:
        corpus, index = Path(place) / "corpus", Path(place) / "index"
        corpus.mkdir()
        articles = multiplied(cases.articles, copies)
        write_corpus(articles, corpus / "articles.jsonl")
        rows = [_repeated("start of the program (--help)", [_seconds(_HELP) for _ in range(3)])]
        rows += _answers(cases, corpus, index, workers, sum(len(article.text) for article in articles))
        ask = [*_HELP[:-1], "ask", cases.cases[0].question, "--corpus", str(corpus), "--index", str(index), "--json"]
        rows.append(_repeated("first answer of a new process", [_seconds(ask) for _ in range(3)]))
    machine = {"processor": platform.machine(), "cores": os.cpu_count(), "python": platform.python_version()}
    return {
        "dataset": dataset,
        "articles": len(articles),
        "characters": sum(len(article.text) for article in articles),
        **machine,
        "rows": [asdict(row) for row in rows],
    }


def multiplied(articles: Sequence[Article], copies: int, seed: int = 0) -> list[Article]:
    """Each article, and ``copies - 1`` articles like it."""
    chance = random.Random(seed)
    words = sorted({word for article in articles for word in _LONG_WORD.findall(article.text)}) or ["word"]

    def exchanged(found: re.Match[str]) -> str:
        return chance.choice(words) if chance.random() < EXCHANGED else found[0]

    others = [
        replace(article, id=f"{article.id}#{copy}", text=_LONG_WORD.sub(exchanged, article.text))
        for copy in range(1, copies)
        for article in articles
    ]
    return [*articles, *others]


def _answers(dataset: Dataset, corpus: Path, index: Path, workers: int, characters: int) -> list[Measured]:
    from qa.assistant import Assistant
    from qa.settings import load_settings

    assistant = Assistant(load_settings(corpus=corpus, index=index, model="extractive"))
    started = time.perf_counter()
    with shown("indexing") as progress:
        assistant.sync(progress=progress)
    seconds = time.perf_counter() - started
    rows = [Measured("indexing, characters", characters, seconds, seconds, characters / seconds)]
    rows.append(_repeated("looking for changed articles", [timed(assistant.sync) for _ in range(5)]))
    asked = [case.question for case in dataset.cases]
    assistant.search(asked[0])  # opens the index
    rows.append(_repeated("search", [timed(assistant.search, question) for question in asked]))
    rows.append(_repeated("answer", [timed(assistant.ask, question) for question in asked]))
    rows.append(_at_once(assistant, asked, workers))
    return rows


def _at_once(assistant: Assistant, questions: Sequence[str], workers: int) -> Measured:
    started = time.perf_counter()
    with ThreadPoolExecutor(workers) as pool:
        each = list(pool.map(lambda question: timed(assistant.ask, question), questions))
    total = time.perf_counter() - started
    return replace(_repeated(f"answers, {workers} at once", each), per_second=len(each) / total)


def timed(call: Callable[..., object], *arguments: Any, **named: Any) -> float:
    """Seconds of one call."""
    started = time.perf_counter()
    call(*arguments, **named)
    return time.perf_counter() - started


def _seconds(command: Sequence[str]) -> float:
    """Seconds of a process; that it abstains is no failure.

    Raises:
        RunError: if it failed.
    """
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 3):
        words = shlex.join(command[3:])
        raise RunError(f"'qa {words}' failed: {(done.stderr.strip().splitlines() or ['no message'])[-1]}")
    return time.perf_counter() - started


def _repeated(name: str, seconds: Iterable[float]) -> Measured:
    spread = distribution(seconds)
    assert spread is not None  # something was measured
    return Measured(name, spread.n, spread.p50, spread.p95)


def table(measured: Mapping[str, Any]) -> str:
    """The measurements as text."""
    rows = [["", "n", "median s", "95th percentile s", "per second"]]
    for row in measured["rows"]:
        rate = "" if row["per_second"] is None else f"{row['per_second']:,.0f}"
        rows.append([row["name"], str(row["n"]), f"{row['p50']:.3f}", f"{row['p95']:.3f}", rate])
    head = f"{measured['dataset']}: {measured['articles']} articles, {measured['characters']:,} characters"
    return f"{head}; {measured['cores']} cores, Python {measured['python']}\n\n{columns(rows)}"
