"""Many questions: ordered, bounded, one error per question.

Reading and writing files of questions and answers is in ``qa.cli.batch``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from qa.errors import QAError
from qa.records import Answer

if TYPE_CHECKING:
    from qa.assistant import Assistant


def answers_in_order(assistant: Assistant, questions: Iterable[str], workers: int) -> Iterator[Answer]:
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
        for question in questions:
            waiting.append(pool.submit(_answer, assistant, question))
            if len(waiting) >= 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _answer(assistant: Assistant, question: str) -> Answer:
    try:
        return assistant.ask(question)
    except QAError as error:
        return assistant.failed(question, error)
