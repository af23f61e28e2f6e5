"""Texts to be checked: a plain text, or JSON Lines with one text each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO

from qa.errors import QAError
from qa.records import Check

if TYPE_CHECKING:
    from qa.assistant import Assistant

Watch = Callable[[], AbstractContextManager[Callable[[int, int], None] | None]]


@dataclass(frozen=True, slots=True)
class TextToCheck:
    """A text, which article to look in, or why it cannot be checked."""

    text: str
    id: str = ""
    article_id: str | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome for one text: ``check``, or ``error`` in one line."""

    asked: TextToCheck
    check: Check | None
    error: str | None = None

    @property
    def support(self) -> str:
        """The worst support of its statements, or ``error``."""
        return self.check.support if self.check else "error"

    def to_dict(self) -> dict[str, Any]:
        """One line of output."""
        if self.check:
            return {**self.check.to_dict(), "id": self.asked.id}
        data = {"id": self.asked.id, "text": self.asked.text, "support": "error", "statements": [], "citations": []}
        return {**data, "error": self.error}


def read_texts(file: TextIO, name: str, article_id: str | None) -> Sequence[TextToCheck]:
    """The texts of a file: JSON Lines where its name ends so or its first line is such an object, else one text."""
    content = file.read()
    first = content.lstrip().split("\n", 1)[0]
    if not (name.endswith((".jsonl", ".ndjson")) or _is_object(first)):
        return [TextToCheck(content.replace("\r\n", "\n"), article_id=article_id)]
    lines = enumerate(content.split("\n"), start=1)
    return [_text(line, number, article_id) for number, line in lines if line.strip()]


def check_texts(
    assistant: Assistant, texts: Iterable[TextToCheck], watch: Watch = lambda: nullcontext(None)
) -> Iterator[Checked]:
    """Checks one text after the other; one that cannot be checked does not end the rest.

    ``watch`` gives, for each text, what is told how many of how many sentences are done.
    """
    for asked in texts:
        try:
            if asked.trouble:
                raise QAError(asked.trouble)
            with watch() as progress:
                outcome = Checked(asked, assistant.check(asked.text, asked.article_id, progress=progress))
        except QAError as error:
            outcome = Checked(asked, None, str(error))
        yield outcome


def _is_object(line: str) -> bool:
    try:
        data = json.loads(line)
    except ValueError:
        return False
    return isinstance(data, dict) and "text" in data


def _text(line: str, number: int, article_id: str | None) -> TextToCheck:
    id_ = str(number)
    try:
        data = json.loads(line)
        id_ = str(data.get("id", number))
        text, own = data["text"], data.get("article_id") or article_id
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else error
        return TextToCheck("", id_, trouble=f"line {number} holds no text to check: {reason}")
    if not isinstance(text, str) or not (own is None or isinstance(own, str)):
        return TextToCheck("", id_, trouble=f"line {number}: 'text' and 'article_id' must be texts")
    return TextToCheck(text, id_, own)
