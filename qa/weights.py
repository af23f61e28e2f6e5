"""Learned weights, as plain numbers. Written by ``python -m evals.bench.ranking --write``; do not edit by hand."""

from __future__ import annotations

SENTENCE: dict[str, float] = {
    "overlap": -0.47,
    "overlap_squared": -1.22,
    "with_title": 5.72,
    "with_context": 3.18,
    "pairs": 0.91,
    "cosine": 6.19,
    "cosine_gain": -0.14,
    "closeness": 0.46,
    "time": 1.63,
    "duration": 1.55,
    "amount": 1.73,
    "place": 1.45,
    "person": 1.96,
    "reason": 1.35,
    "other_names": 0.51,
    "short": 0.16,
    "long": -0.29,
    "heading": 0.46,
    "question": -3.4,
    "reference": 0.06,
    "lead": -0.15,
}
PASSAGE: dict[str, float] = {
    "lexical": 0.65,
    "dense": 0.42,
    "cosine": -3.65,
    "lexical_density": -8.39,
    "best_cosine": 8.79,
    "coverage": 5.69,
    "best_sentence": 0.17,
    "second_sentence": -0.04,
    "all_sentences": 0.42,
}
PASSAGE_IN_SENTENCE: float = 0.44
CONFIDENCE: dict[str, float] = dict.fromkeys(
    (
        *("with_title", "with_context", "pairs", "cosine", "top_cosine", "kind", "kind_missing", "coverage"),
        *("names_missing", "any_name_missing", "absent", "chance", "passage", "words"),
    ),
    0.0,
)
CONFIDENCE_BIAS: float = 2.0
ANSWER_ABOVE: float = 0.5
"""Below this confidence the articles are said not to hold the answer."""
ENOUGH: float = 0.15
"""No further sentence is added once the chance that the chosen ones miss the answer is below this."""
