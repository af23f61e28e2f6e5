"""What answers many questions: threads of this process, processes of this machine, or a Ray cluster.

All give the same answers; ``qa.batch.answers`` brings them into order.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from qa.batch import Engine, ThreadEngine

if TYPE_CHECKING:
    from qa.assistant import Assistant

Kind = Literal["local", "ray"]

WORTH_PROCESSES = 400
"""Questions from which on opening an assistant in further processes takes less time than it saves."""
_MOST_PROCESSES = 8
"""Used unless the caller says otherwise; each takes some 300 MB."""


@dataclass(frozen=True, slots=True)
class Workforce:
    """How many work: ``workers`` questions at a time, in ``processes``; ``None`` for as many as are worth it."""

    workers: int = 4
    processes: int | None = None


def open_engine(kind: Kind, assistant: Assistant, workforce: Workforce, questions: int | None) -> Engine:
    """An engine for questions to ``assistant``.

    Args:
        kind: ``local`` or ``ray``.
        assistant: answers, or says by its settings how others answer.
        workforce: how many work.
        questions: how many there are; ``None`` where it is not known.

    Raises:
        SettingsError: for ``ray``, if it is not installed or cannot be reached.
    """
    if kind == "ray":
        from qa.engines.actors import RayEngine

        return RayEngine(assistant.settings, workforce.workers, workforce.processes)
    processes = min(workforce.processes or _worthwhile(assistant, questions), workforce.workers)
    if processes == 1:
        return ThreadEngine(assistant, workforce.workers)
    from qa.engines.processes import ProcessEngine

    return ProcessEngine(assistant.settings, workforce.workers, processes, limited=assistant.model is not None)


def _worthwhile(assistant: Assistant, questions: int | None) -> int:
    """As many processes as processors, where there are enough questions and no model that would be loaded by each."""
    model = assistant.model
    if (questions or 0) < WORTH_PROCESSES or (model is not None and getattr(model, "is_local", True)):
        return 1
    return min(os.cpu_count() or 1, _MOST_PROCESSES)
