"""Running, resuming, scoring: nothing is asked twice, nothing is lost, nothing fails silently."""

import json
from pathlib import Path
from typing import Any

import pytest
from evals_sample import CASES, DATASET, FACTS, Perfect

from evals.datasets import load_dataset
from evals.runs import (
    RunError,
    current_predictions,
    predict,
    read_description,
    read_predictions,
    run_cases,
    write_description,
)
from evals.scoring import independent_groups, score_run
from evals.summary import summarise

RECIPE = {"system": "perfect"}
FIRST, SECOND, THIRD = (fact[0] for fact in list(FACTS.values())[:3])


def run(folder: Path, system: Perfect, **options: Any) -> int:
    return run_cases(DATASET, system, folder, RECIPE, **options)


def test_every_case_is_asked_once_and_kept(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    asked = run(tmp_path, Perfect(), progress=lambda done, total: seen.append((done, total)))
    assert asked == len(CASES)
    assert list(read_predictions(tmp_path)) == [case.id for case in CASES]
    assert seen[0] == (0, len(CASES))
    assert seen[-1] == (len(CASES), len(CASES))


def test_a_finished_run_asks_nothing(tmp_path: Path) -> None:
    run(tmp_path, Perfect())
    again = Perfect()
    assert run(tmp_path, again) == 0
    assert again.asked == []


def test_a_stopped_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, Perfect(stops_at=THIRD))
    assert list(read_predictions(tmp_path))[:2] == ["ferry", "bridge"]
    rest = Perfect()
    run(tmp_path, rest)
    assert FIRST not in rest.asked
    assert THIRD in rest.asked
    assert set(read_predictions(tmp_path)) == {case.id for case in CASES}


def test_answers_that_were_ready_are_kept_when_an_earlier_one_stops_the_run(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, Perfect(stops_at=FIRST), workers=8)
    assert "ferry" not in read_predictions(tmp_path)
    assert len(read_predictions(tmp_path)) > 0


def test_a_line_cut_off_by_a_kill_is_asked_again(tmp_path: Path) -> None:
    run(tmp_path, Perfect())
    path = tmp_path / "predictions.jsonl"
    path.write_bytes(path.read_bytes()[:-40])
    again = Perfect()
    assert run(tmp_path, again) == 1
    assert again.asked == [CASES[-1].question]
    assert len(read_predictions(tmp_path)) == len(CASES)


def test_a_damaged_line_in_the_middle_is_an_error_that_names_it(tmp_path: Path) -> None:
    run(tmp_path, Perfect())
    path = tmp_path / "predictions.jsonl"
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([lines[0], "{broken", *lines[2:]]) + "\n", "utf-8")
    with pytest.raises(RunError, match="line 2"):
        read_predictions(tmp_path)


def test_another_recipe_asks_everything_again(tmp_path: Path) -> None:
    run(tmp_path, Perfect())
    assert run_cases(DATASET, Perfect(), tmp_path, {"system": "other"}) == len(CASES)


def test_what_was_asked_with_another_recipe_does_not_count(tmp_path: Path) -> None:
    run(tmp_path, Perfect())
    assert current_predictions(tmp_path, CASES, {"system": "other"}) == {}
    assert len(current_predictions(tmp_path, CASES, RECIPE)) == len(CASES)


def test_a_failed_question_is_an_error_in_the_result_and_is_asked_again(tmp_path: Path) -> None:
    run(tmp_path, Perfect(fails_at=SECOND))
    failed = read_predictions(tmp_path)["bridge"]
    assert failed.answer["status"] == "error"
    assert failed.answer["error"] == "the model is out of order; mend it"
    assert run(tmp_path, Perfect()) == 1
    assert read_predictions(tmp_path)["bridge"].answer["status"] == "answered"


def test_failures_and_missing_answers_count_as_wrong(tmp_path: Path) -> None:
    run(tmp_path, Perfect(fails_at=SECOND))
    predictions = read_predictions(tmp_path)
    del predictions["vote"]
    scored = {item.case.id: item for item in score_run(DATASET, predictions)}
    assert len(scored) == len(CASES)
    for name in ("bridge", "vote"):
        assert scored[name].value("correct") == 0
        assert scored[name].lost_at == "error"
    assert scored["vote"].answer["error"] == "was not asked; run again"


def test_a_bug_is_not_an_answer(tmp_path: Path) -> None:
    class Broken(Perfect):
        def search(self, query: str, k: int) -> list[Any]:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(tmp_path, Broken())


def test_a_perfect_system_is_perfect() -> None:
    scored = score_run(DATASET, {case.id: predict(case, Perfect(), RECIPE) for case in CASES})
    summary = summarise(scored)
    for name in ("correct", "correct_and_supported", "citation_validity", "citation_character_f1", "passage_hit@1"):
        assert summary["metrics"][name]["mean"] == 1
    assert summary["metrics"]["false_answer"]["mean"] == 0
    assert summary["lost_at"] == {}
    assert summary["metrics"]["correct"]["low"] < 1, "eight right answers do not prove a perfect system"


@pytest.mark.slow
def test_the_number_of_workers_and_the_order_change_no_figure(tmp_path: Path) -> None:
    figures = []
    for workers in (1, 4):
        run(tmp_path / str(workers), Perfect(), workers=workers)
        summary = summarise(score_run(DATASET, read_predictions(tmp_path / str(workers))))
        del summary["cost"]
        figures.append(json.dumps(summary))
    assert figures[0] == figures[1]


def test_questions_on_one_article_stand_for_themselves() -> None:
    scored = score_run(DATASET, {})
    assert len(set(independent_groups(scored).values())) == len(CASES)
    same = load_dataset("seed")
    groups = independent_groups(score_run(same, {}))
    assert len(set(groups.values())) == len(same.cases)


def test_a_folder_without_a_run_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="python -m evals run"):
        read_description(tmp_path)
    write_description(tmp_path, {"dataset": "seed", "note": "ü"})
    assert read_description(tmp_path)["note"] == "ü"
    (tmp_path / "run.json").write_text("[]", "utf-8")
    with pytest.raises(RunError, match="describes no run"):
        read_description(tmp_path)
