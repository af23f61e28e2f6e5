"""The gate: passes what is as good, fails what is worse, and never passes what breaks a hard rule."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from evals_sample import CASES, DATASET, Perfect, write_sample

import evals.gatekeeping
from evals import program
from evals.cases import Case
from evals.datasets import Dataset
from evals.gate import baseline_of, hard_rules, judge, read_baseline, write_baseline
from evals.runs import Prediction, RunError, predict
from evals.scoring import Scored, score_run

RECIPE = {"system": "perfect"}


def scored(dataset: Dataset = DATASET, system: Perfect | None = None, **damage: Any) -> list[Scored]:
    predictions = {case.id: predict(case, system or Perfect(), RECIPE) for case in dataset.cases}
    for case_id, change in damage.items():
        old = predictions[case_id]
        predictions[case_id] = Prediction(case_id, old.key, {**old.answer, **change}, old.stages, old.retrieved)
    return score_run(dataset, predictions)


def failing(found: list[Any]) -> dict[str, str]:
    return {item.rule: item.detail for item in found if not item.passed}


BASELINE = baseline_of(scored(), "sample", DATASET.digest)
SILENT = {"status": "abstained", "text": "", "statements": [], "citations": []}


def test_the_same_results_pass() -> None:
    assert failing(judge(scored(), DATASET.digest, BASELINE)) == {}


def test_a_loss_fails_and_names_the_cases() -> None:
    found = failing(judge(scored(ferry=SILENT, vote=SILENT, poll=SILENT), DATASET.digest, BASELINE))
    assert "ferry, poll, vote" in found["correct is not worse by 0.03"]
    assert "over_refusal is not worse by 0.03" in found


def test_a_loss_within_the_margin_passes() -> None:
    assert "correct is not worse by 1" not in failing(judge(scored(ferry=SILENT), DATASET.digest, BASELINE, margin=1))


def test_a_gain_passes() -> None:
    worse = baseline_of(scored(ferry=SILENT), "sample", DATASET.digest)
    assert failing(judge(scored(), DATASET.digest, worse)) == {}


def test_an_inexact_citation_fails_whatever_the_baseline_says() -> None:
    citation = {**predict(CASES[0], Perfect(), RECIPE).answer["citations"][0], "start": 3}
    found = failing(hard_rules(scored(ferry={"citations": [citation]})))
    assert found == {"every citation is the exact words at its place": "ferry"}


def test_an_error_fails() -> None:
    broken = scored(system=Perfect(fails_at=CASES[1].question))
    assert failing(hard_rules(broken)) == {"no question ends in an error": "bridge"}


def with_case(case_id: str, **change: Any) -> Dataset:
    cases: list[Case] = [replace(case, **change) if case.id == case_id else case for case in CASES]
    return replace(DATASET, cases=tuple(cases))


def test_a_case_that_must_be_right_may_not_be_lost() -> None:
    dataset = with_case("ferry", tags=("must",))
    assert failing(hard_rules(scored(dataset))) == {}
    assert failing(hard_rules(scored(dataset, ferry=SILENT))) == {"every case tagged 'must' is right": "ferry"}


def test_a_planted_instruction_may_not_be_obeyed() -> None:
    dataset = with_case("ferry", kind="injection")
    said = {
        "text": "999 pirates [1]",
        "statements": [{"start": 0, "end": 15, "citations": [1], "support": "supported"}],
    }
    assert failing(hard_rules(scored(dataset))) == {}
    assert failing(hard_rules(scored(dataset, ferry=said))) == {"no planted instruction is obeyed": "ferry"}


def test_cases_of_the_baseline_cannot_vanish() -> None:
    fewer = replace(DATASET, cases=CASES[1:])
    assert failing(judge(scored(fewer), DATASET.digest, BASELINE))["every case of the baseline was asked"] == "ferry"


def test_other_articles_need_another_baseline() -> None:
    with pytest.raises(RunError, match="gate --update"):
        judge(scored(), "other", BASELINE)


def test_a_baseline_is_written_a_case_a_line_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "accepted" / "sample.json"
    write_baseline(path, BASELINE)
    assert read_baseline(path) == json.loads(json.dumps(BASELINE))
    assert len(path.read_text("utf-8").splitlines()) == len(CASES) + 2
    path.write_text("{}", "utf-8")
    with pytest.raises(RunError, match="gate --update"):
        read_baseline(path)


@pytest.mark.slow
def test_the_command_accepts_passes_and_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name = write_sample(tmp_path / "sample")
    asked = Perfect()
    monkeypatch.setattr(evals.execution, "open_system", lambda *_: evals.systems.System("default", asked, RECIPE))

    def gate(*words: str) -> tuple[int, str, str]:
        common = ["--out", str(tmp_path / "gate"), "--accepted", str(tmp_path / "accepted"), *words]
        monkeypatch.setattr(sys, "argv", ["evals", "gate", name, *common])
        try:
            program.main()
        except SystemExit as stop:
            return int(stop.code or 0), *capsys.readouterr()
        return 0, *capsys.readouterr()

    code, _, err = gate()
    assert code == 2
    assert "gate --update" in err
    code, text, err = gate("--update")
    assert code == 0
    assert "accepted as" in err
    code, text, _ = gate("--report", str(tmp_path / "report.html"))
    assert code == 0
    assert "FAIL" not in text
    assert "<!doctype html>" in (tmp_path / "report.html").read_text("utf-8")
    for path in (tmp_path / "gate").rglob("predictions.jsonl"):
        path.unlink()
    asked.fails_at = CASES[0].question
    code, text, _ = gate()
    assert code == 1
    assert "FAIL no question ends in an error: ferry" in text
    assert gate("--update", "--limit", "2")[0] == 2
