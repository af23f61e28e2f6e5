"""A folder with ``corpus.jsonl`` and ``cases.jsonl``: the project's own shape for measuring data kept outside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from evals.cases import Case
from evals.importers.imported import Collection, Imported, SourceText, fitting, gold_range, read_json_lines


def import_plain(path: Path) -> Imported:
    """Reads articles (``id, text, title, published, source, url``) and cases with a flat list of evidence ranges.

    The answers of a case are aliases of one answer and its ranges are alternatives, as in ``evals/cases/README.md``.
    A ``quote`` beside a range must be its words.

    Raises:
        CaseError: if a file does not fit, or a range lies outside its article.
    """
    collection = Collection(path.name)
    sources: dict[str, SourceText] = {}
    for where, record in read_json_lines(path / "corpus.jsonl"):
        with fitting(f"{where} (article {record.get('id')!r})"):
            _add_article(collection, record, sources)
    for where, record in read_json_lines(path / "cases.jsonl"):
        with fitting(f"{where} (case {record.get('id')!r})"):
            _add_case(collection, record, sources, f"{where} (case {record.get('id')!r})")
    return collection.result()


def _add_article(collection: Collection, record: dict[str, Any], sources: dict[str, SourceText]) -> None:
    if record["id"] in sources:
        raise ValueError("this id occurs twice")
    sources[record["id"]] = SourceText(record["text"])
    collection.add_article(
        record["id"],
        sources[record["id"]],
        title=record.get("title") or "",
        published=record.get("published"),
        source=record.get("source") or "",
        url=record.get("url") or "",
    )


def _add_case(collection: Collection, record: dict[str, Any], sources: dict[str, SourceText], where: str) -> None:
    answers, evidence = tuple(record["answers"]), record["evidence"]
    if bool(record["answerable"]) != bool(answers and evidence):
        raise ValueError("answerable cases have answers and evidence, others have neither")
    ranges = {
        gold_range(
            item["article_id"], sources[item["article_id"]].place(item["start"], item["end"], item.get("quote"), where)
        ): None
        for item in evidence
    }
    collection.add_case(
        Case(
            id=record["id"],
            question=record["question"],
            answerable=bool(record["answerable"]),
            nuggets=(answers,) if answers else (),
            evidence=(tuple((item,) for item in ranges),) if ranges else (),
            kind=record.get("kind") or "",
            tags=tuple(record.get("tags") or ()),
        )
    )
