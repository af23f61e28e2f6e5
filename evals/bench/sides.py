"""How often other sides are seen where there are none: an encyclopedia that contradicts itself nowhere.

    python -m evals.bench.sides plain:../shared/data/new_wiki --part tune [--each 3] [--shown]

Every passage counts as the report of an outlet of its own, of the same day. Then each other account and each other
figure is one too many, and what is said to be the same should be: ``--shown`` prints them all, to be read.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from evals.bench.ranking_examples import open_archive
from evals.datasets import PARTS, load_dataset
from qa.disagreement import other_accounts, other_reports, same_accounts
from qa.extract import Extraction, extract
from qa.ranking import RankedSentence
from qa.records import Passage
from qa.retrieve import Retrieved
from qa.weights import learned_weights

PASSAGES = 8
SENTENCES = 3


def estranged(retrieved: Retrieved) -> Retrieved:
    """The same with each passage as a report of its own outlet."""
    candidates = tuple(replace(one, passage=_of_its_own(one.passage)) for one in retrieved.candidates)
    by_id = {one.id: one for one in candidates}
    sentences = tuple(replace(one, candidate=by_id[one.candidate.id]) for one in retrieved.sentences)
    return replace(retrieved, candidates=candidates, sentences=sentences)


def _of_its_own(passage: Passage) -> Passage:
    name = f"{passage.article_id}:{passage.start}"
    return replace(passage, article_id=name, source=name, published=None)


def seen(retrieved: Retrieved, extraction: Extraction) -> list[tuple[str, str, RankedSentence]]:
    """What would be shown beside the sentences that answer: its kind, the sentence, and the other one."""
    found = []
    for extract_ in extraction.extracts:
        passage, words = _of_its_own(extract_.passage), extract_.core_words
        found += [("account", words, other) for other in other_accounts(retrieved, passage, words)]
        found += [
            ("figure", words, other.sentence) for other in other_reports(retrieved, passage, words) if not other.agrees
        ]
    first = extraction.extracts[0]
    same = same_accounts(retrieved, _of_its_own(first.passage), first.core_words)
    return found + [("same", first.core_words, other) for other in same]


def main() -> None:
    """Counts and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("collection")
    parser.add_argument("--part", choices=PARTS, default="tune")
    parser.add_argument("--each", type=int, default=3, help="ask each so-manieth question")
    parser.add_argument("--shown", action="store_true", help="print what is seen")
    given = parser.parse_args()
    dataset, weights = load_dataset(given.collection, part=given.part), learned_weights()
    counts: Counter[str] = Counter()
    with TemporaryDirectory() as place:
        archive = open_archive("sides", given.collection, Path(place))
        for case in dataset.cases[:: given.each]:
            retrieved = archive.retrieve(case.question, PASSAGES)
            extraction = extract(retrieved, archive.index, SENTENCES, weights)
            if extraction.confidence < weights.answer_above:
                continue
            counts["answered"] += 1
            for kind, words, other in seen(estranged(retrieved), extraction):
                counts[kind] += 1
                if given.shown:
                    print(f"{kind}: {case.question}\n  {words.strip()}\n  {other.text.strip()}")
    print(", ".join(f"{kind}: {counts[kind]}" for kind in ("answered", "account", "figure", "same")))


if __name__ == "__main__":
    main()
