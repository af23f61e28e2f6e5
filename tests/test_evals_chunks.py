"""Chunks of the external check: exact ranges, never too long, nothing lost but white space."""

import csv
import os
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.chunks import recursive_chunks, token_counter
from evals.external import chunking_check, chunking_table
from evals.systems import Options
from tests.whole import WHOLE


def words(text: str) -> int:
    return len(text.split())


def pieces(text: str, limit: int) -> list[str]:
    return [text[start:end] for start, end in recursive_chunks(text, limit, words)]


def test_paragraphs_are_kept_whole_and_joined_while_they_fit() -> None:
    text = "One two.\n\nThree four.\n\nFive six seven eight nine."
    assert pieces(text, 6) == ["One two.\n\nThree four.", "Five six seven eight nine."]
    assert pieces(text, 20) == [text]


def test_a_long_paragraph_is_cut_at_sentences_and_a_long_sentence_at_words() -> None:
    assert pieces("One two three. Four five six.", 4) == ["One two three", ". Four five six", "."]
    assert pieces("one two three four five six", 3) == ["one two three", "four five six"]


@given(st.text(alphabet="ab .\n?🛳İ", max_size=300), st.integers(1, 40))
def test_chunks_are_in_order_and_lose_nothing_but_white_space(text: str, limit: int) -> None:
    bounds = recursive_chunks(text, limit, len)
    assert all(start < end for start, end in bounds)
    assert all(one[1] <= other[0] for one, other in pairwise(bounds))
    assert "".join("".join(text[start:end] for start, end in bounds).split()) == "".join(text.split())
    assert all(end - start <= limit for start, end in bounds)


def test_tokens_are_those_of_the_published_benchmark() -> None:
    assert token_counter()("tiktoken is great!") == 6


def data() -> Path:
    found = Path(os.environ.get("EVALS_DATA") or Path(__file__).parents[2] / "shared" / "data") / "chunking"
    if not found.is_dir():
        pytest.skip(f"no data for the external check in {found}; set EVALS_DATA")
    return found


@pytest.mark.slow
def test_bm25_on_the_chunking_benchmark_is_as_published() -> None:
    found = chunking_check(data(), None, k=5, budget=1000)
    bm25, _ = found["rows"]
    assert abs(bm25["recall"] - 0.846) <= 0.005
    assert "published: all-MiniLM-L6-v2" in chunking_table(found)


@pytest.mark.slow
@pytest.mark.skipif(not WHOLE, reason="takes two minutes; set TEST_WHOLE=1 for it")
def test_full_retrieval_reads_more_of_the_evidence_with_as_many_tokens(tmp_path: Path) -> None:
    found = chunking_check(small_part(data(), tmp_path / "part"), Options(tmp_path / "cache"), k=5, budget=1000)
    _, words, whole, full = found["rows"]
    assert full["tokens"] <= 1000
    assert full["recall"] > 0.9
    assert full["recall"] > max(words["recall"], whole["recall"])


@pytest.mark.slow
@pytest.mark.skipif(not WHOLE, reason="takes minutes; set TEST_WHOLE=1 for the whole benchmark")
def test_full_retrieval_on_the_whole_benchmark(tmp_path: Path) -> None:
    found = chunking_check(data(), Options(tmp_path), k=5, budget=1000)
    _, _, whole, full = found["rows"]
    assert full["tokens"] <= 1000
    assert full["recall"] > 0.9 > whole["recall"]


def small_part(folder: Path, part: Path) -> Path:
    """The smaller texts of the benchmark, a tenth of it, with their questions."""
    names = ("chatlogs", "state_of_the_union", "wikitexts")
    (part / "corpora").mkdir(parents=True)
    for name in names:
        shutil.copy(folder / "corpora" / f"{name}.md", part / "corpora")
    with (folder / "questions_df.csv").open(encoding="utf-8", newline="") as rows:
        head, *questions = csv.reader(rows)
    with (part / "questions_df.csv").open("w", encoding="utf-8", newline="") as kept:
        csv.writer(kept).writerows([head, *(row for row in questions if row[head.index("corpus_id")] in names)])
    return part
