"""The assistant: the chain from a question to an answer, in order.

``ask`` is ``stream`` run to its end; the command line, the page, batches and evaluations all consume the same events.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from qa import weights
from qa.errors import QAError, QuestionError
from qa.events import Checked, Cited, Event, Finished, Text, Working
from qa.records import Answer, Article, Citation, Passage, PassageReference, Statement, Turn
from qa.settings import Settings, recipe_digest

if TYPE_CHECKING:
    from qa.embedders import Embedder
    from qa.extract import Extraction
    from qa.index.lexical import Filter
    from qa.index.store import Index
    from qa.index.sync import Plan, Progress, SyncReport
    from qa.retrieve import Retrieved

LONGEST_QUESTION = 4000
"""Code points; more is no question but a text, for which ``qa check`` is made."""

EXTRACTIVE = "extractive"


class Assistant:
    """Answers questions over one folder of articles. Safe to share between threads."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._embedder: Embedder | None = None
        self._index: Index | None = None

    # ---- the index

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
            self.index_recipe,
            lambda: self.embedder,
            progress=progress,
            rebuild=rebuild,
        )

    def plan(self) -> Plan:
        """What ``sync`` would read; writes nothing."""
        from qa.index.catalog import Catalog
        from qa.index.sync import plan

        path = self._store_path() / "catalog.sqlite3"
        catalog = Catalog(path) if path.is_file() else None
        try:
            return plan(self.settings.corpus, catalog)
        finally:
            if catalog:
                catalog.close()

    def has_index(self) -> bool:
        """Whether there is an index that could answer now."""
        return (self._store_path() / "catalog.sqlite3").is_file()

    @property
    def embedder(self) -> Embedder:
        """The embedder of the settings."""
        with self._lock:
            if self._embedder is None:
                from qa.embedders import open_embedder

                settings = self.settings
                key = settings.embedder_key or settings.api_key or settings.openai_api_key
                self._embedder = open_embedder(
                    settings.embedder,
                    base_url=settings.embedder_url or settings.base_url,
                    api_key=key.get_secret_value() if key else None,
                )
            return self._embedder

    @property
    def index(self) -> Index:
        """The index, opened for reading."""
        from qa.index.store import Index

        recipe = self.index_recipe
        with self._lock:
            if self._index is None:
                self._index = Index(self.settings.index_folder(), recipe)
            return self._index

    @property
    def index_recipe(self) -> str:
        """Digest of all that decides what an index holds."""
        from qa.index.recipe import index_recipe

        return index_recipe(self.embedder.name)

    def article(self, article_id: str) -> Article:
        """An article, exactly as it was read.

        Raises:
            ArticleNotFound: if there is none of this id.
        """
        return self.index.article(article_id)

    # ---- questions

    def check_question(self, question: str) -> None:
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

    def search(
        self,
        query: str,
        k: int = 10,
        *,
        since: str | date | None = None,
        until: str | date | None = None,
        sources: Sequence[str] = (),
    ) -> list[Passage]:
        """The ``k`` passages that best bear on a question or some words, best first.

        Args:
            query: a question or some words.
            k: how many passages at most.
            since: only articles published on or after this ISO date.
            until: only articles published on or before this ISO date.
            sources: only articles of these outlets.

        Raises:
            QAError: if the query or the index cannot be used.
        """
        self.check_question(query)
        return self._retrieve(query, k, self.restriction(since, until, sources)).passages

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        since: str | date | None = None,
        until: str | date | None = None,
        sources: Sequence[str] = (),
    ) -> Answer:
        """Answers one question; the arguments are those of ``stream``."""
        for event in self.stream(question, history, since=since, until=until, sources=sources):
            if isinstance(event, Finished):
                return event.answer
        raise RuntimeError("the stream ended without an answer")

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        since: str | date | None = None,
        until: str | date | None = None,
        sources: Sequence[str] = (),
    ) -> Iterator[Event]:
        """Answers one question, telling what happens; the last event holds the whole answer.

        Args:
            question: the question, up to ``LONGEST_QUESTION`` characters.
            history: earlier turns of the conversation, oldest first.
            since: only articles published on or after this ISO date.
            until: only articles published on or before this ISO date.
            sources: only articles of these outlets.

        Raises:
            QAError: if the question, the index or the model cannot be used.
        """
        self.check_question(question)
        started = time.perf_counter()
        yield Working("searching")
        retrieved = self._retrieve(question, self.settings.passages, self.restriction(since, until, sources))
        yield Working("reading")
        from qa.extract import extract

        extraction = extract(retrieved, self.index, self.settings.sentences)
        answer = self._extractive_answer(question, retrieved, extraction)
        for statement in answer.statements:
            yield Text(answer.text[statement.start : statement.end] + " ")
            yield from (Cited(citation) for citation in answer.citations if citation.number in statement.citations)
            yield Checked(statement)
        yield Finished(replace(answer, seconds=round(time.perf_counter() - started, 6)))

    async def aask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """``ask`` without blocking the event loop."""
        return await asyncio.to_thread(self.ask, question, history)

    async def astream(self, question: str, history: Sequence[Turn] = ()) -> AsyncIterator[Event]:
        """``stream`` without blocking the event loop."""
        events = self.stream(question, history)
        while (event := await asyncio.to_thread(next, events, None)) is not None:
            yield event

    def ask_many(self, questions: Iterable[str], *, workers: int = 4) -> Iterator[Answer]:
        """Answers in the order of the questions, several at a time; a failed one is an answer with status ``error``.

        Takes questions as they are needed, so ``questions`` may be endless.
        """
        from qa.batch import answers_in_order

        return answers_in_order(self, questions, workers)

    def failed(self, question: str, error: QAError) -> Answer:
        """The answer that stands for a question that could not be answered."""
        return Answer(question, "error", "", model=self.model_name, recipe=self.recipe, error=str(error))

    @property
    def model_name(self) -> str:
        """What writes the answers: a model's name, or ``extractive``."""
        return EXTRACTIVE

    @property
    def recipe(self) -> str:
        """Digest of everything that decides an answer, apart from the articles."""
        from qa import extract, retrieve

        return recipe_digest(
            {
                "index": self.index_recipe,
                "retrieve": retrieve.VERSION,
                "extract": extract.VERSION,
                "model": self.model_name,
                "passages": self.settings.passages,
                "sentences": self.settings.sentences,
            }
        )

    def restriction(self, since: str | date | None, until: str | date | None, sources: Sequence[str]) -> Filter:
        """A filter of dates and sources.

        Raises:
            QuestionError: for a malformed date, or dates in the wrong order.
        """
        from qa.index.lexical import Filter

        first, last = _day(since, "since"), _day(until, "until")
        if first and last and first > last:
            raise QuestionError(f"since {since} is later than until {until}; swap them")
        return Filter(first, last, tuple(sources))

    def _store_path(self) -> Path:
        return self.settings.index_folder() / self.index_recipe

    def _retrieve(self, question: str, limit: int, restrict: Filter) -> Retrieved:
        from qa.retrieve import Retriever

        return Retriever(self.index, self.embedder).search(question, limit, restrict)

    def _extractive_answer(self, question: str, retrieved: Retrieved, extraction: Extraction) -> Answer:
        answered = extraction.confidence >= weights.ANSWER_ABOVE
        text, statements, citations = "", [], []
        for number, chosen in enumerate(extraction.extracts if answered else (), start=1):
            passage = chosen.passage
            citations.append(
                Citation(
                    number,
                    passage.article_id,
                    passage.title,
                    passage.published,
                    chosen.shown.start,
                    chosen.shown.end,
                    chosen.quote,
                )
            )
            text += " " if text else ""
            start = len(text)
            text += f"{' '.join(chosen.quote.split())} [{number}]"
            statements.append(Statement(start, len(text), (number,), "supported"))
        references = (
            PassageReference(passage.article_id, passage.start, passage.end, round(passage.score, 4))
            for passage in retrieved.passages
        )
        return Answer(
            question=question,
            status="answered" if statements else "abstained",
            text=text,
            statements=tuple(statements),
            citations=tuple(citations),
            passages=tuple(references),
            confidence=round(extraction.confidence, 4),
            model=self.model_name,
            recipe=self.recipe,
        )


def _day(given: str | date | None, name: str) -> int:
    if given is None:
        return 0
    try:
        day = given if isinstance(given, date) else date.fromisoformat(given)
    except ValueError as error:
        raise QuestionError(f"{name} {given!r} is no date; write it as YYYY-MM-DD") from error
    return day.year * 10000 + day.month * 100 + day.day
