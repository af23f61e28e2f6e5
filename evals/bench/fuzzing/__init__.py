"""Coverage-guided fuzzing of what reads foreign bytes; see ``python -m evals.bench.fuzzing --help``."""
