"""A file of answers, one line each in the order of the questions, which a run that was stopped goes on with.

A line is written whole when its answer is there. Beside the file stands what it was made by (``.run.json``), so that
answers of other articles or settings are not mixed into it unnoticed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from filelock import FileLock, Timeout

from qa.batch import Request
from qa.errors import QAError
from qa.records import Answer

_OPENING = b'{"id": "'
"""What each line of a file of answers begins with."""
_ADVICE = "give another --out, or remove it to begin anew"


@dataclass(frozen=True, slots=True)
class Mark:
    """What answers are made by: everything that decides them, and the articles."""

    recipe: str
    articles: str


def line_of(answer: Answer) -> bytes:
    """An answer as a line of the file."""
    return json.dumps(answer.to_dict(), ensure_ascii=False).encode() + b"\n"


class AnswersFile:
    """The answers at ``path``.

    Args:
        path: JSON Lines; need not be there.
        mark: what answers are made by now.
    """

    def __init__(self, path: Path, mark: Mark) -> None:
        self.path = path
        self._mark = mark
        self._record = path.with_name(path.name + ".run.json")
        self._fresh = path.with_name(path.name + ".new")
        self._lock = path.with_name(path.name + ".lock")

    @contextmanager
    def held(self) -> Iterator[None]:
        """While no other run writes the file.

        Raises:
            QAError: if one does.
            OSError: if there is no such folder.
        """
        self.path.parent.stat()  # the lock would make a folder that is not there
        lock = FileLock(self._lock, timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise QAError(f"another run is writing '{self.path}'; wait for it, or give another --out") from None
        try:
            yield
        finally:
            self._lock.unlink(missing_ok=True)
            lock.release()

    def check_articles(self, *, mixing: bool) -> None:
        """Finishes what was killed while it replaced lines, and looks whether the articles are those of before.

        Args:
            mixing: whether answers from articles as they are now may follow those from earlier ones.

        Raises:
            QAError: if the file holds answers from other articles.
        """
        self._take_over()
        before = self._recorded() if self.path.exists() and self.path.stat().st_size else None
        if before and before.articles != self._mark.articles and not mixing:
            raise QAError(
                f"the articles have changed since '{self.path}' was begun; '--go-on' answers what is left "
                f"from the articles as they are now, or {_ADVICE}"
            )

    def answers(self, requests: Iterator[Request | None]) -> Iterator[tuple[Request, Answer]]:
        """The answers that are there, each with its request; a last line that was cut off is left out.

        Raises:
            QAError: if the file holds something else, answers to other questions, or by other settings.
        """
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if not line.endswith(b"\n") and (line.startswith(_OPENING) or _OPENING.startswith(line)):
                    return
                answer = self._answer(line, number)
                request = next((request for request in requests if request is not None), None)
                if request is None or (request.id, request.question) != (answer.id, answer.question):
                    raise QAError(
                        f"line {number} of '{self.path}' answers another question than the input asks; {_ADVICE}"
                    )
                if answer.recipe != self._mark.recipe:
                    raise QAError(
                        f"'{self.path}' was begun with other settings (recipe {answer.recipe}, "
                        f"now {self._mark.recipe}); {_ADVICE}"
                    )
                yield request, answer

    def settle(self) -> None:
        """Removes a last line that was cut off, and notes what answers are made by from now on."""
        if self.path.exists():
            with self.path.open("rb") as file:
                end = file.seek(0, os.SEEK_END)
                cut = _last_line(file, end)
            if cut:
                os.truncate(self.path, end - len(cut))
        self._record.write_text(json.dumps(asdict(self._mark)) + "\n", encoding="utf-8")

    def add(self) -> BinaryIO:
        """The file, to write further lines to."""
        return self.path.open("ab")

    def replace(self, fresh: Iterable[Answer], outdated: Callable[[Answer], bool]) -> None:
        """Puts ``fresh`` answers in the places of those that are ``outdated``, in order.

        Interrupted, the file holds what was replaced until then; killed, the next ``check_articles`` sees to that.
        """
        with self.path.open("rb") as old, self._fresh.open("wb") as new:
            try:
                for answer in fresh:
                    for line in old:
                        if outdated(Answer.from_dict(json.loads(line))):
                            break
                        new.write(line)
                    new.write(line_of(answer))
                    new.flush()
            finally:
                new.writelines(old)
                new.flush()
                self._fresh.replace(self.path)

    def _take_over(self) -> None:
        """Finishes ``replace`` if it was killed: the lines it wrote stand for as many of the file."""
        if not self._fresh.exists():
            return
        if not self.path.exists():
            self._fresh.unlink()
            return
        with self._fresh.open("rb") as file:
            whole = [len(line) for line in file if line.endswith(b"\n")]
        os.truncate(self._fresh, sum(whole))
        with self.path.open("rb") as old, self._fresh.open("ab") as new:
            for _ in whole:
                old.readline()
            new.writelines(old)
        self._fresh.replace(self.path)

    def _recorded(self) -> Mark | None:
        try:
            data: dict[str, Any] = json.loads(self._record.read_text(encoding="utf-8"))
            return Mark(**data)
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def _answer(self, line: bytes, number: int) -> Answer:
        try:
            return Answer.from_dict(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise QAError(f"line {number} of '{self.path}' is no answer of this program; {_ADVICE}") from error


def all_answers(path: Path) -> Iterator[Answer]:
    """The answers of a file that is whole."""
    with path.open("rb") as file:
        for line in file:
            yield Answer.from_dict(json.loads(line))


def _last_line(file: BinaryIO, end: int, step: int = 65536) -> bytes:
    """What stands after the last end of a line."""
    tail = b""
    while end > 0 and b"\n" not in tail:
        start = max(0, end - step)
        file.seek(start)
        tail, end = file.read(end - start) + tail, start
    return tail[tail.rfind(b"\n") + 1 :]
