"""Thousands of pieces of bad input: each has to come to a right answer or one clear line, in bounded time and memory.

    python -m evals.bench.hostile [--files 2000] [--questions 2000] [--lines 2000] [--settings 2000] [--seed 1]

Files are read in a child process that has 3 GiB of address space. The command fails at the first broken promise.
"""

from __future__ import annotations

import argparse
import itertools
import os
import tempfile
import time
from collections import Counter
from pathlib import Path

from evals.bench.hostile.asking import ask_each, batch_lines, questions, run_batch, settings, try_settings
from evals.bench.hostile.files import SAMPLES, Hostile, damaged_files, fixed_files
from evals.bench.hostile.reading import SECONDS, Read, read_in_child
from qa.assistant import Assistant
from qa.settings import load_settings


def write_files(files: list[Hostile], folder: Path) -> int:
    """Writes files into a folder; how many the file system took."""
    written = 0
    for file in files:
        try:
            file.write(folder / file.name)
            written += 1
        except OSError:
            continue  # a name that this file system does not take
    return written


def check_reads(rows: list[Read]) -> None:
    """Whether each file gave articles or a reason, in time.

    Raises:
        AssertionError: if one did not.
    """
    for row in rows:
        assert row.articles or row.reason, f"{row.name!r}: nothing was read, and nobody is told why"
        assert "\n" not in row.reason, row.name
        assert row.seconds < SECONDS, f"{row.name!r} took {row.seconds} s"


def main() -> None:
    """Runs all four parts and prints what came of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for part in ("files", "questions", "lines", "settings"):
        parser.add_argument(f"--{part}", type=int, default=2000, help="how many (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of all chance (default: %(default)s)")
    given = parser.parse_args()
    for name in [name for name in os.environ if name.startswith("QA_") or name == "OPENAI_API_KEY"]:
        del os.environ[name]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        _files(folder, given.files, given.seed)
        _told("settings", try_settings(settings(given.settings, given.seed)), time.perf_counter())
        corpus, index = folder / "articles", folder / "index"
        corpus.mkdir()
        for suffix, data in SAMPLES.items():
            (corpus / f"good{suffix}").write_bytes(data.replace(b'"id": "', f'"id": "{suffix}'.encode()))
        assistant = Assistant(load_settings(corpus=corpus, index=index, model="extractive"))
        assistant.sync()
        began = time.perf_counter()
        _told("questions", ask_each(assistant, questions(given.questions, given.seed)), began)
        began = time.perf_counter()
        _told("lines of a batch", run_batch(batch_lines(given.lines, given.seed), folder, corpus, index), began)


def _files(place: Path, count: int, seed: int) -> None:
    folder = place / "hostile"
    folder.mkdir()
    fixed = list(fixed_files())
    written = write_files([*fixed, *damaged_files(max(0, count - len(fixed)), seed)], folder)
    began, rows = time.perf_counter(), []
    rows = list(read_in_child(folder))
    check_reads(rows)
    counts = Counter(
        "read" if row.articles and not row.reason else "odd" if row.articles else "refused" for row in rows
    )
    _told(f"files ({written} written)", counts, began)
    slowest = max(rows, key=lambda row: row.seconds)
    print(f"  slowest {slowest.seconds:.1f} s ({slowest.name!r}); memory at most {max(r.megabytes for r in rows)} MB")


def _told(what: str, counts: Counter[str], began: float) -> None:
    parts = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
    total = sum(itertools.chain(counts.values()))
    print(f"{total} {what}: {parts}; {time.perf_counter() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
