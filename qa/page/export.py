"""A conversation outside the page: as Markdown, as JSON, and one answer as plain text with its footnotes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from qa.page.answers import SIGNS
from qa.page.conversation import Asked
from qa.page.words import day
from qa.records import Answer, Citation

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&:])")


def plain_text(answer: Answer) -> str:
    """An answer with its footnotes below, for the clipboard."""
    notes = [f"[{item.number}] {_where(item)}: “{item.quote}”" for item in answer.citations]
    return "\n".join([answer.text, "", *notes]) if notes else answer.text


def to_json(turns: Sequence[Asked]) -> str:
    """The answers as ``qa ask --json`` prints them, in a list."""
    return json.dumps([turn.answer.to_dict() for turn in turns], ensure_ascii=False, indent=1)


def to_markdown(turns: Sequence[Asked]) -> str:
    """Questions, answers, verdicts and full footnotes; foreign words are escaped, so they stay words."""
    return "\n".join(line for turn in turns for line in _turn(turn)) + "\n"


def _turn(turn: Asked) -> Iterator[str]:
    answer = turn.answer
    yield f"## {_escaped(' '.join(answer.question.split()))}\n"
    if answer.status == "error":
        yield f"*No answer: {_escaped(answer.error or '')}*\n"
        return
    if answer.status == "abstained":
        yield f"*The articles do not seem to answer this. {_escaped(turn.searched)}*\n"
        return
    yield _with_verdicts(answer) + "\n"
    if turn.stopped:
        yield "*Stopped before the end; not checked.*\n"
    for item in answer.citations:
        place = f"`{item.article_id.replace('`', '')}` {item.start}:{item.end}"
        yield f"{item.number}. {_escaped(_where(item))} ({place})  \n   > {_escaped(' '.join(item.quote.split()))}"
    writer = "quoted word for word" if answer.model == "extractive" else f"written by {_escaped(answer.model)}"
    yield f"\n*{answer.status}, {writer}, recipe {_escaped(answer.recipe)}*\n"


def _with_verdicts(answer: Answer) -> str:
    parts, position = [], 0
    for statement in answer.statements:
        if statement.start < position:
            continue
        parts.append(_escaped(answer.text[position : statement.end]))
        if statement.support != "supported":
            sign, meaning = SIGNS[statement.support]
            reason = f": {statement.reason}" if statement.reason else ""
            parts.append(f" *{sign} {_escaped(meaning + reason)}*")
        position = statement.end
    return "".join([*parts, _escaped(answer.text[position:])])


def _where(item: Citation) -> str:
    return ", ".join(part for part in (item.title or item.article_id, day(item.published)) if part)


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text)
