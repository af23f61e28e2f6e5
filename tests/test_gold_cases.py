"""The project's own questions: that they load, hold together and can be trusted as a measure."""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from evals.cases import Case, CaseError, load_cases
from evals.datasets import OWN, Dataset, load_dataset
from evals.metrics.answers import answer_contains
from evals.metrics.facts import forbidden_hits
from qa.sentences import sentence_spans

README = Path(__file__).parents[1] / "evals" / "cases" / "README.md"
NAMES = sorted(OWN)
INVENTED = ["newsroom", "press"]
"""The sets whose articles were written for the project."""
LEAST = {
    "newsroom": {
        "false-premise": 50,
        "unanswerable": 50,
        "as-of": 20,
        "contradiction": 20,
        "conversation": 20,
        "latest": 20,
        "number": 20,
        "paraphrase": 20,
        "table": 20,
        "who-is": 15,
        "comparison": 25,
        "multi-hop": 10,
        "two-part": 10,
        "correction": 10,
        "date": 10,
        "fact": 10,
        "injection": 10,
        "keyword": 10,
        "misspelt": 10,
        "multi-article": 10,
        "multi-sentence": 10,
        "quote": 10,
        "timeline": 10,
        "why": 10,
        "who-said": 5,
    },
    "press": {
        "contradiction": 30,
        "false-premise": 25,
        "unanswerable": 25,
        "comparison": 30,
        "who-said": 20,
        "latest": 18,
        "as-of": 14,
        "correction": 14,
        "timeline": 12,
        "date": 10,
        "misspelt": 10,
        "multi-hop": 10,
        "two-part": 10,
        "fact": 5,
        "number": 5,
        "quote": 5,
        "who-is": 5,
        "why": 5,
    },
    "seed": {
        "unanswerable": 10,
        "fact": 5,
        "paraphrase": 5,
        "quote": 5,
        "false-premise": 5,
        "who-said": 5,
        "keyword": 5,
        "conversation": 3,
        "misspelt": 3,
        "multi-sentence": 3,
        "who-is": 3,
        "date": 2,
        "timeline": 2,
        "comparison": 1,
        "contradiction": 1,
        "number": 1,
    },
}


@cache
def dataset(name: str) -> Dataset:
    return load_dataset(name)


def records(name: str) -> list[dict[str, Any]]:
    lines = OWN[name][1].read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def quoted(dataset: Dataset, case: Case) -> Iterator[str]:
    """What an answer says that quotes one alternative of every group, each with the name of its newspaper."""
    sources = {article.id: article.source or "" for article in dataset.articles}
    for choice in itertools.product(*case.evidence):
        ranges = [item for option in choice for item in option]
        yield " ".join(f"{dataset.texts[r.article_id][r.start : r.end]} {sources[r.article_id]}." for r in ranges)


def gold_sentences(dataset: Dataset, case: Case) -> str:
    sentences = {
        (item.article_id, span.start): dataset.texts[item.article_id][span.start : span.end]
        for item in case.ranges
        for span in sentence_spans(dataset.texts[item.article_id])
        if span.start < item.end and item.start < span.end
    }
    return " ".join(sentences.values())


def article_files(name: str) -> list[Path]:
    return sorted(OWN[name][0].iterdir())


@pytest.mark.parametrize(("name", "cases", "articles"), [("seed", 60, 1), ("newsroom", 500, 90), ("press", 220, 60)])
def test_enough_cases_and_articles(name: str, cases: int, articles: int) -> None:
    assert len(dataset(name).cases) >= cases
    assert len(dataset(name).articles) >= articles


@pytest.mark.parametrize("name", NAMES)
def test_every_kind_is_there_often_enough(name: str) -> None:
    counts = Counter(case.kind for case in dataset(name).cases)
    assert set(counts) == set(LEAST[name])
    assert {kind: counts[kind] for kind, least in LEAST[name].items() if counts[kind] < least} == {}


@pytest.mark.parametrize("name", NAMES)
def test_the_readme_explains_every_kind(name: str) -> None:
    explained = set(re.findall(r"^\| `([a-z-]+)` \|", README.read_text(encoding="utf-8"), re.MULTILINE))
    assert {case.kind for case in dataset(name).cases} <= explained


@pytest.mark.parametrize("name", NAMES)
def test_a_quarter_has_no_answer(name: str) -> None:
    cases = dataset(name).cases
    assert sum(not case.answerable for case in cases) >= len(cases) / 4


@pytest.mark.parametrize("name", NAMES)
def test_the_digest_is_that_of_the_articles(name: str) -> None:
    assert records(name)[0] == {"corpus_sha256": dataset(name).digest}


@pytest.mark.parametrize("name", NAMES)
def test_a_changed_article_is_noticed(name: str) -> None:
    texts = dict(dataset(name).texts)
    texts[min(texts)] += " "
    with pytest.raises(CaseError, match="was written for corpus"):
        load_cases(OWN[name][1], texts)


@pytest.mark.parametrize("name", NAMES)
def test_every_quote_stands_once_in_its_article(name: str) -> None:
    texts = dataset(name).texts
    wrong = [
        (record["id"], item["quote"])
        for record in records(name)[1:]
        for group in record.get("evidence", [])
        for option in group
        for item in option
        if texts[item["article_id"]].count(item["quote"]) != 1
    ]
    assert wrong == []


@pytest.mark.parametrize("name", NAMES)
def test_quoting_any_alternative_answers_the_question(name: str) -> None:
    whole = dataset(name)
    silent = [
        (case.id, aliases)
        for case in whole.cases
        if "derived" not in case.tags
        for aliases in case.nuggets
        if not all(answer_contains(text, aliases) for text in quoted(whole, case))
    ]
    assert silent == []


@pytest.mark.parametrize("name", NAMES)
def test_no_right_answer_is_forbidden(name: str) -> None:
    whole = dataset(name)
    punished = [
        (case.id, phrase)
        for case in whole.cases
        for text in (gold_sentences(whole, case), case.question, *itertools.chain(*case.nuggets))
        for phrase in forbidden_hits(text, case.forbidden)
    ]
    assert punished == []


@pytest.mark.parametrize("name", NAMES)
def test_no_question_is_asked_twice(name: str) -> None:
    asked = Counter(
        (" ".join(re.findall(r"\w+", case.question.casefold())), case.history) for case in dataset(name).cases
    )
    assert [question for question, times in asked.items() if times > 1] == []


@pytest.mark.parametrize("name", NAMES)
def test_conversations_and_only_they_have_earlier_turns(name: str) -> None:
    assert [case.id for case in dataset(name).cases if bool(case.history) != (case.kind == "conversation")] == []


@pytest.mark.parametrize("part", ["tune", "report"])
@pytest.mark.parametrize(("name", "least"), [("newsroom", 200), ("press", 100)])
def test_both_halves_are_large_and_mixed(name: str, least: int, part: str) -> None:
    cases = load_dataset(name, part=part).cases
    unanswerable = sum(not case.answerable for case in cases)
    assert len(cases) >= least
    assert unanswerable >= len(cases) / 5
    assert {case.kind for case in cases} == set(LEAST[name])


@pytest.mark.parametrize("name", INVENTED)
def test_a_story_lies_in_one_half(name: str) -> None:
    halves: dict[str, set[str]] = {}
    for case in dataset(name).cases:
        assert case.cluster.startswith("story:")
        halves.setdefault(case.cluster, set()).update({"tune", "report"} & set(case.tags))
    assert {story: found for story, found in halves.items() if len(found) != 1} == {}


def test_multi_article_cases_need_more_than_one_article() -> None:
    narrow = [
        case.id
        for case in dataset("newsroom").cases
        if case.kind == "multi-article" and len({item.article_id for item in case.ranges}) < 2
    ]
    assert narrow == []


@pytest.mark.parametrize("name", INVENTED)
def test_every_article_is_asked_about(name: str) -> None:
    whole = dataset(name)
    asked = {item.article_id for case in whole.cases for item in case.ranges}
    assert sorted(set(whole.texts) - asked) == []


@pytest.mark.parametrize("name", INVENTED)
def test_every_article_is_marked_fictional(name: str) -> None:
    marks = {".md": "\nfictional: true\n", ".txt": "(fictional)", ".jsonl": ".example/"}
    for path in article_files(name):
        pieces = path.read_text(encoding="utf-8").splitlines() if path.suffix == ".jsonl" else [path.read_text("utf-8")]
        assert all(marks[path.suffix] in piece for piece in pieces), path.name


@pytest.mark.parametrize("name", INVENTED)
def test_addresses_lead_nowhere(name: str) -> None:
    hosts = {
        host
        for path in article_files(name)
        for host in re.findall(r"https?://([^/\s\"]+)", path.read_text(encoding="utf-8"))
    }
    assert hosts
    assert {host for host in hosts if not host.endswith(".example")} == set()


def test_every_story_of_the_press_is_told_by_several_outlets() -> None:
    whole = dataset("press")
    sources = {article.id: article.source for article in whole.articles}
    told: dict[str, set[str | None]] = {}
    for case in whole.cases:
        told.setdefault(case.cluster, set()).update(sources[item.article_id] for item in case.ranges)
    assert len(told) == 8
    assert {story: outlets for story, outlets in told.items() if len(outlets) < 3} == {}
    assert len(set(sources.values())) == 6


def test_contradictions_of_the_press_ask_for_both_sides() -> None:
    sided = [case.id for case in dataset("press").cases if case.kind == "contradiction" and len(case.nuggets) != 2]
    assert sided == []


def test_several_outlets_months_and_lengths() -> None:
    articles = dataset("newsroom").articles
    lengths = sorted(len(article.text) for article in articles)
    assert len({article.source for article in articles if article.source}) >= 7
    assert {str(article.published)[:7] for article in articles} == {f"2031-0{month}" for month in range(2, 7)}
    assert lengths[0] < 500
    assert lengths[-1] > 7_000
