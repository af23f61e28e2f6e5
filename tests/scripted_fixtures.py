"""A scripted model over real HTTP, and an assistant that asks it about a module's own reports, for ``pytest_plugins``.

The module has a fixture ``place``, a folder with the reports in ``corpus``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from qa.assistant import Assistant
from qa.settings import load_settings
from tests.fault_server import FaultServer


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as server:
        yield server


@pytest.fixture
def assistant(place: Path, server: FaultServer, plain_environment: None) -> Iterator[Assistant]:
    flags = {"corpus": place / "corpus", "index": place / "index"}
    model = {"model": "scripted", "base_url": server.url, "retries": 0, "timeout": 5.0}
    with closing(Assistant(load_settings(**flags, **model))) as assistant:
        assistant.sync()
        yield assistant
