"""A tiny newsroom for tests of the evaluation: six articles, eight questions, and what a perfect system would say."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from evals.cases import Case, GoldRange
from evals.datasets import Dataset
from qa.errors import ModelError
from qa.events import Event, Finished, Working
from qa.records import Answer, Article, Citation, Passage, PassageReference, Span, Statement, Turn

FACTS = {
    "ferry": ("How many people were aboard the Skerry Maid?", "The ferry Skerry Maid carried 214 people.", "214"),
    "bridge": ("What did the Ansel bridge cost?", "The Ansel bridge cost 8.5 million dollars.", "8.5 million"),
    "vote": ("When was the vote in Ranta?", "The vote in Ranta was held on 12 March 2025.", "12 March 2025"),
    "mayor": ("Who is the mayor of Dorn?", "The mayor of Dorn is Ilse Brandt.", "Ilse Brandt"),
    "storm": ("How strong was the wind of storm Odile?", "Storm Odile brought wind of 140 km/h.", "140 km/h"),
    "poll": ("Which party led the poll in Hessel?", "The Greens led the poll in Hessel.", "Greens"),
}
LEAD = "It was a quiet day in İstanbul. 🛳 "
END = " Nothing else happened <script>alert(1)</script> & so on.\n"
ARTICLES = tuple(
    Article(f"{name}.txt", f"{LEAD}{sentence}{END}", title=f"The {name}", published="2025-03-13", source="The Ledger")
    for name, (_, sentence, _) in FACTS.items()
)
TEXTS = {article.id: article.text for article in ARTICLES}


def place(name: str) -> Span:
    """Where the fact stands in its article."""
    return Span(len(LEAD), len(LEAD) + len(FACTS[name][1]))


def gold(name: str) -> Case:
    """The question on a fact."""
    question, _, answer = FACTS[name]
    evidence = (((GoldRange(f"{name}.txt", place(name).start, place(name).end),),),)
    return Case(name, question, True, ((answer,),), evidence, kind="fact", tags=("tune",), forbidden=("999",))


CASES = (
    *map(gold, FACTS),
    Case("moon", "Who owns the moon?", False, kind="unanswerable", tags=("report",)),
    Case("sun", "What does the sun weigh?", False, kind="unanswerable", tags=("report",)),
)
DATASET = Dataset("sample", ARTICLES, CASES)


def write_sample(folder: Path) -> str:
    """Writes the sample as files and returns its name as a dataset."""
    folder.mkdir(parents=True, exist_ok=True)
    corpus = [{"id": one.id, "text": one.text, "title": one.title, "published": one.published} for one in ARTICLES]
    cases = [
        {
            "id": case.id,
            "question": case.question,
            "answerable": case.answerable,
            "answers": [alias for aliases in case.nuggets for alias in aliases],
            "evidence": [{"article_id": r.article_id, "start": r.start, "end": r.end} for r in case.ranges],
            "kind": case.kind,
            "tags": list(case.tags),
        }
        for case in CASES
    ]
    for name, rows in (("corpus", corpus), ("cases", cases)):
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    return f"plain:{folder}"


def right_answer(name: str) -> Answer:
    """What should be said about a fact."""
    question, sentence, _ = FACTS[name]
    text = f"{sentence} [1]"
    span = place(name)
    citation = Citation(1, f"{name}.txt", f"The {name}", "2025-03-13", span.start, span.end, sentence)
    article = TEXTS[f"{name}.txt"]
    return Answer(
        question,
        "answered",
        text,
        (Statement(0, len(text), (1,), "supported"),),
        (citation,),
        (PassageReference(f"{name}.txt", 0, len(article), 0.9),),
        confidence=0.9,
        model="perfect",
    )


def whole(name: str) -> Passage:
    """A whole article as a passage."""
    text = TEXTS[f"{name}.txt"]
    return Passage(f"{name}.txt", 0, len(text), text, (Span(0, len(text)),))


class Perfect:
    """Knows every answer; counts what it is asked; can be told to fail or to stop at a question."""

    def __init__(self, *, fails_at: str = "", stops_at: str = "") -> None:
        self.asked: list[str] = []
        self.fails_at = fails_at
        self.stops_at = stops_at

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Event]:
        self.asked.append(question)
        if question == self.stops_at:
            raise KeyboardInterrupt
        if question == self.fails_at:
            raise ModelError("the model is out of order; mend it")
        yield Working("searching")
        names = [name for name, fact in FACTS.items() if fact[0] == question]
        yield Finished(right_answer(names[0]) if names else Answer(question, "abstained", "", model="perfect"))

    def search(self, query: str, k: int) -> list[Passage]:
        return [whole(name) for name, fact in FACTS.items() if fact[0] == query][:k]
