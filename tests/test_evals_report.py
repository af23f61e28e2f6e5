"""The page: whole, offline, safe with hostile text, and exact in what it marks."""

import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from pathlib import Path

import pytest
from evals_sample import CASES, DATASET, FACTS, TEXTS, Perfect, right_answer
from hypothesis import given
from hypothesis import strategies as st

from evals.execution import score
from evals.report import write_report
from evals.report.charts import calibration_chart, interval_bar, recall_chart, risk_chart
from evals.report.worst import excerpts, segments, worst_cases
from evals.runs import Prediction, RunError, predict, run_cases, write_description
from evals.scoring import score_run

pytestmark = pytest.mark.slow

HOSTILE = "</style><script>alert('x')</script><img src=x onerror=alert(1)>"


class Page(HTMLParser):
    """Collects tags with their attributes, and the text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


class Wrong(Perfect):
    """Answers every question with the ferry, and says something hostile."""

    def stream(self, question, history=()):  # type: ignore[no-untyped-def]
        from dataclasses import replace

        from qa.events import Finished

        answer = right_answer("ferry")
        text = f"{HOSTILE} [1]"
        statement = replace(answer.statements[0], end=len(text), support="unsupported")
        yield Finished(replace(answer, question=question, text=text, statements=(statement,)))


def write_run(folder: Path, system: Perfect, name: str = "default") -> Path:
    recipe = {"system": name}
    description = {"dataset": "sample", "part": None, "limit": None, "system": name, "cases": len(CASES)}
    description |= {"articles": 6, "corpus_sha256": DATASET.digest, "recipe": recipe, "commit": HOSTILE}
    write_description(folder, description)
    run_cases(DATASET, system, folder, recipe)
    score(folder, DATASET)
    return folder


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    import evals.execution

    monkeypatch.setattr(evals.execution, "load_dataset", lambda *_, **__: DATASET)
    write_run(tmp_path / "run", Wrong())
    write_run(tmp_path / "run" / "beside" / "oracle", Perfect(), "oracle")
    write_report([tmp_path / "run"], tmp_path / "page.html")
    return (tmp_path / "page.html").read_text("utf-8")


def test_nothing_is_fetched_and_nothing_runs(page: str) -> None:
    tags = Page(page).tags
    assert not {"script", "link", "img", "iframe", "object"} & {tag for tag, _ in tags}
    for _, attributes in tags:
        assert not {"src", "href", "onerror", "onclick", "srcset"} & set(attributes)
    assert not re.search(r"url\(|@import", page)
    assert "default-src 'none'" in page


def test_hostile_words_are_shown_as_words(page: str) -> None:
    assert HOSTILE in Page(page).text
    assert "<script>alert(1)</script>" in Page(page).text, "from an article"
    assert "<script" not in page


def test_the_page_shows_figures_baselines_and_the_worst_cases(page: str) -> None:
    text = " ".join(Page(page).text.split())
    assert "oracle" in text
    assert "Difference to oracle" in text
    assert "Lost at" in text
    for case in CASES[1:]:
        assert case.question in text
    assert FACTS["vote"][1] in text, "the gold evidence"


def test_gold_and_cited_words_are_marked(page: str) -> None:
    assert f'<mark class="gold">{FACTS["vote"][1]}</mark>' in page
    assert f'<mark class="cited">{FACTS["ferry"][1]}</mark>' in page
    assert f'<mark class="both">{FACTS["ferry"][1]}</mark>' in page


def test_every_tag_is_closed(page: str) -> None:
    body = re.sub(r"<!doctype html>|<meta[^>]*>|<br>", "", page)
    body = re.sub(r"&(?!amp;|lt;|gt;|quot;|#)\w+;", " ", body)
    ElementTree.fromstring(re.sub(r"<details open>", "<details>", body))


def test_a_folder_that_is_not_scored_says_how(tmp_path: Path) -> None:
    write_description(tmp_path, {"dataset": "sample", "system": "default"})
    with pytest.raises(RunError, match="python -m evals score"):
        write_report([tmp_path], tmp_path / "page.html")


def test_charts_are_well_formed_whatever_the_names_and_the_numbers() -> None:
    risk = {HOSTILE: [{"coverage": 0.5, "risk": 0.0}, {"coverage": 1.0, "risk": 0.25}], "empty": []}
    bins = {"x": [{"confidence": 0.5, "accuracy": 1.0}]}
    for chart in (
        risk_chart(risk),
        risk_chart({}),
        calibration_chart(bins),
        recall_chart({"x": [(250, 0.1)]}),
        recall_chart({}),
    ):
        ElementTree.fromstring(chart)
    assert interval_bar({"mean": None}) == ""
    ElementTree.fromstring(interval_bar({"mean": 0.5, "low": 0.4, "high": 0.6}))


def test_points_lie_where_their_numbers_say() -> None:
    chart = risk_chart({"x": [{"coverage": 0.0, "risk": 0.0}, {"coverage": 1.0, "risk": 0.5}]})
    circles = [(float(x), float(y)) for x, y in re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', chart)]
    assert circles == [(46.0, 240.0), (368.0, 12.0)]


@given(
    st.text(min_size=1, max_size=60),
    st.lists(st.tuples(st.integers(0, 59), st.integers(1, 60)), max_size=4),
    st.lists(st.tuples(st.integers(0, 59), st.integers(1, 60)), max_size=4),
)
def test_segments_join_to_the_text_and_mark_exactly_the_ranges(
    text: str, gold: list[tuple[int, int]], cited: list[tuple[int, int]]
) -> None:
    def ranges(pairs: list[tuple[int, int]]) -> list[tuple[str, int, int]]:
        return [("a", start, min(end, len(text))) for start, end in pairs if start < min(end, len(text))]

    found = segments(text, ("a", 0, len(text)), ranges(gold), ranges(cited))
    assert "".join(piece for piece, _ in found) == text
    marks = [mark for piece, mark in found for _ in piece]
    for place, mark in enumerate(marks):
        golden = any(start <= place < end for _, start, end in ranges(gold))
        quoted = any(start <= place < end for _, start, end in ranges(cited))
        assert mark == {(True, True): "both", (True, False): "gold", (False, True): "cited"}.get((golden, quoted), "")


def test_near_ranges_share_an_excerpt_and_far_ones_do_not() -> None:
    text = "x" * 2000
    found = excerpts([("a", 100, 110), ("a", 200, 210), ("a", 1500, 1510)], [], [], {"a": text})
    assert [(one.start, one.end) for one in found] == [(0, 370), (1340, 1670)]


def test_confident_mistakes_come_first_and_right_answers_never() -> None:
    predictions = {case.id: predict(case, Perfect(), {}) for case in CASES}
    for name, confidence in (("moon", 0.4), ("sun", 0.8)):
        old = predictions[name]
        answer = {**right_answer("ferry").to_dict(), "confidence": confidence}
        predictions[name] = Prediction(name, old.key, answer, {}, [])
    [(step, count, shown)] = worst_cases(score_run(DATASET, predictions), TEXTS)
    assert (step, count) == ("abstention", 2)
    assert [one.scored.case.id for one in shown] == ["sun", "moon"]
    assert [piece for piece, _ in shown[0].said] == [right_answer("ferry").text]
