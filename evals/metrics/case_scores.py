"""One gold case and one answer -> every score of that case, by name. The only metric module that knows their shapes.

Names carry their unit (``passage_hit@5``, ``article_mrr@10``). Failures count as wrong wherever the case defines a
score; an answerable case that was not answered has no citation precision, but recall and F1 of 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evals.cases import Case
from evals.metrics import answers, budget, citations, facts, retrieval
from evals.metrics.abstention import Outcome
from evals.metrics.attribution import CitedStatement, SupportCheck, attribution
from evals.metrics.ranges import Group, Range
from evals.metrics.score import Score

Pairs = Iterator[tuple[str, Score]]

LONG_ANSWER = "long-answer"
"""Tag of cases whose reference is a paragraph: it is compared by F1, not looked for word by word."""
BUDGETS = (250, 500, 1000, 2000, 4000)
"""Tokens of context at which retrieval is compared."""
_TOKEN = re.compile(r"\w+|[^\w\s]")


def outcome(answer: Mapping[str, Any]) -> Outcome:
    """What came of the question, from the answer's ``status``."""
    if answer["status"] == "error":
        return "error"
    return "abstained" if answer["status"] == "abstained" else "answered"


def gold_groups(case: Case) -> list[Group]:
    """The case's evidence as plain ranges."""
    return [[[(r.article_id, r.start, r.end) for r in option] for option in group] for group in case.evidence]


def count_tokens(text: str) -> int:
    """Words and punctuation marks: a model's tokenizer counts about a quarter more in English."""
    return len(_TOKEN.findall(text))


def case_scores(
    case: Case, answer: Mapping[str, Any], texts: Mapping[str, str], supports: SupportCheck
) -> dict[str, Score]:
    """Every score of one case.

    Args:
        case: the gold case.
        answer: ``Answer.to_dict()``; an optional ``retrieved`` (list of ``{"article_id", "start", "end"}``, best first)
            is ranked in place of ``passages``.
        texts: canonical text of every article.
        supports: the support check for attribution.
    """
    scores = dict(_answer_scores(case, answer))
    scores |= _citation_scores(case, answer, texts)
    scores |= _attribution_scores(case, answer, texts, supports)
    scores |= _correctness(case, answer, scores)
    scores |= _retrieval_scores(case, answer, texts)
    scores |= _cost_scores(answer)
    return scores


def _said(answer: Mapping[str, Any]) -> str:
    return answers.without_markers(answer["text"], {item["number"] for item in answer["citations"]}).strip()


def _answer_scores(case: Case, answer: Mapping[str, Any]) -> Pairs:
    said = _said(answer) if outcome(answer) == "answered" else ""
    reason = "" if outcome(answer) == "answered" else outcome(answer)
    yield "answer_em", _defined(answers.exact_match(said, case.answers), reason, "no reference answer")
    yield "answer_f1", _defined(answers.token_f1(said, case.answers), reason, "no reference answer")
    is_short = LONG_ANSWER not in case.tags
    contains = answers.answer_contains(said, case.answers) if is_short and len(case.nuggets) == 1 else None
    yield "answer_contains", _defined(contains, reason, "not one short reference answer")
    recall = _nugget_recall(said, case.nuggets) if is_short else None
    yield "nugget_recall", _defined(recall, reason, "no nuggets")
    if case.forbidden:
        hits = facts.forbidden_hits(said, case.forbidden)
        yield "forbidden_hit", Score(float(bool(hits)), ", ".join(map(repr, hits)) or reason)
    else:
        yield "forbidden_hit", Score(None, "nothing forbidden")


def _nugget_recall(said: str, nuggets: Sequence[Sequence[str]]) -> float | None:
    """Like ``facts.nugget_recall``, with yes and no read from the first clause."""
    if not nuggets:
        return None
    return sum(bool(answers.answer_contains(said, aliases)) for aliases in nuggets) / len(nuggets)


def _correctness(case: Case, answer: Mapping[str, Any], scores: Mapping[str, Score]) -> Pairs:
    came = outcome(answer)
    if case.answerable:
        yield "over_refusal", Score(float(came != "answered"), came)
        yield "false_answer", Score(None, "answerable")
        correct = _is_right(scores)
    else:
        corrected = came == "answered" and _corrects_premise(scores)
        correct = Score(float(came == "abstained" or corrected), "corrects the premise" if corrected else came)
        yield "over_refusal", Score(None, "not answerable")
        yield "false_answer", Score(1 - (correct.value or 0.0), correct.reason)
    yield "correct", correct
    supported = came == "abstained" or scores["attribution_recall"].value == 1
    whole = None if correct.value is None else float(correct.value == 1 and supported)
    yield "correct_and_supported", Score(whole, correct.reason)


def _is_right(scores: Mapping[str, Score]) -> Score:
    recall, forbidden = scores["nugget_recall"], scores["forbidden_hit"]
    if recall.value is None:
        return recall
    if forbidden.value:
        return Score(0.0, f"says {forbidden.reason}")
    return Score(float(recall.value == 1), recall.reason or f"{recall.value:.0%} of the nuggets")


def _corrects_premise(scores: Mapping[str, Score]) -> bool:
    """Whether an answer to a false premise cites the words that contradict it, without saying what is forbidden."""
    return scores["citation_evidence_recall"].value == 1 and not scores["forbidden_hit"].value


def _places(answer: Mapping[str, Any], texts: Mapping[str, str]) -> tuple[list[tuple[Range, str]], list[Range]]:
    """All citations with their quotes, and their ranges; an invalid one lies in an article that no gold knows."""
    pairs = [((item["article_id"], item["start"], item["end"]), item["quote"]) for item in answer["citations"]]
    ranges = [
        place if citations.is_valid_citation(place, quote, texts) else (f"\0invalid {number}", 0, max(1, len(quote)))
        for number, (place, quote) in enumerate(pairs)
    ]
    return pairs, ranges


def _citation_scores(case: Case, answer: Mapping[str, Any], texts: Mapping[str, str]) -> Pairs:
    came = outcome(answer)
    pairs, cited = _places(answer, texts)
    validity = citations.citation_validity(pairs, texts)
    yield "citation_validity", _defined(validity, "", "no citations")
    groups = gold_groups(case) if case.answerable or came == "answered" else []
    cited = cited if came == "answered" else []
    found = {
        "character": citations.character_agreement(cited, groups),
        "evidence": citations.evidence_agreement(cited, groups),
        "article": citations.article_agreement(cited, groups),
    }
    reason = "" if came == "answered" else came
    for unit, agreement in found.items():
        for name in ("precision", "recall", "f1"):
            missing = "no gold evidence" if not groups else "no citations"
            yield f"citation_{unit}_{name}", _defined(getattr(agreement, name), reason, missing)
    yield "citation_character_iou", _defined(found["character"].iou, reason, "no gold evidence")
    yield "citation_length", _defined(citations.mean_citation_length(cited), "", "no citations")


def _attribution_scores(
    case: Case, answer: Mapping[str, Any], texts: Mapping[str, str], supports: SupportCheck
) -> Pairs:
    came = outcome(answer)
    if came != "answered":
        value = 0.0 if came == "error" and case.answerable else None
        yield "attribution_recall", Score(value, came)
        yield "attribution_precision", Score(None, came)
        return
    found = attribution(cited_statements(answer, texts), supports)
    yield "attribution_recall", Score(found.recall or 0.0, "" if found.recall is not None else "no statements")
    yield "attribution_precision", _defined(found.precision, "", "no citations")


def cited_statements(answer: Mapping[str, Any], texts: Mapping[str, str]) -> list[CitedStatement]:
    """The answer's sentences without markers, each with the words of its valid citations."""
    numbers = {item["number"] for item in answer["citations"]}
    quotes = {
        item["number"]: item["quote"]
        for item in answer["citations"]
        if citations.is_valid_citation((item["article_id"], item["start"], item["end"]), item["quote"], texts)
    }
    return [
        CitedStatement(
            answers.without_markers(answer["text"][item["start"] : item["end"]], numbers).strip(),
            tuple(quotes[number] for number in item["citations"] if number in quotes),
        )
        for item in answer["statements"]
    ]


def ranked_passages(answer: Mapping[str, Any]) -> list[Range]:
    """What was retrieved, best first: ``retrieved`` as it stands, else ``passages`` by score."""
    listed = answer.get("retrieved")
    if listed is None:
        listed = sorted(answer["passages"], key=lambda item: -item["score"])
    return [(item["article_id"], item["start"], item["end"]) for item in listed]


def _retrieval_scores(case: Case, answer: Mapping[str, Any], texts: Mapping[str, str]) -> Pairs:
    groups = gold_groups(case)
    ranked = retrieval.deduplicate(ranked_passages(answer))
    article, passage, together = (retrieval.rank_evidence(ranked, groups, unit) for unit in _UNITS)
    if article is None or passage is None or together is None:
        return
    for k in (1, 5, 10):
        yield f"article_hit@{k}", Score(article.hit(k))
        yield f"passage_hit@{k}", Score(passage.hit(k))
        yield f"passage_evidence_recall@{k}", Score(passage.evidence_recall(k))
        yield f"range_evidence_recall@{k}", Score(together.evidence_recall(k))
    for unit, ranking in (("article", article), ("passage", passage)):
        yield f"{unit}_all_evidence@10", Score(ranking.all_evidence(10))
        yield f"{unit}_mrr@10", Score(ranking.reciprocal_rank(10))
        yield f"{unit}_ap@10", Score(ranking.average_precision(10))
        yield f"{unit}_ndcg@10", Score(ranking.ndcg(10))
    tokens = [count_tokens(texts.get(article_id, "")[start:end]) for article_id, start, end in ranked]
    for limit in BUDGETS:
        recall = budget.budgeted_evidence_recall(ranked, tokens, groups, limit)
        yield f"evidence_recall@{limit}tokens", _defined(recall, "", "no gold evidence")


_UNITS: tuple[retrieval.Unit, ...] = ("article", "passage", "range")


def _cost_scores(answer: Mapping[str, Any]) -> Pairs:
    yield "seconds", Score(float(answer["seconds"]))
    for name in ("prompt_tokens", "completion_tokens", "calls"):
        yield name, Score(float(answer["usage"][name]))


def _defined(value: float | None, reason: str, missing: str) -> Score:
    return Score(None, missing) if value is None else Score(value, reason)
