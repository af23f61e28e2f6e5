"""Asking an assistant every question of a dataset, and keeping the answers on disk.

``runs/<name>/predictions.jsonl`` has one line for each answer, written and flushed to disk one by one, so that a run
killed at any moment goes on where it stopped. Nothing is scored here.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from evals.cases import Case
from evals.datasets import Dataset
from evals.lines import append_line, cut_broken_line
from evals.replies import asking
from qa.errors import QAError
from qa.events import Event, Finished, Working
from qa.records import Answer, Passage, Turn

PREDICTIONS = "predictions.jsonl"
DESCRIPTION = "run.json"
RETRIEVED = 20
"""Passages ranked for the retrieval scores, enough for a budget of 4,000 tokens."""


class RunError(QAError):
    """A run's folder does not hold what is needed."""


class Stopped(RunError):
    """A person stopped a run; what was answered is kept."""


class Asked(Protocol):
    """What is evaluated: an assistant, or anything that answers like one."""

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterable[Event]:
        """The events of answering; the last is ``Finished``."""

    def search(self, query: str, k: int) -> Sequence[Passage]:
        """The best ``k`` passages, best first."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """One answer as it was given.

    ``key`` identifies the question and the recipe; ``stages`` are seconds; ``retrieved`` is empty for questions that
    need their history, whose wording for the search only the assistant knows.
    """

    case_id: str
    key: str
    answer: dict[str, Any]
    stages: dict[str, float]
    retrieved: list[dict[str, Any]]

    def scored_answer(self) -> dict[str, Any]:
        """The answer with what was retrieved, as ``evals.metrics.case_scores`` takes it."""
        return {**self.answer, "retrieved": self.retrieved} if self.retrieved else self.answer


def prediction_key(case: Case, recipe: Mapping[str, Any]) -> str:
    """Changes when the question, its history or anything in ``recipe`` does."""
    parts = [case.question, [asdict(turn) for turn in case.history], dict(recipe)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:16]


def predict(case: Case, assistant: Asked, recipe: Mapping[str, Any]) -> Prediction:
    """Asks one question. A ``QAError`` is an answer with the status ``error``; other exceptions are raised."""
    stages: dict[str, float] = {}
    retrieved: list[dict[str, Any]] = []
    try:
        if not case.history:
            started = time.perf_counter()
            found = assistant.search(case.question, RETRIEVED)
            stages["search alone"] = time.perf_counter() - started
            retrieved = [{"article_id": item.article_id, "start": item.start, "end": item.end} for item in found]
        with asking(case.id):
            answer = _timed_answer(case, assistant, stages)
    except QAError as error:
        answer = Answer(case.question, "error", "", error=str(error))
    return Prediction(case.id, prediction_key(case, recipe), answer.to_dict(), stages, retrieved)


def _timed_answer(case: Case, assistant: Asked, stages: dict[str, float]) -> Answer:
    """The answer; adds the seconds of each stage, and of all together as ``total``."""
    started = since = time.perf_counter()
    stage: str | None = None
    for event in assistant.stream(case.question, case.history):
        if isinstance(event, Working | Finished):
            now = time.perf_counter()
            if stage is not None:
                stages[stage] = stages.get(stage, 0.0) + now - since
            stage, since = (event.stage, now) if isinstance(event, Working) else (None, now)
        if isinstance(event, Finished):
            stages["total"] = since - started
            return event.answer
    raise RuntimeError(f"the answer to case {case.id!r} ended without Finished")


def run_cases(
    dataset: Dataset,
    assistant: Asked,
    folder: Path,
    recipe: Mapping[str, Any],
    *,
    workers: int = 1,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Asks what has not been asked yet with this recipe, and what failed; returns how many questions were asked.

    Args:
        dataset: the cases.
        assistant: what is asked.
        folder: of the run; predictions are appended there in the order of the cases.
        recipe: everything that decides the answers.
        workers: questions asked at the same time.
        progress: told how many cases are done, and of how many.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / PREDICTIONS
    cut_broken_line(path)
    done = read_predictions(folder)
    waiting = [case for case in dataset.cases if not _is_answered(done.get(case.id), prediction_key(case, recipe))]
    finished = len(dataset.cases) - len(waiting)
    progress(finished, len(dataset.cases))
    with path.open("a", encoding="utf-8", newline="\n") as file, ThreadPoolExecutor(workers) as pool:
        futures = deque(pool.submit(predict, case, assistant, recipe) for case in waiting)
        try:
            while futures:
                append_line(file, asdict(futures[0].result()))
                futures.popleft()
                finished += 1
                progress(finished, len(dataset.cases))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            _keep_finished(file, futures)
            raise
    return len(waiting)


def _keep_finished(file: Any, futures: Iterable[Future[Prediction]]) -> None:
    """Writes what is there although something earlier failed or the run was stopped."""
    for future in futures:
        if not future.cancelled() and future.exception() is None:
            append_line(file, asdict(future.result()))


def _is_answered(prediction: Prediction | None, key: str) -> bool:
    return prediction is not None and prediction.key == key and prediction.answer["status"] != "error"


def current_predictions(folder: Path, cases: Sequence[Case], recipe: Mapping[str, Any]) -> dict[str, Prediction]:
    """The predictions made with ``recipe``; what an interrupted run has not asked again yet is not among them."""
    predictions = read_predictions(folder)
    keys = {case.id: prediction_key(case, recipe) for case in cases}
    return {case_id: item for case_id, item in predictions.items() if item.key == keys.get(case_id)}


def read_predictions(folder: Path) -> dict[str, Prediction]:
    """The last prediction of each case; a last line that is not whole is not there.

    Raises:
        RunError: if a line is damaged.
    """
    path = folder / PREDICTIONS
    if not path.exists():
        return {}
    whole_lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    predictions = (_prediction(line, number, path) for number, line in enumerate(whole_lines, 1))
    return {prediction.case_id: prediction for prediction in predictions}


def _prediction(line: str, number: int, path: Path) -> Prediction:
    try:
        return Prediction(**json.loads(line))
    except (json.JSONDecodeError, TypeError) as error:
        raise RunError(f"{path} line {number} is damaged ({error}); delete the line and run again") from error


def write_description(folder: Path, description: Mapping[str, Any]) -> None:
    """Writes what the run was made with, replacing the file in one step."""
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f"{DESCRIPTION}.new"
    fresh.write_text(json.dumps(description, indent=2, ensure_ascii=False, default=str) + "\n", encoding="utf-8")
    fresh.replace(folder / DESCRIPTION)


def read_description(folder: Path) -> dict[str, Any]:
    """What the run was made with.

    Raises:
        RunError: if this is not the folder of a run.
    """
    path = folder / DESCRIPTION
    try:
        description = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise RunError(f"no run in {str(folder)!r} ({error}); make one with: python -m evals run") from error
    if not isinstance(description, dict) or "dataset" not in description:
        raise RunError(f"{str(path)!r} describes no run; make one with: python -m evals run")
    return description
