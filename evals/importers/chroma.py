"""Chroma's chunking benchmark: questions with exact references into a handful of long documents."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from evals.cases import Case, CaseError
from evals.importers.imported import Collection, Imported, SourceText, fitting, gold_range, read_text


def import_chroma(path: Path) -> Imported:
    """Reads ``questions_df.csv`` (``question, references, corpus_id``) and ``corpora/<corpus_id>.md`` beside it.

    The benchmark gives no answers; the references, all needed, stand for them, and correctness is not judged.

    Args:
        path: the CSV file or its folder.

    Raises:
        CaseError: if a file does not fit, or a reference does not hold its content.
    """
    table = path / "questions_df.csv" if path.is_dir() else path
    collection = Collection(table.name)
    sources: dict[str, SourceText] = {}
    rows = csv.DictReader(io.StringIO(read_text(table), newline=""))
    if not rows.fieldnames or not {"question", "references", "corpus_id"} <= set(rows.fieldnames):
        raise CaseError(
            f"{table.name} lacks the columns question, references, corpus_id; give Chroma's questions_df.csv"
        )
    for number, row in enumerate(rows):
        with fitting(f"{table.name} row {number}"):
            _add_row(collection, row, f"chroma-{number}", sources, table.parent / "corpora")
    return collection.result()


def _add_row(
    collection: Collection, row: dict[str, str], case_id: str, sources: dict[str, SourceText], folder: Path
) -> None:
    where = f"{collection.name} case {case_id!r}"
    corpus = row["corpus_id"]
    if corpus not in sources:
        sources[corpus] = SourceText(read_text(folder / f"{Path(corpus).name}.md"))
        collection.add_article(corpus, sources[corpus], title=corpus.replace("_", " "))
    places = [
        sources[corpus].place(item["start_index"], item["end_index"], item["content"], where)
        for item in json.loads(row["references"])
    ]
    if not places:
        raise ValueError("no references")
    collection.add_case(
        Case(
            id=case_id,
            question=row["question"],
            answerable=True,
            evidence=tuple(((gold_range(corpus, place),),) for place in dict.fromkeys(places)),
            tags=(f"story:{corpus}",),
        )
    )
