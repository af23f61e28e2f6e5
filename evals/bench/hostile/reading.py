"""Reads hostile files in a child process that has only so much memory and time; what came of each."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from evals.memory import most_memory

MEMORY = 3 << 30
"""Bytes of address space that the child has."""
SECONDS = 60
"""Longest time of a processor for one file."""


@dataclass(frozen=True, slots=True)
class Read:
    """What came of one file; ``seconds`` are of a processor, ``megabytes`` what the process had ever taken by then."""

    name: str
    articles: int
    reason: str
    seconds: float
    megabytes: int


def read_in_child(folder: Path, memory: int = MEMORY) -> Iterator[Read]:
    """What reading each file of a folder comes to, in a process of its own.

    Raises:
        RuntimeError: if the process dies, which names the file it was at.
    """
    command = [sys.executable, "-m", "evals.bench.hostile.reading", str(folder), str(memory)]
    begun = ""
    with (
        tempfile.TemporaryFile("w+") as told,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=told, text=True) as child,
    ):
        assert child.stdout is not None
        for line in child.stdout:
            row = json.loads(line)
            if "begun" in row:
                begun = row["begun"]
            else:
                yield Read(**row)
        if child.wait():
            told.seek(0)
            raise RuntimeError(f"reading ended with {child.returncode} at {begun!r}: {told.read()[-2000:]}")


def _read_all(folder: Path) -> None:
    from qa.articles import FileReport, corpus_files, read_file

    for path in corpus_files(folder):
        print(json.dumps({"begun": path.name}), flush=True)
        reasons: list[FileReport] = []
        began = time.process_time()
        count = sum(_is_sound(article.text) for article in read_file(folder, path, reasons.append))
        seconds = time.process_time() - began
        (report,) = reasons
        assert report.articles == count
        peak = most_memory() // 2**20
        print(json.dumps(asdict(Read(path.name, count, report.reason, round(seconds, 3), peak))), flush=True)


def _is_sound(text: str) -> bool:
    text.encode()
    return bool(text.strip()) and "\x00" not in text


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]), int(sys.argv[2])))
    _read_all(Path(sys.argv[1]))
