"""One Ray cluster for all tests of a process, in a process of its own: ``python -m tests.ray_cluster``.

Ray reads its token once in a process and starts slowly, so tests share one token and, where it does not matter whose
it is, one cluster. Drivers come and go; what they started there goes with them.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.cluster import cluster

ROOT = Path(__file__).parent.parent

# Ray reads the one while it is imported, and the other once in a process: they are there before anything imports it.
os.environ.setdefault("RAY_AUTH_MODE", "token")
os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))


@pytest.fixture(scope="session")
def ray_address() -> Iterator[str]:
    """The address of a running cluster."""
    command = [sys.executable, "-m", "tests.ray_cluster"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        address = running.stdout.readline().strip()
        assert address, "the cluster does not start"
        yield address
        running.stdin.close()
        running.wait()


if __name__ == "__main__":
    with cluster(None) as ray:
        sys.stdout.write(f"{ray.get_runtime_context().gcs_address}\n")
        sys.stdout.flush()
        sys.stdin.read()
