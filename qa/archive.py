"""The articles at hand: their folder, their index, and the search in it. Everything but the answering."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Literal

from qa.depth import DEPTHS
from qa.errors import QuestionError
from qa.records import Article, Passage
from qa.settings import Settings

if TYPE_CHECKING:
    from pydantic import SecretStr

    from qa.embedders import Embedder
    from qa.index.cluster_preparer import ClusterPreparer
    from qa.index.lexical import Filter
    from qa.index.place import Place
    from qa.index.preparer import LocalPreparer
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
        self._place: Place | None = None
        self._index: Index | None = None
        self._retriever: Retriever | None = None
        self._contents: tuple[int, str] | None = None

    def sync(
        self, *, progress: Progress | None = None, rebuild: bool = False, engine: Literal["local", "ray"] = "local"
    ) -> SyncReport:
        """Brings the index up to date with the articles; cheap when nothing has changed.

        Args:
            progress: told how far it is, in bytes.
            rebuild: start from nothing; the old index answers until the new one is whole.
            engine: who reads, splits and embeds: this process, or a Ray cluster.

        Raises:
            CorpusError: if the folder cannot be used.
            StoreError: if the index cannot be used or written.
            SettingsError: for ``ray``, if it is not installed or cannot be reached.
        """
        from qa.index.sync import synchronise_place

        with closing(self._preparer(engine)) as preparer:
            return synchronise_place(self.settings.corpus, self.place, preparer, progress=progress, rebuild=rebuild)

    def _preparer(self, engine: Literal["local", "ray"]) -> LocalPreparer | ClusterPreparer:
        if engine == "ray":
            from qa.index.cluster_preparer import ClusterPreparer

            return ClusterPreparer(self.settings.ray_address, partial(_embedder, self.settings))
        from qa.index.preparer import LocalPreparer

        return LocalPreparer(lambda: self.embedder)

    def plan(self) -> Plan:
        """What ``sync`` would read; writes nothing."""
        from qa.index.catalog import Catalog
        from qa.index.folder import CATALOG
        from qa.index.sync import plan

        if not self.has_index():
            return plan(self.settings.corpus, None)
        catalog = Catalog(self.place.path / CATALOG)
        try:
            return plan(self.settings.corpus, catalog)
        finally:
            catalog.close()

    def has_index(self) -> bool:
        """Whether there is an index that could answer now."""
        from qa.index.folder import CATALOG

        self.place.follow()
        return (self.place.path / CATALOG).is_file()

    @property
    def place(self) -> Place:
        """Where the index lies: in a folder, or on a server."""
        recipe = self.recipe
        with self._lock:
            if self._place is None:
                self._place = _place(self.settings, recipe)
            return self._place

    @property
    def embedder(self) -> Embedder:
        """The embedder of the settings."""
        with self._lock:
            if self._embedder is None:
                self._embedder = _embedder(self.settings)
            return self._embedder

    def close(self) -> None:
        """Lets go of the index's files; the next use opens them again."""
        with self._lock:
            if self._index is not None:
                self._index.close()

    @property
    def index(self) -> Index:
        """The index, opened for reading."""
        from qa.index.store import Index

        recipe, place = self.recipe, self.place
        with self._lock:
            if self._index is None:
                self._index = Index(self.settings.index_folder(), recipe, place)
            return self._index

    @property
    def recipe(self) -> str:
        """Digest of all that decides what an index holds."""
        from qa.index.recipe import index_recipe

        return index_recipe(self.embedder.name)

    @property
    def contents(self) -> str:
        """Digest of all articles that the index holds now, wherever and in whatever order they were indexed."""
        with self.index.view() as catalog:
            generation = catalog.generation
            if self._contents is None or self._contents[0] != generation:
                digest, after = hashlib.sha256(), ""
                while batch := catalog.entries(after, 500):
                    digest.update("".join(entry.digest for entry in batch).encode())
                    after = batch[-1].id
                self._contents = (generation, digest.hexdigest()[:24])
            return self._contents[1]

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
                self._retriever = Retriever(index, embedder, depth=DEPTHS[self.settings.preset])
            return self._retriever

    def retrieve(
        self, question: str, limit: int, restrict: Filter | None = None, *, look_again: bool = True
    ) -> Retrieved:
        """The question understood, and the ``limit`` passages that best bear on it; see ``qa.retrieve.Retriever``."""
        return self.retriever.search(question, limit, restrict, look_again=look_again)


def _place(settings: Settings, recipe: str) -> Place:
    from qa.index.local import LocalPlace
    from qa.index.served.server import server_of

    server = server_of(settings)
    if server is None:
        return LocalPlace(settings.index_folder(), recipe)
    from qa.index.served.place import ServedPlace

    return ServedPlace(settings.index_folder(), recipe, server)


def _embedder(settings: Settings) -> Embedder:
    from qa.embedders import open_embedder

    url = settings.embedder_url or settings.base_url or settings.openai_base_url
    key = _embedder_key(settings)
    return open_embedder(
        settings.embedder, base_url=url, api_key=key.get_secret_value() if key else None, cache=settings.cache
    )


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
    check_characters(question, "the question")
    if len(question) > LONGEST_QUESTION:
        raise QuestionError(
            f"the question has {len(question)} characters, more than {LONGEST_QUESTION}; shorten it, "
            "or hold a longer text against the articles with 'qa check'"
        )


def check_characters(text: str, what: str) -> None:
    """Refuses a text that cannot be written as UTF-8, such as one with half an emoji.

    Raises:
        QuestionError: which says where.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise QuestionError(
            f"{what} holds half a character (a lone surrogate) at {error.start}; write it again, or leave it out"
        ) from error


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
    return day_number(day)


def day_number(day: date) -> int:
    """A day as ``qa.index.lexical.Filter`` has it: 20310304 is 4 March 2031."""
    return day.year * 10000 + day.month * 100 + day.day
