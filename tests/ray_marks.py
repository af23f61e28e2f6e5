"""What all tests with Ray have in common: they are slow and need the extra."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest

RAY = (
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("ray") is None, reason="Ray is not installed: pip install 'news-qa[ray]'"
    ),
)


def with_ray(test: Any) -> Any:
    """Marks a test that needs Ray."""
    for mark in RAY:
        test = mark(test)
    return test
