"""Answers as Arrow tables, frames and Parquet files."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from qa import tables
from qa.errors import SettingsError
from qa.records import Answer, Citation, PassageReference, Statement, Usage

parquet = pytest.importorskip("pyarrow.parquet", reason="needs the extra [parquet]")

WHOLE = Answer(
    "Who? \N{TROPHY}",
    "answered",
    "Ana İpek\r\nsaid so [1].",
    (Statement(0, 21, (1,), "supported"), Statement(0, 1, (), "uncited", "no footnote")),
    (Citation(1, "a.txt", "Title", None, 3, 9, "שלום e\u0301"), Citation(2, "b", "", "2024-01-01", 0, 1, "x")),
    (PassageReference("a.txt", 0, 930, 0.7123),),
    0.83,
    "m",
    "r",
    Usage(3, 4, 1),
    0.041,
    None,
    "7",
)
FAILED = Answer("?", "error", "", error="no words", id="8")


def test_answers_come_back_from_a_table() -> None:
    table = tables.to_arrow([WHOLE, FAILED])
    assert tables.from_arrow(table) == [WHOLE, FAILED]
    assert table.column_names == list(WHOLE.to_dict())


def test_no_answers_are_a_table_too() -> None:
    assert tables.to_arrow([]).schema == tables.to_arrow([WHOLE]).schema


def test_answers_as_a_frame() -> None:
    pytest.importorskip("pandas")
    frame = tables.to_pandas([WHOLE, FAILED])
    assert list(frame["status"]) == ["answered", "error"]
    assert frame["statements"][0][0]["support"] == "supported"


@pytest.mark.slow
@pytest.mark.parametrize("count", [0, 1, 2500])
def test_answers_come_back_from_a_file(tmp_path: Path, count: int) -> None:
    path = tmp_path / "out.parquet"
    assert tables.write_parquet(iter([WHOLE] * count), path, {"recipe": "r"}) == count
    table = parquet.read_table(path)
    assert tables.from_arrow(table) == [WHOLE] * count
    assert table.schema.metadata[b"recipe"] == b"r"
    assert parquet.ParquetFile(path).num_row_groups == -(-count // 1000)
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.parquet"]


def test_without_the_extra_it_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(SettingsError, match=r"pip install 'news-qa\[parquet\]'"):
        tables.to_arrow([])
