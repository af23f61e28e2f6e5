"""Files of questions: JSON Lines, lines of text, tables, streams; and what is no question."""

from __future__ import annotations

import io
import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from qa.cli.questions import count, opened, read_lines, read_table
from qa.errors import QAError
from qa.records import Turn

TROPHY = "\N{TROPHY}"


def test_lines_are_read_as_questions() -> None:
    lines = [
        "Who?\n",
        "\n",
        '{"question": "Where?", "id": "w", "history": [{"question": "a", "answer": "b"}]}\n',
        '{"question": "Was ist los? \N{TROPHY}"}\n',
        '{"id": 5, "question": null}',
        '{"id": "h", "question": "x", "history": [{"question": "a"}]}',
        "{",
        '{"question": "x", "since": 2024}',
        '{"question": "x", "since": "2024-01-01", "sources": ["a"]}',
    ]
    found = [request for request in read_lines(lines) if request]
    assert [(one.id, one.question) for one in found[:3]] == [
        ("1", "Who?"),
        ("w", "Where?"),
        ("4", f"Was ist los? {TROPHY}"),
    ]
    assert found[1].history == (Turn("a", "b"),)
    assert [(one.id, bool(one.trouble)) for one in found[3:]] == [
        ("5", True),
        ("h", True),
        ("7", True),
        ("8", True),
        ("9", False),
    ]
    assert "'history' is a list of objects" in found[4].trouble
    assert found[7].filters == {"since": "2024-01-01", "until": None, "sources": ("a",)}


def test_half_a_surrogate_pair_can_be_written_afterwards() -> None:
    (request,) = read_lines(['{"question": "a \\ud83c b \\ud83c\\udfc6", "id": "\\udfc6"}'])
    assert request is not None
    assert request.question == f"a \ufffd b {TROPHY}"
    request.id.encode()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_has_a_column_of_questions(delimiter: str) -> None:
    rows = [
        ["\nNotes", "ID", " Question "],
        ["x", "first", "Who, what; and\twhere?"],
        [],
        ["", "", f'He said "go"\nand went {TROPHY}'],
        ["only notes"],
        ["", "last", "Why?", "extra"],
    ]
    found = list(read_table(io.StringIO(table(rows, delimiter).lstrip("\n"), newline="")))
    assert [(one.id, one.question) for one in found] == [
        ("first", "Who, what; and\twhere?"),
        ("2", f'He said "go"\nand went {TROPHY}'),
        ("3", ""),
        ("last", "Why?"),
    ]
    assert [bool(one.trouble) for one in found] == [False, False, True, False]


def table(rows: list[list[str]], delimiter: str = ",") -> str:
    import csv

    out = io.StringIO()
    rows[0] = [name.strip("\n") for name in rows[0]]
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("content", ["", "a,b\nx,y\n"])
def test_a_table_without_questions_is_refused(content: str) -> None:
    with pytest.raises(QAError, match="column 'question'"):
        list(read_table(io.StringIO(content)))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("in.csv", 'id,question\n1,Who?\n2,"Where\nto?"\n\n'),
        ("in.CSV", "\ufeffquestion\nWho?\n\nWhere\n"),
        ("in.txt", "Who?\r\n\r\nWhere?"),
        ("in.jsonl", '{"question": "Who?"}\n{"question": "Where?"}\n'),
    ],
)
def test_a_file_is_counted_as_it_is_read(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8", newline="")
    with opened(path) as requests:
        found = [request for request in requests if request]
    assert len(found) == count(path) == 2
    assert found[0].question == "Who?"
    assert not any(request.trouble for request in found)


@pytest.mark.parametrize(
    "content",
    ["Who?\nWhere?\n", '{"question": "Who?"}\n{"question": "Where?"}', "id;question\n1;Who?\n2;Where?\n"],
    ids=["text", "json", "table"],
)
def test_what_stdin_holds_is_seen_from_its_first_line(monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(content))
    with opened(Path("-")) as requests:
        assert [request.question for request in requests if request] == ["Who?", "Where?"]
    assert count(Path("-")) is None


def test_a_stream_that_pauses_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading) as stdin, os.fdopen(writing, "w") as stdout:
        monkeypatch.setattr("sys.stdin", stdin)
        with opened(Path("-")) as requests:
            print("Who?", file=stdout, flush=True)
            first = next(requests)
            assert first is not None
            assert first.question == "Who?"
            assert next(requests) is None
            threading.Timer(0.1, lambda: print("Where?", file=stdout, flush=True)).start()
            found: Any = None
            end = time.monotonic() + 10
            while found is None and time.monotonic() < end:
                found = next(requests)
            assert found.question == "Where?"


def test_what_can_be_read_only_once_is_not_counted(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert count(tmp_path / "pipe") is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_what_a_spreadsheet_saves_is_read(tmp_path: Path, encoding: str) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    (tmp_path / "in.csv").write_bytes(f"{mark}Question\tId\r\nWho won in İzmir? {TROPHY}\t7\r\n".encode(encoding))
    with opened(tmp_path / "in.csv") as requests:
        assert [(one.id, one.question) for one in requests if one] == [("7", f"Who won in İzmir? {TROPHY}")]


@pytest.mark.parametrize(
    ("content", "told"),
    [("Pr\xe4sident?\n".encode("latin-1"), "save it as UTF-8"), (b"\xff\xfea\x00b", "save it as UTF-8")],
)
def test_what_is_no_unicode_is_one_line(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "in.txt").write_bytes(content)
    with pytest.raises(QAError, match=told), opened(tmp_path / "in.txt") as requests:
        list(requests)
    with pytest.raises(QAError, match="No such file"), opened(tmp_path / "nowhere.txt"):
        pass


def test_a_quotation_mark_that_is_not_closed_swallows_no_questions(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text('id,question\n1,"Who\nis he?"\n2,"Where?\n3,When?\n')
    with pytest.raises(QAError, match="line 4 of the table is broken"):
        count(tmp_path / "in.csv")


def test_an_id_that_is_nothing_is_the_number_of_the_line() -> None:
    lines = ['{"question": "a", "id": null}', '{"question": "b", "id": ""}', '{"question": "c", "id": 0}']
    assert [one.id for one in read_lines(lines) if one] == ["1", "2", "0"]


def test_one_source_need_not_be_a_list() -> None:
    lines = ['{"question": "a", "sources": "The Courier"}', '{"question": "a", "sources": ["PPA", "Radio"]}']
    assert [one.sources for one in read_lines(lines) if one] == [("The Courier",), ("PPA", "Radio")]


@pytest.mark.parametrize("history", ['"x"', '[{"question": "a", "answer": null}]', "[5]", '{"question": "a"}'])
def test_a_history_that_is_none_is_told(history: str) -> None:
    (request,) = read_lines([f'{{"question": "a", "history": {history}}}'])
    assert request
    assert "'history' is a list of objects with the texts 'question' and 'answer'" in request.trouble
