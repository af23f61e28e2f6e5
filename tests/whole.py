"""How much of the longest tests is run: a sample, or all of it with ``TEST_WHOLE=1``."""

from __future__ import annotations

import os
from typing import Any

import pytest

WHOLE = "TEST_WHOLE" in os.environ


LEFT_OUT = pytest.mark.skipif(not WHOLE, reason="the sample has others like it; set TEST_WHOLE=1 for all")
"""Marks what the sample is run without."""


def sample(few: int, *, whole: int) -> int:
    """How many of a test's cases are run."""
    return whole if WHOLE else few


def whole_only(*values: Any, id: str | None = None) -> Any:
    """A parameter of a slow test that is left out of the sample, and said to be."""
    return pytest.param(*values, id=id, marks=[pytest.mark.slow, LEFT_OUT])
