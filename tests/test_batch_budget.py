"""A run of many questions stops when its tokens are spent, and goes on with more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qa.batch import Request
from qa.cli.batch import Plan, run_batch
from qa.errors import BudgetExceeded
from qa.records import Answer, Turn, Usage


class Spender:
    """Answers anything for ten tokens."""

    recipe = "spender"

    def ask(self, question: str, history: tuple[Turn, ...] = ()) -> Answer:
        return Answer(question, "answered", "Yes.", recipe=self.recipe, usage=Usage(8, 2, 1))


@pytest.fixture
def requests() -> list[Request]:
    return [Request(f"Question {number}?", id=str(number)) for number in range(6)]


def written(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()]


def test_it_stops_at_the_budget_and_goes_on_with_more(tmp_path: Path, requests: list[Request]) -> None:
    out, spender = tmp_path / "out.jsonl", Spender()
    with pytest.raises(BudgetExceeded, match="20 tokens are spent after 2 answers, the budget was 15"):
        run_batch(spender, requests, out, Plan(workers=1, budget=15), lambda done, total: None)  # type: ignore[arg-type]
    assert [line["id"] for line in written(out)] == ["0", "1"]
    totals = run_batch(spender, requests, out, Plan(workers=1), lambda done, total: None)  # type: ignore[arg-type]
    assert [line["id"] for line in written(out)] == [str(number) for number in range(6)]
    assert (totals.kept, totals.usage) == (2, Usage(32, 8, 4))


def test_a_budget_that_just_suffices_is_no_error(tmp_path: Path, requests: list[Request]) -> None:
    out = tmp_path / "out.jsonl"
    run_batch(Spender(), requests, out, Plan(workers=1, budget=60), lambda done, total: None)  # type: ignore[arg-type]
    assert len(written(out)) == 6
