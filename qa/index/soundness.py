"""Whether an index still holds what was put into it: what no count tells, such as a letter that changed on the disk."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

from qa.errors import IndexDamaged
from qa.index.entries import Entry
from qa.index.prepare import prepare
from qa.index.store import Index

_END = struct.Struct("<II")
_MAGIC = 1337
"""Tantivy ends its files with a line of JSON that holds their checksum, its length, and this number."""


def read_through(index: Index, most: int) -> tuple[int, list[str]]:
    """Reads articles out of an index and prepares them again.

    Args:
        index: to be read.
        most: articles to read, evenly spread over all of them.

    Returns:
        How many were read, and the ids of those that are not as they were indexed.

    Raises:
        StoreError: if the index cannot be read.
    """
    with index.view() as catalog:
        ids = catalog.ids()
        chosen = ids[:: -(-len(ids) // most)] if ids else []
        changed = [id_ for id_ in chosen if not _is_as_indexed(index, index.entry(id_))]
    return len(chosen), changed


def damaged_words(folder: Path) -> list[str]:
    """The files of a word index whose checksum does not hold."""
    return [path.name for path in sorted(folder.glob("*.*")) if path.suffix[1:] in _SUMMED and not _holds(path)]


_SUMMED = ("fast", "fieldnorm", "idx", "pos", "store", "term", "del")


def _is_as_indexed(index: Index, entry: Entry) -> bool:
    try:
        stored = index.vectors.get(entry.passage_ids())
        again = prepare(
            entry.article("".join(stored[id_].text for id_ in entry.passage_ids())), entry.file, entry.position
        )
    except (IndexDamaged, ValueError, LookupError):
        return False
    return again.entry == entry and all(
        (kept := stored[passage.id]).text == passage.text and kept.sentences == passage.sentences
        for passage in again.passages
    )


def _holds(path: Path) -> bool:
    content = path.read_bytes()
    if len(content) < _END.size:
        return False
    length, magic = _END.unpack(content[-_END.size :])
    body = len(content) - _END.size - length
    if magic != _MAGIC or body < 0:
        return False
    try:
        told = json.loads(content[body : -_END.size])
    except ValueError:
        return False
    return isinstance(told, dict) and told.get("crc") == zlib.crc32(content[:body])
