"""Weights of the counts of ``coverage``, made by ``python -m evals.bench.verifier_weights`` from tune parts only."""

WEIGHTS: dict[str, float] = {
    "bias": 2.0,
    "share": -6.0,
}
