"""The bench with a weak model counts what was read, and asks other questions than those the rules were made with."""

from __future__ import annotations

import json

import pytest

from evals.bench.weak_model import LABELS, LABELS_KNOWN, READ, STRETCHES, _at_most, asked, figures, fresh
from evals.cases import Case


def test_figures_are_of_each_reading() -> None:
    rows = [
        {"rules": "before", "id": "a", "label": "wrong"},
        {"rules": "after", "id": "a", "label": "right"},
        {"rules": "after", "id": "a", "label": "right"},
        {"rules": "after", "id": "b", "label": "wrong"},
        {"rules": "after", "id": "c", "label": "empty"},
    ]
    lines = list(figures(rows))
    assert lines[0] == "before: 1 statements shown as supported, in answers to 1 questions"
    assert lines[3] == "  of all 101 statements written to 100 questions: 1.0%"
    assert lines[4] == "after: 4 statements shown as supported, in answers to 3 questions"
    assert lines[5].split() == ["2", "right,", "1", "wrong,", "1", "empty"]
    assert "25.0%, below" in lines[6]


@pytest.mark.parametrize(("wrong", "count", "limit"), [(0, 10, 0.2589), (0, 100, 0.0295), (1, 20, 0.2161), (5, 5, 1.0)])
def test_the_limit_is_that_of_the_binomial(wrong: int, count: int, limit: float) -> None:
    assert _at_most(wrong, count) == pytest.approx(limit, abs=1e-4)


@pytest.mark.parametrize(("name", "size"), [("newsroom", 309), ("new_wiki", 2169)])
def test_no_question_is_asked_that_was_read_while_rules_were_made(name: str, size: int) -> None:
    cases = [Case(str(place), "?", True) for place in range(size)]
    chosen = fresh(cases, name)
    assert len({case.id for case in chosen}) == STRETCHES
    assert not {case.id for case in chosen} & {case.id for case in asked(cases, READ[name])}


def test_every_label_is_known_and_has_a_place() -> None:
    rows = [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]
    assert rows
    for row in rows:
        assert row["label"] in LABELS_KNOWN
        assert row["rules"] in {"before", "between", "after", "last"}
        assert row["statement"].strip()
        assert row["ranges"]
        assert all(start < end for _, start, end in row["ranges"])
        assert ("note" in row) == (row["label"] == "wrong")
