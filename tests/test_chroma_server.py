"""An index on a real Chroma server: any machine writes, one at a time; all the others follow."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from qa.errors import IndexLocked, IndexStale, IndexUnreachable, ModelError
from qa.index import run
from qa.index.lexical import Filter
from qa.index.served import lease, ledger, place
from qa.index.served.connection import folded, unfolded
from qa.index.served.lease import Lease
from qa.index.served.ledger import Ledger
from qa.index.served.server import CollectionGone, Server
from qa.index.store import Index
from tests.chroma_server import ChromaServer, Machine, chroma_server
from tests.index_fakes import RECIPE, HashEmbedder, Newsroom, assert_same, clean_build, news, text_vector

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trusts the times of files just written, looks at the server each time, gives readers no time to look away."""
    monkeypatch.setattr(run, "_SETTLED", 0)
    monkeypatch.setattr(place, "_FRESH", 0)
    monkeypatch.setattr(place, "_GRACE", 0)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    with chroma_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def server(running: ChromaServer, tmp_path: Path) -> Server:
    return Server(running.url, f"news-{tmp_path.name[-40:]}".strip("-_."))


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    newsroom = Newsroom(tmp_path)
    newsroom.write_articles(4)
    return newsroom


@pytest.fixture
def machines(newsroom: Newsroom, server: Server, tmp_path: Path) -> list[Machine]:
    return [Machine(newsroom, tmp_path / name, server) for name in ("first", "second", "third")]


def check_all(machines: list[Machine], tmp_path: Path) -> None:
    """Each machine sees what an index built from nothing holds."""
    expected = clean_build(machines[0].newsroom, tmp_path / f"clean-{time.monotonic_ns()}")
    for machine in machines:
        assert_same(machine.contents(), expected)


def test_what_one_machine_writes_the_others_read(machines: list[Machine], tmp_path: Path) -> None:
    report = machines[0].sync()
    assert (report.added, report.mended) == (4, [])
    check_all(machines, tmp_path)
    with machines[1].open().view() as catalog:
        assert catalog.article_count() == 4
    index = machines[2].open()
    assert index.article("0002.txt").text == news(2)
    found = index.passages([index.entry("0003.txt").passage_ids()[1]], vectors=True)
    passage = next(iter(found.values())).passage
    header = f"{passage.title}\n" if passage.title else ""
    best, cosine = index.nearest(text_vector(header + passage.text), 3, Filter())[0]
    assert best == passage.id
    assert cosine == pytest.approx(1.0, abs=1e-4)


def test_an_open_reader_follows_each_generation(machines: list[Machine], tmp_path: Path) -> None:
    writer, reader = machines[:2]
    writer.sync()
    index = reader.open()
    assert index.article("0001.txt").text == news(1)
    generation = index.generation
    writer.newsroom.write("0001.txt", news(1, "second"))
    writer.newsroom.remove("0003.txt")
    writer.newsroom.rename("0002.txt", "moved.txt")
    writer.newsroom.write("new.txt", news(9))
    report = writer.sync()
    assert (report.added, report.changed, report.removed) == (2, 1, 2)
    assert index.generation > generation
    assert index.article("0001.txt").text == news(1, "second")
    with index.view() as catalog:
        assert catalog.ids() == ["0000.txt", "0001.txt", "moved.txt", "new.txt"]
    check_all(machines, tmp_path)
    assert reader.words("article0009")
    assert not reader.words("article0003")


def test_nothing_to_do_embeds_nothing_on_any_machine(machines: list[Machine]) -> None:
    machines[0].sync()
    for machine in machines:
        machine.embedder.fail_after = 0
        report = machine.sync()
        assert (report.unchanged, report.embedded, report.changed) == (4, 0, 0)


def test_the_next_writer_may_be_another_machine(machines: list[Machine], tmp_path: Path) -> None:
    machines[0].sync()
    machines[0].newsroom.write("0001.txt", news(1, "second"))
    report = machines[1].sync()
    assert (report.changed, report.unchanged) == (1, 3)
    machines[0].newsroom.write("0000.txt", news(0, "third"))
    report = machines[0].sync()
    assert (report.changed, report.unchanged) == (1, 3)
    check_all(machines, tmp_path)


def test_rebuilding_goes_on_beside_readers(machines: list[Machine], tmp_path: Path) -> None:
    machines[0].sync()
    index = machines[1].open()
    assert index.article("0001.txt").text == news(1)
    machines[0].newsroom.write("0001.txt", news(1, "second"))
    report = machines[0].sync(rebuild=True)
    assert (report.added, report.articles) == (4, 4)
    assert index.article("0001.txt").text == news(1, "second")
    machines[2].sync(rebuild=True)
    check_all(machines, tmp_path)
    assert index.article("0001.txt").text == news(1, "second")
    machines[0].newsroom.write("0002.txt", news(2, "second"))
    machines[0].sync()
    check_all(machines, tmp_path)


@pytest.mark.parametrize("limit", [1, 5, 9])
def test_an_interrupted_writer_leaves_others_what_was_there(
    machines: list[Machine], tmp_path: Path, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "_BATCH_LENGTH", 1)
    machines[0].sync()
    before = machines[1].contents()
    for number in range(4):
        machines[0].newsroom.write(f"{number:04}.txt", news(number, "second"))
    machines[0].embedder = HashEmbedder(fail_after=limit)
    with pytest.raises(ModelError):
        machines[0].sync()
    with machines[2].open().view() as catalog:
        assert catalog.ids() == list(before)
    for machine in machines[1:]:
        index = machine.open()
        for id_ in before:
            assert index.article(id_).text in (news(int(id_[:4])), news(int(id_[:4]), "second"))
    machines[1].sync()
    check_all(machines, tmp_path)


def test_what_never_came_into_force_is_taken_back(
    machines: list[Machine], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machines[0].sync()
    machines[0].newsroom.remove("0003.txt")
    machines[0].newsroom.write("new.txt", news(7))
    with monkeypatch.context() as killed:
        killed.setattr(Ledger, "declare", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            machines[0].sync()
    with machines[1].open().view() as catalog:
        assert catalog.ids() == ["0000.txt", "0001.txt", "0002.txt", "0003.txt"]
    machines[0].newsroom.write("0003.txt", news(3))
    (machines[0].newsroom.corpus / "new.txt").unlink()
    machines[0].newsroom.write("0001.txt", news(1, "second"))
    machines[2].sync()
    check_all(machines, tmp_path)


def test_a_machine_that_was_away_for_long_follows_too(
    machines: list[Machine], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "_MOST_BURIED", 0)
    machines[0].sync()
    machines[1].contents()
    for edition in ("second", "third"):
        machines[0].newsroom.write_articles(2, edition=edition)
        machines[0].newsroom.remove("0003.txt") if edition == "second" else None
        machines[0].sync()
    state = machines[0].place()._ledger.state()
    assert state is not None
    assert state.purged > 1
    check_all(machines, tmp_path)


def test_a_server_that_was_emptied_is_filled_again(machines: list[Machine], server: Server, tmp_path: Path) -> None:
    machines[0].sync()
    machines[1].contents()
    opened = machines[1].place()
    for name in (f"{server.name}-{RECIPE}", f"{server.name}-{RECIPE}-articles-1", f"{server.name}-{RECIPE}-passages-1"):
        opened._connection.drop(name)
    with pytest.raises(IndexStale, match="qa index"):
        machines[2].contents()
    with closing(machines[1].open()) as index, pytest.raises(CollectionGone, match=r"is gone from .*run 'qa index'"):
        index.article("0001.txt")
    assert machines[0].sync().added == 4
    check_all(machines, tmp_path)


@pytest.mark.parametrize("part", ["catalog.sqlite3", "lexical-1"])
def test_a_damaged_copy_is_made_anew(machines: list[Machine], tmp_path: Path, part: str) -> None:
    machines[0].sync()
    machines[1].contents()
    damaged = machines[1].place().path / part
    if damaged.is_dir():
        shutil.rmtree(damaged)
        assert machines[1].sync().mended
    else:
        damaged.write_bytes(b"no database" * 1000)
    check_all(machines, tmp_path)


# ---- one writer at a time


def test_a_second_machine_that_wants_to_write_is_told_at_once(machines: list[Machine]) -> None:
    machines[0].sync()
    machines[0].newsroom.write("new.txt", news(9))
    with machines[0].place().lock():
        began = time.perf_counter()
        with pytest.raises(IndexLocked, match=r"machine '.*' is writing the index on the Chroma server http"):
            machines[1].sync()
        assert time.perf_counter() - began < 2
        with pytest.raises(IndexLocked, match="another process"):
            machines[0].sync()
    assert machines[1].sync().added == 1


def test_a_lease_is_had_by_one_of_many(machines: list[Machine], server: Server) -> None:
    held: list[Lease] = []
    failures: list[BaseException] = []

    def want(number: int) -> None:
        one = Lease(machines[number % 3].place()._ledger, f"machine {number}")
        try:
            held.append(one.__enter__())
        except BaseException as error:  # noqa: BLE001 (told below, in the test's own thread)
            failures.append(error)

    threads = [threading.Thread(target=want, args=(number,)) for number in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(held) == 1
    assert {type(error) for error in failures} == {IndexLocked}
    held[0].check()
    held[0].__exit__()
    want(10)
    assert len(held) == 2
    held[1].__exit__()


def test_a_lease_runs_out_and_its_holder_notices(machines: list[Machine], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "LENT", 0.6)
    first, second = (Lease(machine.place()._ledger, str(machine.folder)) for machine in machines[:2])
    with first:
        time.sleep(1.5)
        with pytest.raises(IndexLocked):  # it is renewed
            second.__enter__()
        first._stop.set()  # as if its process had been stopped
        time.sleep(0.8)
        with second:
            second.check()
            with pytest.raises(IndexLocked):
                first.check()


def test_a_lease_of_a_process_that_died_here_is_taken_over(machines: list[Machine]) -> None:
    dead = Lease(machines[0].place()._ledger, "here")
    dead.__enter__()
    dead._stop.set()
    with pytest.raises(IndexLocked):
        Lease(machines[1].place()._ledger, "elsewhere").__enter__()
    with Lease(machines[1].place()._ledger, "here") as mine:
        mine.check()


# ---- restarts


def test_a_restart_of_the_server_is_survived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.index.served.api._PATIENCE", 60.0)  # a busy machine takes longer to start it
    newsroom = Newsroom(tmp_path)
    newsroom.write_articles(3)
    with chroma_server(tmp_path / "server") as running:
        machines = [Machine(newsroom, tmp_path / name, Server(running.url, "news")) for name in ("first", "second")]
        machines[0].sync()
        index = machines[1].open()
        assert index.article("0001.txt").text == news(1)
        running.stop()
        started = threading.Timer(1.5, running.start)
        started.start()
        assert index.article("0002.txt").text == news(2)
        started.join()
        newsroom.write("0001.txt", news(1, "second"))
        machines[0].sync()
        assert index.article("0001.txt").text == news(1, "second")
        check_all(machines, tmp_path)


def test_a_server_that_stays_away_is_told_and_taken_up_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.index.served.api._PATIENCE", 0.5)
    newsroom = Newsroom(tmp_path)
    newsroom.write_articles(2)
    with chroma_server(tmp_path / "server") as running:
        machine = Machine(newsroom, tmp_path / "first", Server(running.url, "news"))
        machine.sync()
        index = machine.open()
        assert index.article("0001.txt").text == news(1)
        running.stop()
        with pytest.raises(IndexUnreachable, match="cannot be reached"):
            index.article("0001.txt")
        running.start()
        assert index.article("0001.txt").text == news(1)


# ---- what a record can hold


def test_long_values_are_spread_and_put_together() -> None:
    metadata = {"a": "x" * 9001, "b": "ü" * 5000, "c": 7, "d": "short", "e": ""}
    spread = folded(metadata)
    assert max(len(str(value).encode()) for value in spread.values()) <= 4000
    assert unfolded(spread) == metadata


def test_long_articles_and_long_sentences_go_through_the_server(machines: list[Machine], tmp_path: Path) -> None:
    lines = "\n\n".join(f"Short line {number}. Then another one. And more of it." for number in range(900))
    machines[0].newsroom.write("long.txt", lines)
    machines[0].newsroom.write("odd.txt", "Ein Wort: " + "é😀" * 3000 + ". Ende.\n")
    machines[0].sync()
    check_all(machines[:2], tmp_path)
    index: Index = machines[2].open()
    entry = index.entry("long.txt")
    assert len(entry.passages) > 20
    assert index.article("long.txt").text == lines
    assert all(
        np.isfinite(found.passage.sentence_vectors).all() for found in index.passages(entry.passage_ids()).values()
    )
