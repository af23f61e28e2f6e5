"""What all tests with Ray have in common: they are slow, need the extra, and run one after the other.

Ray takes both processors to start and to start its workers; pytest-xdist keeps a group in one process
(``--dist loadgroup``), where the tests share one cluster.
"""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest

RAY = (
    pytest.mark.slow,
    pytest.mark.xdist_group("ray"),
    pytest.mark.skipif(
        importlib.util.find_spec("ray") is None, reason="Ray is not installed: pip install 'news-qa[ray]'"
    ),
)


def with_ray(test: Any) -> Any:
    """Marks a test that needs Ray."""
    for mark in RAY:
        test = mark(test)
    return test
