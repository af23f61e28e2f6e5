"""What each rule that knows news is worth: our cases with all of them, and with each switched off.

    python -m evals.bench.news_sense [newsroom|press] [--part report]

- spelling: words of a question that no article has are read as near words of the articles (``qa.spelling``);
- acronyms: an acronym that an article explains stands for the name in full, and that for it (``qa.acronyms``);
- timing: the report of the time asked about counts, else the newest of those that differ (``qa.timely``);
- periods: a sentence that names the months or years asked about stands before one of others (``qa.periods``);
- overviews: a question for what happened, in order, gets a dated list (``qa.overview``);
- both sides: other outlets' figures and accounts stand beside the answer's (``qa.disagreement``);
- corrections: a later report that takes a figure back comes before it (``qa.corrections``);
- whole quotations: quoted words are shown with the words that say whose they are (``qa.quoting``);
- what came of it: behind an accusation stands how it ended (``qa.later``);
- denials: behind a claim stands its denial (``qa.denials``);
- retold: what a report tells again is of the day on which it was told first (``qa.retold``);
- figure first: a sentence that gives the figure asked for stands first (``qa.extract``);
- reprints: outlets that print one report are one source (``qa.index.sketch``);
- newest holder: who holds an office is told from the newest report that names somebody (``qa.holders``);
- newest count: of people or things counted, the newest count stands first (``qa.newest``);
- outlets compared: each of two outlets has its own sentences (``qa.outlets``);
- as of: an answer that changed begins with its day (``qa.changes``);
- things compared: each of two things has its own sentence (``qa.compared``);
- second step: somebody told by what he did is looked up by his name (``qa.steps``);
- kind of answer: no answer without the number or the name that is asked for (``qa.answer_kinds``).

Beside them stands the plain LlamaIndex pipeline. No language model is asked. Figures are means over the cases for
which they are defined: right answers, parts of the gold answer said, outdated or wrong figures said; a part said in
the first statement, which is what a reader reads; sources told to differ, where the gold answer has them differ
(``contradiction``) and elsewhere.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

from evals.baselines import open_baseline
from evals.cases import Case
from evals.datasets import Dataset, load_dataset
from evals.metrics.answers import answer_contains
from evals.metrics.case_scores import case_scores
from evals.metrics.lexical_support import lexical_support
from evals.progress import shown
from evals.systems import DEFAULT, Options, open_system
from evals.tables import columns
from qa.events import last_answer
from qa.verify.dates import parse_published

SCORES = ("correct", "nugget_recall", "forbidden_hit", "over_refusal", "false_answer")
READ_FIRST = "said first"
TOLD_TO_DIFFER = ("told to differ: contradictions", "told to differ: others")
KINDS = (
    "misspelt",
    "as-of",
    "latest",
    "timeline",
    "contradiction",
    "correction",
    "comparison",
    "multi-hop",
    "who-said",
    "date",
)
"""Kinds of cases that the rules are for."""

_DIFFERENCE = re.compile(r"\b(?:another (?:figure|account)|denied), ", re.IGNORECASE)


@contextmanager
def _without_retold() -> Iterator[None]:
    with (
        mock.patch("qa.timely.news_day", lambda _, passage: parse_published(passage.published)),
        mock.patch("qa.timely.stands_for_nothing", return_value=False),
    ):
        yield


SWITCHED_OFF: Mapping[str, Callable[[], AbstractContextManager[Any]]] = {
    "all of them": nullcontext,
    "without spelling": lambda: mock.patch("qa.retrieve.respell", lambda text, vocabulary: text),
    "without acronyms": lambda: mock.patch("qa.retrieve.other_forms", return_value={}),
    "without timing": lambda: mock.patch("qa.extract.timely", lambda ranked, question: list(ranked)),
    "without periods": lambda: mock.patch("qa.evidence.fit", return_value=0.0),
    "without overviews": lambda: mock.patch("qa.extractive.topic_of", return_value=None),
    "without both sides": lambda: mock.patch("qa.extractive.with_both_sides", lambda extraction, *_: extraction),
    "without corrections": lambda: mock.patch.multiple(
        "qa.extractive",
        with_corrections=lambda extraction, *_: extraction,
        with_corrections_told=lambda extraction, *_: extraction,
    ),
    "without whole quotations": lambda: mock.patch("qa.quoting.quotations", return_value=()),
    "without what came of it": lambda: mock.patch(
        "qa.extractive.with_what_came_of_it", lambda extraction, *_: extraction
    ),
    "without denials": lambda: mock.patch("qa.disagreement.denial_of", return_value=None),
    "without retold": _without_retold,
    "without figure first": lambda: mock.patch("qa.extract.with_figure_first", lambda ranked, _: list(ranked)),
    "without reprints": lambda: mock.patch("qa.retrieve.is_copy", return_value=False),
    "without newest count": lambda: mock.patch("qa.extractive.with_newest_count", lambda extraction, *_: extraction),
    "without newest holder": lambda: mock.patch("qa.extractive.with_newest_holder", lambda extraction, *_: extraction),
    "without outlets compared": lambda: mock.patch("qa.extractive.comparison_of", return_value=None),
    "without as of": lambda: mock.patch("qa.extractive.as_of", lambda extraction, _: extraction),
    "without things compared": lambda: mock.patch("qa.extractive.things_of", return_value=None),
    "without second step": lambda: mock.patch("qa.extractive.two_steps", return_value=None),
    "without kind of answer": lambda: mock.patch("qa.extractive.may_answer", return_value=True),
}

Scores = dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class Measured:
    """The scores of one way of answering, of all cases and of the kinds that the rules are for, and its answers."""

    scores: dict[str, Scores]
    answers: dict[str, str]

    def changed(self, other: Measured) -> list[str]:
        """The cases that it answers in other words."""
        return [case for case, words in self.answers.items() if other.answers[case] != words]


def measure(dataset: Dataset, place: Path) -> Iterator[tuple[str, Measured]]:
    """Each way of answering, measured."""
    system = open_system(DEFAULT, dataset, Options(place))
    for name, switched_off in SWITCHED_OFF.items():
        with switched_off():
            yield name, _scores(dataset, system.asked, name)
    system.close()
    yield "LlamaIndex", _scores(dataset, open_baseline("llamaindex", dataset), "LlamaIndex")


def _scores(dataset: Dataset, asked: Any, name: str) -> Measured:
    found: dict[str, Scores] = {kind: {} for kind in ("all", *KINDS)}
    answers: dict[str, str] = {}
    texts = dataset.texts
    with shown(name) as progress:
        for number, case in enumerate(dataset.cases, start=1):
            answer = last_answer(asked.stream(case.question, case.history)).to_dict()
            answers[case.id] = answer["text"]
            for kind in _kinds(case):
                for score, value in case_scores(case, answer, texts, lexical_support).items():
                    if score in SCORES and value.value is not None:
                        found[kind].setdefault(score, []).append(value.value)
            for score, said in _as_read(case, answer):
                found["all"].setdefault(score, []).append(said)
            progress(number, len(dataset.cases))
    return Measured(found, answers)


def _as_read(case: Case, answer: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """What the order and the words around the quotations are worth, which no score of an answer as a whole shows."""
    statements = answer["statements"]
    if case.nuggets:
        first = answer["text"][: statements[0]["end"]] if statements else ""
        yield READ_FIRST, float(any(answer_contains(first, aliases) for aliases in case.nuggets))
    if case.answerable:
        told = float(_DIFFERENCE.search(answer["text"]) is not None)
        yield TOLD_TO_DIFFER[case.kind != "contradiction"], told


def _kinds(case: Case) -> list[str]:
    return ["all", case.kind] if case.kind in KINDS else ["all"]


def table(measured: Mapping[str, Measured]) -> str:
    """The means as text; ``changed`` counts the answers that the first way gives in other words."""
    first = next(iter(measured.values()))
    read = (READ_FIRST, *TOLD_TO_DIFFER)
    heads = ["", "changed", *(name.replace("_", " ") for name in (*SCORES, *read))]
    heads += [f"{kind}: parts said" for kind in KINDS]
    rows = [heads]
    for name, one in measured.items():
        kinds = one.scores
        row = [name, str(len(first.changed(one))), *(_mean(kinds["all"].get(score)) for score in (*SCORES, *read))]
        rows.append([*row, *(_mean(kinds[kind].get("nugget_recall")) for kind in KINDS)])
    return columns(rows)


def _mean(values: list[float] | None) -> str:
    return f"{sum(values) / len(values):.3f}" if values else "-"


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", nargs="?", choices=("newsroom", "press"), default="newsroom")
    parser.add_argument("--part", choices=("tune", "report"), default="report")
    parser.add_argument("--shown", action="store_true", help="name the cases that each rule changes")
    given = parser.parse_args()
    dataset = load_dataset(given.dataset, part=given.part)
    with TemporaryDirectory() as place:
        measured = dict(measure(dataset, Path(place)))
    print(f"{given.dataset}, part {given.part}: {len(dataset.cases)} cases\n\n{table(measured)}")
    if given.shown:
        everything, *others = measured.items()
        for name, one in others[:-1]:
            print(f"{name}: {', '.join(everything[1].changed(one))}")


if __name__ == "__main__":
    main()
