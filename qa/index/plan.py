"""Which files of a corpus have to be read: compares them with what the catalogue remembers; reads none."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from qa.articles import corpus_files, file_name, file_status
from qa.index.catalog import Catalog
from qa.index.entries import FileEntry


@dataclass(frozen=True, slots=True)
class Plan:
    """Which files need reading: ``changed`` ones, and what is ``gone``; ``kept`` ones stay as they were read."""

    changed: tuple[tuple[Path, os.stat_result], ...]
    kept: tuple[FileEntry, ...]
    gone: tuple[str, ...]

    @property
    def bytes(self) -> int:
        """Size of the changed files together."""
        return sum(status.st_size for _, status in self.changed)


def plan(corpus: Path, catalog: Catalog | None) -> Plan:
    """What synchronising would read.

    Args:
        corpus: folder of articles.
        catalog: what is known of its files; ``None`` for nothing.

    Raises:
        CorpusError: if the folder cannot be used.
    """
    known = catalog.files() if catalog else {}
    changed, kept = [], []
    for path in corpus_files(corpus):
        try:
            status = file_status(path)
        except FileNotFoundError:
            continue
        entry = known.pop(file_name(corpus, path), None)
        if entry is not None and (entry.size, entry.modified) == (status.st_size, changed_at(status)):
            kept.append(entry)
        else:
            changed.append((path, status))
    return Plan(tuple(changed), tuple(kept), tuple(known))


def changed_at(status: os.stat_result) -> int:
    """When a file last changed, in nanoseconds; also tells a file that was put in place of another with older times."""
    return max(status.st_mtime_ns, status.st_ctime_ns)
