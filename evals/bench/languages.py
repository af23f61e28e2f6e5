"""What is found in other languages than English, which is the built-in embedder's only one.

    python -m evals.bench.languages

Three short made-up reports and four questions in each of six languages (``data/languages.jsonl``), all in one index.
By words alone, by meaning alone, and by both as the assistant searches: how often the right report comes first, and
how often the first sentence of the answer holds the right words. Small: it shows what works, not how well.

Another embedder is a matter of settings: ``QA_EMBEDDER=endpoint:NAME QA_EMBEDDER_URL=http://... python -m ...``, or
``QA_EMBEDDER`` as the folder of an ONNX model; ``evals.bench.multilingual`` writes one of multilingual-e5-small. With
it the right report came first by meaning alone for all 24 questions; with the built-in embedder for 18. By words and
meaning together both find all 24.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from evals.importers import write_corpus
from evals.tables import columns
from qa.archive import Archive
from qa.index.lexical import Filter
from qa.records import Article
from qa.settings import load_settings

DATA = Path(__file__).parent / "data" / "languages.jsonl"


def read_languages() -> list[dict[str, Any]]:
    """The languages with their articles and questions."""
    return [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]


def open_archive(languages: list[dict[str, Any]], place: Path) -> Archive:
    """All articles, indexed below ``place``."""
    corpus = place / "corpus"
    corpus.mkdir()
    write_corpus(
        [
            Article(f"{language['language']}-{number}", report["text"], report["title"])
            for language in languages
            for number, report in enumerate(language["articles"])
        ],
        corpus / "articles.jsonl",
    )
    archive = Archive(load_settings(corpus=corpus, index=place / "index", model="extractive"))
    archive.sync()
    return archive


def by_words(archive: Archive, question: str) -> str:
    """The article found first by words alone; empty for none."""
    index = archive.index
    ids = [id_ for id_, _ in index.matching(index.lexical.terms(question), 1, Filter())]
    return next((found.entry.id for found in index.passages(ids).values()), "")


def by_meaning(archive: Archive, question: str) -> str:
    """The article found first by meaning alone."""
    index = archive.index
    ids = [id_ for id_, _ in index.nearest(archive.embedder.embed_queries([question])[0], 1, Filter())]
    return next((found.entry.id for found in index.passages(ids).values()), "")


def by_both(archive: Archive, question: str) -> str:
    """The article found first by the assistant's search."""
    return next((passage.article_id for passage in archive.retrieve(question, 1).passages), "")


def measure() -> list[list[str]]:
    """A row for each language."""
    searches: list[Callable[[Archive, str], str]] = [by_words, by_meaning, by_both]
    languages = read_languages()
    rows = [["", "questions", "words", "meaning", "both", "first sentence"]]
    with tempfile.TemporaryDirectory() as place:
        archive = open_archive(languages, Path(place))
        for language in languages:
            asked = language["questions"]
            hits = [
                sum(search(archive, one["question"]) == f"{language['language']}-{one['article']}" for one in asked)
                for search in searches
            ]
            told = sum(_first_sentence_holds(archive, one["question"], one["answer"]) for one in asked)
            rows.append([language["language"], str(len(asked)), *map(str, hits), str(told)])
    return rows


def _first_sentence_holds(archive: Archive, question: str, answer: str) -> bool:
    sentences = archive.retrieve(question, 3).sentences
    return bool(sentences) and answer in sentences[0].text


def main() -> None:
    """Prints the table."""
    print(columns(measure()))


if __name__ == "__main__":
    main()
