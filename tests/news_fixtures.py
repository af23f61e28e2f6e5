"""Fixtures around ``tests.small_news``, for ``pytest_plugins``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from qa.assistant import Assistant
from qa.settings import load_settings
from tests.fault_server import FaultServer
from tests.small_news import ARTICLES, News


@pytest.fixture(scope="session")
def news_folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    corpus, index = tmp_path_factory.mktemp("news"), tmp_path_factory.mktemp("news-index")
    for name, text in ARTICLES.items():
        (corpus / name).write_text(text, encoding="utf-8")
    Assistant(load_settings(corpus=corpus, index=index, model="extractive")).sync()
    return corpus, index


@pytest.fixture
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of the machine."""
    for name in ("OPENAI_API_KEY", "QA_MODEL", "QA_BASE_URL", "QA_API_KEY", "QA_CORPUS", "QA_INDEX"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def news(news_folders: tuple[Path, Path], plain_environment: None) -> Iterator[News]:
    with FaultServer() as server, closing(News(*news_folders, server)) as news:
        yield news
