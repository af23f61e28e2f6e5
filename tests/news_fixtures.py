"""Fixtures around ``tests.small_news``, for ``pytest_plugins``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from qa.archive import Archive
from qa.settings import load_settings
from tests.fault_server import FaultServer
from tests.small_news import ARTICLES, News


@pytest.fixture(scope="session")
def news_archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    corpus, index = tmp_path_factory.mktemp("news"), tmp_path_factory.mktemp("news-index")
    for name, text in ARTICLES.items():
        (corpus / name).write_text(text, encoding="utf-8")
    archive = Archive(load_settings(corpus=corpus, index=index, model="extractive"))
    archive.sync()
    return archive


@pytest.fixture
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of the machine."""
    for name in ("OPENAI_API_KEY", "QA_MODEL", "QA_BASE_URL", "QA_API_KEY", "QA_CORPUS", "QA_INDEX"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def news(news_archive: Archive, plain_environment: None) -> Iterator[News]:
    with FaultServer() as server, closing(News(news_archive, server)) as news:
        yield news
