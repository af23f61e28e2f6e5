"""Quality for the price: what the ways of searching find, and how many milliseconds each takes.

    python -m evals bench newsroom --only price

Each question of the report part is put to each way in turn, in an order of chance, over one index. Evidence and first
sentences are counted as in ``evals.bench.extraction``. Without reading, nothing is known of sentences.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evals.bench.peers import Place
from evals.bench.ranking_examples import holds, open_archive
from evals.cases import Case
from evals.datasets import load_report_part
from evals.progress import shown
from evals.tables import columns
from qa.archive import Archive
from qa.depth import DEPTHS
from qa.fusion import fuse
from qa.index.lexical import Filter
from qa.question import understand
from qa.retrieve import Retriever

FOUND = 10

Found = tuple[list[Place], list[str]]
"""Passages, best first, and the words of the best sentences, where there are any."""


@dataclass(slots=True)
class Way:
    """One way to search, and what came of it."""

    search: Callable[[str], Found]
    milliseconds: list[float] = field(default_factory=list)
    hits: dict[int, list[bool]] = field(default_factory=lambda: {1: [], 5: [], 10: []})
    first: list[bool] = field(default_factory=list)

    def ask(self, case: Case) -> None:
        """Asks one question and notes what was found."""
        began = time.perf_counter()
        places, sentences = self.search(case.question)
        self.milliseconds.append(1000 * (time.perf_counter() - began))
        if not case.answerable:
            return
        right = [holds(case, *place) for place in places]
        for rank, outcomes in self.hits.items():
            outcomes.append(any(right[:rank]))
        if sentences:
            aliases = [alias.lower() for nugget in case.nuggets for alias in nugget]
            self.first.append(any(alias in sentences[0].lower() for alias in aliases))

    def row(self) -> dict[str, float | None]:
        """The figures."""
        return {
            "ms": statistics.median(self.milliseconds),
            **{f"hit@{rank}": _share(outcomes) for rank, outcomes in self.hits.items()},
            "first": _share(self.first),
        }


def _share(outcomes: Sequence[bool]) -> float | None:
    return 100 * statistics.mean(outcomes) if outcomes else None


def price(dataset: str, questions: int, seed: int = 0) -> dict[str, Any]:
    """Figures of each way over the report part of a data set."""
    with tempfile.TemporaryDirectory(prefix="evals-price-", ignore_cleanup_errors=True) as place:
        archive = open_archive("price", dataset, Path(place))
        cases, chance = load_report_part(dataset, questions).cases, random.Random(seed)
        ways = {name: Way(search) for name, search in _ways(archive).items()}
        for way in ways.values():
            way.search(cases[0].question)
        with shown("price") as progress:
            for number, case in enumerate(cases, start=1):
                for name in chance.sample(list(ways), len(ways)):
                    ways[name].ask(case)
                progress(number, len(cases))
        archive.index.close()
    return {"dataset": dataset, "questions": len(cases), "ways": {name: way.row() for name, way in ways.items()}}


def _ways(archive: Archive) -> Mapping[str, Callable[[str], Found]]:
    without_reading = {"words only": _by_words, "meaning only": _by_meaning, "both, fused": _by_both}
    once = {f"{name}, for a model": _reading(archive, name, False) for name in ("fast", "balanced")}
    twice = {f"{name}, quoting": _reading(archive, name, True) for name in DEPTHS}
    return {**{name: _not_reading(archive, search) for name, search in without_reading.items()}, **once, **twice}


def _not_reading(archive: Archive, search: Callable[[Archive, str], list[str]]) -> Callable[[str], Found]:
    return lambda text: (_places(archive, search(archive, text)), [])


def _by_words(archive: Archive, text: str) -> list[str]:
    return list(_matching(archive, text, FOUND))


def _by_meaning(archive: Archive, text: str) -> list[str]:
    return list(dict(archive.index.nearest(archive.embedder.embed_queries([text])[0], FOUND, Filter())))


def _by_both(archive: Archive, text: str, pool: int = 50) -> list[str]:
    vector = archive.embedder.embed_queries([text])[0]
    return list(fuse(_matching(archive, text, pool), dict(archive.index.nearest(vector, pool, Filter())), pool))[:FOUND]


def _matching(archive: Archive, text: str, limit: int) -> dict[str, float]:
    with archive.index.view() as catalog:
        lexical = archive.index.lexical
        question = understand(text, lexical.terms, lexical.frequency, max(catalog.passage_count(), 1))
        return dict(archive.index.matching(list(question.weights), limit, Filter()))


def _places(archive: Archive, ids: Sequence[str]) -> list[Place]:
    found = archive.index.passages(ids)
    stored = [(found[id_].entry.id, found[id_].passage) for id_ in ids if id_ in found]
    return [(article, passage.start, passage.end) for article, passage in stored]


def _reading(archive: Archive, preset: str, look_again: bool) -> Callable[[str], Found]:
    retriever = Retriever(archive.index, archive.embedder, depth=DEPTHS[preset])

    def search(text: str) -> Found:
        found = retriever.search(text, FOUND, look_again=look_again)
        places = [(passage.article_id, passage.start, passage.end) for passage in found.passages]
        return places, [sentence.text for sentence in found.sentences]

    return search


def table(measured: Mapping[str, Any]) -> str:
    """A line for each way, cheapest first."""
    ways = sorted(measured["ways"].items(), key=lambda item: item[1]["ms"])
    rows = [["", "median ms", "hit@1 %", "hit@5 %", "hit@10 %", "first sentence %"]]
    for name, row in ways:
        rates = [row["hit@1"], row["hit@5"], row["hit@10"], row["first"]]
        rows.append([name, f"{row['ms']:.1f}", *("" if rate is None else f"{rate:.1f}" for rate in rates)])
    return f"{measured['dataset']}, report part, {measured['questions']} questions\n\n{columns(rows)}"
