"""Files of questions in, files of answers out: one line each, in order, so that a run that was stopped goes on."""

from __future__ import annotations

import itertools
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from qa.batch import Request, answers_in_order
from qa.errors import BudgetExceeded, QAError
from qa.records import Turn, Usage

if TYPE_CHECKING:
    from qa.assistant import Assistant

Progress = Callable[[int, int], None]

_OPENING = b'{"id": "'
"""What each line of a file of answers begins with."""
_ADVICE = "give another --out, or remove it to begin anew"


@dataclass(slots=True)
class Totals:
    """What a run came to; ``kept`` answers were there before."""

    kept: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    usage: Usage = field(default_factory=Usage)

    def count(self, line: dict[str, Any]) -> None:
        """Adds an answer written now."""
        self.statuses[line["status"]] += 1
        self.usage += Usage(**line["usage"])


def read_requests(lines: Iterable[str]) -> Iterator[Request]:
    """The questions of JSON Lines (``question``, optional ``id`` and ``history``) or of plain lines of text.

    Blank lines are left out. A line that cannot be asked becomes a request with its trouble, and an error in its place.
    """
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if text:
            yield _request(text, number)


@dataclass(frozen=True, slots=True)
class Plan:
    """How to go about it: how many questions at a time, whether to ask again what failed, tokens that may be spent."""

    workers: int = 4
    retry: bool = False
    budget: int | None = None


def run_batch(assistant: Assistant, requests: Sequence[Request], out: Path, plan: Plan, progress: Progress) -> Totals:
    """Answers the requests that ``out`` does not hold yet.

    Args:
        assistant: answers.
        requests: all questions.
        out: file of answers, JSON Lines; what it holds must be the beginning of this run.
        plan: how to go about it.
        progress: told how many of how many are done.

    Raises:
        QAError: if ``out`` holds something else, or cannot be written.
        BudgetExceeded: if the tokens are spent before all is answered; what is written is kept.
    """
    try:
        done = _finished(out, requests, assistant.recipe)
        totals = Totals(kept=len(done))
        if plan.retry:
            totals.kept -= _ask_again(assistant, requests, done, out, totals)
        with out.open("a", encoding="utf-8") as file:
            rest = itertools.islice(requests, len(done), None)
            with closing(answers_in_order(assistant, rest, plan.workers)) as answers:  # type: ignore[type-var]
                for number, answer in enumerate(answers, start=len(done) + 1):
                    _write(file, answer.to_dict(), totals)
                    progress(number, len(requests))
                    if number < len(requests):
                        _check_budget(totals.usage, plan.budget, number)
    except OSError as error:
        raise QAError(f"cannot write '{out}': {error.strerror or error}; what is written is kept") from error
    return totals


def _request(text: str, number: int) -> Request:
    if not text.startswith("{"):
        return Request(text, id=str(number))
    id_ = str(number)
    try:
        data = json.loads(text)
        id_ = str(data.get("id", number))
        question = data["question"]
        history = tuple(Turn(str(turn["question"]), str(turn["answer"])) for turn in data.get("history") or ())
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return Request(text[:200], id=id_, trouble=f"line {number} is no question: {_reason(error)}")
    if not isinstance(question, str):
        return Request("", id=id_, trouble=f"line {number} is no question: 'question' is not a text")
    return Request(question, id=id_, history=history)


def _reason(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


def _finished(out: Path, requests: Sequence[Request], recipe: str) -> list[dict[str, Any]]:
    """The answers that are there already; a last line that was cut off is removed from the file."""
    if not out.exists():
        return []
    content = out.read_bytes()
    whole = content.rfind(b"\n") + 1
    lines = content[:whole].decode("utf-8", "replace").split("\n")[:-1]
    done = [_answer(line, number, out, requests, recipe) for number, line in enumerate(lines, start=1)]
    cut = content[whole:]
    if not (cut.startswith(_OPENING) or _OPENING.startswith(cut)):
        raise QAError(f"line {len(lines) + 1} of '{out}' is no answer of this program; {_ADVICE}")
    if cut:
        os.truncate(out, whole)
    return done


def _answer(line: str, number: int, out: Path, requests: Sequence[Request], recipe: str) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = json.loads(line)
        key = (answer["id"], answer["question"], answer["recipe"])
    except (ValueError, KeyError, TypeError) as error:
        raise QAError(f"line {number} of '{out}' is no answer of this program; {_ADVICE}") from error
    if number > len(requests) or key[:2] != (requests[number - 1].id, requests[number - 1].question):
        raise QAError(f"line {number} of '{out}' answers another question than the input asks; {_ADVICE}")
    if key[2] != recipe:
        raise QAError(f"'{out}' was begun with other settings (recipe {key[2]}, now {recipe}); {_ADVICE}")
    return answer


def _ask_again(
    assistant: Assistant, requests: Sequence[Request], done: list[dict[str, Any]], out: Path, totals: Totals
) -> int:
    """Asks what failed before again, in place; returns how many. Stopped midway, all lines are still there."""
    failed = [place for place, line in enumerate(done) if line["status"] == "error"]
    fresh = out.with_name(out.name + ".new")
    try:
        for place in failed:
            answer = next(iter(answers_in_order(assistant, [requests[place]], 1)))
            done[place] = answer.to_dict()
            totals.count(done[place])
    finally:
        with fresh.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in done)
        fresh.replace(out)
    return len(failed)


def _check_budget(usage: Usage, budget: int | None, answered: int) -> None:
    spent = usage.prompt_tokens + usage.completion_tokens
    if budget is not None and spent >= budget:
        raise BudgetExceeded(
            f"{spent} tokens are spent after {answered} answers, the budget was {budget}; "
            "the same command with a larger --budget goes on from here"
        )


def _write(file: TextIO, line: dict[str, Any], totals: Totals) -> None:
    file.write(json.dumps(line, ensure_ascii=False) + "\n")
    file.flush()
    totals.count(line)
