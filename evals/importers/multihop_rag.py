"""MultiHop-RAG: news questions that need two to four articles, with one quoted fact from each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from evals.cases import Case, CaseError, Group
from evals.importers.imported import Collection, Imported, SourceText, fitting, gold_range, read_json

_NULL = "null_query"


def import_multihop_rag(path: Path, *, leave_out: bool = False) -> Imported:
    """Reads ``corpus.json`` and ``MultiHopRAG.json`` of a folder.

    A fact has no offsets: every place where its article holds it is an alternative.

    Args:
        path: the folder.
        leave_out: drop cases whose fact does not stand in its article, and list them in ``left_out``.

    Raises:
        CaseError: if a file does not fit or, unless ``leave_out``, a fact cannot be found.
    """
    collection = Collection(path.name)
    sources: dict[str, tuple[str, SourceText]] = {}
    for number, record in enumerate(read_json(path / "corpus.json")):
        with fitting(f"corpus.json article {number}"):
            _add_article(collection, record, sources)
    for number, record in enumerate(read_json(path / "MultiHopRAG.json")):
        case_id = f"multihop-{number}"
        with fitting(f"MultiHopRAG.json case {case_id!r}"):
            try:
                _add_question(collection, record, case_id, sources)
            except CaseError as error:
                if not leave_out:
                    raise
                collection.left_out.append(str(error))
    return collection.result()


def _add_article(collection: Collection, record: dict[str, Any], sources: dict[str, tuple[str, SourceText]]) -> None:
    source = SourceText(record["body"])
    article_id = collection.add_article(
        record["url"],
        source,
        title=record["title"],
        published=record.get("published_at"),
        source=record.get("source") or "",
        url=record["url"],
    )
    sources[record["url"]] = article_id, source


def _add_question(
    collection: Collection, record: dict[str, Any], case_id: str, sources: dict[str, tuple[str, SourceText]]
) -> None:
    answerable = record["question_type"] != _NULL
    groups = tuple(_fact_group(item, case_id, sources) for item in record["evidence_list"]) if answerable else ()
    if answerable and not groups:
        raise CaseError(f"case {case_id!r}: answerable, but without evidence; mend the file")
    collection.add_case(
        Case(
            id=case_id,
            question=record["query"],
            answerable=answerable,
            nuggets=((record["answer"],),) if answerable else (),
            evidence=tuple(dict.fromkeys(groups)),
            kind=record["question_type"],
        )
    )


def _fact_group(item: dict[str, Any], case_id: str, sources: dict[str, tuple[str, SourceText]]) -> Group:
    if item["url"] not in sources:
        raise CaseError(f"case {case_id!r}: no article {item['url']!r} in corpus.json; use files of one release")
    article_id, source = sources[item["url"]]
    places = source.occurrences(item["fact"])
    if not places:
        raise CaseError(
            f"case {case_id!r}: {article_id!r} does not hold the fact {item['fact']!r}; mend or leave it out"
        )
    return tuple((gold_range(article_id, place),) for place in places)
