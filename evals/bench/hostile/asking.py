"""Hostile questions, lines of batches, and settings: each is an answer that holds, or one clear line of error."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from qa.assistant import Assistant
from qa.errors import QAError, SettingsError
from qa.records import Answer
from qa.settings import Settings, load_settings

_WORDS = (
    "bridge close When will the old Tamm cost $2.4 million who said Lavrov Rubio [1] [99] NOT IN THE ARTICLES "
    "<script>alert(1)</script> ../../etc/passwd '; DROP TABLE articles;-- \" OR 1=1 AND NOT * ? ~ ^4 field:value "
    "[a TO b] "
    "{{7*7}} ${HOME} %s %00 %n \\ / ( ) + - && || ! 2024-13-45 9999999999999999999 -1 0x0 NaN null true "
    "https://evil.example/x javascript:alert(1) === <|im_start|> [INST] </think>"
).split(" ")
_SIGNS = (
    *(
        "\x00",
        "\x1b[2J",
        "\x07",
        "\r",
        "\n",
        "\t",
        "\u200b",
        "\u202e",
        "\u2066",
        "\ufeff",
        "\ufffd",
        "\ud800",
        "\udfff",
    ),
    *("\U0001f600", "\U0001f468\u200d\U0001f469", "e\u0301" * 40, "İ", "ß", "ﷺ", "本", "\U000e0041", "\U0010ffff"),
)
_STATUSES = ("answered", "partial", "abstained", "error")


def questions(count: int, seed: int) -> Iterator[str]:
    """Questions of words, signs and noise, some empty and some very long."""
    chance = random.Random(seed)
    for _ in range(count):
        kind = chance.random()
        if kind < 0.02:
            yield chance.choice(["", " ", "?", "\n\n", "...", "\u200b"])
        elif kind < 0.06:
            yield chance.choice(_WORDS) * chance.choice([1000, 5000, 50_000])
        else:
            parts = [chance.choice(_WORDS if chance.random() < 0.75 else _SIGNS) for _ in range(chance.randint(1, 25))]
            yield chance.choice([" ", "", " "]).join(parts)


def ask_each(assistant: Assistant, asked: Iterator[str]) -> Counter[str]:
    """How many questions came to what.

    Raises:
        AssertionError: if an answer does not hold, or an error is no clear line.
    """
    counts: Counter[str] = Counter()
    for question in asked:
        try:
            answer = assistant.ask(question)
        except QAError as error:
            check_line(str(error))
            counts["refused"] += 1
        else:
            check_answer(answer, assistant)
            counts[answer.status] += 1
    return counts


def check_answer(answer: Answer, assistant: Assistant) -> None:
    """Whether an answer holds: its words can be printed, its ranges are exact."""
    data = json.loads(json.dumps(answer.to_dict(), ensure_ascii=False))
    assert Answer.from_dict(data) == answer
    assert answer.status in _STATUSES
    for citation in answer.citations:
        text = assistant.article(citation.article_id).text
        assert citation.quote
        assert text[citation.start : citation.end] == citation.quote
    assert all(0 <= one.start < one.end <= len(answer.text) for one in answer.statements)


def check_line(message: str) -> None:
    """Whether an error is one line that a terminal can show."""
    assert message
    assert len(message) < 2000, message[:200]
    assert "\n" not in message
    assert "Traceback" not in message


def batch_lines(count: int, seed: int) -> Iterator[str]:
    """Lines of a file of questions: JSON of all kinds, right, wrong and broken."""
    chance = random.Random(seed)
    for number, question in enumerate(questions(count, seed)):
        row: Any = {"id": f"{seed}-{number}", "question": question}
        match chance.randrange(12):
            case 0:
                row = {"id": number, "question": question}
            case 1:
                row = {"question": chance.choice([None, 7, [question], {"a": question}, True])}
            case 2:
                row = chance.choice([[], "text", 7, None, {}, {"id": "x"}, {"id": {}, "question": question}])
            case 3:
                row = {"id": f"{seed}-{number}", "question": question, "more": [[]] * 50}
            case _:
                pass
        line = json.dumps(row)
        match chance.randrange(16):
            case 0:
                line = line[: chance.randrange(len(line) + 1)]
            case 1:
                line = "{" * chance.choice([1, 3000, 60_000]) + line
            case 2:
                line = question.replace("\n", " ").replace("\r", " ")
        yield line


def run_batch(lines: Iterator[str], place: Path, corpus: Path, index: Path) -> Counter[str]:
    """Runs ``qa batch`` over lines and counts what came of them.

    Raises:
        AssertionError: unless there is one sound line of output for each line that is not blank, in order.
    """
    source, out = place / "lines.jsonl", place / "answers.jsonl"
    written = [line.encode("utf-8", "replace") for line in lines]
    source.write_bytes(b"\n".join(written) + b"\n")
    given = sum(bool(line.strip()) for line in source.read_text("utf-8").split("\n"))
    command = [sys.executable, "-m", "qa", "batch", str(source), "--out", str(out), "--model", "extractive"]
    command = [sys.executable, "-c", "from qa.cli import main; main()", *command[3:]]
    done = subprocess.run(
        [*command, "--corpus", str(corpus), "--index", str(index), "--workers", "2"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr[-3000:]
    if not out.exists():
        check_line(done.stderr.strip().splitlines()[-1])
        return Counter({"refused as a whole": given})
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert len(rows) == given, (len(rows), given, done.stderr[-500:])
    assert all(row["status"] in _STATUSES for row in rows)
    for row in rows:
        if row["status"] == "error":
            check_line(row["error"])
    return Counter(row["status"] for row in rows)


def settings(count: int, seed: int) -> Iterator[dict[str, str]]:
    """Environments with settings of all kinds, right, wrong and unknown."""
    chance = random.Random(seed)
    names = [f"QA_{name.upper()}" for name in Settings.model_fields]
    values = [*_WORDS, "", " ", "-1", "0", "1", "1e400", "inf", "nan", "99999999999999999999", "true", "no", "\udcff"]
    values += ["[1,2]", '{"a":1}', "http://", "http://[::1", "http://u:p@h/v1", "/", "~", "é", "a" * 10_000, "\n"]
    for _ in range(count):
        made = {chance.choice(names): chance.choice(values) for _ in range(chance.randint(1, 4))}
        if chance.random() < 0.1:
            made[f"QA_{chance.choice(['MODLE', 'X', 'API-KEY', ''])}"] = chance.choice(values)
        yield {name: value.replace("\x00", "") for name, value in made.items()}


def try_settings(environments: Iterator[Mapping[str, str]]) -> Counter[str]:
    """How many environments were taken and refused.

    Raises:
        AssertionError: if an error is no clear line.
    """
    counts: Counter[str] = Counter()
    before = dict(os.environ)
    try:
        for environment in environments:
            os.environ.update(environment)
            try:
                load_settings()
                counts["taken"] += 1
            except SettingsError as error:
                check_line(str(error).replace("a" * 10_000, ""))
                counts["refused"] += 1
            finally:
                for name in environment:
                    os.environ.pop(name)
    finally:
        os.environ.clear()
        os.environ.update(before)
    return counts
