"""Weights of the counts of ``coverage``, made by ``python -m evals.bench.verifier_weights`` from tune parts only."""

WEIGHTS: dict[str, float] = {
    "bias": 1.95,
    "inserted": -0.63,
    "missing": -4.98,
    "noun in place": -1.12,
    "rival in place": -2.62,
    "word in place": -0.04,
}
