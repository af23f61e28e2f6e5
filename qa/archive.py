"""The articles at hand: their folder, their index, and the search in it. Everything but the answering."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from qa.errors import QuestionError
from qa.records import Article, Passage
from qa.settings import Settings

if TYPE_CHECKING:
    from pydantic import SecretStr

    from qa.embedders import Embedder
    from qa.index.lexical import Filter
    from qa.index.store import Index
    from qa.index.sync import Plan, Progress, SyncReport
    from qa.retrieve import Retrieved, Retriever

LONGEST_QUESTION = 4000
"""Code points; more is no question but a text, for which ``qa check`` is made."""


class Archive:
    """A folder of articles with its index; opened when first used. Safe to share between threads."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._embedder: Embedder | None = None
        self._index: Index | None = None
        self._retriever: Retriever | None = None

    def sync(self, *, progress: Progress | None = None, rebuild: bool = False) -> SyncReport:
        """Brings the index up to date with the articles; cheap when nothing has changed.

        Raises:
            CorpusError: if the folder cannot be used.
            StoreError: if the index cannot be used or written.
        """
        from qa.index.sync import synchronise

        return synchronise(
            self.settings.corpus,
            self.settings.index_folder(),
            self.recipe,
            lambda: self.embedder,
            progress=progress,
            rebuild=rebuild,
        )

    def plan(self) -> Plan:
        """What ``sync`` would read; writes nothing."""
        from qa.index.catalog import Catalog
        from qa.index.sync import plan

        if not self.has_index():
            return plan(self.settings.corpus, None)
        catalog = Catalog(self._catalog_path())
        try:
            return plan(self.settings.corpus, catalog)
        finally:
            catalog.close()

    def has_index(self) -> bool:
        """Whether there is an index that could answer now."""
        return self._catalog_path().is_file()

    @property
    def embedder(self) -> Embedder:
        """The embedder of the settings."""
        with self._lock:
            if self._embedder is None:
                from qa.embedders import open_embedder

                settings = self.settings
                url = settings.embedder_url or settings.base_url
                key = _embedder_key(settings)
                self._embedder = open_embedder(
                    settings.embedder, base_url=url, api_key=key.get_secret_value() if key else None
                )
            return self._embedder

    @property
    def index(self) -> Index:
        """The index, opened for reading."""
        from qa.index.store import Index

        recipe = self.recipe
        with self._lock:
            if self._index is None:
                self._index = Index(self.settings.index_folder(), recipe)
            return self._index

    @property
    def recipe(self) -> str:
        """Digest of all that decides what an index holds."""
        from qa.index.recipe import index_recipe

        return index_recipe(self.embedder.name)

    def article(self, article_id: str) -> Article:
        """An article, exactly as it was read.

        Raises:
            ArticleNotFound: if there is none of this id.
        """
        return self.index.article(article_id)

    def passages_of(self, article_id: str) -> list[Passage]:
        """All passages of an article, in the order of its text.

        Raises:
            ArticleNotFound: if there is none of this id.
        """
        from qa.retrieve import to_passage

        found = self.index.passages(self.index.entry(article_id).passage_ids())
        return [to_passage(item) for item in found.values()]

    @property
    def retriever(self) -> Retriever:
        """The search over the index."""
        from qa.retrieve import Retriever

        index, embedder = self.index, self.embedder
        with self._lock:
            if self._retriever is None:
                self._retriever = Retriever(index, embedder)
            return self._retriever

    def retrieve(self, question: str, limit: int, restrict: Filter | None = None) -> Retrieved:
        """The question understood, and the ``limit`` passages that best bear on it, best first."""
        return self.retriever.search(question, limit, restrict)

    def _catalog_path(self) -> Path:
        return self.settings.index_folder() / self.recipe / "catalog.sqlite3"


def _embedder_key(settings: Settings) -> SecretStr | None:
    """The key that belongs to the embedder's address: no key is sent to another server than it was given for."""
    if settings.embedder_key or settings.embedder_url:
        return settings.embedder_key
    return settings.api_key if settings.base_url else settings.openai_api_key or settings.api_key


def check_question(question: str) -> None:
    """Refuses what cannot be a question.

    Raises:
        QuestionError: if it is empty, or longer than ``LONGEST_QUESTION``.
    """
    if not any(character.isalnum() for character in question):
        raise QuestionError("the question is empty; write it in words")
    if len(question) > LONGEST_QUESTION:
        raise QuestionError(
            f"the question has {len(question)} characters, more than {LONGEST_QUESTION}; shorten it, "
            "or hold a longer text against the articles with 'qa check'"
        )


def restriction(since: str | date | None, until: str | date | None, sources: Sequence[str]) -> Filter:
    """A filter of dates, both inclusive, and of outlets' names.

    Raises:
        QuestionError: for a malformed date, or dates in the wrong order.
    """
    from qa.index.lexical import Filter

    first, last = _day(since, "since"), _day(until, "until")
    if first and last and first > last:
        raise QuestionError(f"since {since} is later than until {until}; swap them")
    return Filter(first, last, tuple(sources))


def _day(given: str | date | None, name: str) -> int:
    if given is None:
        return 0
    try:
        day = given if isinstance(given, date) else date.fromisoformat(given)
    except ValueError as error:
        raise QuestionError(f"{name} {given!r} is no date; write it as YYYY-MM-DD") from error
    return day.year * 10000 + day.month * 100 + day.day
