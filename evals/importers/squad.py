"""SQuAD 1.1 and 2.0: articles are the paragraphs of one title, joined; answers of a question are alternatives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from evals.cases import Case
from evals.importers.imported import Collection, Imported, SourceText, fitting, gold_range, read_json

_BETWEEN = "\n\n"


def import_squad(path: Path) -> Imported:
    """Reads a SQuAD JSON file (``data[].paragraphs[].qas[]``); plausible answers of impossible questions are ignored.

    Raises:
        CaseError: if the file does not fit, or an answer does not stand where it says.
    """
    collection = Collection(path.name)
    with fitting(path.name):
        entries = list(read_json(path)["data"])
    for number, entry in enumerate(entries):
        with fitting(f"{path.name} title {number}"):
            _add_title(collection, entry)
    return collection.result()


def _add_title(collection: Collection, entry: dict[str, Any]) -> None:
    paragraphs = entry["paragraphs"]
    texts = [paragraph["context"] for paragraph in paragraphs]
    source = SourceText(_BETWEEN.join(texts))
    article_id = collection.add_article(entry["title"], source, title=entry["title"].replace("_", " "))
    start = 0
    for paragraph, text in zip(paragraphs, texts, strict=True):
        for question in paragraph["qas"]:
            _add_question(collection, question, article_id, source, start)
        start += len(text) + len(_BETWEEN)


def _add_question(
    collection: Collection, question: dict[str, Any], article_id: str, source: SourceText, start: int
) -> None:
    case_id = str(question["id"])
    where = f"{collection.name} case {case_id!r}"
    answers = [] if question.get("is_impossible") else question["answers"]
    if not question.get("is_impossible") and not answers:
        raise ValueError(f"{case_id!r} has no answers and is not marked impossible")
    places = [
        source.place(
            start + item["answer_start"], start + item["answer_start"] + len(item["text"]), item["text"], where
        )
        for item in answers
    ]
    aliases = tuple(dict.fromkeys(item["text"] for item in answers))
    group = tuple((gold_range(article_id, place),) for place in dict.fromkeys(places))
    collection.add_case(
        Case(
            id=case_id,
            question=question["question"],
            answerable=bool(answers),
            nuggets=(aliases,) if aliases else (),
            evidence=(group,) if group else (),
            tags=(f"story:{article_id}",),
        )
    )
