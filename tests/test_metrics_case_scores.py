"""One case and one answer -> scores, and deliberate damage: every metric moves, and in the right direction."""

import re
from dataclasses import replace
from statistics import fmean
from typing import Any

import pytest

from evals.cases import Case, GoldRange
from evals.metrics.case_scores import case_scores, count_tokens, ranked_passages
from evals.metrics.lexical_support import lexical_support
from qa.records import Answer, Citation, PassageReference, Statement, Usage

FACTS = {
    "ferry": ("How many people were aboard the Skerry Maid?", "The ferry Skerry Maid carried 214 people.", "214"),
    "bridge": ("What did the Ansel bridge cost?", "The Ansel bridge cost 8.5 million dollars.", "$8.5m"),
    "vote": ("When was the vote in Ranta?", "The vote in Ranta was held on 12 March 2025.", "March 12, 2025"),
    "mayor": ("Who is the mayor of Dorn?", "The mayor of Dorn is Ilse Brandt.", "Ilse Brandt"),
}
LEAD = "This is the first sentence of a quiet day. "
TEXTS = {f"{name}.txt": f"{LEAD}{sentence} Nothing else happened. 🛳" for name, (_, sentence, _) in FACTS.items()}


def place(name: str) -> tuple[int, int]:
    return len(LEAD), len(LEAD) + len(FACTS[name][1])


def gold(name: str) -> Case:
    question, _, answer = FACTS[name]
    evidence = (((GoldRange(f"{name}.txt", *place(name)),),),)
    return Case(name, question, True, nuggets=((answer,),), evidence=evidence, forbidden=("999",))


UNANSWERABLE = Case("moon", "Who owns the moon?", False)
PREMISE = Case(
    "premise",
    "Why did the Ansel bridge cost 9 billion dollars?",
    False,
    evidence=gold("bridge").evidence,
    kind="false-premise",
    forbidden=("9 billion dollars because",),
)
CASES = [gold(name) for name in FACTS]


def answered(name: str, cite: str | None = None, sentence: str | None = None) -> dict[str, Any]:
    """A right answer to the fact ``name``, unless told to cite another article or to say another sentence."""
    said = sentence or FACTS[name][1]
    text = f"{said} [1]"
    where = f"{cite or name}.txt"
    start, end = place(cite or name)
    others = [PassageReference(other, 0, len(TEXTS[other]), 0.1) for other in sorted(TEXTS) if other != f"{name}.txt"]
    return Answer(
        question=FACTS[name][0],
        status="answered",
        text=text,
        statements=(Statement(0, len(text), (1,), "supported"),),
        citations=(Citation(1, where, "", None, start, end, TEXTS[where][start:end]),),
        passages=(*others, PassageReference(f"{name}.txt", 0, len(TEXTS[f"{name}.txt"]), 0.9)),
        usage=Usage(100, 20, 1),
        seconds=0.5,
    ).to_dict()


def silent(status: str) -> dict[str, Any]:
    return Answer("q", status, "Not in the articles.", error="broken" if status == "error" else None).to_dict()  # type: ignore[arg-type]


def scores(case: Case, answer: dict[str, Any]) -> dict[str, float | None]:
    return {name: score.value for name, score in case_scores(case, answer, TEXTS, lexical_support).items()}


def means(answers: list[dict[str, Any]], cases: list[Case] | None = None) -> dict[str, float]:
    rows = [scores(case, answer) for case, answer in zip(cases or CASES, answers, strict=True)]
    gathered: dict[str, list[float]] = {}
    for row in rows:
        for name, value in row.items():
            if value is not None:
                gathered.setdefault(name, []).append(value)
    return {name: fmean(values) for name, values in gathered.items()}


PERFECT = [answered(name) for name in FACTS]
BEST = means(PERFECT)
MUST_BE_ONE = [
    *("answer_contains", "nugget_recall", "correct", "correct_and_supported", "citation_validity"),
    *(f"citation_{unit}_{part}" for unit in ("character", "evidence", "article") for part in ("precision", "recall")),
    *("citation_character_f1", "citation_character_iou", "attribution_recall", "attribution_precision"),
    *("passage_hit@1", "article_hit@1", "passage_mrr@10", "passage_ap@10", "passage_ndcg@10", "article_ndcg@10"),
    *("passage_evidence_recall@5", "range_evidence_recall@1", "evidence_recall@1000tokens"),
]


def test_right_answers_score_one() -> None:
    assert {name: BEST[name] for name in MUST_BE_ONE} == dict.fromkeys(MUST_BE_ONE, 1)
    assert BEST["over_refusal"] == BEST["forbidden_hit"] == 0
    assert (BEST["prompt_tokens"], BEST["completion_tokens"], BEST["calls"], BEST["seconds"]) == (100, 20, 1, 0.5)


def falls(worse: dict[str, float], *names: str) -> None:
    assert {name for name in names if worse.get(name, 0.0) >= BEST[name]} == set()


def test_damage_shuffled_citations() -> None:
    others = [*list(FACTS)[1:], next(iter(FACTS))]
    worse = means([answered(name, cite=other) for name, other in zip(FACTS, others, strict=True)])
    falls(
        worse, *(name for name in MUST_BE_ONE if name.startswith(("citation_c", "citation_e", "citation_a", "attri")))
    )
    falls(worse, "correct_and_supported")
    assert worse["answer_f1"] == BEST["answer_f1"]
    assert worse["citation_validity"] == 1


def test_damage_dropped_evidence() -> None:
    without = [
        {**answer, "citations": [], "statements": [{**answer["statements"][0], "citations": []}]} for answer in PERFECT
    ]
    worse = means(without)
    falls(worse, "citation_character_recall", "citation_character_f1", "citation_evidence_f1", "attribution_recall")
    unread = means([{**answer, "passages": answer["passages"][:-1]} for answer in PERFECT])
    falls(unread, *(name for name in BEST if name.startswith(("passage_", "article_", "range_", "evidence_"))))


def test_damage_flipped_numbers() -> None:
    def flip(text: str) -> str:
        return re.sub(r"\d+(?:\.\d+)?", lambda found: str(float(found[0]) + 1).removesuffix(".0"), text)

    answers = [answered(name, sentence=flip(FACTS[name][1])) for name in ("ferry", "bridge", "vote")]
    worse = means(answers, [gold(name) for name in ("ferry", "bridge", "vote")])
    falls(
        worse, "answer_f1", "answer_contains", "nugget_recall", "correct", "attribution_recall", "attribution_precision"
    )
    assert worse["correct"] == worse["attribution_recall"] == 0
    assert worse["citation_character_f1"] == 1


def test_damage_answering_everything_and_abstaining_always() -> None:
    cases = [*CASES, UNANSWERABLE]
    right = means([*PERFECT, silent("abstained")], cases)
    everything = means([*PERFECT, answered("ferry")], cases)
    nothing = means([silent("abstained")] * 5, cases)
    assert (right["false_answer"], everything["false_answer"], nothing["false_answer"]) == (0, 1, 0)
    assert (right["over_refusal"], everything["over_refusal"], nothing["over_refusal"]) == (0, 0, 1)
    assert right["correct"] > everything["correct"] > nothing["correct"]
    assert nothing["answer_f1"] == nothing["citation_character_f1"] == nothing["citation_evidence_recall"] == 0


def test_failures_count_as_wrong_everywhere() -> None:
    worse = means([silent("error")] * 5, [*CASES, UNANSWERABLE])
    for name in ("correct", "answer_em", "answer_f1", "nugget_recall", "citation_evidence_f1", "attribution_recall"):
        assert worse[name] == 0
    assert worse["over_refusal"] == worse["false_answer"] == 1
    assert worse["passage_hit@10"] == 0


def test_an_invalid_citation_is_seen_and_earns_nothing() -> None:
    answer = answered("ferry")
    answer["citations"][0]["start"] += 1
    found = scores(gold("ferry"), answer)
    assert found["citation_validity"] == 0
    assert found["citation_character_precision"] == found["citation_character_recall"] == 0
    assert found["attribution_recall"] == 0


def test_what_is_forbidden_makes_an_answer_wrong() -> None:
    answer = answered("ferry", sentence="The ferry Skerry Maid carried 214 or 999 people.")
    found = scores(gold("ferry"), answer)
    assert (found["forbidden_hit"], found["nugget_recall"], found["correct"]) == (1, 1, 0)


def test_all_nuggets_are_needed() -> None:
    case = replace(gold("ferry"), nuggets=(("214",), ("Port Ansel", "Ansel")))
    found = scores(case, answered("ferry"))
    assert (found["nugget_recall"], found["correct"]) == (0.5, 0)
    assert found["answer_contains"] is None


def test_yes_and_no_are_read_from_the_first_clause() -> None:
    case = replace(gold("ferry"), nuggets=(("no",),))
    assert scores(case, answered("ferry", sentence="Yes, there were no survivors."))["correct"] == 0
    assert scores(case, answered("ferry", sentence="No, it carried 214."))["correct"] == 1


def test_a_paragraph_as_reference_is_not_looked_for_word_by_word() -> None:
    found = scores(replace(gold("ferry"), tags=("long-answer",)), answered("ferry"))
    assert found["correct"] is None
    assert found["answer_f1"] is not None


def test_a_false_premise_may_be_corrected_with_the_words_that_contradict_it() -> None:
    assert scores(PREMISE, silent("abstained"))["correct"] == 1
    assert scores(PREMISE, answered("bridge"))["correct"] == 1
    assert scores(PREMISE, answered("bridge"))["false_answer"] == 0
    assert scores(PREMISE, answered("bridge", cite="ferry"))["false_answer"] == 1
    wrong = answered("bridge", sentence="It cost 9 billion dollars because of steel.")
    assert scores(PREMISE, wrong)["correct"] == 0


def test_unanswerable_cases_define_no_answer_or_retrieval_scores() -> None:
    found = scores(UNANSWERABLE, silent("abstained"))
    for name in ("answer_f1", "nugget_recall", "citation_character_recall", "over_refusal", "attribution_recall"):
        assert found[name] is None
    assert "passage_hit@5" not in found


def test_an_answer_without_statements_supports_nothing() -> None:
    answer = {**answered("ferry"), "statements": []}
    assert scores(gold("ferry"), answer)["attribution_recall"] == 0


def test_passages_are_ranked_by_score_and_a_retrieved_list_goes_first() -> None:
    answer = answered("ferry")
    assert ranked_passages(answer)[0][0] == "ferry.txt"
    assert ranked_passages({**answer, "retrieved": answer["passages"][:1]})[0][0] == "bridge.txt"


@pytest.mark.parametrize(("text", "count"), [("", 0), ("It cost $8.", 5), ("İ 🛳", 2)])
def test_tokens_are_words_and_marks(text: str, count: int) -> None:
    assert count_tokens(text) == count
