"""Gold cases are read strictly: whatever is doubtful is refused, with the name of the case."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.cases import Case, CaseError, GoldRange, corpus_digest, load_cases
from evals.datasets import OWN, load_dataset
from qa.records import Turn

TEXT = "🛳 The ferry sank. 27 people died. İt was calm. No comment. No comment."
ARTICLES = {"a.txt": TEXT, "b.txt": "Twenty-seven people died on Monday."}
GOOD: dict[str, Any] = {
    "id": "ferry-1",
    "question": "How many died?",
    "answerable": True,
    "answers": ["27", "twenty-seven"],
    "evidence": [{"article_id": "a.txt", "quote": "27 people died"}],
}


def load(tmp_path: Path, *records: object, raw: str = "") -> list[Case]:
    path = tmp_path / "cases.jsonl"
    path.write_text(raw or "".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return load_cases(path, ARTICLES)


def test_a_quote_becomes_its_range_in_code_points(tmp_path: Path) -> None:
    [case] = load(tmp_path, GOOD)
    [place] = case.ranges
    assert TEXT[place.start : place.end] == "27 people died"
    assert case.nuggets == (("27", "twenty-seven"),)
    assert case.answers == ("27", "twenty-seven")


def test_offsets_may_stand_for_a_quote(tmp_path: Path) -> None:
    [case] = load(tmp_path, GOOD | {"evidence": [{"article_id": "a.txt", "start": 18, "end": 34}]})
    assert case.ranges == (GoldRange("a.txt", 18, 34),)


def test_evidence_is_an_and_of_ors(tmp_path: Path) -> None:
    first = [[{"article_id": "a.txt", "quote": "27 people died"}], [{"article_id": "b.txt", "quote": "Twenty-seven"}]]
    second = [[{"article_id": "a.txt", "quote": "The ferry sank"}]]
    [case] = load(tmp_path, GOOD | {"evidence": [first, second]})
    assert [len(group) for group in case.evidence] == [2, 1]


def test_everything_else_is_kept(tmp_path: Path) -> None:
    turns = [{"question": "What sank?", "answer": "The ferry."}]
    more = {"kind": "number", "tags": ["tune", "story:ferry"], "forbidden": ["31"], "history": turns}
    [case] = load(tmp_path, GOOD | more)
    assert (case.kind, case.tags, case.forbidden) == ("number", ("tune", "story:ferry"), ("31",))
    assert case.history == (Turn("What sank?", "The ferry."),)
    assert case.cluster == "story:ferry"


def test_without_a_story_the_article_is_the_cluster(tmp_path: Path) -> None:
    silent = {"id": "x", "question": "Why?", "answerable": False}
    cases = load(tmp_path, GOOD, silent)
    assert [case.cluster for case in cases] == ["a.txt", "x"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"evidence": [{"article_id": "c.txt", "quote": "27"}]}, "no article 'c.txt'"),
        ({"evidence": [{"article_id": "a.txt", "quote": "28 people"}]}, "does not hold '28 people'"),
        ({"evidence": [{"article_id": "a.txt", "quote": "No comment"}]}, "more than once"),
        ({"evidence": [{"article_id": "a.txt", "start": 5, "end": 5000}]}, "does not lie in"),
        ({"evidence": [{"article_id": "a.txt", "start": 5, "end": 5}]}, "does not lie in"),
        ({"evidence": [{"article_id": "a.txt"}]}, "does not lie in"),
        ({"evidence": [{"article_id": "a.txt", "quote": "27 people", "start": 18, "end": 27}]}, "offsets as well"),
        ({"evidence": []}, "without answers or evidence"),
        ({"answers": []}, "without answers or evidence"),
        ({"answers": ["28"]}, "none of ('28',) occurs in the evidence"),
        ({"answers": ["7"]}, "none of ('7',) occurs in the evidence"),
        ({"answers": [["27"], ["Monday"]]}, "none of ('Monday',) occurs"),
        ({"forbidden": ["27"]}, "forbidden '27' occurs"),
        ({"answerable": False}, "not answerable, but with answers"),
        ({"answerable": False, "answers": []}, "not answerable, but with answers or evidence"),
        ({"answerable": "yes"}, "answerable"),
        ({"answer": "27"}, "answer"),
        ({"question": " "}, "question"),
        ({"history": [{"question": "What?"}]}, "history.0.answer"),
        ({"tags": "must"}, "tags"),
    ],
)
def test_doubtful_cases_are_refused_by_name(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    with pytest.raises(CaseError) as refused:
        load(tmp_path, GOOD | change)
    assert said in str(refused.value)
    assert "'ferry-1'" in str(refused.value)


def test_a_worked_out_answer_need_not_be_quoted(tmp_path: Path) -> None:
    assert load(tmp_path, GOOD | {"answers": ["28"], "tags": ["derived"]})


def test_a_false_premise_has_the_words_that_contradict_it_and_no_answer(tmp_path: Path) -> None:
    [case] = load(tmp_path, GOOD | {"answerable": False, "answers": [], "kind": "false-premise"})
    assert case.ranges
    assert not case.nuggets


@pytest.mark.parametrize(
    ("raw", "said"),
    [("{", "line 1: not JSON"), ("[1]\n", "expected an object"), ('{"id": "x"}\n', "question"), ("\n\n{\n", "line 3")],
)
def test_lines_that_are_no_cases_are_refused_by_number(tmp_path: Path, raw: str, said: str) -> None:
    with pytest.raises(CaseError, match=said):
        load(tmp_path, raw=raw)


def test_an_id_may_not_occur_twice(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="occurs twice"):
        load(tmp_path, GOOD, GOOD)


def test_cases_for_other_articles_are_refused(tmp_path: Path) -> None:
    assert load(tmp_path, {"corpus_sha256": corpus_digest(ARTICLES)}, GOOD)
    with pytest.raises(CaseError, match="was written for corpus"):
        load(tmp_path, {"corpus_sha256": "0" * 64}, GOOD)


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="cannot read"):
        load_cases(tmp_path / "none.jsonl", ARTICLES)


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=20), min_size=1, max_size=5))
def test_the_digest_knows_every_letter_and_no_order(articles: dict[str, str]) -> None:
    digest = corpus_digest(articles)
    assert corpus_digest(dict(reversed(articles.items()))) == digest
    name = next(iter(articles))
    assert corpus_digest(articles | {name: articles[name] + "."}) != digest


def test_where_an_id_ends_and_a_text_begins_is_part_of_the_digest() -> None:
    assert corpus_digest({"a": "bc"}) != corpus_digest({"ab": "c"})
    assert corpus_digest({"a": "\ud800"}) != corpus_digest({"a": "?"})


@pytest.mark.parametrize("name", OWN)
def test_our_own_cases_are_valid_and_their_parts_do_not_share_a_story(name: str) -> None:
    dataset = load_dataset(name)
    assert len(dataset.cases) >= {"seed": 60, "newsroom": 300, "press": 220}[name]
    stories: dict[str, set[str]] = {"tune": set(), "report": set()}
    for case in dataset.cases:
        for part in set(case.tags) & set(stories):
            stories[part].add(case.cluster)
    assert not stories["tune"] & stories["report"]
