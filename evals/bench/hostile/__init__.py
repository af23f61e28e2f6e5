"""Generated bad input, thousands of pieces of it; see ``python -m evals.bench.hostile --help``."""
