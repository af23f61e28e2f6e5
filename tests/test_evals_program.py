"""The commands as a person types them: what they print, what they leave behind, how they end."""

import json
import sys
from pathlib import Path

import pytest
from evals_sample import ARTICLES, CASES, write_sample

import evals.systems
from evals import program
from evals.runs import read_predictions
from tests.fault_replies import answered_by
from tests.fault_server import FaultServer

pytestmark = pytest.mark.slow


class Commands:
    """Runs commands in this process with a cache of their own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._monkeypatch, self._capsys = folder, monkeypatch, capsys
        monkeypatch.setattr(evals.systems, "default_cache", lambda: folder / "cache")
        self.sample = write_sample(folder / "sample")

    def __call__(self, *words: object) -> tuple[int, str, str]:
        self._monkeypatch.setattr(sys, "argv", ["evals", *map(str, words)])
        code = 0
        try:
            program.main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        output = self._capsys.readouterr()
        return code, output.out, output.err

    def run(self, name: str, system: str = "bm25", *words: object) -> Path:
        out = self.folder / name
        code, _, err = self("run", self.sample, "--out", out, "--system", system, "--beside", "none", *words)
        assert code == 0, err
        return out


@pytest.fixture
def evals_(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(tmp_path, monkeypatch, capsys)


def test_run_scores_every_case_and_shows_the_baselines_beside_it(evals_: Commands) -> None:
    out = evals_.folder / "run"
    code, text, _ = evals_("run", evals_.sample, "--out", out, "--system", "bm25", "--beside", "abstain,oracle")
    assert code == 0
    head = text.splitlines()[2]
    assert head.split()[:3] == ["bm25", "abstain", "oracle"]
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert summary["cases"] == len(CASES)
    assert len((out / "scores.jsonl").read_text("utf-8").splitlines()) == len(CASES)
    oracle = json.loads((out / "beside" / "oracle" / "summary.json").read_text("utf-8"))
    assert oracle["metrics"]["correct"]["mean"] == 1
    abstain = json.loads((out / "beside" / "abstain" / "summary.json").read_text("utf-8"))
    assert abstain["metrics"]["correct"]["mean"] == 0.25


def test_the_assistant_itself_can_be_run(evals_: Commands) -> None:
    out = evals_.run("assistant", "default")
    predictions = read_predictions(out)
    assert set(predictions) == {case.id for case in CASES}
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert summary["metrics"]["citation_validity"]["mean"] in (1.0, None)
    assert not any(item.answer["status"] == "error" for item in predictions.values())
    assert json.loads((out / "run.json").read_text("utf-8"))["recipe"]["model"] == "extractive"


def test_baselines_that_need_a_model_are_skipped_loudly(evals_: Commands) -> None:
    out = evals_.folder / "run"
    code, text, err = evals_("run", evals_.sample, "--out", out, "--system", "abstain", "--beside", "closed-book")
    assert code == 0
    assert "SKIPPED closed-book needs a language model" in err
    assert "closed-book" not in text


def test_a_system_that_needs_a_model_is_refused_without_one(evals_: Commands) -> None:
    code, _, err = evals_("run", evals_.sample, "--out", evals_.folder / "run", "--system", "citation-engine")
    assert code == 2
    assert err.startswith("evals: citation-engine needs a language model")


def test_the_same_command_goes_on_and_gives_the_same_figures(evals_: Commands) -> None:
    out = evals_.run("run")
    before = (out / "scores.jsonl").read_bytes()
    lines = (out / "predictions.jsonl").read_text("utf-8").splitlines(keepends=True)
    (out / "predictions.jsonl").write_text("".join(lines[:3]), "utf-8")
    evals_.run("run")
    answers = [json.loads(line)["case_id"] for line in (out / "predictions.jsonl").read_text("utf-8").splitlines()]
    assert sorted(answers) == sorted(case.id for case in CASES)

    def without_costs(data: bytes) -> list[dict[str, object]]:
        rows = [json.loads(line) for line in data.splitlines()]
        for row in rows:
            row["scores"].pop("seconds")
        return rows

    assert without_costs((out / "scores.jsonl").read_bytes()) == without_costs(before)


def test_score_needs_nothing_but_the_saved_answers(evals_: Commands) -> None:
    out = evals_.run("run")
    before = (out / "summary.json").read_bytes()
    for name in ("summary.json", "scores.jsonl"):
        (out / name).unlink()
    code, text, _ = evals_("score", out)
    assert code == 0
    assert "correct" in text
    assert (out / "summary.json").read_bytes() == before


def test_compare_names_the_cases_that_changed(evals_: Commands) -> None:
    old, new = evals_.run("old", "abstain"), evals_.run("new", "oracle")
    code, text, _ = evals_("compare", old, new)
    assert code == 0
    assert "correct, fixed: bridge, ferry, mayor, poll, storm, vote" in text
    assert "correct, broken: none" in text
    rows = {row["metric"]: row for row in json.loads(evals_("compare", old, new, "--json")[1])}
    assert rows["correct"]["mean"] == 0.75
    assert rows["over_refusal"]["mean"] == -1
    assert len(rows["over_refusal"]["fixed"]) == 6
    assert rows["correct"]["mcnemar"] == 2 / 2**6


def test_runs_on_different_articles_are_not_compared(evals_: Commands) -> None:
    old = evals_.run("old", "abstain")
    corpus = evals_.folder / "sample" / "corpus.jsonl"
    corpus.write_text(corpus.read_text("utf-8") + json.dumps({"id": "new.txt", "text": "More news."}) + "\n", "utf-8")
    code, _, err = evals_("compare", old, evals_.run("new", "abstain"))
    assert code == 2
    assert "different articles" in err
    code, _, err = evals_("score", old)
    assert code == 2
    assert "have changed since this run" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "nope", "--out", "x"), "unknown dataset 'nope'"),
        (("run", "SAMPLE", "--out", "x", "--system", "nope"), "unknown system 'nope'"),
        (("run", "SAMPLE", "--out", "x", "--beside", "nope"), "no baseline 'nope'"),
        (("run", "SAMPLE", "--out", "x", "--part", "nope"), "unknown part 'nope'"),
        (("run", "SAMPLE", "--out", "x", "--set", "passages"), "write it as NAME=VALUE"),
        (("run", "SAMPLE", "--out", "x", "--set", "passges=3"), "did you mean 'passages'"),
        (("score", "nowhere"), "no run in 'nowhere'"),
        (("compare", "nowhere", "nowhere"), "no run in 'nowhere'"),
        (("report", "nowhere"), "no run in 'nowhere'"),
        (("chunking", "nowhere"), "cannot read"),
        (("replay", "SAMPLE", "--out", "x", "--replies", "no.jsonl", "--model", "m"), "python -m evals record"),
    ],
)
def test_mistakes_end_in_one_line_that_says_what_to_do(
    evals_: Commands, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(evals_.folder)
    code, _, err = evals_(*(evals_.sample if word == "SAMPLE" else word for word in words))
    assert code == 2
    assert said in err
    assert err.startswith("evals: ")
    assert err.count("\n") == 1


def test_a_folder_of_something_else_is_left_alone(evals_: Commands) -> None:
    mine = evals_.folder / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("dear", "utf-8")
    code, _, err = evals_("run", evals_.sample, "--out", mine, "--system", "abstain")
    assert code == 2
    assert "holds other files" in err
    out = evals_.run("run", "abstain")
    code, _, err = evals_("run", evals_.sample, "--out", out, "--system", "oracle")
    assert code == 2
    assert "holds a run of 'abstain'" in err


def test_a_part_and_a_limit_choose_cases(evals_: Commands) -> None:
    part = evals_.run("part", "abstain", "--part", "report")
    assert set(read_predictions(part)) == {"moon", "sun"}
    limited = evals_.run("limited", "abstain", "--limit", 3)
    assert len(read_predictions(limited)) == 3


def test_ctrl_c_keeps_what_was_answered(evals_: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    from evals.baselines.bm25 import _BM25

    answer = _BM25.answer

    def interrupted(self, question, history):  # type: ignore[no-untyped-def]
        if question == CASES[3].question:
            raise KeyboardInterrupt
        return answer(self, question, history)

    monkeypatch.setattr(_BM25, "answer", interrupted)
    out = evals_.folder / "run"
    code, _, err = evals_("run", evals_.sample, "--out", out, "--system", "bm25", "--beside", "none")
    assert code == 130
    kept = len(read_predictions(out))
    assert 3 <= kept <= 7  # those before the interruption, and those that were under way
    assert f"stopped; {kept} of 8 answers are kept" in err
    assert err.count("\n") == 1
    monkeypatch.setattr(_BM25, "answer", answer)
    assert evals_.run("run") == out
    assert len(read_predictions(out)) == len(CASES)


def test_changed_code_is_asked_anew(evals_: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    out = evals_.run("run")
    monkeypatch.setattr(evals.systems, "code_digest", lambda: "other")
    evals_.run("run")
    lines = (out / "predictions.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == 2 * len(CASES)


def test_a_run_with_a_model_is_recorded_and_played_back_without_it(evals_: Commands) -> None:
    replies = evals_.folder / "replies.jsonl"
    words = (evals_.sample, "--replies", replies, "--model", "scripted")
    with FaultServer() as server:
        server.otherwise = answered_by(lambda request: "The ferry Skerry Maid carried 214 people [1].")
        address = ("--set", f"base_url={server.url}", "--set", "api_key=none")
        code, _, err = evals_("record", *words, "--out", evals_.folder / "recorded", *address)
        assert code == 0, err
        asked = len(server.requests)
    assert asked >= len(CASES)
    assert len(replies.read_text("utf-8").splitlines()) == asked
    code, _, err = evals_("replay", *words, "--out", evals_.folder / "played")
    assert code == 0, err
    recorded, played = (read_predictions(evals_.folder / name) for name in ("recorded", "played"))
    assert {one.answer["model"] for one in played.values()} == {"scripted"}
    for case_id, one in recorded.items():
        assert one.answer["status"] != "error", one.answer["error"]
        for key in ("status", "text", "statements", "citations", "usage"):
            assert played[case_id].answer[key] == one.answer[key]


def test_a_reply_that_was_not_recorded_is_named_with_its_case(evals_: Commands) -> None:
    replies = evals_.folder / "replies.jsonl"
    replies.write_text("", "utf-8")
    words = ("replay", evals_.sample, "--replies", replies, "--model", "scripted", "--out", evals_.folder / "played")
    code, _, err = evals_(*words)
    assert code == 0
    assert "8 questions of default failed; the first: case 'ferry':" in err
    assert "python -m evals record" in err


def test_bench_multiplies_articles_without_making_near_copies() -> None:
    from evals.speed import multiplied

    articles = multiplied(ARTICLES, 3)
    assert len(articles) == 3 * len(ARTICLES)
    assert len({article.id for article in articles}) == len(articles)
    assert list(articles[: len(ARTICLES)]) == list(ARTICLES)
    assert articles == multiplied(ARTICLES, 3)
    assert articles[-1].text != ARTICLES[-1].text


def test_bench_measures_every_stage(evals_: Commands) -> None:
    code, text, err = evals_("bench", evals_.sample, "--only", "speed", "--questions", 3, "--json")
    assert code == 0, err
    rows = {row["name"]: row for row in json.loads(text)["speed"]["rows"]}
    assert {"search", "answer", "first answer of a new process", "answers, 2 at once"} <= set(rows)
    assert all(row["p50"] > 0 for row in rows.values())
