"""CLAP NQ: cohesive answers of several sentences with the sentences they were made from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from evals.cases import Alternative, Case, CaseError
from evals.importers.imported import Collection, Imported, SourceText, fitting, gold_range, read_json_lines
from evals.metrics.case_scores import LONG_ANSWER


def import_clapnq(path: Path) -> Imported:
    """Reads an annotated ``*.jsonl`` file, or every such file of a folder.

    Each passage is an article. The sentences that one annotator selected are one alternative; the annotators'
    answers are aliases, tagged as long. A record whose answer is null is unanswerable.

    Raises:
        CaseError: if a file does not fit, or a sentence does not stand in its passage.
    """
    collection = Collection(path.name)
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    if not files:
        raise CaseError(f"no *.jsonl file in {str(path)!r}; give a file or folder of CLAP NQ annotations")
    for file in files:
        for where, record in read_json_lines(file):
            with fitting(f"{where} (case {record.get('id')!r})"):
                _add_record(collection, record)
    return collection.result()


def _add_record(collection: Collection, record: dict[str, Any]) -> None:
    case_id = str(record["id"])
    where = f"{collection.name} case {case_id!r}"
    (passage,) = record["passages"]
    source = SourceText(passage["text"])
    article_id = collection.add_article(passage["title"], source, title=passage["title"])
    places = _sentence_places(passage["text"], passage["sentences"], where)
    outputs = [output for output in record["output"] if output["answer"]]
    alternatives: dict[Alternative, None] = {}
    for output in outputs:
        selected = [_place_of(sentence, places, where) for sentence in output["selected_sentences"]]
        ranges = (source.place(*place, None, where) for place in sorted(set(selected)))
        alternatives[tuple(gold_range(article_id, place) for place in ranges)] = None
    aliases = tuple(dict.fromkeys(output["answer"] for output in outputs))
    collection.add_case(
        Case(
            id=case_id,
            question=record["input"],
            answerable=bool(outputs),
            nuggets=(aliases,) if aliases else (),
            evidence=(tuple(alternatives),) if alternatives else (),
            tags=(LONG_ANSWER, f"story:{article_id}"),
        )
    )


def _sentence_places(text: str, sentences: list[str], where: str) -> dict[str, tuple[int, int]]:
    """Where each sentence stands; they come in order, so each is looked for behind the one before."""
    places: dict[str, tuple[int, int]] = {}
    at = 0
    for sentence in sentences:
        start = text.find(sentence, at)
        if start < 0:
            raise CaseError(f"{where}: the passage does not hold the sentence {sentence!r}; mend the file")
        at = start + len(sentence)
        places.setdefault(sentence, (start, at))
    return places


def _place_of(sentence: str, places: dict[str, tuple[int, int]], where: str) -> tuple[int, int]:
    """The place of a selected sentence, which some releases end with an ampersand."""
    for spelling in (sentence, sentence.removesuffix("&")):
        if spelling in places:
            return places[spelling]
    raise CaseError(f"{where}: the selected sentence {sentence!r} is none of the passage's; mend the file")
