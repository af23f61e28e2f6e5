"""BEIR: retrieval of whole documents, with graded judgements in ``qrels``."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from evals.cases import Case, CaseError
from evals.importers.imported import Collection, Imported, SourceText, fitting, gold_range, read_json_lines, read_text


def import_beir(path: Path, split: str = "test") -> Imported:
    """Reads ``corpus.jsonl``, ``queries.jsonl`` and ``qrels/<split>.tsv`` of a folder.

    Every document judged above 0 is evidence, whole; use the article unit of the retrieval scores. Grades above 1 are
    not kept. Queries without a relevant document in the split are not cases. A document without text is its title, and
    one without either is left out.

    Raises:
        CaseError: if a file does not fit, or a judgement names an unknown query or document.
    """
    collection = Collection(path.name)
    blank: set[str] = set()
    for where, record in read_json_lines(path / "corpus.jsonl"):
        with fitting(where):
            source = SourceText(record["text"] if record["text"].strip() else record.get("title", ""))
            if not source.text.strip():
                blank.add(record["_id"])
            elif collection.add_article(record["_id"], source, title=record.get("title", "")) != record["_id"]:
                raise CaseError(f"{where}: document {record['_id']!r} occurs twice; give each its own id")
    questions: dict[str, str] = {}
    for where, record in read_json_lines(path / "queries.jsonl"):
        with fitting(where):
            questions[record["_id"]] = record["text"]
    for query, documents in _judged(path / "qrels" / f"{split}.tsv").items():
        _add_query(collection, query, questions, [document for document in documents if document not in blank])
    return collection.result()


def _judged(path: Path) -> dict[str, list[str]]:
    """Relevant documents of each query, in the file's order."""
    judged: dict[str, list[str]] = {}
    for number, row in enumerate(csv.DictReader(io.StringIO(read_text(path)), delimiter="\t"), 2):
        with fitting(f"{path.name} line {number}"):
            if int(row["score"]) > 0:
                judged.setdefault(row["query-id"], []).append(row["corpus-id"])
    return judged


def _add_query(collection: Collection, query: str, questions: dict[str, str], documents: list[str]) -> None:
    where = f"{collection.name} query {query!r}"
    unknown = [document for document in documents if document not in collection.articles]
    if unknown or query not in questions:
        missing = f"document {unknown[0]!r}" if unknown else "query"
        raise CaseError(f"{where}: the judged {missing} is in no file; use files of one release")
    if not documents:
        return
    whole = [gold_range(document, (0, len(collection.articles[document].text))) for document in documents]
    evidence = tuple(((item,),) for item in dict.fromkeys(whole))
    collection.add_case(Case(id=query, question=questions[query], answerable=True, evidence=evidence, kind="retrieval"))
