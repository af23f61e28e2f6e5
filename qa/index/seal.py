"""Whether the vector files on disk are whole, told before Chroma opens them.

Chroma writes its graph of vectors to four files and a fifth, one after the other and in place. Killed in between, or on
a full disk, it leaves files that do not fit together; opening those can crash the process, hang it, or give wrong
vectors in silence. So each change of the vectors is announced by a mark on disk, and ends by noting the files as they
are then. Files that are not as noted are not opened: the writer builds the graph anew from what the passages keep.
"""

from __future__ import annotations

import json
import shutil
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from qa.errors import IndexDamaged, IndexUnwritable

DATABASE = "chroma.sqlite3"
SEAL = "vectors"
"""Under which the catalogue remembers the seal."""

_MARK = "changing"
_HEADER = struct.Struct("<i6Q")
_LAST = "index_metadata.pickle"


@dataclass(frozen=True, slots=True)
class Seal:
    """The vector files as the last finished change left them: size in bytes and modification time of each."""

    files: Mapping[str, tuple[int, int]]

    UNKNOWN: ClassVar[Seal]
    """Fits no files at all: for while the graph is built anew."""

    @classmethod
    def of(cls, folder: Path) -> Seal:
        """The files of a store as they are now.

        Raises:
            IndexUnwritable: if they were not written whole.
        """
        for graph in _graphs(folder):
            if not _is_whole(graph):
                raise IndexUnwritable(
                    f"the vectors in '{folder}' could not be written whole; free space or give another --index"
                )
        return cls(_files(folder))

    def to_json(self) -> str:
        """For the catalogue; ``from_json`` is the inverse."""
        return json.dumps(self.files)

    @classmethod
    def from_json(cls, text: str) -> Seal:
        """The seal that ``to_json`` was called on; an empty text is the seal of nothing."""
        return cls({name: (size, modified) for name, (size, modified) in json.loads(text or "{}").items()})

    def is_broken(self, folder: Path) -> bool:
        """Whether files are missing or not as they were noted.

        A modification time counts only where a change was under way: a copied index has others.
        """
        if not (folder / DATABASE).is_file():
            return bool(self.files)
        found = _files(folder)
        if is_changing(folder) and found != self.files:
            return True
        return any(found.get(name, (-1, 0))[0] != size for name, (size, _) in self.files.items())

    def check(self, folder: Path) -> None:
        """Refuses files that are not whole.

        Raises:
            IndexDamaged: naming what is wrong.
        """
        if self.is_broken(folder):
            what = "were left unfinished by a writer that was stopped" if is_changing(folder) else "are not whole"
            raise IndexDamaged(f"the vectors in '{folder}' {what}; run 'qa index' to mend them")


Seal.UNKNOWN = Seal({"": (-2, 0)})


def begin_change(folder: Path) -> None:
    """Marks that the files are about to change."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).touch()


def end_change(folder: Path) -> None:
    """Takes the mark away, once the files have been noted."""
    (folder / _MARK).unlink(missing_ok=True)


def is_changing(folder: Path) -> bool:
    """Whether a change is under way, or was when its process died."""
    return (folder / _MARK).exists()


def discard_graphs(folder: Path) -> None:
    """Removes the graph of vectors and leaves the database of passages."""
    for graph in list(_graphs(folder)):
        shutil.rmtree(graph)


def _graphs(folder: Path) -> Iterator[Path]:
    return (path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else iter(())


def _files(folder: Path) -> dict[str, tuple[int, int]]:
    """Size and time of each file; a graph that was never saved counts for nothing: every opening writes it anew."""
    found = {}
    for graph in _graphs(folder):
        for path in graph.iterdir() if (graph / _LAST).exists() else ():
            status = path.stat()
            found[f"{graph.name}/{path.name}"] = (status.st_size, status.st_mtime_ns)
    return found


def _is_whole(graph: Path) -> bool:
    """Whether the sizes of the files fit the header, which counts the vectors and the bytes of each."""
    try:
        header = (graph / "header.bin").read_bytes()
        _, _, _, count, size, *_ = _HEADER.unpack_from(header)
        if count == 0:
            return True
        sizes = [(graph / name).stat().st_size for name in ("data_level0.bin", "length.bin", "link_lists.bin")]
        return sizes[:2] == [count * size, count * 4] and sizes[2] >= count * 4 and _is_finished(graph / _LAST)
    except (FileNotFoundError, struct.error):
        return False


def _is_finished(pickle: Path) -> bool:
    """Whether a pickle ends as all pickles do."""
    with pickle.open("rb") as stream:
        stream.seek(-1, 2)
        return stream.read() == b"."
