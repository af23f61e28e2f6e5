"""Many questions: ordered, bounded, one error per question.

Reading and writing files of questions and answers is in ``qa.cli.batch``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qa.errors import QAError, QuestionError
from qa.records import Answer, Turn

if TYPE_CHECKING:
    from qa.assistant import Assistant


@dataclass(frozen=True, slots=True)
class Request:
    """One question of many; ``trouble`` says why it cannot be asked at all."""

    question: str
    id: str = ""
    history: tuple[Turn, ...] = ()
    trouble: str = ""


def answers_in_order(assistant: Assistant, requests: Iterable[str | Request], workers: int) -> Iterator[Answer]:
    """Answers in the order of the questions, ``workers`` at a time.

    At most twice as many questions as workers are taken ahead of the answer that is waited for. Closing the iterator
    lets the questions under way finish and takes no more.

    Raises:
        ValueError: if ``workers`` is not positive.
    """
    if workers < 1:
        raise ValueError(f"workers must be at least 1, got {workers}")
    waiting: deque[Future[Answer]] = deque()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="qa")
    try:
        for request in requests:
            waiting.append(pool.submit(_answer, assistant, request))
            if len(waiting) >= 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _answer(assistant: Assistant, request: str | Request) -> Answer:
    request = Request(request) if isinstance(request, str) else request
    try:
        if request.trouble:
            raise QuestionError(request.trouble)
        answer = assistant.ask(request.question, request.history)
    except QAError as error:
        answer = assistant.failed(request.question, error)
    return replace(answer, id=request.id)
