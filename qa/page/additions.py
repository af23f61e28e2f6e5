"""Adding articles to the folder and removing them, safely: names are made harmless, nothing is overwritten or lost."""

from __future__ import annotations

import json
import re
import secrets
import shutil
import threading
import time
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from qa.articles.kinds import READERS
from qa.assistant import Assistant
from qa.errors import CorpusError, QAError
from qa.page.upkeep import Upkeep

ADDED = "added"
"""Folder below the articles' for what comes through the page."""
REMOVED = ".removed"
"""Hidden folder there, not read, for what was removed through the page: it can be put back by hand."""
_UNFINISHED = ".new-"
_GIVEN_UP = 3600
"""Seconds after which what was left unfinished is swept away."""
_NAMING = threading.Lock()
MOST_FILES = 200
MOST_BYTES = 25_000_000
KINDS = tuple(sorted(READERS))

_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f<>:\"/\\|?*\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file or text that was given."""

    name: str
    articles: int
    reason: str = ""


def add_files(assistant: Assistant, upkeep: Upkeep, files: Sequence[Path]) -> list[Outcome]:
    """Copies files into the folder of articles and reads them.

    A file that cannot stand beside the others (an id that is taken, say) is taken out again, and said so.

    Raises:
        QAError: if there are too many, or the index cannot be written.
    """
    if len(files) > MOST_FILES:
        raise QAError(f"{len(files)} files are more than {MOST_FILES} at once; add them in several goes")
    refused, placed = [], []
    for path in files:
        reason = _why_refused(path)
        if reason:
            refused.append(Outcome(path.name, 0, reason))
        else:
            placed.append(_place(assistant, path))
    return refused + (_read_in(assistant, upkeep, placed) if placed else [])


def add_text(assistant: Assistant, upkeep: Upkeep, text: str, **fields: str) -> list[Outcome]:
    """Adds an article that was pasted; ``fields`` are ``title``, ``published``, ``source`` and ``url``.

    Raises:
        QAError: if there is no text, the date is none, or the index cannot be written.
    """
    if not text.strip():
        raise QAError("there is no text; paste the words of the article")
    published = fields.get("published", "").strip()
    if published:
        try:
            date.fromisoformat(published)
        except ValueError as error:
            raise QAError(f"the date {published!r} is none; write it as YYYY-MM-DD") from error
    title = fields.get("title", "").strip()
    name = _harmless(title or text.strip().split("\n")[0][:60], "pasted") + ".json"
    record = {"text": text} | {name: value.strip() for name, value in fields.items() if value.strip()}
    with _new(assistant, name) as (target, new):
        new.write_text(json.dumps(record, ensure_ascii=False), "utf-8", "replace")
    return _read_in(assistant, upkeep, [target])


def add_page(assistant: Assistant, upkeep: Upkeep, name: str, content: bytes) -> list[Outcome]:
    """Adds a web page or PDF that was fetched."""
    suffix = ".pdf" if content.startswith(b"%PDF-") else ".html"
    with _new(assistant, _harmless(name, "page") + suffix) as (target, new):
        new.write_bytes(content)
    return _read_in(assistant, upkeep, [target])


def file_of(assistant: Assistant, article_id: str) -> tuple[str, int]:
    """The file an article was read from, and how many articles it holds.

    Raises:
        ArticleNotFound: if there is no such article.
    """
    entry = assistant.archive.index.entry(article_id)
    with assistant.archive.index.view() as catalog:
        return entry.file, len(catalog.ids_of_file(entry.file))


def remove(assistant: Assistant, upkeep: Upkeep, article_id: str) -> str:
    """Takes an article's file out of the folder, with all articles in it; gives the file's name.

    Raises:
        QAError: if it cannot be moved, or nothing would be left.
    """
    name, _ = file_of(assistant, article_id)
    corpus = assistant.settings.corpus.resolve()
    path = corpus / name
    if not path.is_file():
        raise CorpusError(f"the file {name!r} is not there any more; run 'qa index'")
    target = _free(_made(corpus / REMOVED), path.name)
    try:
        path.rename(target)
    except OSError as error:
        raise CorpusError(f"cannot move {name!r}: {error.strerror}; check the folder's permissions") from error
    try:
        upkeep.run()
    except CorpusError as error:
        target.rename(path)
        raise CorpusError(f"{name!r} stays: {error}") from error
    return name


def _why_refused(path: Path) -> str:
    if path.suffix.lower() not in READERS:
        return f"not a kind of file that is read ({', '.join(KINDS)})"
    size = path.stat().st_size
    return f"{size / 1e6:.0f} MB are more than {MOST_BYTES / 1e6:.0f} MB" if size > MOST_BYTES else ""


def _place(assistant: Assistant, path: Path) -> Path:
    suffix = path.suffix.lower()
    with _new(assistant, _harmless(path.name[: -len(path.suffix)], "article") + suffix) as (target, new):
        shutil.copyfile(path, new)
    return target


@contextmanager
def _new(assistant: Assistant, name: str) -> Iterator[tuple[Path, Path]]:
    """A path that is free, and the hidden file to write for it; one at a time, so that no two take the same name."""
    with _NAMING:
        target = _free(_folder(assistant), name)
        with _whole(target) as new:
            yield target, new


@contextmanager
def _whole(target: Path) -> Iterator[Path]:
    """A hidden file to write; it appears as ``target`` when it is whole, whenever the program may be killed.

    Raises:
        CorpusError: if it cannot be written.
    """
    new = target.with_name(f"{_UNFINISHED}{secrets.token_hex(8)}")
    try:
        yield new
        new.replace(target)
    except OSError as error:
        raise CorpusError(
            f"cannot write '{target.name}': {error.strerror}; check the disk and the folder's permissions"
        ) from error
    finally:
        new.unlink(missing_ok=True)


def _read_in(assistant: Assistant, upkeep: Upkeep, placed: Sequence[Path]) -> list[Outcome]:
    """Reads files just placed; if they do not fit together, each alone, so that one bad file spoils none."""
    try:
        report = upkeep.run()
    except CorpusError as error:
        contents = [(path, path.read_bytes()) for path in placed]
        for path in placed:
            path.unlink()
        if len(placed) == 1:
            _settle(upkeep)
            return [Outcome(placed[0].name, 0, str(error))]
        outcomes = []
        for path, content in contents:
            with _whole(path) as new:
                new.write_bytes(content)
            outcomes += _read_in(assistant, upkeep, [path])
        return outcomes
    reasons = {item.path: item.reason for item in report.files}
    corpus = assistant.settings.corpus
    outcomes = []
    with assistant.archive.index.view() as catalog:
        for path in placed:
            name = path.relative_to(corpus).as_posix()
            count = len(catalog.ids_of_file(name))
            outcomes.append(Outcome(path.name, count, reasons.get(name, "")))
            if not count:
                path.unlink()
    return outcomes


def _settle(upkeep: Upkeep) -> None:
    """Reads the folder as it was before; what is wrong with that is shown as the state of the index."""
    try:
        upkeep.run()
    except QAError:
        return


def _folder(assistant: Assistant) -> Path:
    folder = _made(assistant.settings.corpus / ADDED)
    for left in folder.glob(f"{_UNFINISHED}*"):
        try:
            if time.time() - left.stat().st_mtime > _GIVEN_UP:
                left.unlink()
        except FileNotFoundError:  # another process has just finished it
            continue
    return folder


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CorpusError(f"cannot make the folder '{folder}': {error.strerror}; check its permissions") from error
    return folder


def _harmless(name: str, otherwise: str) -> str:
    """A file name without anything that has a meaning to a system or plays tricks on a reader."""
    clean = _UNSAFE.sub(" ", unicodedata.normalize("NFC", name))
    clean = " ".join(clean.split()).strip(". ~#$")
    while len(clean.encode()) > 150:
        clean = clean[:-1]
    return clean.strip() or otherwise


def _free(folder: Path, name: str) -> Path:
    """A path in the folder that nothing has."""
    stem, dot, suffix = name.rpartition(".")
    path, number = folder / name, 2
    while path.exists():
        path = folder / (f"{stem}-{number}{dot}{suffix}" if stem else f"{name}-{number}")
        number += 1
    return path
