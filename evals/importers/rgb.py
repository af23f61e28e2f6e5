"""RGB (Chen et al., AAAI 2024): questions with passages that answer them and passages that do not.

Its data is licensed for non-commercial use: read it from where it lies, never copy it into the project.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from evals.cases import Alternative, Case, Group
from evals.importers.imported import Collection, Imported, SourceText, fitting, gold_range, read_json_lines


def import_rgb(path: Path, *, counterfactual: bool = False) -> Imported:
    """Reads one JSON Lines file (``en_refine.json``, ``en_int.json``, ``en_fact.json``) as one corpus of all passages.

    A positive passage is evidence, whole: any one suffices, or one of each sub-question's where these are listed
    apart. The noise levels of the paper need a corpus for each question, which ``ask`` does not have: report this as
    open retrieval.

    Args:
        path: the file.
        counterfactual: put the altered passages of ``en_fact.json`` in place of the true ones. The false answer is
            then what the articles say; it is forbidden either way.

    Raises:
        CaseError: if the file does not fit.
    """
    collection = Collection(path.name)
    for where, record in read_json_lines(path):
        with fitting(f"{where} (case {record.get('id')!r})"):
            _add_record(collection, record, counterfactual)
    return collection.result()


def _add_record(collection: Collection, record: dict[str, Any], counterfactual: bool) -> None:
    case_id = f"rgb-{record['id']}"
    positive = record["positive_wrong"] if counterfactual else record["positive"]
    sets = positive if positive and isinstance(positive[0], list) else [positive]
    groups = [_whole_passages(collection, f"{case_id}-{place}", passages) for place, passages in enumerate(sets)]
    _whole_passages(collection, f"{case_id}-noise", record["negative"])
    if not all(groups):
        raise ValueError("no positive passage")
    fake = record.get("fakeanswer")
    collection.add_case(
        Case(
            id=case_id,
            question=record["query"],
            answerable=True,
            nuggets=_nuggets(record["answer"]),
            evidence=tuple(groups),
            kind="counterfactual" if counterfactual else "",
            forbidden=() if fake is None else tuple(_aliases(fake)),
        )
    )


def _whole_passages(collection: Collection, prefix: str, passages: list[str]) -> Group:
    """Adds each passage as an article and returns them as alternatives; a blank one is no article."""
    group: dict[Alternative, None] = {}
    for number, passage in enumerate(passages):
        source = SourceText(passage)
        if source.text.strip():
            article_id = collection.add_article(f"{prefix}-{number}", source)
            group[(gold_range(article_id, (0, len(source.text))),)] = None
    return tuple(group)


def _nuggets(answer: Any) -> tuple[tuple[str, ...], ...]:
    """A string is one nugget; in a list every item is needed, and an item that is a list holds its aliases."""
    items = answer if isinstance(answer, list) else [answer]
    return tuple(tuple(_aliases(item)) for item in items)


def _aliases(item: Any) -> list[str]:
    return [str(alias) for alias in (item if isinstance(item, list) else [item])]
