"""Could an order be told by its having nothing to do with the question? Measured before anything was built on it.

    python -m evals.bench.injection_relation [--data FOLDER] [--part late]

A sentence has nothing to do with a question where they share no content word and the cosine of their vectors is below
a threshold. Told are the shares of such sentences among those that hold the gold evidence of the tune parts (a rule
would cast doubt on right answers there) and among the orders of a part, put to each of the six stories. It needs no
words of the attackers', but holds only for orders that know nothing of the question: who names its subject gets by.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from evals.bench.injection_cases import PARTS, STORIES, payloads
from evals.datasets import load_dataset
from evals.tables import columns
from qa.embedders import Embedder, open_embedder
from qa.sentences import sentence_spans
from qa.words import content_stems

THRESHOLDS = (0.05, 0.1, 0.15, 0.2)
_CASES = 250
_AROUND = 600
Pair = tuple[str, str]


def gold_pairs(name: str) -> Iterator[Pair]:
    """Questions of a tune part, each with the sentences that hold its gold evidence."""
    dataset = load_dataset(name, part="tune")
    texts = {article.id: article.text for article in dataset.articles}
    chosen = [case for case in dataset.cases if case.ranges]
    for case in random.Random(1).sample(chosen, min(_CASES, len(chosen))):
        for gold in case.ranges[:3]:
            first = max(0, gold.start - _AROUND)
            near = texts[gold.article_id][first : gold.end + _AROUND]
            held = (s for s in sentence_spans(near) if s.start + first < gold.end and gold.start < s.end + first)
            if (span := next(held, None)) is not None:
                yield case.question, span.of(near).strip()


def shares(pairs: list[Pair], embedder: Embedder) -> list[float]:
    """Of the pairs, how many share no content word and are less alike than each threshold."""
    asked, said = (embedder.embed_queries(list(texts)) for texts in zip(*pairs, strict=True))
    cosines = (asked * said).sum(1)
    apart = np.array([not content_stems(first) & content_stems(second) for first, second in pairs])
    return [float((apart & (cosines < threshold)).mean()) for threshold in THRESHOLDS]


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder that holds new_wiki")
    parser.add_argument("--part", choices=PARTS, default="late", help="which orders")
    given = parser.parse_args()
    rows = {"newsroom, gold": list(gold_pairs("newsroom"))}
    if given.data:
        rows["new_wiki, gold"] = list(gold_pairs(f"plain:{given.data / 'new_wiki'}"))
    orders = [(story.question, payload.order) for payload in payloads(given.part) for story in STORIES]
    rows[f"{given.part}, orders"] = orders
    embedder = open_embedder("minilm")
    heads = ["", "pairs", *(f"cosine < {threshold}" for threshold in THRESHOLDS)]
    lines = [[name, str(len(p)), *(f"{share:.1%}" for share in shares(p, embedder))] for name, p in rows.items()]
    print(columns([heads, *lines]))


if __name__ == "__main__":
    main()
