"""Batches of many questions: questions per second by engine, without a model and against one that takes its time.

    python -m evals.bench.batch newsroom --engine 1 --engine 2 --engine ray
    python -m evals.bench.batch newsroom --latency 0.2 --latency 2 --workers 64

Runs ``qa batch`` as a person would. An engine is a number of processes, or ``ray``. The rate is that of the run from
its first answer to its last; opening (start of the program to the first answer) is told beside it. With ``--latency``
a local model server answers after that many seconds: the ideal are workers divided by latency, the bound what the
processors leave room for (cores divided by the processor's time of a question). Questions are those of the dataset,
each made different by a number where more are asked than there are.
"""

from __future__ import annotations

import argparse
import itertools
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from evals.datasets import load_dataset
from evals.importers import write_corpus
from evals.runs import RunError
from evals.tables import columns

MANY = 10_000
"""Questions whose time is extrapolated."""
_QA = [sys.executable, "-c", "from qa.cli import main; main()"]


@dataclass(frozen=True, slots=True)
class Run:
    """A run of ``questions``: seconds to the first answer, from there answers per second and processor's seconds each.

    ``processor`` counts all processes of the run, also those of Ray where it is started on this machine.
    """

    engine: str
    questions: int
    opening: float
    rate: float
    processor: float

    def row(self) -> list[str]:
        """For the table; the last column is extrapolated."""
        each = f"{1000 * self.processor:.0f}"
        minutes = (self.opening + MANY / self.rate) / 60
        return [self.engine, str(self.questions), f"{self.opening:.1f}", f"{self.rate:.1f}", each, f"{minutes:.1f}"]


def main() -> None:
    """Measures what the command line asks for and prints tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("dataset")
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--engine", action="append", help="number of processes, or 'ray'; may be repeated")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--latency", type=float, action="append", default=[], help="seconds of a model's answer")
    given = parser.parse_args()
    engines = given.engine or ["1", "2"]
    with tempfile.TemporaryDirectory(prefix="evals-batch-", ignore_cleanup_errors=True) as place:
        bench = Bench(Path(place), given.dataset, given.questions, given.workers)
        if not given.latency:
            print(_table([bench.run(engine, ["--model", "extractive"]) for engine in engines]))
        for latency in given.latency:
            with model_server(latency) as address:
                runs = [bench.run(engine, ["--model", "slow"], QA_BASE_URL=address) for engine in engines]
            print(f"model that takes {latency:g} s, {given.workers} workers\n\n{_table(runs)}\n")
            print("\n".join(_against_ideal(run, given.workers / latency) for run in runs), end="\n\n")


class Bench:
    """A dataset's articles, indexed, and its questions, in a folder.

    Args:
        place: the folder.
        dataset: name as ``python -m evals`` takes it.
        questions: how many are asked.
        workers: how many at a time.
    """

    def __init__(self, place: Path, dataset: str, questions: int, workers: int) -> None:
        self._place, self._workers, self._count = place, str(workers), questions
        cases = load_dataset(dataset)
        (place / "corpus").mkdir()
        write_corpus(cases.articles, place / "corpus" / "articles.jsonl")
        self._questions = place / "questions.txt"
        self._questions.write_text("\n".join(_different([case.question for case in cases.cases], questions)))
        self._run(["index", *self._places()], {})

    def run(self, engine: str, options: Sequence[str], **environment: str) -> Run:
        """One run of all questions.

        Raises:
            RunError: if an answer is an error, or there is none.
        """
        out = self._place / f"answers-{time.monotonic_ns()}.jsonl"
        kind = ["--engine", "ray"] if engine == "ray" else ["--processes", engine]
        command = ["batch", str(self._questions), "--out", str(out), "--workers", self._workers, "--no-sync"]
        before, began, opened, seen, looked = _processor(), time.monotonic(), 0.0, 0.0, 0.0
        process = self._started([*command, *kind, *options, *self._places()], environment)
        moments, size = [began], 0
        while process.poll() is None:
            time.sleep(0.02)
            if out.exists() and out.stat().st_size > size:
                opened = opened or _processor_of(process.pid)
                size = out.stat().st_size
                if engine == "ray" and time.monotonic() > looked + 1:
                    seen, looked = _processor_of(process.pid), time.monotonic()
                moments.append(time.monotonic())
        opening, seconds = moments[1] - began if size else 0.0, moments[-1] - moments[min(1, size)]
        answers = out.read_bytes().count(b"\n") if out.exists() else 0
        if process.returncode or answers != self._count:
            raise RunError(f"engine {engine}: {answers} of {self._count} answers, exit code {process.returncode}")
        used = seen if engine == "ray" else _processor() - before  # Ray's processes do not wait for their children
        return Run(engine, self._count, opening, (answers - 1) / max(seconds, 1e-3), (used - opened) / self._count)

    def _places(self) -> list[str]:
        return ["--corpus", str(self._place / "corpus"), "--index", str(self._place / "index")]

    def _run(self, command: Sequence[str], environment: dict[str, str]) -> None:
        if self._started(command, environment).wait():
            raise RunError(f"'qa {command[0]}' failed")

    def _started(self, command: Sequence[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen([*_QA, *command], stdout=subprocess.DEVNULL, env={**os.environ, **environment})


@contextmanager
def model_server(latency: float) -> Iterator[str]:
    """A server that answers after ``latency`` seconds, in a process of its own; its address."""
    command = [sys.executable, "-m", "evals.bench.slow_model", str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def _different(questions: Sequence[str], count: int) -> Iterator[str]:
    """So many questions, no two alike: the same question would be asked once."""
    asked = dict.fromkeys(" ".join(question.split()) for question in questions)
    rounds = (f"{question} ({number})" for number in itertools.count(2) for question in asked)
    return itertools.islice(itertools.chain(asked, rounds), count)


def _against_ideal(run: Run, ideal: float) -> str:
    told = f"{run.engine}: {run.rate:.1f}/s of an ideal {ideal:.0f}/s ({100 * run.rate / ideal:.0f}%)"
    bound = min(ideal, (os.cpu_count() or 1) / run.processor)
    return f"{told}; {os.cpu_count()} processors allow {bound:.0f}/s ({100 * run.rate / bound:.0f}% of that)"


def _processor() -> float:
    """Seconds of the processor that finished children have used, with their own children."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _processor_of(pid: int) -> float:
    """Seconds of the processor that a living process has used, with its children."""
    fields = {entry.name: _stat(entry) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    used, parents = 0.0, {str(pid)}
    while parents:
        used += sum(float(ticks) for name in parents for ticks in fields[name][11:13])
        parents = {name for name, values in fields.items() if values and values[1] in parents}
    return used / os.sysconf("SC_CLK_TCK")


def _stat(process: Path) -> list[str]:
    """Its fields from the state on, of which the parent is the second; none where it has just ended."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _table(runs: Sequence[Run]) -> str:
    head = ["engine", "questions", "opening s", "per second", "processor ms", f"{MANY:,} take min (extrapolated)"]
    return columns([head, *(run.row() for run in runs)])


if __name__ == "__main__":
    main()
