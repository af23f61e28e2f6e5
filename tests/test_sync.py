"""An index holds exactly the articles of its folder, after any edits, and says what it did."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.errors import ArticleNotFound, CorpusError, ModelError
from qa.index import run, write
from qa.index.lexical import Filter
from qa.index.prepare import NewArticle
from qa.index.store import Index
from qa.index.sync import SyncReport
from tests.index_fakes import RECIPE, Newsroom, assert_same, clean_build, contents, lexical_hits, nearest, news
from tests.whole import sample


@pytest.fixture(autouse=True)
def trusted_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trusts the times of files that have just been written, which spares waiting for two seconds."""
    monkeypatch.setattr(run, "_SETTLED", 0)


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    return Newsroom(tmp_path)


@pytest.fixture
def indexed(newsroom: Newsroom) -> Newsroom:
    newsroom.write_articles(4)
    newsroom.sync()
    newsroom.embedder.batches.clear()
    return newsroom


@pytest.fixture
def reader(indexed: Newsroom) -> Iterator[Index]:
    index = indexed.open()
    yield index
    index.close()


def counts(report: SyncReport) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.removed, report.unchanged


def lines(*articles: dict[str, str]) -> str:
    return "".join(json.dumps(article) + "\n" for article in articles)


# ---- one kind of edit at a time


def test_a_first_run_adds_every_article(newsroom: Newsroom) -> None:
    newsroom.write_articles(4)
    report = newsroom.sync()
    assert counts(report) == (4, 0, 0, 0)
    assert report.articles == 4
    assert report.embedded == newsroom.embedder.embedded > 4
    assert report.mended == []
    assert sorted(contents(newsroom.index)) == ["0000.txt", "0001.txt", "0002.txt", "0003.txt"]
    assert contents(newsroom.index)["0002.txt"].article.text == news(2)


def test_an_added_file_is_the_only_one_embedded(indexed: Newsroom) -> None:
    indexed.write("new.txt", news(77))
    report = indexed.sync()
    assert counts(report) == (1, 0, 0, 4)
    assert indexed.embedder.embedded == report.embedded == len(contents(indexed.index)["new.txt"].passages)
    assert lexical_hits(indexed.index, "article0077")


def test_a_changed_file_replaces_its_passages(indexed: Newsroom) -> None:
    indexed.write("0001.txt", news(1, "second"))
    report = indexed.sync()
    assert counts(report) == (0, 1, 0, 3)
    assert contents(indexed.index)["0001.txt"].article.text == news(1, "second")
    assert len(lexical_hits(indexed.index, "second")) == len(contents(indexed.index)["0001.txt"].passages)


def test_a_changed_title_or_date_counts_as_a_change(indexed: Newsroom) -> None:
    text = "A sentence that stays. " * 20
    indexed.write("lines.jsonl", lines({"id": "a", "text": text, "title": "One", "published": "2024-01-01"}))
    indexed.sync()
    indexed.write("lines.jsonl", lines({"id": "a", "text": text, "title": "One", "published": "2024-01-02"}))
    report = indexed.sync()
    assert counts(report) == (0, 1, 0, 4)
    assert report.embedded == 0
    assert contents(indexed.index)["a"].article.published == "2024-01-02"


def test_a_renamed_file_costs_no_embedding(indexed: Newsroom) -> None:
    passages = len(contents(indexed.index)["0002.txt"].passages)
    indexed.rename("0002.txt", "moved.txt")
    report = indexed.sync_without_embedder()
    assert counts(report) == (1, 0, 1, 3)
    assert (report.embedded, report.reused) == (0, passages)
    assert "0002.txt" not in contents(indexed.index)
    moved = contents(indexed.index)["moved.txt"]
    assert nearest(indexed.index, moved.article.title, moved.passages[1].text) == moved.passages[1].text


def test_a_deleted_file_disappears_without_an_embedder(indexed: Newsroom) -> None:
    indexed.remove("0003.txt")
    report = indexed.sync_without_embedder()
    assert counts(report) == (0, 0, 1, 3)
    assert sorted(contents(indexed.index)) == ["0000.txt", "0001.txt", "0002.txt"]
    assert not lexical_hits(indexed.index, "article0003")


def test_nothing_to_do_opens_no_store_and_no_embedder(indexed: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.index.local.Writer", None)
    report = indexed.sync_without_embedder()
    assert counts(report) == (0, 0, 0, 4)
    assert report.embedded == report.reused == 0


def test_nothing_to_do_is_fast(newsroom: Newsroom) -> None:
    for number in range(300):
        newsroom.write(f"{number:04}.txt", f"Short report number {number} of the day.\n")
    newsroom.sync()
    started = time.perf_counter()
    assert newsroom.sync_without_embedder().unchanged == 300
    assert time.perf_counter() - started < 0.5


def test_a_touched_file_is_read_but_not_embedded_again(indexed: Newsroom) -> None:
    os.utime(indexed.corpus / "0000.txt")
    assert counts(indexed.sync_without_embedder()) == (0, 0, 0, 4)


def test_a_change_that_keeps_size_and_times_is_seen(indexed: Newsroom) -> None:
    path = indexed.corpus / "0001.txt"
    status = path.stat()
    indexed.write("0001.txt", news(1).replace("Monday", "Sunday"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_size == status.st_size
    assert counts(indexed.sync()) == (0, 1, 0, 3)


def test_files_just_written_are_not_trusted_to_stay(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    newsroom.write_articles(1)
    newsroom.sync()
    with newsroom.open().view() as catalog:
        assert [entry.modified for entry in catalog.files().values()] == [-1]


@pytest.mark.slow
def test_removed_passages_do_not_weigh_on_the_ranking_for_long(indexed: Newsroom, tmp_path: Path) -> None:
    for number in range(3):
        indexed.write("0001.txt", news(1, "second"))
        indexed.write("0002.txt", news(2, f"edition{number}"))
        indexed.sync()
    expected = clean_build(indexed, tmp_path / "clean")
    assert list(contents(indexed.index)) == list(expected)
    assert scores(indexed.index) == pytest.approx(scores(tmp_path / "clean"))


def scores(folder: Path) -> dict[str, float]:
    index = Index(folder, RECIPE)
    with index.view():
        found = dict(index.matching(["second", "edition2", "council"], 100, Filter()))
    index.close()
    return found


# ---- several articles in one file


def test_only_the_changed_line_of_a_file_is_embedded(newsroom: Newsroom) -> None:
    articles = [{"id": f"n{number}", "text": news(number)} for number in range(5)]
    newsroom.write("all.jsonl", lines(*articles))
    newsroom.sync()
    newsroom.embedder.batches.clear()
    changed = [articles[0], {"id": "n1", "text": news(1, "second")}, *articles[3:], {"id": "n9", "text": news(9)}]
    newsroom.write("all.jsonl", lines(*changed))
    report = newsroom.sync()
    assert counts(report) == (1, 1, 1, 3)
    found = contents(newsroom.index)
    assert sorted(found) == ["n0", "n1", "n3", "n4", "n9"]
    assert report.embedded == len(found["n1"].passages) + len(found["n9"].passages)
    assert [found[id_].position for id_ in ("n0", "n1", "n3", "n4", "n9")] == [1, 2, 3, 4, 5]


def test_an_article_moves_from_one_file_to_another(newsroom: Newsroom) -> None:
    newsroom.write("a.jsonl", lines({"id": "x", "text": news(1)}, {"id": "y", "text": news(2)}))
    newsroom.write("b.jsonl", lines({"id": "z", "text": news(3)}))
    newsroom.sync()
    newsroom.write("a.jsonl", lines({"id": "y", "text": news(2)}))
    newsroom.write("b.jsonl", lines({"id": "z", "text": news(3)}, {"id": "x", "text": news(1)}))
    assert counts(newsroom.sync_without_embedder()) == (0, 0, 0, 3)
    found = contents(newsroom.index)
    assert [(found[id_].file, found[id_].position) for id_ in ("x", "y", "z")] == [
        ("b.jsonl", 2),
        ("a.jsonl", 1),
        ("b.jsonl", 1),
    ]


@pytest.mark.slow
def test_renaming_a_file_of_many_articles_embeds_nothing(newsroom: Newsroom) -> None:
    newsroom.write("a.jsonl", lines(*({"id": f"n{number}", "text": f"Report {number}."} for number in range(500))))
    newsroom.sync()
    newsroom.rename("a.jsonl", "b.jsonl")
    assert counts(newsroom.sync_without_embedder()) == (0, 0, 0, 500)
    assert {content.file for content in contents(newsroom.index).values()} == {"b.jsonl"}


# ---- what cannot be indexed


@pytest.mark.parametrize("wreck", ["emptied", "unreadable", "gone"])
def test_without_any_article_the_old_index_keeps_answering(indexed: Newsroom, wreck: str) -> None:
    for path in indexed.corpus.iterdir():
        path.unlink()
    if wreck == "unreadable":
        (indexed.corpus / "image.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\x00\x00")
    if wreck == "gone":
        indexed.corpus.rmdir()
    with pytest.raises(CorpusError) as caught:
        indexed.sync()
    assert "\n" not in str(caught.value)
    assert str(indexed.corpus) in str(caught.value)
    assert len(contents(indexed.index)) == 4
    assert lexical_hits(indexed.index, "article0002")


def test_articles_that_come_back_are_found_again(indexed: Newsroom) -> None:
    for path in indexed.corpus.iterdir():
        path.unlink()
    with pytest.raises(CorpusError):
        indexed.sync()
    indexed.write_articles(2)
    assert counts(indexed.sync_without_embedder()) == (0, 0, 2, 2)


def test_the_same_id_twice_names_both_places_and_loses_nothing(indexed: Newsroom) -> None:
    indexed.write("a.jsonl", lines({"id": "same", "text": news(11)}))
    indexed.write("b.jsonl", lines({"id": "other", "text": news(12)}, {"id": "same", "text": news(13)}))
    with pytest.raises(CorpusError) as caught:
        indexed.sync()
    assert "'same'" in str(caught.value)
    assert "a.jsonl" in str(caught.value)
    assert "b.jsonl" in str(caught.value)
    with_index = indexed.open()
    assert with_index.article("0001.txt").text == news(1)
    with_index.close()
    indexed.remove("b.jsonl")
    indexed.sync()
    assert sorted(contents(indexed.index)) == ["0000.txt", "0001.txt", "0002.txt", "0003.txt", "same"]


def test_one_bad_file_is_reported_every_time_and_stops_nothing(indexed: Newsroom) -> None:
    (indexed.corpus / "bad.txt").write_bytes(b"\x00\x01\x02\x03" * 100)
    first = indexed.sync()
    again = indexed.sync_without_embedder()
    assert [(report.path, report.outcome) for report in first.files] == [("bad.txt", "skipped")]
    assert again.files == first.files
    assert again.unchanged == 4


def test_a_failing_embedder_leaves_the_old_passages_answering(indexed: Newsroom) -> None:
    indexed.embedder.fail_after = 0
    indexed.write("0001.txt", news(1, "second"))
    with pytest.raises(ModelError):
        indexed.sync()
    index = indexed.open()
    assert index.article("0001.txt").text == news(1)
    index.close()
    assert lexical_hits(indexed.index, "article0001")
    indexed.embedder.fail_after = None
    assert counts(indexed.sync()) == (0, 1, 0, 3)
    assert contents(indexed.index)["0001.txt"].article.text == news(1, "second")


@pytest.mark.slow
def test_work_done_before_a_failure_is_not_paid_for_twice(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "_EMBED_BATCH", 10)
    monkeypatch.setattr(run, "_BATCH_LENGTH", 10_000)
    newsroom.write_articles(30)
    newsroom.embedder.fail_after = 60
    with pytest.raises(ModelError):
        newsroom.sync()
    paid = newsroom.embedder.embedded
    newsroom.embedder.fail_after = None
    newsroom.sync()
    passages = sum(len(content.passages) for content in contents(newsroom.index).values())
    assert paid > 0
    assert newsroom.embedder.embedded == passages


# ---- rebuilding


def test_while_rebuilding_the_old_index_answers(indexed: Newsroom, reader: Index) -> None:
    indexed.write("0001.txt", news(1, "second"))
    seen: list[str] = []

    def look(done: int, total: int) -> None:
        seen.append(reader.article("0001.txt").text)

    report = indexed.sync(rebuild=True, progress=look)
    assert counts(report) == (4, 0, 0, 0)
    assert set(seen) == {news(1)}
    assert reader.article("0001.txt").text == news(1, "second")
    assert report.embedded == indexed.embedder.embedded
    contents(indexed.index)


def test_a_rebuild_that_fails_leaves_the_old_index(indexed: Newsroom, reader: Index) -> None:
    indexed.write("0001.txt", news(1, "second"))
    indexed.embedder.fail_after = 0
    with pytest.raises(ModelError):
        indexed.sync(rebuild=True)
    assert reader.article("0001.txt").text == news(1)
    indexed.embedder.fail_after = None
    assert counts(indexed.sync()) == (0, 1, 0, 3)
    assert reader.article("0001.txt").text == news(1, "second")
    assert [path.name for path in indexed.path.glob("stores-*")] == ["stores-1"]


@pytest.mark.slow
def test_rebuilding_again_and_again_leaves_one_set_of_files(indexed: Newsroom) -> None:
    for _ in range(3):
        indexed.sync(rebuild=True)
        assert len(list(indexed.path.glob("stores-*"))) == 1
        assert not list(indexed.path.glob("rebuilt*"))
    assert len(contents(indexed.index)) == 4


def test_a_rebuild_without_an_index_is_a_first_build(newsroom: Newsroom) -> None:
    newsroom.write_articles(2)
    assert counts(newsroom.sync(rebuild=True)) == (2, 0, 0, 0)
    assert counts(newsroom.sync_without_embedder()) == (0, 0, 0, 2)


# ---- readers


def test_a_reader_sees_what_was_written_since(indexed: Newsroom, reader: Index) -> None:
    before = reader.generation
    indexed.write("new.txt", news(50))
    indexed.remove("0000.txt")
    indexed.sync()
    assert reader.generation > before
    assert reader.article("new.txt").text == news(50)
    with pytest.raises(ArticleNotFound):
        reader.article("0000.txt")


@pytest.mark.slow
def test_a_reader_survives_any_number_of_generations(indexed: Newsroom, reader: Index) -> None:
    handles = Path("/proc/self/fd")
    if not handles.is_dir():
        pytest.skip("the system does not list a process's open files")
    opened = []
    for edition in range(15):
        indexed.write("0001.txt", news(1, f"edition{edition}"))
        indexed.sync()
        assert reader.article("0001.txt").text == news(1, f"edition{edition}")
        opened.append(len(list(handles.iterdir())))
    assert opened[-1] < opened[4] + 50


# ---- progress and batches


def test_progress_grows_to_its_total(newsroom: Newsroom) -> None:
    newsroom.write_articles(10)
    newsroom.write("more.jsonl", lines(*({"id": f"n{number}", "text": news(number)} for number in range(20, 25))))
    told: list[tuple[int, int]] = []
    newsroom.sync(progress=lambda done, total: told.append((done, total)))
    size = sum(path.stat().st_size for path in newsroom.corpus.iterdir())
    assert {total for _, total in told} == {size}
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (size, size)
    assert len(told) >= 11


@pytest.mark.slow
def test_batches_are_bounded(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    put: list[int] = []
    real = write.Writer.put

    def counted(self: write.Writer, articles: list[NewArticle]) -> None:
        put.append(sum(item.entry.length for item in articles))
        real(self, articles)

    monkeypatch.setattr(write.Writer, "put", counted)
    newsroom.write("long.txt", "\n\n".join(news(number) for number in range(120)))
    newsroom.write_articles(120)
    newsroom.sync()
    longest = len(news(119))
    assert max(newsroom.embedder.batches) <= write._EMBED_BATCH
    assert sorted(put)[-2] <= run._BATCH_LENGTH + longest
    assert len(put) >= 3


# ---- any edits at all

names = st.sampled_from(["a.txt", "b.txt", "c.txt", "d/e.txt"])
editions = st.sampled_from(["first", "second", "third"])
ids = st.lists(st.tuples(st.integers(1, 4), editions), max_size=4, unique_by=lambda item: item[0])
edits = st.one_of(
    st.tuples(st.just("write"), names, st.integers(0, 3), editions),
    st.tuples(st.just("remove"), names),
    st.tuples(st.just("rename"), names, names),
    st.tuples(st.just("lines"), ids),
    st.tuples(st.just("touch"), names),
)


def apply(newsroom: Newsroom, edit: tuple[object, ...]) -> None:
    kind, *rest = edit
    paths = [newsroom.corpus / str(name) for name in rest if isinstance(name, str)]
    if kind == "write":
        newsroom.write(str(rest[0]), news(int(str(rest[1])), str(rest[2])))
    elif kind == "lines":
        articles = [{"id": f"line{number}", "text": news(number, edition)} for number, edition in rest[0]]  # type: ignore[attr-defined]
        newsroom.write("lines.jsonl", lines(*articles))
    elif paths[0].exists():
        if kind == "remove":
            paths[0].unlink()
        elif kind == "touch":
            os.utime(paths[0])
        else:
            paths[1].parent.mkdir(exist_ok=True)
            paths[0].rename(paths[1])


rounds = st.lists(st.lists(edits, min_size=1, max_size=4), min_size=1, max_size=4)


def check_edits(folder: Path, rounds: list[list[tuple[object, ...]]]) -> None:
    newsroom = Newsroom(folder)
    newsroom.write("always.txt", news(8))
    for number, round_ in enumerate(rounds):
        for edit in round_:
            apply(newsroom, edit)
        newsroom.sync()
        again = newsroom.sync_without_embedder()
        expected = clean_build(newsroom, folder / f"clean{number}")
        assert again.articles == again.unchanged == len(expected)
        assert_same(contents(newsroom.index), expected)
        for word in ("first", "second", "third", "article0001", "article0008"):
            assert lexical_hits(newsroom.index, word) == lexical_hits(folder / f"clean{number}", word)


@pytest.mark.slow
@settings(max_examples=sample(8, whole=40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rounds=rounds)
def test_after_any_edits_the_index_equals_a_clean_build(
    tmp_path_factory: pytest.TempPathFactory, rounds: list[list[tuple[object, ...]]]
) -> None:
    check_edits(tmp_path_factory.mktemp("edits"), rounds)
