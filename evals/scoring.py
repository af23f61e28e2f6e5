"""Saved predictions -> scores of every case. Pure: no model, no index; the same files give the same numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evals.cases import Case
from evals.datasets import Dataset
from evals.metrics.abstention import Outcome
from evals.metrics.case_scores import case_scores, outcome
from evals.metrics.lexical_support import lexical_support
from evals.metrics.score import Score
from evals.runs import Prediction
from qa.records import Answer


@dataclass(frozen=True, slots=True)
class Scored:
    """One case, what was answered, and every score. ``lost_at`` is the first step that went wrong, if one did."""

    case: Case
    answer: dict[str, Any]
    stages: Mapping[str, float]
    outcome: Outcome
    scores: Mapping[str, Score]
    lost_at: str

    def value(self, name: str) -> float | None:
        """The score called ``name``; ``None`` where the case does not define it."""
        return self.scores[name].value if name in self.scores else None


def independent_groups(scored: Sequence[Scored]) -> dict[str, str]:
    """What dependent cases share, by case id.

    Where most cases share the same, as in questions on one article, every case stands for itself: intervals then tell
    how much the choice of questions matters, and nothing about other articles.
    """
    clusters = {item.case.id: item.case.cluster for item in scored}
    largest = max(Counter(clusters.values()).values(), default=0)
    return clusters if 2 * largest <= len(clusters) else {case_id: case_id for case_id in clusters}


def score_run(dataset: Dataset, predictions: Mapping[str, Prediction]) -> list[Scored]:
    """Scores every case of ``dataset`` in its order; a case without a prediction failed, it is not left out."""
    texts = dataset.texts
    return [_score(case, predictions.get(case.id), texts) for case in dataset.cases]


def _score(case: Case, prediction: Prediction | None, texts: Mapping[str, str]) -> Scored:
    if prediction is None:
        answer = Answer(case.question, "error", "", error="was not asked; run again").to_dict()
    else:
        answer = prediction.scored_answer()
    scores = case_scores(case, answer, texts, lexical_support)
    stages = prediction.stages if prediction else {}
    return Scored(case, answer, stages, outcome(answer), scores, _lost_at(case, answer, scores))


def _lost_at(case: Case, answer: Mapping[str, Any], scores: Mapping[str, Score]) -> str:
    """The first step at which a wrong answer went wrong: error, retrieval, abstention, answer or citation."""
    if scores["correct"].value == 1 and scores["correct_and_supported"].value == 1:
        return ""
    if answer["status"] == "error":
        return "error"
    if not case.answerable:
        return "" if scores["correct"].value == 1 else "abstention"
    found = scores.get("range_evidence_recall@10")
    if found is not None and (found.value or 0) < 1:
        return "retrieval"
    if answer["status"] == "abstained":
        return "abstention"
    return "answer" if scores["correct"].value == 0 else "citation"
