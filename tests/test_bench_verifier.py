"""The bench of the verifier: altered pairs differ in what they say they do, and its figures count what they name."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from evals.bench.minimal_pairs import ALTERED, FAITHFUL, Pair, make_pairs, sources
from evals.bench.verifier import Judged, as_passage, balanced_accuracy, check_claim, pair_evidence, ranking, web_page
from evals.bench.verifier_weights import Claim, fit
from qa.sentences import sentence_spans
from qa.verify import Verdict, verify
from qa.verify.weights import WEIGHTS

TEXTS = {
    "bridge": (
        "Mayor Ana Ruiz opened the new bridge in Dray on Monday, which cost $12 million and took 3 years to build. "
        "The work was finished by engineers from Norway, and nobody was not paid in time for the long job. "
        "Critics said that the bridge would never carry as much traffic as the planners had promised to Dray. "
        "Ruiz called the builders of Oslo heroes, although the opening had to wait 45 minutes for the King of Norway. "
    ),
    "vote": (
        "The Council of Merrin voted by 14 votes to close the harbour of Tolle in March after a long public debate. "
        "According to Peter Hale, the harbour may lose 20 percent of its trade within the next two years or so. "
        "The Council did not say when the 300 dock workers (most of them from Tolle) will be paid what it owes them. "
        "Boats from Sweden carried the fish to Denmark every day, and the market in Merrin opened at dawn. "
    ),
}
DATA = Path(os.environ.get("EVALS_DATA") or Path(__file__).parents[2] / "shared" / "data")


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    found = [source for key, text in TEXTS.items() for source in sources(key, key.title(), text)]
    return [*make_pairs(found)]


def of_kind(pairs: list[Pair], kind: str) -> list[Pair]:
    return [pair for pair in pairs if pair.kind == kind]


def test_the_same_texts_give_the_same_pairs(pairs: list[Pair]) -> None:
    found = [source for key, text in TEXTS.items() for source in sources(key, key.title(), text)]
    assert [*make_pairs(found)] == pairs


def test_all_kinds_are_known(pairs: list[Pair]) -> None:
    assert {pair.kind for pair in pairs} <= {*ALTERED, *FAITHFUL}
    assert {"number", "date", "unit", "name", "negation added", "identity", "wrong article"} <= {p.kind for p in pairs}


@pytest.mark.parametrize("kind", ["number", "date"])
def test_one_value_is_changed_and_nothing_else(pairs: list[Pair], kind: str) -> None:
    assert of_kind(pairs, kind)
    for pair in of_kind(pairs, kind):
        mine, theirs = pair.statement.split(), pair.source.text.split()
        assert len(mine) == len(theirs)
        assert sum(a != b for a, b in zip(mine, theirs, strict=True)) == 1


def test_altered_statements_differ_from_their_source(pairs: list[Pair]) -> None:
    for pair in pairs:
        assert (pair.statement == pair.source.text) <= (pair.kind in FAITHFUL)


def test_negations_are_put_in_and_taken_out(pairs: list[Pair]) -> None:
    count = re.compile(r"\bnot\b")
    for pair in of_kind(pairs, "negation added"):
        assert len(count.findall(pair.statement)) == len(count.findall(pair.source.text)) + 1
    for pair in of_kind(pairs, "negation removed"):
        assert len(pair.statement) < len(pair.source.text)


def test_who_said_it_is_cut_off(pairs: list[Pair]) -> None:
    assert of_kind(pairs, "attribution dropped")
    for pair in of_kind(pairs, "attribution dropped"):
        assert "Hale" not in pair.statement
        assert "Critics" not in pair.statement


def test_swaps_keep_every_word_and_move_no_pronoun(pairs: list[Pair]) -> None:
    assert of_kind(pairs, "swap")
    for pair in of_kind(pairs, "swap"):
        assert sorted(pair.statement.split()) != pair.statement.split()
        assert sorted(re.findall(r"\w+", pair.statement)) == sorted(re.findall(r"\w+", pair.source.text))
        assert not re.search(r"[a-z] (?:The|They|This)\b", pair.statement)


def test_a_wrong_article_is_another_article(pairs: list[Pair]) -> None:
    for pair in of_kind(pairs, "wrong article"):
        assert pair.statement not in TEXTS[pair.source.article_id]


def judged(right: bool, support: str, score: float) -> Judged:
    return Judged("k", "s", (), right, Verdict(support, "", score))  # type: ignore[arg-type]


def test_balanced_accuracy_by_hand() -> None:
    items = [
        judged(True, "supported", 0.9),
        judged(True, "supported", 0.8),
        judged(True, "partial", 0.4),
        judged(True, "unsupported", 0.1),
        judged(False, "supported", 0.7),
        judged(False, "partial", 0.4),
        judged(False, "unsupported", 0.1),
        judged(False, "uncited", 0.0),
    ]
    assert balanced_accuracy(items) == (0.625, 0.5, 0.75)
    assert ranking([items[0], items[4]]) == 1.0
    assert ranking([items[3], items[4]]) == 0.0
    assert ranking([items[2], items[5]]) == 0.5
    assert balanced_accuracy([]) == (0.0, 0.0, 0.0)


def test_a_claim_is_as_good_as_its_worst_sentence() -> None:
    passage = as_passage(TEXTS["vote"], sentence_spans(TEXTS["vote"]))
    right, shown = check_claim("The Council of Merrin voted to close the harbour of Tolle.", passage)
    assert right.support == "supported"
    assert any("voted by 14 votes" in text for text in shown)
    wrong, _ = check_claim("The Council of Merrin voted to close the harbour. It paid the 900 dock workers.", passage)
    assert wrong.support == "unsupported"


def test_a_web_page_becomes_one_passage() -> None:
    lines = ["(meta data) TITLE: Bridge opens", "(meta data) PUBLISHED DATETIME: 2025-09-24", "", "Ruiz came."]
    passage = web_page(lines)
    assert passage.title == "Bridge opens"
    assert passage.published == "2025-09-24"
    assert [span.of(passage.text).strip() for span in passage.sentences] == ["Bridge opens", "2025-09-24", "Ruiz came."]


def test_weights_are_learned_from_counts() -> None:
    claims = [Claim("summedits", "a", True, [{"good": 1.0}])] * 20 + [
        Claim("summedits", "b", False, [{"bad": 1.0}])
    ] * 20
    bias, bad, good = fit(claims, ["bad", "good"], 0.5)
    assert bad < 0 < good
    assert abs(bias) < 1


def test_every_weight_but_the_bias_takes_support_away() -> None:
    assert WEIGHTS["bias"] > 0
    assert all(weight < 0 for name, weight in WEIGHTS.items() if name != "bias")


def test_faithful_pairs_are_accepted_and_altered_ones_refused(pairs: list[Pair]) -> None:
    for pair in pairs:
        verdict = verify(pair.statement, pair_evidence(pair.source))
        assert (verdict.support == "supported") == (pair.kind in FAITHFUL), (pair.kind, pair.statement, verdict)


@pytest.mark.slow
def test_the_bench_reaches_its_targets_on_the_report_part() -> None:
    if not (DATA / "summedits_news" / "claims.jsonl").is_file():
        pytest.skip(f"no evaluation data in {DATA}; set EVALS_DATA to the folder that holds summedits_news and wice")
    shown = subprocess.run(
        [sys.executable, "-m", "evals.bench.verifier", "--data", str(DATA), "--part", "report"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[1],
    ).stdout
    rate = {
        match[1]: float(match[2])
        for match in re.finditer(r"^(.+?) +(?:refused|accepted) +\d+ +([\d.]+)%", shown, re.MULTILINE)
    }
    assert max(rate["number"], rate["date"], rate["unit"]) <= 1.0
    assert rate["name"] <= 5.0
    assert max(rate["negation added"], rate["negation removed"]) <= 10.0
    assert rate["attribution dropped"] <= 10.0
    assert rate["human paraphrase"] >= 90.0
    assert rate["identity"] == rate["typography"] == 100.0
    balanced = re.search(r"summedits_news: n=\d+ balanced accuracy ([\d.]+)", shown)
    assert balanced is not None
    assert float(balanced[1]) > 0.619
