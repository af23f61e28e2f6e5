"""Answers as Arrow tables, pandas frames and Parquet files; needs the extra ``[parquet]``.

A row is an answer, its columns are the fields of ``Answer.to_dict``; statements, citations and passages are lists of
structures. Rows go both ways.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.errors import SettingsError
from qa.records import Answer

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped, import-not-found, unused-ignore]
    import pyarrow as pa  # type: ignore[import-untyped, import-not-found, unused-ignore]

_ROWS = 1000
"""Of a group in a Parquet file, and so held in memory at a time."""


def to_arrow(answers: Iterable[Answer]) -> pa.Table:
    """The answers as a table.

    Raises:
        SettingsError: if pyarrow is not installed.
    """
    return _arrow().Table.from_pylist([answer.to_dict() for answer in answers], schema=schema())


def to_pandas(answers: Iterable[Answer]) -> pd.DataFrame:
    """The answers as a frame.

    Raises:
        SettingsError: if pandas or pyarrow is not installed.
    """
    try:
        return to_arrow(answers).to_pandas()
    except ImportError as error:
        raise SettingsError("frames of answers need pandas, which is not installed; run: pip install pandas") from error


def from_arrow(table: pa.Table) -> list[Answer]:
    """The answers that ``to_arrow`` made a table of."""
    return [Answer.from_dict(row) for row in table.to_pylist()]


def write_parquet(answers: Iterable[Answer], path: Path, notes: Mapping[str, str] | None = None) -> int:
    """Writes answers to a file, a group at a time; it is there when it is whole.

    Args:
        answers: in the order of their rows.
        path: of the file.
        notes: kept in the file beside the rows.

    Returns:
        The number of rows.

    Raises:
        SettingsError: if pyarrow is not installed.
        OSError: if the file cannot be written.
    """
    import pyarrow.parquet as parquet  # type: ignore[import-untyped, import-not-found, unused-ignore]

    fresh, rows = path.with_name(path.name + ".new"), 0
    columns = schema().with_metadata(dict(notes or {}))
    with parquet.ParquetWriter(fresh, columns) as writer:
        for group in _groups(answers):
            table = to_arrow(group).replace_schema_metadata(columns.metadata)
            writer.write_table(table)
            rows += len(group)
    fresh.replace(path)
    return rows


def schema() -> pa.Schema:
    """The columns of a table of answers.

    Raises:
        SettingsError: if pyarrow is not installed.
    """
    pa = _arrow()
    text, number, real = pa.string(), pa.int64(), pa.float64()
    words = {"id": text, "question": text, "status": text, "text": text}
    statement = {"start": number, "end": number, "citations": pa.list_(number), "support": text, "reason": text}
    citation = {"number": number, "article_id": text, "title": text, "published": text, "start": number, "end": number}
    passage = {"article_id": text, "start": number, "end": number, "score": real}
    lists = {"statements": statement, "citations": {**citation, "quote": text}, "passages": passage}
    usage = {"prompt_tokens": number, "completion_tokens": number, "calls": number}
    rest = {
        "confidence": real,
        "model": text,
        "recipe": text,
        "usage": pa.struct(usage),
        "seconds": real,
        "error": text,
    }
    return pa.schema([*words.items(), *((name, pa.list_(pa.struct(of))) for name, of in lists.items()), *rest.items()])


def _groups(answers: Iterable[Answer]) -> Iterator[list[Answer]]:
    answers = iter(answers)
    while group := list(itertools.islice(answers, _ROWS)):
        yield group


def _arrow() -> Any:
    try:
        import pyarrow
    except ImportError as error:
        raise SettingsError(
            "tables of answers need pyarrow, which is not installed; run: pip install 'news-qa[parquet]'"
        ) from error
    return pyarrow
