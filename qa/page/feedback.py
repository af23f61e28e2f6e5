"""What people think of answers, kept on this machine as cases that ``python -m evals`` can ask again.

Two files grow, one line a vote: ``feedback.jsonl`` holds cases (format: ``evals/cases/README.md``), and
``feedback.answers.jsonl`` the answer that each was about, under the same id.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from qa.errors import QAError
from qa.records import Answer, Citation, Turn

Vote = Literal["up", "down"]
REASONS = {
    "wrong": "It is wrong",
    "missed": "The articles do answer this",
    "unsupported": "A footnote does not say it",
    "incomplete": "Something is missing",
    "other": "Something else",
}
"""Why an answer is not good; the keys become tags."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """A vote on an answer. ``right`` are the words that would have been right, copied from an article if possible."""

    vote: Vote
    reason: str = ""
    right: str = ""


class Feedback:
    """The two files. Safe to share between threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()

    def add(self, answer: Answer, history: Sequence[Turn], opinion: Opinion, where: Citation | None = None) -> str:
        """Keeps a vote; gives the case's id.

        Args:
            answer: what was voted on.
            history: the turns before it.
            opinion: what was thought of it.
            where: the words of an article that hold ``opinion.right``, if they were found.

        Raises:
            QAError: if the files cannot be written.
        """
        case = to_case(answer, history, opinion, where)
        kept = {"id": case["id"], "vote": opinion.vote, "reason": opinion.reason, "right": opinion.right}
        try:
            with self._lock:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                _append(self.path, case)
                _append(self.path.with_suffix(".answers.jsonl"), {**kept, "answer": answer.to_dict()})
        except OSError as error:
            raise QAError(f"cannot write '{self.path}': {error.strerror}; check the folder") from error
        return str(case["id"])


def to_case(answer: Answer, history: Sequence[Turn], opinion: Opinion, where: Citation | None) -> dict[str, Any]:
    """The vote as a gold case. What is not known to be right is left for a person to fill in, tagged ``review``."""
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    mark = hashlib.sha256(f"{moment}{answer.question}".encode("utf-8", "replace")).hexdigest()[:6]
    case: dict[str, Any] = {"id": f"feedback-{moment}-{mark}", "question": answer.question}
    tags = ["feedback", f"vote:{opinion.vote}", *([f"reason:{opinion.reason}"] if opinion.reason in REASONS else [])]
    right = _known_right(answer, opinion, where)
    if right:
        case |= {"answerable": True, "answers": right[0], "evidence": right[1]}
    else:
        case["answerable"] = False
        if not (opinion.vote == "up" and answer.status == "abstained"):
            tags.append("review")
    case["tags"] = tags
    if history:
        case["history"] = [{"question": turn.question, "answer": turn.answer} for turn in history]
    return case


def _known_right(
    answer: Answer, opinion: Opinion, where: Citation | None
) -> tuple[list[list[str]], list[list[list[dict[str, Any]]]]] | None:
    """Answers and evidence, where the vote says which they are."""
    if opinion.vote == "up" and answer.citations:
        return [[citation.quote] for citation in answer.citations], [[[_range(item)]] for item in answer.citations]
    if opinion.vote == "down" and where is not None and opinion.right.strip():
        return [[opinion.right.strip()]], [[[_range(where)]]]
    return None


def _range(citation: Citation) -> dict[str, Any]:
    return {"article_id": citation.article_id, "start": citation.start, "end": citation.end}


def _append(path: Path, record: dict[str, Any]) -> None:
    with path.open("a", encoding="utf-8", errors="replace") as file:
        file.write(json.dumps(record, ensure_ascii=False) + "\n")
