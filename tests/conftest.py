"""What all tests share: no way out of this machine, no settings of the person who runs them, no stop-watch.

A test that reaches for another machine fails, whatever it makes of the refusal; ``tests/no_way_out`` holds for the
processes it starts, too. ``python -m tests.offline`` runs everything in a network namespace without any way out.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

GUARD = str(Path(__file__).parent / "no_way_out")

if GUARD not in os.environ.get("PYTHONPATH", "").split(os.pathsep):
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (GUARD, os.environ.get("PYTHONPATH"))))
guard = sys.modules.get("sitecustomize")
if getattr(guard, "__file__", None) != str(Path(GUARD) / "sitecustomize.py"):
    from tests.no_way_out import sitecustomize as guard

    sys.addaudithook(guard.watch)

settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture(autouse=True)
def _settings_of_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("QA_") or name == "OPENAI_API_KEY":
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _no_way_out() -> Iterator[None]:
    before = len(guard.TRIED)
    yield
    tried = guard.TRIED[before:]
    assert not tried, f"the test reached for other machines: {tried}"
