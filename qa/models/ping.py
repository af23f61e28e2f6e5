"""Whether a model answers, for ``qa doctor``."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass, replace

from qa.errors import ModelError
from qa.models.chat import open_model
from qa.models.failures import model_errors
from qa.models.spec import ModelSpec
from qa.prompts import Message

_PATIENCE = 10.0
"""Seconds for the list of models. The model itself may have to be loaded first, and is waited for as for an answer."""


@dataclass(frozen=True, slots=True)
class Ping:
    """A model that answered: after how many seconds its first words came, and what else its server has.

    ``models`` is empty where the server does not list them.
    """

    seconds: float
    models: tuple[str, ...]


def ping(spec: ModelSpec) -> Ping:
    """Ask the model for a word, once.

    Raises:
        ModelError: if it does not answer; the message lists the server's models where that is what is wrong.
    """
    models = () if spec.is_local else listed_models(replace(spec, timeout=min(spec.timeout, _PATIENCE)))
    try:
        with closing(open_model(replace(spec, retries=0))) as model:
            began = time.perf_counter()
            with closing(model.stream([Message("user", "Say hello.")])) as deltas:  # type: ignore[type-var]
                next(deltas)
            return Ping(time.perf_counter() - began, models)
    except ModelError as error:
        if models and spec.name not in models:
            raise ModelError(f"{spec.label} is not on its server; it has {_few(models)}") from error
        raise


def listed_models(spec: ModelSpec) -> tuple[str, ...]:
    """The names of the server's models, sorted; none where it answers, but not with a list.

    Raises:
        ModelError: if the server cannot be reached.
    """
    import httpx

    headers = {"Authorization": f"Bearer {spec.api_key}"} if spec.api_key else {}
    with model_errors(spec.label, spec.api_key):
        reply = httpx.get(f"{spec.url}/models", headers=headers, timeout=spec.timeout, follow_redirects=True)
    try:
        return tuple(sorted(str(model["id"]) for model in reply.json()["data"]))
    except (ValueError, LookupError, TypeError):
        return ()


def _few(models: tuple[str, ...]) -> str:
    shown = ", ".join(repr(name) for name in models[:10])
    return shown if len(models) <= 10 else f"{shown} and {len(models) - 10} more"
