"""The baselines: each answers every kind of question, quotes exactly, and is as good as it is meant to be."""

from collections.abc import Sequence

import pytest
from evals_sample import CASES, DATASET, FACTS, TEXTS
from test_evals_replies import Counting

from evals.baselines import BASELINES, NEED_A_MODEL, NeedsModel, open_baseline
from evals.baselines.quoting import quoting, split
from evals.runs import predict
from evals.scoring import score_run
from evals.summary import summarise
from qa.events import Finished
from qa.records import Answer, Span

FREE = [name for name in BASELINES if name not in NEED_A_MODEL]


def answers(name: str) -> dict[str, Answer]:
    system = open_baseline(name, DATASET)
    found = {}
    for case in CASES:
        last = list(system.stream(case.question, case.history))[-1]
        assert isinstance(last, Finished)
        found[case.id] = last.answer
    return found


@pytest.mark.parametrize("name", FREE)
def test_every_citation_is_exact_and_every_statement_has_one(name: str) -> None:
    for answer in answers(name).values():
        for citation in answer.citations:
            assert TEXTS[citation.article_id][citation.start : citation.end] == citation.quote
        assert [statement.citations for statement in answer.statements] == [(c.number,) for c in answer.citations]
        assert answer.status == ("answered" if answer.citations else "abstained")
        assert 0 <= answer.confidence <= 1


def figures(name: str) -> dict[str, float | None]:
    system = open_baseline(name, DATASET)
    scored = score_run(DATASET, {case.id: predict(case, system, {}) for case in CASES})
    return {metric: row["mean"] for metric, row in summarise(scored)["metrics"].items()}


def test_the_oracle_is_the_upper_bound_and_silence_the_lower() -> None:
    oracle, silent = figures("oracle"), figures("abstain")
    assert oracle["correct"] == oracle["correct_and_supported"] == oracle["citation_evidence_recall"] == 1
    assert silent["correct"] == silent["over_refusal"] - 0.75 == 0.25  # type: ignore[operator]
    assert silent["passage_hit@10"] == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", ["bm25", "dense", "llamaindex"])
def test_a_search_finds_the_article_of_an_easy_question(name: str) -> None:
    found = figures(name)
    assert found["article_hit@1"] == 1
    assert found["correct"] == 0.75, "it never abstains, so the two questions without an answer are wrong"


def test_the_lead_is_the_opening_of_an_article() -> None:
    for answer in answers("lead").values():
        assert all(citation.start < 200 for citation in answer.citations)
        assert len({citation.article_id for citation in answer.citations}) <= 1


def test_a_writing_baseline_wants_a_model() -> None:
    for name in NEED_A_MODEL:
        with pytest.raises(NeedsModel):
            open_baseline(name, DATASET)
    with pytest.raises(ValueError, match="no baseline"):
        open_baseline("nope", DATASET)


def test_the_model_alone_cites_nothing() -> None:
    system = open_baseline("closed-book", DATASET, Counting())
    answer = predict(CASES[0], system, {}).answer
    assert (answer["text"], answer["citations"], answer["usage"]["calls"]) == ("Reply 1.", [], 1)


def test_the_citation_engine_answers_with_its_numbered_sources() -> None:
    class Citing(Counting):
        def stream(self, messages):  # type: ignore[no-untyped-def]
            assert "Source 1:" in messages[0].content
            return super().stream([*messages])

    system = open_baseline("citation-engine", DATASET, Citing())
    answer = predict(CASES[0], system, {}).answer
    assert answer["status"] == "answered"
    assert answer["passages"][0]["article_id"] == "ferry.txt"


def test_passages_tile_their_articles() -> None:
    for article_id, text in TEXTS.items():
        assert "".join(one.text for one in split(DATASET.articles) if one.article_id == article_id) == text


def test_what_is_quoted_is_trimmed_and_numbered() -> None:
    articles = {article.id: article for article in DATASET.articles}
    quotes: Sequence[tuple[str, Span]] = [("ferry.txt", Span(0, 20)), ("poll.txt", Span(19, 33))]
    answer = quoting("q", quotes, articles, name="x")
    assert answer.text.count("[1]") == answer.text.count("[2]") == 1
    assert [statement.citations for statement in answer.statements] == [(1,), (2,)]
    assert quoting("q", [], articles, name="x").status == "abstained"
    assert FACTS
