"""Trains the weights of ``qa/verify/weights.py`` on tune parts, and says how they do on articles left out.

    python -m evals.bench.verifier_weights [--data DIR] [--penalty 0.5] [--write]

Logistic regression with an L2 penalty, on statements that no rule refuses: SummEdits and WiCE claims, QuoteSum's human
paraphrases and shortened sentences. A wrong claim is represented by its least likely sentence, a right one by all of
its sentences. Right and wrong statements of one collection weigh the same.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from evals.bench.minimal_pairs import make_pairs, sources
from evals.bench.verifier import articles, human_answers, pair_evidence, read_lines, summedits_claims, web_page
from qa.citations import build_statements, number_sentences
from qa.records import Passage
from qa.support import Support
from qa.verify import Evidence, Verdict, assess, verify

Features = dict[str, float]
_WEIGHT = {"summedits": 1.0, "wice": 0.6, "paraphrase": 2.0, "shortened": 0.5}
_ROUNDS = 5


class Claim(NamedTuple):
    """A claim that no rule refuses: the features of each of its sentences."""

    collection: str
    group: str
    right: bool
    sentences: list[Features]


def _claim(collection: str, group: str, right: bool, parts: Sequence[tuple[str, list[Evidence]]]) -> Claim | None:
    rows: list[Features] = []
    for statement, evidence in parts:
        if not evidence:
            return None
        findings, coverage = assess(statement, evidence)
        if findings:
            return None
        if coverage is not None:
            rows.append(coverage.features)
    return Claim(collection, group, right, rows) if rows else None


def looked_up(claim: str, passage: Passage) -> list[tuple[str, list[Evidence]]]:
    """The sentences of a claim with the evidence that ``qa check`` would hold them against."""
    last: list[Evidence] = []

    def remember(statement: str, evidence: Sequence[Evidence]) -> Verdict:
        last[:] = evidence
        return verify(statement, evidence)

    support = Support(number_sentences([passage]), remember)
    parts = []
    for part in build_statements(claim):
        words = claim[part.start : part.end]
        support.judge(words, support.look_up(words).sources)
        parts.append((words, [*last]))
    return parts


def _claims(data: Path) -> Iterator[Claim | None]:
    for row, passage in summedits_claims(data, "tune"):
        yield _claim("summedits", row["article_id"], row["consistent"], looked_up(row["text"], passage))
    for i, row in enumerate(read_lines(data / "wice" / "claim_dev.jsonl.gz")[0::2]):
        parts = looked_up(row["claim"], web_page(row["evidence"]))
        yield _claim("wice", f"wice {i % 7}", row["label"] == "supported", parts)
    for _, statement, evidence in human_answers(data, "tune"):
        yield _claim("paraphrase", "paraphrase", True, [(statement, evidence)])
    found = [source for article in articles(data, "tune") for source in sources(*article)]
    for pair in make_pairs(found[::3]):
        if pair.kind == "clause dropped":
            yield _claim("shortened", "shortened", True, [(pair.statement, pair_evidence(pair.source))])


def fit(claims: Sequence[Claim], names: Sequence[str], penalty: float) -> NDArray[np.float64]:
    """Weights for ``names``, the bias first."""
    weights = np.zeros(len(names) + 1)
    for _ in range(_ROUNDS):
        rows, labels, importance = _examples(claims, names, weights)
        weights = _newton(rows, labels, importance, penalty)
    return weights


def _examples(
    claims: Sequence[Claim], names: Sequence[str], weights: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    count: dict[tuple[str, bool], int] = defaultdict(int)
    for claim in claims:
        count[claim.collection, claim.right] += 1
    rows: list[NDArray[np.float64]] = []
    labels: list[float] = []
    importance: list[float] = []
    for claim in claims:
        vectors = [_vector(sentence, names) for sentence in claim.sentences]
        if not claim.right:
            vectors = [min(vectors, key=lambda vector: float(vector @ weights))]
        pair = count[claim.collection, True] + count[claim.collection, False]
        share = pair / (2 * count[claim.collection, claim.right]) * _WEIGHT[claim.collection] / len(vectors)
        rows.extend(vectors)
        labels.extend([float(claim.right)] * len(vectors))
        importance.extend([share] * len(vectors))
    return np.array(rows), np.array(labels), np.array(importance)


def _vector(features: Features, names: Sequence[str]) -> NDArray[np.float64]:
    return np.array([1.0, *(features.get(name, 0.0) for name in names)])


def _newton(
    rows: NDArray[np.float64], labels: NDArray[np.float64], importance: NDArray[np.float64], penalty: float
) -> NDArray[np.float64]:
    weights = np.zeros(rows.shape[1])
    ridge = np.full(rows.shape[1], penalty)
    ridge[0] = 1e-3
    for _ in range(30):
        chance = 1 / (1 + np.exp(-rows @ weights))
        gradient = rows.T @ (importance * (chance - labels)) + ridge * weights
        curvature = (rows * (importance * chance * (1 - chance))[:, None]).T @ rows + np.diag(ridge)
        weights = weights - np.linalg.solve(curvature, gradient)
    return weights


def accepted(claim: Claim, names: Sequence[str], weights: NDArray[np.float64]) -> bool:
    """Whether every sentence of a claim has a probability of at least one half."""
    return all(float(_vector(sentence, names) @ weights) >= 0 for sentence in claim.sentences)


def report_left_out(claims: Sequence[Claim], names: Sequence[str], penalty: float) -> None:
    """Balanced accuracy on claims of groups that the weights were not trained on, among those no rule refuses."""
    hits: dict[tuple[str, bool], list[bool]] = defaultdict(list)
    for group in sorted({claim.group for claim in claims if claim.collection in {"summedits", "wice"}}):
        weights = fit([claim for claim in claims if claim.group != group], names, penalty)
        for claim in claims:
            if claim.group == group:
                hits[claim.collection, claim.right].append(accepted(claim, names, weights) == claim.right)
    for (collection, right), found in sorted(hits.items()):
        side = "right" if right else "wrong"
        print(f"{collection} {side}: {np.mean(found):.3f} of {len(found)} judged as they should be")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Train the verifier's table of weights.")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--penalty", type=float, default=0.5)
    parser.add_argument("--write", action="store_true", help="replace the table in qa/verify/weights.py")
    options = parser.parse_args()
    claims = [claim for claim in _claims(options.data) if claim is not None]
    names = sorted({name for claim in claims for sentence in claim.sentences for name in sentence})
    report_left_out(claims, names, options.penalty)
    weights = fit(claims, names, options.penalty)
    table = dict(zip(["bias", *names], (round(float(weight), 2) for weight in weights), strict=True))
    lines = "".join(f'    "{name}": {weight},\n' for name, weight in table.items())
    print(lines)
    if options.write:
        path = Path("qa/verify/weights.py")
        head = path.read_text(encoding="utf-8").partition("WEIGHTS")[0]
        path.write_text(head + "WEIGHTS: dict[str, float] = {\n" + lines + "}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
