"""Hundreds of passages that are the same: they crowd nothing out, and the rest is found as without them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from qa.assistant import Assistant
from qa.fusion import Pools, overlooked, without_crowds
from qa.settings import load_settings

pytestmark = pytest.mark.slow

COPIES = 150
ANSWERS = {
    "bridge": ("Old bridge", "The council of Marrow will close the old bridge on 4 May, it said."),
    "roof": ("School roof", "The roof of the school was paid for by the Varga Foundation."),
    "mayor": ("Mayor resigns", "Ana Ruiz, the mayor of Lyon, stepped down after a dispute over money."),
}
QUESTIONS = {
    "When will the old bridge close?": "bridge",
    "Who paid for the roof of the school?": "roof",
    "Who quit as head of the city of Lyon?": "mayor",
}


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """Three articles among three hundred that say two things."""
    place = tmp_path_factory.mktemp("crowded")
    rows = [{"id": id_, "title": title, "text": text} for id_, (title, text) in ANSWERS.items()]
    rows += [
        {"id": f"tram{line}-{number}", "title": f"Report {line}", "text": f"The tram to stop {line} was late. " * 4}
        for line in range(2)
        for number in range(COPIES)
    ]
    (place / "articles").mkdir()
    (place / "articles" / "all.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    assistant = Assistant(load_settings(corpus=place / "articles", index=place / "index", model="extractive"))
    assistant.sync()
    return assistant


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_among_hundreds_of_copies_is_found(crowded: Assistant, question: str) -> None:
    answer = crowded.ask(question)
    assert answer.status == "answered"
    assert {citation.article_id for citation in answer.citations} == {QUESTIONS[question]}


def test_what_the_copies_say_is_answered_too(crowded: Assistant) -> None:
    answer = crowded.ask("Which tram was late?")
    assert answer.status == "answered"
    assert all(citation.article_id.startswith("tram") for citation in answer.citations)


def test_of_copies_ten_are_read() -> None:
    fused = {f"copy{n}": (0.5, 0.5) for n in range(40)} | {f"words{n}": (0.25, 0.0) for n in range(40)}
    kept = without_crowds(fused)
    assert sum(id_.startswith("copy") for id_ in kept) == 10
    assert sum(id_.startswith("words") for id_ in kept) == 40, "the same words score alike by chance"
    assert without_crowds({"a": (0.5, 0.5), "b": (0.5, 0.4)}) == {"a": (0.5, 0.5), "b": (0.5, 0.4)}


def test_a_passage_nearer_than_what_the_graph_gave_is_put_back(crowded: Assistant) -> None:
    index = crowded.archive.index
    with index.view() as catalog:
        ids = [id_ for entry in catalog.entries() if entry.id in ANSWERS for id_ in entry.passage_ids()]
    found = index.passages(ids, vectors=True)
    wanted = next(id_ for id_, one in found.items() if one.entry.id == "roof")
    vector = found[wanted].passage.vector
    assert vector is not None
    lost = overlooked(Pools({}, {"far": 0.9}, 50), found, np.asarray(vector))
    assert lost == {wanted: pytest.approx(1.0, abs=1e-3)}
    assert overlooked(Pools({}, {wanted: 0.9}, 50), found, np.asarray(vector)) == {}
    assert overlooked(Pools({wanted: 3.0}, {}, 50), found, np.asarray(vector)) == {}, (
        "nothing was found to compare with"
    )
