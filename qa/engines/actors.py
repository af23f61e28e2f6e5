"""Answers from actors of a Ray cluster, each with an assistant of its own.

What each actor needs must be where it runs: this program, the articles' index (a shared folder or a Chroma server).
"""

from __future__ import annotations

import itertools
import math
import secrets
from concurrent.futures import Future
from contextlib import ExitStack
from functools import cached_property, partial
from typing import Any

from qa.batch import Request
from qa.cluster import cluster, free_processors, library, one_line
from qa.engines.answerer import Answerer, unanswered
from qa.errors import QAError, SettingsError
from qa.rates import SharedRates
from qa.records import Answer
from qa.settings import Settings

_RETRIES = 3
"""For a question whose actor dies; it may be what kills it."""


class RayEngine:
    """An ``Engine`` over Ray; an actor that dies is restarted, and its questions are asked again.

    Args:
        settings: of the assistant that each actor opens, and where the cluster is.
        workers: questions answered at the same time, by all actors together.
        actors: how many; by default one for each free processor of the cluster.

    Raises:
        SettingsError: if Ray is not installed, or cannot be started or reached.
    """

    def __init__(self, settings: Settings, workers: int, actors: int | None = None) -> None:
        self.ahead = 2 * workers
        self._open = ExitStack()
        ray = self._open.enter_context(cluster(settings.ray_address))
        self._errors: tuple[type[BaseException], ...] = (ray.exceptions.RayActorError, ray.exceptions.ObjectLostError)
        count = min(actors or free_processors(ray), workers)
        name = f"qa-rates-{secrets.token_hex(8)}"
        rates = ray.remote(num_cpus=0)(SharedRates).options(name=name)
        self._rates = rates.remote(settings.rpm, settings.tpm)  # it lives as long as this is held
        actor = ray.remote(
            num_cpus=1, max_restarts=-1, max_task_retries=_RETRIES, max_concurrency=math.ceil(workers / count)
        )(Answerer)
        self._actors = [actor.remote(settings, RemoteRates(name)) for _ in range(count)]
        self._turns = itertools.cycle(self._actors)

    def submit(self, request: Request) -> Future[Answer]:
        """See ``Engine``."""
        coming: Future[Answer] = Future()
        reference = next(self._turns).answer.remote(request)
        reference.future().add_done_callback(partial(self._hand_over, coming, request))
        return coming

    def close(self) -> None:
        """See ``Engine``; questions under way are given up."""
        self._open.close()

    def abandon(self) -> None:
        """See ``Engine``."""
        self.close()

    def _hand_over(self, coming: Future[Answer], request: Request, done: Future[Answer]) -> None:
        error = done.exception()
        if error is None:
            coming.set_result(done.result())
        elif getattr(error, "actor_init_failed", False):
            need = "this program must be installed on each machine of the cluster"
            coming.set_exception(SettingsError(f"an actor of Ray cannot be started: {one_line(error)}; {need}"))
        elif isinstance(error, self._errors):
            reason = f"the actor that answered died {_RETRIES + 1} times: {one_line(error)}"
            coming.set_result(unanswered(request, reason))
        else:
            cause = getattr(error, "cause", None)
            coming.set_exception(cause if isinstance(cause, QAError) else error)


class RemoteRates:
    """``Rates`` that an actor keeps for all others; found by its name, so that an actor can be restarted at any time.

    Args:
        name: of the actor, a ``SharedRates``.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    @cached_property
    def _actor(self) -> Any:
        return library().get_actor(self._name)

    def reserve(self, tokens: int) -> float:
        """See ``Rates``."""
        return float(library().get(self._actor.reserve.remote(tokens)))

    def paused(self) -> float:
        """See ``Rates``."""
        return float(library().get(self._actor.paused.remote()))

    def pause(self, seconds: float) -> None:
        """See ``Rates``."""
        library().get(self._actor.pause.remote(seconds))

    def settle(self, reserved: int, used: int) -> None:
        """See ``Rates``."""
        self._actor.settle.remote(reserved, used)
