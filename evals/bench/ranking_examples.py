"""Questions of the tune parts with what both searches find, for learning to rank."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.cases import Case
from evals.datasets import load_dataset
from evals.importers import write_corpus
from evals.progress import shown
from qa.archive import Archive
from qa.depth import BALANCED
from qa.index.lexical import Filter
from qa.question import Question
from qa.ranking import Candidate
from qa.settings import load_settings

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]

WITHOUT_ARTICLE = 3
"""Each how-manieth question is also asked without its article."""


@dataclass(slots=True)
class Example:
    """A question asked, and what both searches found. ``answerable`` is false where its article was left out."""

    collection: str
    case: Case
    question: Question
    candidates: list[Candidate]
    answerable: bool


def open_archive(name: str, source: str, place: Path) -> Archive:
    """The articles of a collection, indexed below ``place``, each its own source so that a search can leave it out."""
    corpus = place / name / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    named = [replace(article, source=article.id) for article in load_dataset(source).articles]
    write_corpus(named, corpus / "articles.jsonl")
    archive = Archive(load_settings(corpus=corpus, index=place / name / "index", model="extractive"))
    archive.sync()
    return archive


def collect(name: str, source: str, part: str, archive: Archive, limit: int | None = None) -> Iterator[Example]:
    """Asks the questions of one part of a collection, and some of them without their article."""
    dataset = load_dataset(source, part=part, limit=limit)
    retriever, ids = archive.retriever, [article.id for article in dataset.articles]
    with shown(f"{name} {part}") as progress:
        for number, case in enumerate(dataset.cases, start=1):
            question, found = retriever.candidates(case.question, BALANCED.read)
            yield Example(name, case, question, found, case.answerable)
            own = {item.article_id for item in case.ranges}
            if case.answerable and name != "newsroom" and number % WITHOUT_ARTICLE == 0:
                others = Filter(sources=tuple(id_ for id_ in ids if id_ not in own))
                question, found = retriever.candidates(case.question, BALANCED.read, others)
                yield Example(name, case, question, found, False)
            progress(number, len(dataset.cases))


def holds(case: Case, article_id: str, start: int, end: int) -> bool:
    """Whether a range holds at least half of the characters of one of the case's gold ranges."""
    return any(
        item.article_id == article_id and 2 * (min(end, item.end) - max(start, item.start)) >= item.end - item.start
        for item in case.ranges
    )


def right_passages(example: Example, candidates: Sequence[Candidate]) -> Flags:
    """Which passages hold the evidence."""
    passages = [candidate.passage for candidate in candidates]
    found = [example.answerable and holds(example.case, p.article_id, p.start, p.end) for p in passages]
    return np.array(found, np.bool_)


def right_sentences(example: Example, candidate: Candidate) -> Flags:
    """Which sentences of a passage hold the evidence."""
    id_, spans = candidate.passage.article_id, candidate.passage.sentences
    return np.array([example.answerable and holds(example.case, id_, s.start, s.end) for s in spans], np.bool_)
