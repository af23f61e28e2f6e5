"""The bench of speed: peers are set up as they should be, figures count what they name, and its tables can be read."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

from evals.bench import everything, growth, price, side_by_side
from evals.bench.peers import Chroma, PeerMissing, chunks, open_peer, place_of
from evals.datasets import load_report_part
from qa.errors import QAError
from qa.records import Article
from tests.evals_sample import ARTICLES

TEXTS = {"a": "word " * 3000, "b": "One. Two. Three."}


def test_passages_are_read_in_order_until_the_tokens_are_spent() -> None:
    small, large = ("b", 0, 4), ("a", 0, 15000)
    assert side_by_side.within_budget([small, ("b", 5, 9), large, small], TEXTS) == [small, ("b", 5, 9)]
    assert side_by_side.within_budget([large, small], TEXTS) == []
    assert side_by_side.within_budget([], TEXTS) == []


def test_chunks_know_where_they_stand_and_do_not_embed_it() -> None:
    article = Article("long", " ".join(f"Sentence number {number} says a thing." for number in range(400)))
    nodes = chunks([article, *ARTICLES])
    known = {one.id: one.text for one in (article, *ARTICLES)}
    for node in nodes:
        name, start, end = place_of(node)
        assert known[name][start:end].strip() == node.text.strip()
        assert node.get_content(metadata_mode="embed").strip() == node.text.strip()
    assert sum(place_of(node)[0] == "long" for node in nodes) > 5


def test_a_peer_whose_model_is_not_here_says_what_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from chromadb.utils.embedding_functions.onnx_mini_lm_l6_v2 import ONNXMiniLM_L6_V2

    monkeypatch.setattr(ONNXMiniLM_L6_V2, "DOWNLOAD_PATH", tmp_path / "nothing")
    with pytest.raises(PeerMissing, match="give its folder with --fp32"):
        Chroma(tmp_path / "index", tmp_path).open()


def test_a_peer_whose_package_is_not_here_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llama_index.retrievers.bm25", None)
    with pytest.raises(PeerMissing, match=r"pip install -e '\.\[bench\]'"):
        open_peer("bm25", tmp_path, tmp_path, None)


def test_the_table_puts_ratios_beside_the_figures_and_says_who_is_missing() -> None:
    systems = {"ours": {"indexing_s": 2.0, "disk_mb": 8.0}, "plain": {"indexing_s": 5.0}}
    shown = side_by_side.table(
        {"articles": 3, "characters": 4000, "systems": systems, "missing": {"chroma": "no model"}}
    )
    assert "5.0 (2.50x)" in shown
    assert "2.0 (1.00x)" in shown
    assert shown.endswith("SKIPPED chroma: no model")


def test_growth_says_how_many_times_a_question_costs() -> None:
    def row(articles: int, ms: float) -> dict[str, float]:
        names = ("fast_ms", "fast_p99_ms", "balanced_ms", "balanced_p99_ms", "unchanged_s", "changed_s")
        rest = dict.fromkeys((*names, "indexing_mb", "asking_mb", "disk_mb"), ms)
        return {"articles": articles, "passages": articles, **rest}

    assert "10 times the articles: a question costs 1.50 times (fast)" in growth.table(
        {"rows": [row(100, 10), row(1000, 15)]}
    )


def test_the_table_of_prices_begins_with_the_cheapest() -> None:
    row = {"hit@1": 50.0, "hit@5": 60.0, "hit@10": 70.0, "first": None}
    ways = {"slow": {"ms": 9.0, **row}, "quick": {"ms": 1.0, **row}}
    shown = price.table({"dataset": "seed", "questions": 2, "ways": ways})
    assert shown.index("quick") < shown.index("slow")


def test_the_report_part_is_asked_where_there_is_one() -> None:
    assert all("report" in case.tags for case in load_report_part("newsroom", 20).cases)
    assert len(load_report_part("seed").cases) > 5


def test_an_unknown_part_is_told() -> None:
    with pytest.raises(QAError, match="no part 'sped'; give speed, imports, peers, growth, price"):
        everything.run(["sped"], everything.Wanted())


def test_growth_without_collections_is_told(tmp_path: Path) -> None:
    with pytest.raises(QAError, match="is not there"):
        everything.run(["growth"], everything.Wanted(data=tmp_path / "none"))


@pytest.mark.slow
def test_ours_beside_others_in_one_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few = {name: peer for name, peer in side_by_side.PEERS.items() if name in ("ours", "ours_fast", "bm25")}
    monkeypatch.setattr(side_by_side, "PEERS", few)
    results = everything.run(["peers", "price"], everything.Wanted(dataset="seed", questions=6))
    systems, missing = results["peers"]["systems"], results["peers"]["missing"]
    assert {"ours", "ours_fast"} <= set(systems)
    assert set(systems) | set(missing) == set(few)
    assert systems["ours"]["evidence_found"] >= 80
    assert systems["ours"]["embedding_share"] <= 100
    ways = results["price"]["ways"]
    assert ways["balanced, quoting"]["hit@10"] >= ways["words only"]["hit@1"]
    if importlib.util.find_spec("matplotlib") is None:
        with pytest.raises(QAError, match="plots need matplotlib"):
            everything.keep(results, tmp_path)
    else:
        assert {"peers.svg", "price.svg"} <= {path.name for path in everything.keep(results, tmp_path)}
    assert json.loads((tmp_path / "results.json").read_text("utf-8")) == results
    assert "ours_fast" in (tmp_path / "results.md").read_text("utf-8")
