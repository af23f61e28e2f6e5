"""Fuzzes a target, guided by what code its inputs reach (atheris, libFuzzer).

    pip install atheris
    python -m evals.bench.fuzzing stream|articles|citations [--seconds 600] [--corpus DIR]

Interesting inputs are kept in the folder ``--corpus`` (default: ``runs/fuzzing/TARGET``), so a later run goes on from
there. An input that breaks a promise is written beside them, as ``crash-...``: put it into ``findings/`` here, named
``TARGET-WHAT``, and the tests run it for ever. The last lines tell how many inputs were tried.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

from evals.bench.fuzzing.seeds import write_seeds

_LIMIT_MB = 4096
_SLOW_SECONDS = 20


def main() -> None:
    """Runs the fuzzer until the time is over or a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", choices=("stream", "articles", "citations"), help="what to fuzz")
    parser.add_argument("--seconds", type=int, default=600, help="how long (default: %(default)s)")
    parser.add_argument("--corpus", type=Path, help="folder of interesting inputs")
    parser.add_argument("--longest", type=int, default=2048, help="bytes of an input at most (default: %(default)s)")
    given = parser.parse_args()
    try:
        atheris = importlib.import_module("atheris")
    except ImportError:
        sys.exit("the fuzzer is not installed; install it with: pip install atheris")
    folder = given.corpus or Path("runs") / "fuzzing" / given.target
    with atheris.instrument_imports(include=["qa", "evals.bench.fuzzing"]):
        from evals.bench.fuzzing.targets import TARGETS
    write_seeds(given.target, folder)
    options = [
        sys.argv[0],
        str(folder),
        f"-max_total_time={given.seconds}",
        f"-max_len={given.longest}",
        f"-timeout={_SLOW_SECONDS}",
        f"-rss_limit_mb={_LIMIT_MB}",
        f"-artifact_prefix={folder}/",
        "-print_final_stats=1",
    ]
    atheris.Setup(options, TARGETS[given.target])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
