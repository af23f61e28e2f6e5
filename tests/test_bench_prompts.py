"""The bench of prompts: what is counted, and whether the evidence stands in what a model is shown."""

from __future__ import annotations

from evals.bench.prompts import AtOnce, measure, table
from evals.datasets import load_dataset
from qa.prompts import Message


def test_it_counts_what_the_model_was_shown() -> None:
    dataset = load_dataset("seed", limit=20)
    model = AtOnce()
    (text,) = dataset.texts.values()

    def whole(question: str) -> None:
        list(model.stream([Message("user", f"[1] {text[:300]}\n[2] {text[300:]}")]))

    def nothing(question: str) -> None:
        list(model.stream([Message("user", question)]))

    rows = {"whole": measure(whole, model, dataset, "whole"), "nothing": measure(nothing, model, dataset, "nothing")}
    answerable = [case for case in dataset.cases if case.evidence]
    assert [one.shown for one in rows["whole"]].count(True) >= len(answerable) - 1  # one quote may stand over the cut
    assert not any(one.shown for one in rows["nothing"])
    assert min(one.tokens for one in rows["whole"]) > 300 > max(one.tokens for one in rows["nothing"]) > 0
    assert all(one.before >= 0 and one.after >= 0 for one in rows["whole"])
    assert "whole" in table(rows)


def test_the_model_repeats_the_first_sentence() -> None:
    model = AtOnce()
    *words, _ = model.stream([Message("user", "===\n# Title\n[1] Dogs bark.\n[2] Cats do not.\n===")])
    assert "".join(word.text for word in words).strip() == "Dogs bark. [1]"  # type: ignore[union-attr]
