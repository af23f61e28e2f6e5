"""A whole run on real gold, damaged on purpose: every figure moves the right way; and two runs give the same ones."""

import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from evals_sample import write_sample

from evals.baselines import open_baseline
from evals.datasets import Dataset, load_dataset
from evals.gate import baseline_of, judge
from evals.runs import Prediction, predict
from evals.scoring import Scored, score_run
from evals.summary import summarise

pytestmark = pytest.mark.slow

Answer = dict[str, Any]
SILENT = {"status": "abstained", "text": "", "statements": [], "citations": [], "confidence": 0.0}


@cache
def gold() -> tuple[Dataset, dict[str, Prediction]]:
    """The newsroom, answered by quoting the gold evidence."""
    dataset = load_dataset("newsroom", limit=120)
    oracle = open_baseline("oracle", dataset)
    return dataset, {case.id: predict(case, oracle, {}) for case in dataset.cases}


def damaged(change: Callable[[Answer], Answer], retrieved: bool = True) -> list[Scored]:
    dataset, predictions = gold()
    changed = {
        case_id: Prediction(case_id, old.key, change(dict(old.answer)), old.stages, old.retrieved if retrieved else [])
        for case_id, old in predictions.items()
    }
    return score_run(dataset, changed)


def means(scored: list[Scored]) -> dict[str, float | None]:
    return {name: row["mean"] for name, row in summarise(scored)["metrics"].items()}


@cache
def best() -> dict[str, float | None]:
    return means(damaged(lambda answer: answer))


def falls(worse: dict[str, float | None], *names: str) -> None:
    assert {name for name in names if (worse[name] or 0) >= (best()[name] or 0)} == set()


def test_quoting_the_gold_is_nearly_perfect() -> None:
    assert best()["correct"] is not None
    assert best()["correct"] > 0.95
    assert best()["citation_evidence_recall"] == best()["citation_validity"] == 1
    assert best()["false_answer"] == best()["over_refusal"] == 0


def test_shuffled_citations() -> None:
    _, predictions = gold()
    every = [citation for one in predictions.values() for citation in one.answer["citations"]]
    chance = random.Random(0)

    def shuffle(answer: Answer) -> Answer:
        moved = [{**chance.choice(every), "number": one["number"]} for one in answer["citations"]]
        return answer | {"citations": moved}

    worse = means(damaged(shuffle))
    falls(worse, "citation_character_precision", "citation_character_f1", "citation_evidence_recall")
    falls(worse, "citation_article_f1", "attribution_recall", "correct_and_supported")
    assert worse["nugget_recall"] == best()["nugget_recall"]


def test_dropped_evidence() -> None:
    def uncited(answer: Answer) -> Answer:
        statements = [{**one, "citations": []} for one in answer["statements"]]
        return answer | {"citations": [], "statements": statements, "text": re.sub(r" \[\d+\]", "", answer["text"])}

    falls(means(damaged(uncited)), "citation_character_f1", "citation_evidence_recall", "attribution_recall")
    unread = means(damaged(lambda answer: answer | {"passages": []}, retrieved=False))
    falls(unread, "passage_hit@1", "passage_evidence_recall@5", "article_mrr@10", "evidence_recall@2000tokens")


def test_flipped_numbers() -> None:
    def flip(answer: Answer) -> Answer:
        text = re.sub(r"(?<!\[)\b\d+", lambda found: str(int(found[0]) + 1).zfill(len(found[0])), answer["text"])
        same_length = len(text) == len(answer["text"])
        return answer | {"text": text} if same_length else answer

    worse = means(damaged(flip))
    falls(worse, "correct", "nugget_recall", "attribution_recall", "correct_and_supported")
    assert worse["citation_character_f1"] == best()["citation_character_f1"]


def test_answering_everything() -> None:
    _, predictions = gold()
    said = next(one.answer for one in predictions.values() if one.answer["citations"])
    worse = means(damaged(lambda answer: answer if answer["citations"] else {**said, "question": answer["question"]}))
    assert worse["false_answer"] == 1
    assert worse["over_refusal"] == 0
    falls(worse, "correct")


def test_abstaining_always() -> None:
    scored = damaged(lambda answer: answer | SILENT)
    worse = means(scored)
    assert worse["false_answer"] == 0
    assert worse["over_refusal"] == 1
    falls(worse, "correct", "answer_f1", "nugget_recall", "citation_character_f1", "citation_evidence_recall")
    rates = summarise(scored)["abstention"]
    assert rates["recall"] == 1
    assert rates["coverage"] == 0


def test_the_gate_sees_each_damage() -> None:
    dataset, _ = gold()
    baseline = baseline_of(damaged(lambda answer: answer), dataset.name, dataset.digest)
    passed = {item.passed for item in judge(damaged(lambda answer: answer), dataset.digest, baseline)}
    assert passed == {True}
    for change in (SILENT, {"citations": []}, {"text": "Nothing [1]."}, {"status": "error", "error": "broken"}):
        found = judge(damaged(lambda answer, change=change: answer | change), dataset.digest, baseline)  # type: ignore[misc]
        assert not all(item.passed for item in found)


@pytest.mark.parametrize("system", ["bm25"])
def test_two_processes_give_the_same_figures(tmp_path: Path, system: str) -> None:
    name = write_sample(tmp_path / "sample")
    figures = []
    for seed in ("1", "2"):
        out = tmp_path / seed
        words = ["run", name, "--out", str(out), "--system", system, "--beside", "none", "--cache", str(tmp_path / "c")]
        done = subprocess.run(
            [sys.executable, "-m", "evals", *words, "--workers", seed],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[1],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        summary = json.loads((out / "summary.json").read_text("utf-8"))
        del summary["cost"]
        figures.append(summary)
    assert figures[0] == figures[1]
