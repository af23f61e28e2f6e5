"""Learns the weights of ``qa/weights.json`` on tune parts.

    python -m evals.bench.ranking [--data ../shared/data] [--write] [--place DIR]

Collections: ``new_wiki`` and ``timeqa`` of the data folder, and the project's own newsroom. A question "without its
article" is asked while the search leaves out the article that answers it, so that nobody can answer it. What the
weights are worth is measured on the other parts, by ``python -m evals run DATASET --part report``.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from evals.bench.learning import Lists, fit_linear, fit_logistic, fit_network
from evals.bench.ranking_examples import (
    Example,
    Flags,
    Floats,
    collect,
    open_archive,
    right_passages,
    right_sentences,
)
from qa.archive import Archive
from qa.evidence import SENTENCE_FEATURES
from qa.extract import CONFIDENCE_FEATURES, confidence_features
from qa.ranking import (
    MIXED_FEATURES,
    PASSAGE_FEATURES,
    SECOND_FEATURES,
    SECOND_PASSAGE_FEATURES,
    RankedSentence,
    first_look,
    order_passages,
    own_scores,
    passage_rows,
    second_look,
    second_passage_rows,
    within,
)
from qa.retrieve import Retrieved, fold_copies
from qa.settings import Settings
from qa.weights import FILE, Linear, Network, Weights, to_data

NEWS_COUNTS = 4
"""How many times as much a question about news counts: there are few, and news is what the program is for."""
AGAINST = {"kind_missing", "names_missing", "any_name_missing", "absent"}
"""Features of confidence that can only speak against an answer; all but ``EITHER`` can only speak for one."""
EITHER = {"words"}
LITTLE = 0.0125
"""Balanced accuracy given up for fewer refusals."""


@dataclass(slots=True)
class Asked:
    """An example with the archive that it was asked in."""

    example: Example
    archive: Archive


def learn(asked: Sequence[Asked]) -> Weights:
    """All weights, one after the other: each stage is learned on what the ones before it make of the examples."""
    weights = _first_weights([item.example for item in asked])
    looked = _look_at_all(asked, weights)
    weights = _second_weights(asked, looked, weights)
    looked = [_scored_anew(sentences, weights) for sentences in looked]
    weights = _with_chances(asked, looked, weights)
    retrieved = [_retrieved(item, sentences, weights) for item, sentences in zip(asked, looked, strict=True)]
    return _with_confidence(asked, retrieved, weights)


def _first_weights(examples: Sequence[Example]) -> Weights:
    sentences = [np.concatenate([c.evidence.features for c in e.candidates]) for e in examples]
    right = [np.concatenate([right_sentences(e, c) for c in e.candidates]) for e in examples]
    sentence = Linear(SENTENCE_FEATURES, _floats(fit_linear(Lists(sentences, right))))
    weights = _blank(sentence)
    scores = [own_scores(e.candidates, weights) for e in examples]
    rows = [passage_rows(e.candidates, own) for e, own in zip(examples, scores, strict=True)]
    wanted = [right_passages(e, e.candidates) for e in examples]
    passage = Linear(PASSAGE_FEATURES, _floats(fit_linear(Lists(rows, wanted))))
    mixed = []
    for own, passages in zip(scores, rows, strict=True):
        first = passage.score(passages)
        mixed.append(np.concatenate([np.stack([s, np.full_like(s, f)], 1) for s, f in zip(own, first, strict=True)]))
    return replace(weights, passage=passage, mixed=Linear(MIXED_FEATURES, _floats(fit_linear(Lists(mixed, right)))))


def _blank(sentence: Linear) -> Weights:
    """Weights of which only the first is learned."""
    n = len(SECOND_FEATURES)
    flat = np.zeros(n, np.float32)
    network = Network(SECOND_FEATURES, flat, flat + 1, flat, np.zeros((n, 1), np.float32), flat[:1], flat[:1])
    nothing = {
        name: Linear(features, np.zeros(len(features), np.float32))
        for name, features in (
            ("passage", PASSAGE_FEATURES),
            ("mixed", MIXED_FEATURES),
            ("second_passage", SECOND_PASSAGE_FEATURES),
            ("confidence", CONFIDENCE_FEATURES),
        )
    }
    return Weights(sentence=sentence, second=network, answer_above=0.5, **nothing)


def _second_weights(asked: Sequence[Asked], looked: Sequence[list[RankedSentence]], weights: Weights) -> Weights:
    rows = [np.stack([s.features for s in sentences]) for sentences in looked]
    right = [_right(item.example, sentences) for item, sentences in zip(asked, looked, strict=True)]
    parts = [_floats(part) for part in fit_network(Lists(rows, right))]
    return replace(weights, second=Network(SECOND_FEATURES, *parts))


def _with_chances(asked: Sequence[Asked], looked: Sequence[list[RankedSentence]], weights: Weights) -> Weights:
    """Weights of the passages' final order, scaled so that they give the log-odds of holding the answer."""
    rows, right = [], []
    for item, sentences in zip(asked, looked, strict=True):
        known, found = second_passage_rows(first_look(item.example.candidates, weights), sentences)
        rows.append(found)
        right.append(right_passages(item.example, known))
    order = fit_linear(Lists(rows, right))
    scores = np.concatenate([found @ _floats(order) for found in rows])[:, np.newaxis]
    scale, bias = fit_logistic(scores, np.concatenate(right), np.ones(len(scores)))
    if scale[0] <= 0:
        raise RuntimeError("better passages came out as less likely; the examples teach nothing")
    return replace(weights, second_passage=Linear(SECOND_PASSAGE_FEATURES, _floats(order * scale[0]), bias))


def _with_confidence(asked: Sequence[Asked], retrieved: Sequence[Retrieved], weights: Weights) -> Weights:
    """The chance that the articles answer; and the limit, about where both kinds of error weigh the same."""
    rows = np.stack([confidence_features(found) for found in retrieved])
    answerable = np.array([item.example.answerable for item in asked])
    collections = np.array([item.example.collection for item in asked])
    share = np.zeros(len(asked))
    for name in sorted(set(collections)):
        for kind in (True, False):
            chosen = (collections == name) & (answerable == kind)
            share[chosen] = 1 / max(chosen.sum(), 1)
    signs = np.array([-1.0 if name in AGAINST else float(name not in EITHER) for name in CONFIDENCE_FEATURES])
    found, bias = fit_logistic(rows, answerable, share, signs=signs)
    confidence = Linear(CONFIDENCE_FEATURES, _floats(found), bias)
    chances = 1 / (1 + np.exp(-confidence.score(rows)))
    limits = np.linspace(0.05, 0.95, 181)
    sets = len(set(collections))
    balanced = np.array(
        [share[answerable & (chances >= x)].sum() + share[~answerable & (chances < x)].sum() for x in limits]
    ) / (2 * sets)
    # Where little is lost by it, rather answer: the person sees the words and can judge.
    limit = float(limits[np.flatnonzero(balanced >= balanced.max() - LITTLE)[0]])
    for name in sorted(set(collections)):
        own = collections == name
        refused = np.mean(chances[own & answerable] < limit)
        false = np.mean(chances[own & ~answerable] >= limit)
        print(f"{name}: refuses {refused:.3f} of the answerable, answers {false:.3f} of the others (in sample)")
    return replace(weights, confidence=confidence, answer_above=limit)


def _look_at_all(asked: Sequence[Asked], weights: Weights) -> list[list[RankedSentence]]:
    """The second look at every example; those that count several times are looked at once."""
    seen: dict[int, list[RankedSentence]] = {}
    for item in asked:
        if id(item) not in seen:
            seen[id(item)] = _look(item, weights)
    return [seen[id(item)] for item in asked]


def _look(item: Asked, weights: Weights) -> list[RankedSentence]:
    terms, embedder = item.archive.index.lexical.terms, item.archive.embedder
    return second_look(item.example.question, first_look(item.example.candidates, weights), embedder, terms, weights)


def _scored_anew(sentences: Sequence[RankedSentence], weights: Weights) -> list[RankedSentence]:
    scores = weights.second.score(np.stack([sentence.features for sentence in sentences]))
    scored = [replace(s, score=float(score)) for s, score in zip(sentences, scores, strict=True)]
    return sorted(scored, key=lambda sentence: -sentence.score)


def _retrieved(item: Asked, sentences: Sequence[RankedSentence], weights: Weights) -> Retrieved:
    """As ``Retriever.search`` gives it."""
    ordered = order_passages(first_look(item.example.candidates, weights), sentences, weights)
    kept = fold_copies(ordered, Settings.model_fields["passages"].default)
    return Retrieved(item.example.question, tuple(kept), within(sentences, kept))


def _right(example: Example, sentences: Sequence[RankedSentence]) -> Flags:
    return np.array([right_sentences(example, s.candidate)[s.position] for s in sentences], np.bool_)


def _floats(values: np.ndarray) -> Floats:
    return values.astype(np.float32)


def main() -> None:
    """Learns, and says what came out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of new_wiki and timeqa")
    parser.add_argument("--place", type=Path, help="folder for the indexes, to be used again")
    parser.add_argument("--write", action="store_true", help=f"replace {FILE}")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        place = given.place or Path(temporary)
        asked = []
        for name, source, part, limit in (
            ("new_wiki", f"plain:{given.data / 'new_wiki'}", "tune", None),
            ("timeqa", f"plain:{given.data / 'timeqa'}", "even", None),
            ("newsroom", "newsroom", "tune", None),
        ):
            archive = open_archive(name, source, place)
            examples = collect(name, source, part, archive, limit)
            found = [Asked(example, archive) for example in examples if example.candidates]
            asked += found * (NEWS_COUNTS if name == "newsroom" else 1)
        weights = learn(asked)
    print(json.dumps(to_data(weights)["confidence"]), f"answer above {weights.answer_above:.3f}")
    if given.write:
        FILE.write_text(json.dumps(to_data(weights), indent=1) + "\n", "utf-8")
        print(f"wrote {FILE}")


if __name__ == "__main__":
    main()
