"""A process of its own that writes or reads an index, to be killed or raced: ``python -m tests.index_process``.

write CORPUS INDEX [--rebuild] [--small] [--slow SECONDS] [--ray ADDRESS]   prints "started", "done" or the error
read INDEX [--pause SECONDS]            prints "started"; when its input ends, a line for each look
Both take --server URL for an index on a Chroma server.
"""

from __future__ import annotations

import argparse
import json
import select
import subprocess
import sys
import time
from contextlib import closing
from functools import partial
from pathlib import Path

import chromadb.errors  # noqa: F401 (now rather than while the clock runs)

from qa.errors import QAError
from qa.index import run, write
from qa.index.cluster_preparer import ClusterPreparer
from qa.index.lexical import Filter
from qa.index.local import LocalPlace
from qa.index.place import Place
from qa.index.preparer import LocalPreparer
from qa.index.served.place import ServedPlace
from qa.index.served.server import Server
from qa.index.store import Index
from qa.index.sync import synchronise_place
from tests.index_fakes import RECIPE, HashEmbedder, text_vector

ROOT = Path(__file__).parent.parent


def start(*arguments: object) -> subprocess.Popen[str]:
    """Starts such a process; its first line has been printed when this returns."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.index_process", *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    return process


def write_index(arguments: argparse.Namespace) -> None:
    if arguments.small:
        run._BATCH_LENGTH, write._EMBED_BATCH, write._STORE_BATCH = 20_000, 16, 16
    open_embedder = partial(HashEmbedder, slow=arguments.slow)
    preparer = ClusterPreparer(arguments.ray, open_embedder) if arguments.ray else LocalPreparer(open_embedder)
    say("started")
    try:
        with closing(preparer):
            synchronise_place(arguments.corpus, place_of(arguments), preparer, rebuild=arguments.rebuild)
    except QAError as error:
        say(f"{type(error).__name__}: {error}")
    else:
        say("done")


def place_of(arguments: argparse.Namespace) -> Place:
    if arguments.server:
        return ServedPlace(arguments.index, RECIPE, Server(arguments.server, "news"))
    return LocalPlace(arguments.index, RECIPE)


def read_index(arguments: argparse.Namespace) -> None:
    """Looks for all reports again and again: which edition each article is found in, or the error."""
    say("started")
    looks = []  # told at the end: a pipe that nobody empties would stop the reader
    with closing(Index(arguments.index, RECIPE, place_of(arguments))) as index:
        while not select.select([sys.stdin], [], [], 0)[0]:
            try:
                looks.append(json.dumps(look(index)))
            except QAError as error:
                looks.append(json.dumps({"error": f"{type(error).__name__}: {error}"}))
            time.sleep(arguments.pause)
    say("\n".join(looks))


def look(index: Index) -> dict[str, object]:
    """What one look finds, by words, by vectors under a filter, and in the catalogue; the three have to agree."""
    with index.view() as catalog:
        entries = catalog.entries()
        live = {id_ for entry in entries for id_ in entry.passage_ids()}
        words = {id_ for id_, _ in index.matching(["report"], 100_000, Filter())}
        limit = min(50, len(live))
        near = {id_ for id_, _ in index.nearest(text_vector("x"), limit, Filter(since=20000101))}
        found = index.passages(live, vectors=True)
        texts = {entry.id: index.article(entry.id).text for entry in entries}
        return {
            "generation": catalog.generation,
            "editions": {id_: text.split(" report ")[0].split()[-1] for id_, text in texts.items()},
            "words": len(live - words),
            "near": limit - len(live & near),
            "passages": len(live) - len(found),
        }


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


def main() -> None:
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(required=True)
    writer = commands.add_parser("write")
    writer.add_argument("corpus", type=Path)
    writer.add_argument("index", type=Path)
    writer.add_argument("--rebuild", action="store_true")
    writer.add_argument("--small", action="store_true")
    writer.add_argument("--slow", type=float, default=0.0)
    writer.add_argument("--ray", help="address of a cluster")
    writer.set_defaults(function=write_index)
    reader = commands.add_parser("read")
    reader.add_argument("index", type=Path)
    reader.add_argument("--pause", type=float, default=0.01)
    reader.set_defaults(function=read_index)
    for command in (writer, reader):
        command.add_argument("--server")
    arguments = parser.parse_args()
    arguments.function(arguments)


if __name__ == "__main__":
    main()
