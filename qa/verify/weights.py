"""Weights of the counts of ``coverage``, made by ``python -m evals.bench.verifier_weights`` from tune parts only."""

WEIGHTS: dict[str, float] = {
    "bias": 2.0,
    "missing": -6.0,
    "apart": -2.0,
    "noun in place": -2.2,
    "inserted": -0.7,
}
