"""Our retrieval on Chroma's chunking benchmark, beside its published figures.

Smith and Troynikov 2024, "Evaluating Chunking Strategies for Retrieval": recall, precision and IoU of characters, mean
over 472 questions on five texts in one index. A sentence of ours and a chunk of theirs cost differently, so the full
retrieval is read up to a number of tokens, and BM25's chunks once more up to the same number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from evals.baselines.quoting import passage_of
from evals.baselines.words import WordSearch
from evals.cases import Case
from evals.chunks import recursive_chunks, token_counter
from evals.datasets import Dataset, load_dataset
from evals.metrics.budget import within_budget
from evals.metrics.chunking import chunk_scores
from evals.metrics.ranges import Range
from evals.progress import shown
from evals.statistics import bootstrap_mean, standard_deviation
from evals.systems import Options, open_system
from evals.tables import columns
from qa.assistant import Assistant
from qa.excerpts import excerpts
from qa.records import Article, Passage, Span

CHUNK = 200
"""Tokens of a chunk at most; no overlap."""
DEEP = 30
"""Passages or chunks ranked before the budget cuts them."""
PUBLISHED = (
    ("published: all-MiniLM-L6-v2, recursive 200/0", 0.757),
    ("published: text-embedding-3-large, recursive 200/0", 0.881),
    ("published: best of the report (GPT-4o chunks, text-embedding-3-large)", 0.919),
)

Search = Callable[[str], Sequence[Range]]


@dataclass(frozen=True, slots=True)
class Row:
    """One way to retrieve, over all questions; ``tokens`` is the mean number read."""

    name: str
    recall: float
    low: float
    high: float
    deviation: float
    precision: float
    iou: float
    tokens: float
    n: int


def chunking_check(folder: Path, options: Options | None, *, k: int, budget: int) -> dict[str, Any]:
    """The check as plain values: our rows and the published ones.

    Args:
        folder: with ``questions_df.csv`` and ``corpora``.
        options: how the assistant is opened; ``None`` for BM25 alone.
        k: chunks read.
        budget: tokens read.

    Raises:
        QAError: if the data or the assistant cannot be used.
    """
    dataset = load_dataset(f"chroma:{folder}")
    count = token_counter()
    chunks = [
        passage_of(article, [Span(*bounds)])
        for article in (Article(one.id, one.text) for one in dataset.articles)
        for bounds in recursive_chunks(article.text, CHUNK, count)
    ]
    texts = dataset.texts
    words = WordSearch(chunks)

    def cost(place: Range) -> int:
        return count(texts[place[0]][place[1] : place[2]])

    def chunks_found(question: str) -> list[Range]:
        return _ranges(words.search(question, k))

    def chunks_within(question: str) -> list[Range]:
        return _cut(_ranges(words.search(question, DEEP)), cost, budget)

    rows = [
        _measure(f"BM25, {CHUNK}-token chunks, no overlap, k={k}", chunks_found, dataset, cost),
        _measure(f"BM25, the same chunks, {budget} tokens", chunks_within, dataset, cost),
        *(_full_retrieval(dataset, options, cost, budget) if options else []),
    ]
    return {
        "questions": len(dataset.cases),
        "chunks": len(chunks),
        "rows": [asdict(row) for row in rows],
        "published": [{"name": name, "recall": recall} for name, recall in PUBLISHED],
    }


def _full_retrieval(dataset: Dataset, options: Options, cost: Callable[[Range], int], budget: int) -> list[Row]:
    """Our retrieval: by whole passages, and by their best sentences."""
    with shown("full retrieval: indexing") as progress:
        assistant = open_system("default", dataset, Options(options.cache, options.settings, progress=progress)).asked
    assert isinstance(assistant, Assistant)
    count = token_counter()

    @cache
    def found(question: str) -> tuple[list[Range], list[Range]]:
        candidates = assistant.archive.retrieve(question, DEEP).candidates
        whole = _cut(_ranges([one.passage for one in candidates]), cost, budget)
        return whole, _ranges(excerpts(candidates, budget, count_tokens=count))

    return [
        _measure(f"full retrieval, whole passages, {budget} tokens", lambda asked: found(asked)[0], dataset, cost),
        _measure(f"full retrieval, {budget} tokens", lambda asked: found(asked)[1], dataset, cost),
    ]


def _ranges(passages: Sequence[Passage]) -> list[Range]:
    return [(one.article_id, one.start, one.end) for one in passages]


def _cut(ranked: Sequence[Range], cost: Callable[[Range], int], budget: int) -> list[Range]:
    return within_budget(ranked, [cost(place) for place in ranked], budget)


def _measure(name: str, search: Search, dataset: Dataset, cost: Callable[[Range], int]) -> Row:
    scores, tokens = [], []
    with shown(name) as progress:
        for done, case in enumerate(dataset.cases, 1):
            read = search(case.question)
            found = chunk_scores(read, _references(case))
            assert found is not None  # every question has references
            scores.append(found)
            tokens.append(sum(map(cost, read)))
            progress(done, len(dataset.cases))
    recalls = [one.recall for one in scores]
    interval = bootstrap_mean(recalls)
    assert interval is not None
    return Row(
        name,
        interval.estimate,
        interval.low,
        interval.high,
        standard_deviation(recalls) or 0.0,
        sum(one.precision for one in scores) / len(scores),
        sum(one.iou for one in scores) / len(scores),
        sum(tokens) / len(tokens),
        len(scores),
    )


def _references(case: Case) -> list[Range]:
    return [(place.article_id, place.start, place.end) for place in case.ranges]


def chunking_table(found: dict[str, Any]) -> str:
    """The check as text, in percent."""
    heads = ["", "recall [95%]", "SD", "precision", "IoU", "tokens read"]
    rows = [
        [
            row["name"],
            f"{100 * row['recall']:.1f} [{100 * row['low']:.1f}, {100 * row['high']:.1f}]",
            *(f"{100 * row[key]:.1f}" for key in ("deviation", "precision", "iou")),
            f"{row['tokens']:.0f}",
        ]
        for row in found["rows"]
    ]
    rows += [[row["name"], f"{100 * row['recall']:.1f}", "", "", "", ""] for row in found["published"]]
    return f"{found['questions']} questions, {found['chunks']} chunks\n\n{columns([heads, *rows])}"
