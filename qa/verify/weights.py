"""Weights of the counts of ``coverage``, made by ``python -m evals.bench.verifier_weights`` from tune parts only."""

WEIGHTS: dict[str, float] = {
    "bias": 1.93,
    "inserted": -0.62,
    "missing": -4.9,
    "noun in place": -0.87,
    "rival in place": -2.6,
    "word in place": -0.08,
}
