"""The assistant: the chain from a question to an answer, in order.

``ask`` is ``stream`` run to its end; the command line, the page, batches and evaluations all consume the same events.
"""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from qa.archive import Archive, check_question, restriction
from qa.errors import ModelError, QAError
from qa.events import Event, Finished, last_answer
from qa.prompts import Prompt, load_prompt
from qa.records import Answer, Article, Check, Passage, Turn, Usage
from qa.settings import Settings
from qa.trace import traced

if TYPE_CHECKING:
    from qa.answer_cache import AnswerCache
    from qa.batch import Request
    from qa.batch_async import Questions
    from qa.compose import Composer
    from qa.index.lexical import Filter
    from qa.index.sync import Plan, Progress, SyncReport
    from qa.models import ChatModel, ModelSpec, OpenAICompatibleModel
    from qa.rates import Rates
    from qa.verify import SupportCheck


class Assistant:
    """Answers questions over one folder of articles. Safe to share between threads.

    Args:
        settings: what to read, where to keep the index, which model to use.
        model: writes the answers, in place of the one that the settings name.
        check: judges statements, in place of ``qa.verify`` and, for those of a model, ``qa.strictness``.
        rates: how fast the model is asked, where other processes ask it too; by default as the settings say.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        model: ChatModel | None = None,
        check: SupportCheck | None = None,
        rates: Rates | None = None,
    ) -> None:
        self.settings = settings
        self.archive = Archive(settings)
        self._given_model = model
        self._given_check = check
        self._rates = rates
        self._opened_model: OpenAICompatibleModel | None = None
        self._lock = threading.Lock()

    # ---- articles

    def sync(
        self, *, progress: Progress | None = None, rebuild: bool = False, engine: Literal["local", "ray"] = "local"
    ) -> SyncReport:
        """Brings the index up to date with the articles; see ``Archive.sync``."""
        return self.archive.sync(progress=progress, rebuild=rebuild, engine=engine)

    def plan(self) -> Plan:
        """What ``sync`` would read; writes nothing."""
        return self.archive.plan()

    def article(self, article_id: str) -> Article:
        """An article, exactly as it was read.

        Raises:
            ArticleNotFound: if there is none of this id.
        """
        return self.archive.article(article_id)

    def search(
        self,
        query: str,
        k: int = 10,
        *,
        since: str | date | None = None,
        until: str | date | None = None,
        sources: Sequence[str] = (),
        tokens: int | None = None,
    ) -> list[Passage]:
        """The ``k`` passages that best bear on a question or some words, best first.

        Args:
            query: a question or some words.
            k: how many passages at most.
            since: as in ``stream``.
            until: as in ``stream``.
            sources: as in ``stream``.
            tokens: cut the passages down to their best sentences, about so many tokens in all (``qa.excerpts``).

        Raises:
            QAError: if the query or the index cannot be used.
        """
        check_question(query)
        retrieved = self.archive.retrieve(query, k, restriction(since, until, sources))
        if tokens is None:
            return retrieved.passages
        from qa.excerpts import excerpts

        return excerpts(retrieved.candidates, tokens)

    # ---- questions

    def ask(self, question: str, history: Sequence[Turn] = (), **filters: Any) -> Answer:
        """Answers one question; arguments and errors are those of ``stream``."""
        return last_answer(self.stream(question, history, **filters))

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

        Closing the iterator cancels what is under way.

        Args:
            question: the question, up to ``qa.archive.LONGEST_QUESTION`` characters.
            history: earlier turns of the conversation, oldest first.
            since: only articles published on or after this ISO date.
            until: only articles published on or before this ISO date.
            sources: only articles of these outlets.

        Raises:
            QAError: if the question, the index or the model cannot be used.
        """
        check_question(question)
        restrict = restriction(since, until, sources)
        started = time.perf_counter()
        if self.model is None:
            from qa.extractive import extracted

            events = extracted(self.archive, self.settings, question, history, restrict)
        else:
            events = self._written(question, history, restrict)
        if self._cache is not None:
            events = self._cache.events(question, history, f"{self.recipe} {restrict}", self.archive, events)
        for event in traced(events, question):
            if isinstance(event, Finished):
                seconds = round(time.perf_counter() - started, 6)
                event = Finished(replace(event.answer, recipe=self.recipe, seconds=seconds))
            yield event

    async def aask(self, question: str, history: Sequence[Turn] = (), **filters: Any) -> Answer:
        """``ask`` without blocking the event loop."""
        async for event in self.astream(question, history, **filters):
            if isinstance(event, Finished):
                return event.answer
        raise RuntimeError("the stream ended without an answer")

    async def astream(self, question: str, history: Sequence[Turn] = (), **filters: Any) -> AsyncIterator[Event]:
        """``stream`` without blocking the event loop; closing or cancelling it ends the request under way at once."""
        from qa.loop import LoopModel, in_thread

        asking = LoopModel(self.model_name, self._chat_model)
        twin = Assistant(self.settings, model=None if self.model is None else asking, check=self._given_check)
        twin.archive, twin.recipe, twin._cache = self.archive, self.recipe, self._cache
        if self.model is not None:
            twin._prompts = self._prompts
        async with aclosing(in_thread(twin.stream(question, history, **filters), asking.cancel)) as events:
            async for event in events:
                yield event

    def ask_many(self, questions: Iterable[str | Request], **options: Any) -> Iterator[Answer]:
        """Answers many questions, several at a time; arguments are those of ``qa.batch.ask_many``."""
        from qa.batch import ask_many

        return ask_many(self, questions, **options)

    def aask_many(self, questions: Questions, **options: Any) -> AsyncGenerator[Answer]:
        """``ask_many`` without blocking the event loop; arguments are those of ``qa.batch_async.aask_many``."""
        from qa.batch_async import aask_many

        return aask_many(self, questions, **options)

    def failed(self, question: str, error: QAError) -> Answer:
        """The answer that stands for a question that could not be answered; it tells what that cost."""
        usage = (error.usage if isinstance(error, ModelError) else None) or Usage()
        return Answer(question, "error", "", model=self.model_name, recipe=self.recipe, usage=usage, error=str(error))

    def check(self, text: str, article_id: str | None = None, *, progress: Progress | None = None) -> Check:
        """Holds a text against the articles, sentence by sentence; no language model is used.

        Args:
            text: any text, such as a draft or another program's answer.
            article_id: look only in this article.
            progress: told how many of how many sentences are done.

        Raises:
            QuestionError: if the text has no words.
            ArticleNotFound: if there is no article of this id.
        """
        from qa.checking import check_text
        from qa.verify import verify

        return check_text(text, self.archive, self._given_check or verify, article_id, progress)

    # ---- what answers

    @cached_property
    def model(self) -> ModelSpec | ChatModel | None:
        """The language model in use; ``None`` for answers without one.

        Raises:
            SettingsError: if the settings name none that can be reached.
        """
        if self._given_model is not None:
            return self._given_model
        if self.settings.model == "extractive":
            return None
        from qa.models.spec import choose_model

        return choose_model(self.settings)

    @property
    def model_name(self) -> str:
        """What writes the answers: a model's name, or ``extractive``."""
        return self.model.name if self.model is not None else "extractive"

    @cached_property
    def recipe(self) -> str:
        """Digest of everything that decides an answer, apart from the articles."""
        from qa.answer_recipe import answer_recipe

        prompts = None if self.model is None else self._prompts
        return answer_recipe(self.settings, self.archive.recipe, self.model_name, prompts)

    def close(self) -> None:
        """Lets go of the index's files, and of the model if one was opened; the next question opens them again."""
        with self._lock:
            model, self._opened_model = self._opened_model, None
        if model is not None:
            model.close()
        self.archive.close()

    async def aclose(self) -> None:
        """``close``, with the connections that ``aask`` and ``astream`` opened in this event loop."""
        if self._opened_model is not None:
            await self._opened_model.aclose()
        self.close()

    def _written(self, question: str, history: Sequence[Turn], restrict: Filter) -> Iterator[Event]:
        from qa.written import written

        return written(self.archive, self._composer, self._prompts, (question, history, restrict))

    @property
    def _composer(self) -> Composer:
        from qa.compose import Composer, Prompts

        prompts = Prompts(self._prompts["answer"], self._prompts["correct"], self._prompts.get("judge"))
        return Composer(self._chat_model(), prompts, self._given_check, self.settings)

    def _chat_model(self) -> ChatModel:
        if self._given_model is not None:
            return self._given_model
        from qa.models import ModelSpec, open_model

        with self._lock:
            if self._opened_model is None:
                assert isinstance(self.model, ModelSpec)
                self._opened_model = open_model(self.model, self._rates)
            return self._opened_model

    @cached_property
    def _cache(self) -> AnswerCache | None:
        from qa.answer_cache import open_cache

        # The recipe does not tell what a given model or check is.
        return open_cache(None if self._given_model or self._given_check else self.settings.cache)

    @cached_property
    def _prompts(self) -> Mapping[str, Prompt]:
        names = ("answer", "correct", "condense", "decompose", "timeline", *(["judge"] if self.settings.judge else []))
        return {name: load_prompt(name, self.settings.prompts) for name in names}
