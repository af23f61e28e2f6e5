"""``python -m evals``: how good is it, did my change help, may this be merged."""

from evals.program import main

main()
