"""Which files make up a corpus."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from qa.errors import CorpusError

_NEVER_ARTICLES = frozenset({"thumbs.db", "desktop.ini", "__macosx"})
_BACKUP_ENDINGS = ("~", ".bak", ".swp", ".swo", ".tmp", ".orig")


def corpus_files(folder: Path) -> list[Path]:
    """The files of a corpus, in all folders below it, sorted by their path.

    Files of unknown kinds, folders that cannot be entered and links that lead nowhere are listed too, so that reading
    them says why they are skipped. Hidden files and editors' backups are not; nor is a link to a file or folder that
    is listed already.

    Args:
        folder: of the corpus.

    Raises:
        CorpusError: if the folder is missing, not a folder, or cannot be read.
    """
    if not folder.exists():
        raise CorpusError(f"there is no folder '{folder}'; give the folder of articles with --corpus")
    if not folder.is_dir():
        raise CorpusError(f"'{folder}' is a file; --corpus needs the folder that holds the articles")
    try:
        found = list(_walk(folder))
    except OSError as error:
        raise CorpusError(f"cannot read the folder '{folder}': {error.strerror or error}") from error
    return sorted(found, key=lambda path: path.relative_to(folder).parts)


def file_name(folder: Path, path: Path) -> str:
    """The path of a file in its corpus with ``/`` between the parts; always valid Unicode, unlike a file's name."""
    return os.fsencode(path.relative_to(folder).as_posix()).decode("utf-8", "replace")


def file_status(path: Path) -> os.stat_result:
    """Size and times of a listed file: those of the link itself where it leads nowhere.

    Raises:
        FileNotFoundError: if the file has gone since it was listed.
    """
    try:
        return path.stat()
    except OSError:
        return path.lstat()


def _walk(folder: Path) -> Iterator[Path]:
    """Real folders come before linked ones, so that a link never takes the place of what it leads to."""
    seen = {_identity(folder)}
    linked: list[Path] = []
    yield from _walk_real(folder, seen, linked)
    for link in linked:
        try:
            identity = _identity(link)
        except OSError:
            yield link
            continue
        if identity in seen:
            continue
        seen.add(identity)
        if link.is_dir():
            yield from _enter(link, seen, linked)
        else:
            yield link


def _walk_real(folder: Path, seen: set[tuple[int, int]], linked: list[Path]) -> Iterator[Path]:
    with os.scandir(folder) as entries:
        listed = sorted((entry for entry in entries if not _ignored(entry.name)), key=lambda entry: entry.name)
    for entry in listed:
        path = folder / entry.name
        if entry.is_symlink():
            linked.append(path)
        elif entry.is_dir(follow_symlinks=False):
            seen.add(_identity(path))
            yield from _enter(path, seen, linked)
        else:
            seen.add(_identity(path))
            yield path


def _enter(folder: Path, seen: set[tuple[int, int]], linked: list[Path]) -> Iterator[Path]:
    try:
        yield from _walk_real(folder, seen, linked)
    except OSError:
        yield folder


def _ignored(name: str) -> bool:
    return (
        name.startswith((".", "~$"))
        or (name.startswith("#") and name.endswith("#"))
        or name.lower().endswith(_BACKUP_ENDINGS)
        or name.lower() in _NEVER_ARTICLES
    )


def _identity(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino
