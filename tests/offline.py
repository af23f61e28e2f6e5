"""The tests where there is no way out, for native code either: ``python -m tests.offline [PYTEST ARGUMENTS...]``.

They run in a network namespace of their own; without arguments, the fast ones. Linux only; needs ``unshare`` and ``ip``
(packages util-linux and iproute2).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

APART = ("unshare", "-rn", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")


def why_not() -> str:
    """Why this machine has no such namespaces; empty where it has."""
    if not (shutil.which("unshare") and shutil.which("ip")):
        return "unshare or ip is missing (packages util-linux and iproute2)"
    tried = subprocess.run([*APART, "true"], capture_output=True, text=True, check=False)
    return tried.stderr.strip() or "unshare -rn failed" if tried.returncode else ""


def with_a_way_out() -> dict[str, str]:
    """The environment for a process that installs packages: without ``no_way_out``."""
    guard = str(Path(__file__).parent / "no_way_out")
    kept = [place for place in os.environ.get("PYTHONPATH", "").split(os.pathsep) if place and place != guard]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(kept)}


def main() -> None:
    """Becomes pytest within the namespace."""
    if reason := why_not():
        sys.exit(f"no network namespace here: {reason}")
    os.execvp(APART[0], [*APART, sys.executable, "-m", "pytest", *sys.argv[1:]])


if __name__ == "__main__":
    main()
