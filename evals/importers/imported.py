"""What an importer returns, and the strict reading that all of them share."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from evals.cases import Case, CaseError, GoldRange
from qa.records import Article


@dataclass(frozen=True, slots=True)
class Imported:
    """Articles and the cases about them; ``left_out`` names cases that the caller allowed to be dropped, and why."""

    articles: tuple[Article, ...]
    cases: tuple[Case, ...]
    left_out: tuple[str, ...] = ()


@dataclass(slots=True)
class Collection:
    """Gathers articles and cases of one file, each id once.

    The same article may come again with the same text; another text under its id gets ``#2``, ``#3`` behind it.
    """

    name: str
    articles: dict[str, Article] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    _ids: dict[tuple[str, str], str] = field(default_factory=dict)

    def add_article(self, article_id: str, body: SourceText, *, title: str = "", **metadata: Any) -> str:
        """Adds an article and returns the id it got."""
        known = self._ids.get((article_id, body.text))
        if known is not None:
            return known
        unique, count = article_id, 1
        while unique in self.articles:
            count += 1
            unique = f"{article_id}#{count}"
        self.articles[unique] = Article(unique, body.text, title=title, **metadata)
        self._ids[article_id, body.text] = unique
        return unique

    def add_case(self, case: Case) -> None:
        """Adds a case.

        Raises:
            CaseError: if its id was used before or its question is blank.
        """
        if case.id in self.cases:
            raise CaseError(f"{self.name}: case {case.id!r} occurs twice; give each case its own id")
        if not case.question.strip():
            raise CaseError(f"{self.name}: case {case.id!r} has no question; remove it")
        self.cases[case.id] = case

    def result(self) -> Imported:
        """Everything gathered so far."""
        return Imported(tuple(self.articles.values()), tuple(self.cases.values()), tuple(self.left_out))


class SourceText:
    """A text as a file gives it, made canonical (no byte order mark, LF line ends), with the way from old offsets."""

    def __init__(self, text: str) -> None:
        self._source = text
        self.text = text.removeprefix("\ufeff").replace("\r\n", "\n")

    def place(self, start: int, end: int, content: str | None, where: str) -> tuple[int, int]:
        """The canonical range of ``source[start:end]``, which must be ``content`` where that is given.

        Raises:
            CaseError: if the range lies outside the text, is empty, or holds other words.
        """
        if not 0 <= start < end <= len(self._source):
            raise CaseError(
                f"{where}: range {start}:{end} lies outside its text (0:{len(self._source)}); mend the file"
            )
        found = self._source[start:end]
        if content is not None and found != content:
            raise CaseError(f"{where}: range {start}:{end} holds {found!r}, not {content!r}; mend the file")
        first, last = self._shifted(start), self._shifted(end)
        if first >= last:
            raise CaseError(f"{where}: range {start}:{end} holds nothing but a line end; mend the file")
        return first, last

    def occurrences(self, content: str) -> list[tuple[int, int]]:
        """Every range of the canonical text that holds ``content``, for formats that give no offsets."""
        wanted = content.replace("\r\n", "\n")
        places = []
        start = self.text.find(wanted) if wanted else -1
        while start >= 0:
            places.append((start, start + len(wanted)))
            start = self.text.find(wanted, start + 1)
        return places

    def _shifted(self, offset: int) -> int:
        if len(self.text) == len(self._source):
            return offset
        before = self._source[:offset]
        return offset - before.count("\r\n") - before.startswith("\ufeff")


def gold_range(article_id: str, place: tuple[int, int]) -> GoldRange:
    """A range of an article."""
    return GoldRange(article_id, *place)


def read_text(path: Path) -> str:
    """The file as UTF-8, line ends as they are.

    Raises:
        CaseError: if it cannot be read.
    """
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"cannot read {str(path)!r} ({error}); give a UTF-8 file of this format") from error


def read_json(path: Path) -> Any:
    """The one JSON value of a file.

    Raises:
        CaseError: if it cannot be read.
    """
    try:
        return json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise CaseError(f"{str(path)!r} is not JSON ({error}); give a file of this format") from error


def read_json_lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """``(where, object)`` for each line that is not blank.

    Raises:
        CaseError: if a line is not a JSON object.
    """
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if not line.strip():
            continue
        where = f"{path.name} line {number}"
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            raise CaseError(f"{where} is not JSON ({error}); give one object a line") from error
        if not isinstance(record, dict):
            raise CaseError(f"{where} holds {type(record).__name__}; give one object a line")
        yield where, record


@contextmanager
def fitting(where: str) -> Iterator[None]:
    """Turns a field that is missing or of the wrong kind into an error that names the place.

    Raises:
        CaseError: in place of ``KeyError``, ``TypeError``, ``AttributeError``, ``IndexError`` and ``ValueError``.
    """
    try:
        yield
    except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
        raise CaseError(
            f"{where} does not fit this format ({type(error).__name__}: {error}); check the file"
        ) from error


def write_corpus(articles: Sequence[Article], path: Path) -> None:
    """Writes the articles as JSON Lines that the assistant reads as a corpus."""
    lines = (json.dumps(asdict(article), ensure_ascii=False) for article in articles)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
