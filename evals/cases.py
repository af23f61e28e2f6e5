"""Gold cases: questions with their answers and the exact words that hold them, read strictly from JSON Lines.

The format is described in ``evals/cases/README.md``. A file may open with ``{"corpus_sha256": "..."}``, the
``corpus_digest`` of the articles it was written for; every other line is one case. This module judges no answers.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from qa.errors import QAError
from qa.records import Turn

_TYPOGRAPHY = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "−": "-"})


class CaseError(QAError):
    """A file of gold cases cannot be trusted as it stands; the message names the file and the case."""


@dataclass(frozen=True, slots=True, order=True)
class GoldRange:
    """A half-open range of code points of one article."""

    article_id: str
    start: int
    end: int


Alternative = tuple[GoldRange, ...]
"""Ranges that are all needed."""
Group = tuple[Alternative, ...]
"""Alternatives of which one suffices."""


@dataclass(frozen=True, slots=True)
class Case:
    """One gold question.

    ``nuggets`` are the facts an answer needs, each a tuple of aliases. ``evidence`` is an AND of ORs: every group is
    needed. ``forbidden`` are wrong answers that tempt.
    """

    id: str
    question: str
    answerable: bool
    nuggets: tuple[tuple[str, ...], ...] = ()
    evidence: tuple[Group, ...] = ()
    kind: str = ""
    tags: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    history: tuple[Turn, ...] = ()

    @property
    def answers(self) -> tuple[str, ...]:
        """Reference answers for exact match and F1: the aliases of the one nugget, or all first aliases as one text."""
        if len(self.nuggets) == 1:
            return self.nuggets[0]
        return (", ".join(aliases[0] for aliases in self.nuggets),) if self.nuggets else ()

    @property
    def ranges(self) -> tuple[GoldRange, ...]:
        """Every range of the evidence, once, in the file's order."""
        return tuple(dict.fromkeys(item for group in self.evidence for option in group for item in option))

    @property
    def cluster(self) -> str:
        """What dependent cases share: their ``story:`` tag, else their first article, else nothing but their id."""
        stories = [tag for tag in self.tags if tag.startswith("story:")]
        return stories[0] if stories else next((item.article_id for item in self.ranges), self.id)


def corpus_digest(articles: Mapping[str, str]) -> str:
    """SHA-256, in hexadecimal, over the ids and texts of a corpus, whatever their order."""
    digest = hashlib.sha256()
    for article_id in sorted(articles):
        for part in (article_id, articles[article_id]):
            data = part.encode("utf-8", "surrogatepass")
            digest.update(b"%d:" % len(data) + data)
    return digest.hexdigest()


def load_cases(path: str | Path, articles: Mapping[str, str]) -> list[Case]:
    """The cases of a file in its order, every range resolved against ``articles`` (id to canonical text).

    Raises:
        CaseError: the file cannot be read, was written for other articles, or one of its cases breaks a rule.
    """
    path = Path(path)
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"cannot read the cases in {str(path)!r} ({error}); give a UTF-8 JSON Lines file") from error
    cases: dict[str, Case] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        record = _parse(line, f"{path.name} line {number}")
        where = f"{path.name} line {number} (case {record.get('id')!r})"
        if number == 1 and set(record) == {"corpus_sha256"}:
            _check_corpus(record["corpus_sha256"], articles, path.name)
            continue
        case = _case(record, articles, where)
        if case.id in cases:
            raise CaseError(f"{where}: this id occurs twice; give each case its own")
        cases[case.id] = case
    return list(cases.values())


_Text = Annotated[str, Field(min_length=1, pattern=r"\S")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Range(_Strict):
    article_id: str
    quote: _Text | None = None
    start: int | None = None
    end: int | None = None


class _Turn(_Strict):
    question: _Text
    answer: str


_Group = Annotated[list[Annotated[list[_Range], Field(min_length=1)]], Field(min_length=1)]


class _Record(_Strict):
    id: _Text
    question: _Text
    answerable: bool
    answers: list[Annotated[list[_Text], Field(min_length=1)]] = []
    evidence: list[_Group] = []
    kind: str = ""
    tags: list[_Text] = []
    forbidden: list[_Text] = []
    history: list[_Turn] = []


def _parse(line: str, where: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise CaseError(f"{where}: not JSON ({error}); write one object a line") from error
    if not isinstance(record, dict):
        raise CaseError(f"{where}: expected an object, got {type(record).__name__}; write one object a line")
    return record


def _check_corpus(expected: object, articles: Mapping[str, str], name: str) -> None:
    actual = corpus_digest(articles)
    if expected != actual:
        raise CaseError(
            f"{name} was written for corpus {expected!r}, these articles are {actual!r}; "
            "use the articles it belongs to, or review its cases and put the new digest in its first line"
        )


def _case(record: dict[str, Any], articles: Mapping[str, str], where: str) -> Case:
    try:
        data = _Record.model_validate(record | _unfold(record))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise CaseError(f"{where}: {place}: {first['msg']}; see evals/cases/README.md for the format") from error
    case = Case(
        id=data.id,
        question=data.question,
        answerable=data.answerable,
        nuggets=tuple(map(tuple, data.answers)),
        evidence=tuple(
            tuple(tuple(_resolve(item, articles, where) for item in option) for option in group)
            for group in data.evidence
        ),
        kind=data.kind,
        tags=tuple(data.tags),
        forbidden=tuple(data.forbidden),
        history=tuple(Turn(turn.question, turn.answer) for turn in data.history),
    )
    _check(case, articles, where)
    return case


def _unfold(record: dict[str, Any]) -> dict[str, Any]:
    """The short forms of answers and evidence, one nugget and one group of single ranges, written out."""
    long: dict[str, Any] = {}
    answers, evidence = record.get("answers"), record.get("evidence")
    if isinstance(answers, list) and answers and all(isinstance(item, str) for item in answers):
        long["answers"] = [answers]
    if isinstance(evidence, list) and evidence and all(isinstance(item, dict) for item in evidence):
        long["evidence"] = [[[item] for item in evidence]]
    return long


def _resolve(item: _Range, articles: Mapping[str, str], where: str) -> GoldRange:
    text = articles.get(item.article_id)
    if text is None:
        raise CaseError(f"{where}: no article {item.article_id!r} in this corpus; correct the id")
    if item.quote is None:
        start, end = item.start, item.end
        if start is None or end is None or not 0 <= start < end <= len(text):
            raise CaseError(
                f"{where}: range {start}:{end} does not lie in {item.article_id!r} (0:{len(text)}); mend it"
            )
        return GoldRange(item.article_id, start, end)
    if item.start is not None or item.end is not None:
        raise CaseError(f"{where}: {item.quote!r} has offsets as well; give a quote, or start and end")
    start = text.find(item.quote)
    if start < 0:
        raise CaseError(f"{where}: {item.article_id!r} does not hold {item.quote!r}; copy the words exactly")
    if text.find(item.quote, start + 1) >= 0:
        raise CaseError(f"{where}: {item.article_id!r} holds {item.quote!r} more than once; quote more words around it")
    return GoldRange(item.article_id, start, start + len(item.quote))


def _check(case: Case, articles: Mapping[str, str], where: str) -> None:
    if case.answerable and not (case.nuggets and case.evidence):
        raise CaseError(f"{where}: answerable, but without answers or evidence; give both")
    if not case.answerable and (case.nuggets or (case.evidence and case.kind != "false-premise")):
        raise CaseError(f"{where}: not answerable, but with answers or evidence; remove them, or set answerable")
    quoted = "\n".join(articles[item.article_id][item.start : item.end] for item in case.ranges)
    for aliases in case.nuggets:
        if "derived" not in case.tags and not any(_occurs(alias, quoted) for alias in aliases):
            raise CaseError(f"{where}: none of {aliases!r} occurs in the evidence; widen it, or tag the case 'derived'")
    for wrong in case.forbidden:
        if any(_occurs(wrong, text) for text in (quoted, *(alias for aliases in case.nuggets for alias in aliases))):
            raise CaseError(f"{where}: forbidden {wrong!r} occurs in the answers or the evidence; make it narrower")


def _occurs(phrase: str, text: str) -> bool:
    pattern = r"(?<!\w)(?<!\d[.,])" + re.escape(_fold(phrase)) + r"(?!\w)(?![.,]\d)"
    return re.search(pattern, _fold(text)) is not None


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).translate(_TYPOGRAPHY).casefold().split())
