"""Retrieval and answers without a language model on one collection: what is found, what stands first, what is refused.

    python -m evals.bench.extraction plain:../shared/data/new_wiki --part report
    python -m evals.bench.extraction plain:../shared/data/timeqa --part odd

- passage hit@k: one of the first k passages holds at least half of the characters of a gold range.
- first, first three: a gold answer stands in the sentence ranked first, in the first three; shown: in the one to three
  that an answer quotes, with what they bring along. Whether or not the assistant would have answered.
- over-refusal and false answers: with the assistant's own decision. Questions are unanswerable where the collection
  says so, and (``--without-article N``, each N-th) where the search leaves out the article that answers.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evals.bench.ranking_examples import holds, open_archive
from evals.cases import Case
from evals.datasets import load_dataset
from evals.progress import shown
from evals.statistics import wilson
from qa.archive import Archive
from qa.extract import Extraction, extract
from qa.index.lexical import Filter
from qa.retrieve import Retrieved
from qa.weights import learned_weights

RANKS = (1, 5, 10)
SHOWN = 3


@dataclass(slots=True)
class Tally:
    """Yes and no of each question asked, by the name of the figure."""

    outcomes: dict[str, list[bool]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    def note(self, name: str, outcome: bool) -> None:
        """Adds one question's outcome."""
        self.outcomes.setdefault(name, []).append(outcome)

    def lines(self) -> list[str]:
        """Each figure with its 95% interval and the number of questions."""
        found = []
        for name, outcomes in self.outcomes.items():
            low, high = wilson(sum(outcomes), len(outcomes)) or (0.0, 1.0)
            yes, n = sum(outcomes), len(outcomes)
            found.append(f"{name:<24} {yes / n:.4f} [{low:.3f}, {high:.3f}]  {yes} of {n}")
        return [*found, f"{'milliseconds, median':<24} {1000 * statistics.median(self.seconds):.0f}"]


def measure(cases: Sequence[Case], archive: Archive, without_article: int) -> Tally:
    """Asks each case; ``without_article`` 0 for none."""
    tally, limit = Tally(), learned_weights().answer_above
    with archive.index.view() as catalog:
        ids = [entry.id for entry in catalog.entries()]
    with shown("asking") as progress:
        for number, case in enumerate(cases, start=1):
            began = time.perf_counter()
            retrieved, extraction = _ask(archive, case.question, Filter())
            tally.seconds.append(time.perf_counter() - began)
            refused = extraction.confidence < limit
            if case.answerable:
                _note_found(tally, case, retrieved, extraction)
                tally.note("over-refusal", refused)
            else:
                tally.note("false answer", not refused)
            own = {item.article_id for item in case.ranges}
            if case.answerable and without_article and number % without_article == 0:
                others = Filter(sources=tuple(id_ for id_ in ids if id_ not in own))
                _, extraction = _ask(archive, case.question, others)
                tally.note("false, article left out", extraction.confidence >= limit)
            progress(number, len(cases))
    return tally


def _ask(archive: Archive, question: str, restrict: Filter) -> tuple[Retrieved, Extraction]:
    retrieved = archive.retrieve(question, max(RANKS), restrict)
    return retrieved, extract(retrieved, archive.index, SHOWN, learned_weights())


def _note_found(tally: Tally, case: Case, retrieved: Retrieved, extraction: Extraction) -> None:
    passages = retrieved.passages
    hits = [holds(case, passage.article_id, passage.start, passage.end) for passage in passages]
    for rank in RANKS:
        tally.note(f"passage hit@{rank}", any(hits[:rank]))
    aliases = [alias.lower() for nugget in case.nuggets for alias in nugget]
    ranked = [sentence.text.lower() for sentence in retrieved.sentences[:SHOWN]]
    quotes = [chosen.quote.lower() for chosen in extraction.extracts]
    for name, texts in (("first sentence", ranked[:1]), ("first three sentences", ranked), ("shown", quotes)):
        tally.note(name, any(alias in text for text in texts for alias in aliases))


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", help="as of python -m evals run")
    parser.add_argument("--part", default="report", help="tune, report, even or odd")
    parser.add_argument("--limit", type=int, help="at most so many questions, evenly spread")
    parser.add_argument(
        "--without-article", type=int, default=0, metavar="N", help="ask each N-th also without its article"
    )
    parser.add_argument("--place", type=Path, help="folder for the index, to be used again")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        name = "".join(character if character.isalnum() else "_" for character in given.dataset)
        archive = open_archive(name, given.dataset, given.place or Path(temporary))
        cases = load_dataset(given.dataset, part=given.part, limit=given.limit).cases
        print("\n".join(measure(cases, archive, given.without_article).lines()))


if __name__ == "__main__":
    main()
