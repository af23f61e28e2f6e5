"""Whatever is wrong with the files of an index: one clear line that says what to do, and nothing lost."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from qa.embedders import PassageVectors
from qa.errors import IndexDamaged, IndexStale, IndexUnwritable, StoreError
from qa.index import run
from qa.index.soundness import damaged_words, read_through
from qa.index.store import Index
from qa.index.sync import synchronise
from tests.index_fakes import Content, HashEmbedder, Newsroom, assert_same, contents, lexical_hits, news
from tests.index_process import ROOT, look
from tests.whole import whole_only

pytestmark = pytest.mark.slow

FEW = 8
ENOUGH = 340
"""Articles, with more than the thousand passages after which Chroma saves its graph of vectors."""


@dataclass(frozen=True)
class Whole:
    """An index as it was before it is damaged."""

    newsroom: Newsroom
    contents: dict[str, Content]


def build(folder: Path, articles: int) -> Whole:
    newsroom = Newsroom(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "_SETTLED", 0)
        newsroom.write_dated(articles)
        newsroom.sync()
    return Whole(newsroom, contents(newsroom.index))


def copy(whole: Whole, folder: Path) -> Newsroom:
    """A copy of the index, to be damaged; the articles are shared and stay as they are."""
    newsroom = Newsroom(folder)
    newsroom.corpus = whole.newsroom.corpus
    shutil.copytree(whole.newsroom.index, newsroom.index)
    return newsroom


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    return build(tmp_path_factory.mktemp("few"), FEW)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    return build(tmp_path_factory.mktemp("many"), ENOUGH)


@pytest.fixture
def newsroom(few: Whole, tmp_path: Path) -> Newsroom:
    return copy(few, tmp_path)


@pytest.fixture
def expected(few: Whole) -> dict[str, Content]:
    return few.contents


@pytest.fixture
def saved(many: Whole, tmp_path: Path) -> Newsroom:
    """An index whose graph of vectors has been saved to disk."""
    return copy(many, tmp_path)


def chroma(newsroom: Newsroom) -> Path:
    return newsroom.path / "stores-1" / "chroma"


def graph(newsroom: Newsroom) -> Path:
    return next(path for path in chroma(newsroom).iterdir() if path.is_dir())


def halve(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def read(newsroom: Newsroom) -> None:
    index = newsroom.open()
    try:
        look(index)
    finally:
        index.close()


def one_line(error: BaseException) -> str:
    line = str(error)
    assert "\n" not in line
    assert line.count("; ") >= 1, "says nothing to do"
    return line


# ---- what the next ordinary run mends by itself

GRAPH_FILES = ["header.bin", "data_level0.bin", "length.bin", "link_lists.bin", "index_metadata.pickle"]

MENDED: dict[str, Callable[[Newsroom], None]] = {
    **{f"{name} cut": lambda newsroom, name=name: halve(graph(newsroom) / name) for name in GRAPH_FILES},  # type: ignore[misc]
    **{f"{name} gone": lambda newsroom, name=name: (graph(newsroom) / name).unlink() for name in GRAPH_FILES},  # type: ignore[misc]
    "graph gone": lambda newsroom: shutil.rmtree(graph(newsroom)),
    "chroma gone": lambda newsroom: shutil.rmtree(chroma(newsroom)),
    "words gone": lambda newsroom: shutil.rmtree(newsroom.path / "stores-1" / "lexical-2"),
    "stores gone": lambda newsroom: shutil.rmtree(newsroom.path / "stores-1"),
}


SAMPLE = ("link_lists.bin cut", "chroma gone")


@pytest.mark.parametrize(
    "damage",
    [pytest.param(damage, id=id_) if id_ in SAMPLE else whole_only(damage, id=id_) for id_, damage in MENDED.items()],
)
def test_readers_are_told_and_the_next_run_mends(
    saved: Newsroom, many: Whole, damage: Callable[[Newsroom], None]
) -> None:
    damage(saved)
    with pytest.raises(IndexDamaged) as caught:
        read(saved)
    assert "run 'qa index'" in one_line(caught.value)
    report = saved.sync()
    assert report.mended
    assert report.articles == ENOUGH
    assert_same(contents(saved.index), many.contents)
    assert saved.sync_without_embedder().mended == []


def test_a_lost_graph_is_built_anew_without_embedding(saved: Newsroom, many: Whole) -> None:
    halve(graph(saved) / "length.bin")
    report = saved.sync_without_embedder()
    assert report.embedded == 0
    assert_same(contents(saved.index), many.contents)


def test_a_lost_catalogue_costs_no_embedding(newsroom: Newsroom, expected: dict[str, Content]) -> None:
    (newsroom.path / "catalog.sqlite3").unlink()
    with pytest.raises(IndexStale) as caught:
        read(newsroom)
    assert "run 'qa index'" in one_line(caught.value)
    report = newsroom.sync_without_embedder()
    assert (report.embedded, report.added) == (0, FEW)
    assert_same(contents(newsroom.index), expected)


def test_a_lost_mark_is_set_again(newsroom: Newsroom, expected: dict[str, Content]) -> None:
    (newsroom.index / "qa-index.json").unlink()
    read(newsroom)
    newsroom.write("new.txt", "A new report arrived on Monday.\n")
    try:
        newsroom.sync()
    finally:
        newsroom.remove("new.txt")
    assert (newsroom.index / "qa-index.json").is_file()
    newsroom.sync()
    assert_same(contents(newsroom.index), expected)


def test_a_writer_killed_while_it_saved_the_graph_is_mended(saved: Newsroom, many: Whole) -> None:
    """The worst moment: the mark of a change is set, and the files are of two different states."""
    (chroma(saved) / "changing").touch()
    stat = (graph(saved) / "data_level0.bin").stat()
    with (graph(saved) / "data_level0.bin").open("r+b") as stream:
        stream.write(os.urandom(stat.st_size))
    with pytest.raises(IndexDamaged, match="left unfinished"):
        read(saved)
    assert saved.sync_without_embedder().mended
    assert_same(contents(saved.index), many.contents)


def test_a_writer_killed_before_it_changed_the_graph_leaves_readers_answering(saved: Newsroom) -> None:
    (chroma(saved) / "changing").touch()
    moments = {path: path.stat().st_mtime_ns for path in graph(saved).iterdir()}
    index = saved.open()
    with index.view() as catalog:
        recorded = catalog.state("vectors")
    index.close()
    assert all(str(moment) in recorded for moment in moments.values())
    read(saved)


# ---- what needs "qa index --rebuild"

REBUILT: dict[str, Callable[[Newsroom], None]] = {
    "chroma database cut": lambda newsroom: halve(chroma(newsroom) / "chroma.sqlite3"),
    "chroma database overwritten": lambda newsroom: (
        (chroma(newsroom) / "chroma.sqlite3").write_bytes(b"x" * 9000) and None
    ),
    "catalogue cut": lambda newsroom: halve(newsroom.path / "catalog.sqlite3"),
    "catalogue overwritten": lambda newsroom: (newsroom.path / "catalog.sqlite3").write_bytes(b"x" * 9000) and None,
    "catalogue empty": lambda newsroom: os.truncate(newsroom.path / "catalog.sqlite3", 0),
}


@pytest.mark.parametrize("damage", REBUILT.values(), ids=REBUILT.keys())
def test_what_cannot_be_mended_is_rebuilt(
    newsroom: Newsroom, expected: dict[str, Content], damage: Callable[[Newsroom], None]
) -> None:
    damage(newsroom)
    with pytest.raises(IndexDamaged) as caught:
        read(newsroom)
    assert "run 'qa index" in one_line(caught.value)
    assert newsroom.sync(rebuild=True).articles == FEW
    assert_same(contents(newsroom.index), expected)
    assert not list(newsroom.path.glob("*-journal"))


@pytest.mark.parametrize("name", ["meta.json", "*.term", "*.idx", "*.store", "*.fieldnorm", ".managed.json"])
@pytest.mark.parametrize("how", [halve, Path.unlink, lambda path: os.truncate(path, 0)], ids=["cut", "gone", "empty"])
def test_a_damaged_word_index_is_told_or_harmless(
    newsroom: Newsroom, expected: dict[str, Content], name: str, how: Callable[[Path], None]
) -> None:
    for path in list((newsroom.path / "stores-1" / "lexical-2").glob(name)):
        how(path)
    try:
        read(newsroom)
    except StoreError as error:
        assert "run 'qa index" in one_line(error)  # noqa: PT017 - damage that is not noticed is fine too
    newsroom.sync(rebuild=True)
    assert_same(contents(newsroom.index), expected)


# ---- what is refused and left alone


def test_another_recipe_is_another_index_beside(newsroom: Newsroom, expected: dict[str, Content]) -> None:
    index = Index(newsroom.index, "fedcba987654")
    with pytest.raises(IndexStale) as caught:
        index.article("0000.md")
    assert "run 'qa index'" in one_line(caught.value)
    synchronise(newsroom.corpus, newsroom.index, "fedcba987654", HashEmbedder)
    assert_same(contents(newsroom.index), expected)


@pytest.mark.parametrize("text", ['{"format": 2}', '{"format": "x"}'])
def test_a_newer_index_is_left_as_it_is(newsroom: Newsroom, text: str) -> None:
    (newsroom.index / "qa-index.json").write_text(text)
    before = fingerprint(newsroom.index)
    for action in (newsroom.sync, lambda: newsroom.sync(rebuild=True), newsroom.open):
        with pytest.raises(IndexStale, match="newer version") as caught:
            action()
        one_line(caught.value)
    assert fingerprint(newsroom.index) == before


@pytest.mark.parametrize("text", ["", "{", "[]", '"x"', "{}", "\x00" * 30])
def test_a_damaged_mark_says_which_file_to_delete(newsroom: Newsroom, expected: dict[str, Content], text: str) -> None:
    marker = newsroom.index / "qa-index.json"
    marker.write_text(text)
    with pytest.raises(IndexDamaged, match="delete that file") as caught:
        newsroom.sync()
    one_line(caught.value)
    marker.unlink()
    newsroom.sync_without_embedder()
    assert_same(contents(newsroom.index), expected)


def test_a_folder_of_other_things_is_left_alone(newsroom: Newsroom) -> None:
    shutil.rmtree(newsroom.index)
    newsroom.index.mkdir()
    (newsroom.index / "thesis.doc").write_text("years of work")
    for action in (newsroom.sync, lambda: newsroom.sync(rebuild=True), newsroom.open):
        with pytest.raises(StoreError, match="holds other files") as caught:
            action()
        one_line(caught.value)
    assert [path.name for path in newsroom.index.iterdir()] == ["thesis.doc"]


def test_an_index_folder_left_by_a_writer_killed_at_once_is_used(newsroom: Newsroom) -> None:
    shutil.rmtree(newsroom.index)
    newsroom.index.mkdir()
    (newsroom.index / "writer.lock").touch()
    (newsroom.index / "qa-index.json.new").write_text('{"for')
    assert newsroom.sync().added == FEW


def fingerprint(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


# ---- where nothing can be written


@pytest.mark.parametrize("place", ["index", "parent", "recipe", "stores", "chroma", "lexical"])
def test_a_file_in_the_way_is_one_clear_line(tmp_path: Path, place: str) -> None:
    newsroom = Newsroom(tmp_path)
    newsroom.write_articles(1)
    blocked = {
        "index": newsroom.index,
        "parent": newsroom.index,
        "recipe": newsroom.path,
        "stores": newsroom.path / "stores-1",
        "chroma": newsroom.path / "stores-1" / "chroma",
        "lexical": newsroom.path / "stores-1" / "lexical-2",
    }[place]
    if place not in ("index", "parent"):
        newsroom.index.mkdir()
        (newsroom.index / "qa-index.json").write_text('{"format": 1}')
    blocked.parent.mkdir(parents=True, exist_ok=True)
    blocked.write_text("in the way")
    if place == "parent":
        newsroom.index = newsroom.index / "below"
    with pytest.raises(StoreError) as caught:
        newsroom.sync()
    one_line(caught.value)
    assert blocked.read_text() == "in the way"
    blocked.unlink()
    assert newsroom.sync().added == 1


@pytest.fixture
def read_only(newsroom: Newsroom, tmp_path: Path) -> Iterator[Newsroom]:
    """The index as a read-only mount: to root, permissions mean nothing."""
    frozen = tmp_path / "frozen"
    frozen.mkdir()
    mounted = subprocess.run(["mount", "--bind", newsroom.index, frozen], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip(f"cannot mount a read-only folder: {mounted.stderr.decode().strip()}")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", frozen], check=True)
        newsroom.index = frozen
        yield newsroom
    finally:
        subprocess.run(["umount", frozen], check=True)


def test_a_read_only_index_is_one_clear_line(read_only: Newsroom) -> None:
    assert read_only.sync_without_embedder().unchanged == FEW
    with pytest.raises(IndexUnwritable, match="another --index") as caught:
        read_only.sync(rebuild=True)
    one_line(caught.value)
    with pytest.raises(IndexUnwritable) as caught:
        read(read_only)
    one_line(caught.value)
    read_only.write("new.txt", "A new report arrived on Monday.\n")
    try:
        with pytest.raises(IndexUnwritable) as caught:
            read_only.sync()
    finally:
        read_only.remove("new.txt")
    one_line(caught.value)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=5m", "none", disk], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip(f"cannot mount a small disk: {mounted.stderr.decode().strip()}")
    try:
        yield disk
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_full_disk_is_one_clear_line_and_loses_nothing(small_disk: Path, many: Whole) -> None:
    newsroom = Newsroom(small_disk.parent / "room")
    newsroom.index = small_disk / "index"
    newsroom.write_dated(20)
    newsroom.sync()
    before = contents(newsroom.index)
    own, newsroom.corpus = newsroom.corpus, many.newsroom.corpus
    with pytest.raises(IndexUnwritable, match="free ") as caught:
        newsroom.sync()
    one_line(caught.value)
    subprocess.run(["mount", "-o", "remount,size=100m", small_disk], check=True)
    index = newsroom.open()
    assert {index.article(id_).text for id_ in before} == {content.article.text for content in before.values()}
    index.close()
    newsroom.sync()
    assert len(contents(newsroom.index)) == ENOUGH
    newsroom.corpus = own
    newsroom.sync()
    assert_same(contents(newsroom.index), before)


LIMITED = """
import resource, sys
from tests.index_process import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)), resource.RLIM_INFINITY))
main()
"""


@pytest.mark.parametrize("kilobytes", [600, *map(whole_only, (20, 100, 300, 1200, 2400))])
def test_files_that_may_not_grow_are_one_clear_line(tmp_path: Path, many: Whole, kilobytes: int) -> None:
    """As on a full disk, but in each of the files in turn."""
    newsroom = Newsroom(tmp_path)
    newsroom.corpus = many.newsroom.corpus
    process = subprocess.run(
        [sys.executable, "-c", LIMITED, str(kilobytes * 1000), "write", newsroom.corpus, newsroom.index],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    lines = process.stdout.splitlines()
    assert process.returncode == 0, process.stderr
    assert lines[0] == "started"
    assert lines[1:] == ["done"] or lines[1].startswith("IndexUnwritable: "), lines
    assert len(lines) == 2
    newsroom.sync()
    assert_same(contents(newsroom.index), many.contents)


def test_an_embedder_that_gives_no_sentence_vectors_is_mended_alike(tmp_path: Path) -> None:
    class Plain(HashEmbedder):
        def embed_passages(self, passages):  # type: ignore[no-untyped-def]
            return [PassageVectors(found.passage, None) for found in super().embed_passages(passages)]

    newsroom = Newsroom(tmp_path)
    newsroom.embedder = Plain()
    newsroom.write_articles(3)
    newsroom.sync()
    (chroma(newsroom) / "changing").touch()
    shutil.rmtree(graph(newsroom))
    newsroom.sync_without_embedder()
    index = newsroom.open()
    assert index.article("0001.txt").text == news(1)
    index.close()
    assert lexical_hits(newsroom.index, "article0001")


SMALL: dict[str, Callable[[Newsroom], None]] = {
    "database gone": lambda newsroom: (chroma(newsroom) / "chroma.sqlite3").unlink(),
    "chroma gone": lambda newsroom: shutil.rmtree(chroma(newsroom)),
    "words gone": lambda newsroom: shutil.rmtree(newsroom.path / "stores-1" / "lexical-2"),
    "stores gone": lambda newsroom: shutil.rmtree(newsroom.path / "stores-1"),
}


@pytest.mark.parametrize("damage", SMALL.values(), ids=SMALL.keys())
def test_a_small_index_is_mended_too(
    newsroom: Newsroom, expected: dict[str, Content], damage: Callable[[Newsroom], None]
) -> None:
    """It has no graph of vectors on disk yet, by which larger ones are known to be whole."""
    damage(newsroom)
    with pytest.raises(IndexDamaged, match="run 'qa index' to mend"):
        read(newsroom)
    assert newsroom.sync().articles == FEW
    assert_same(contents(newsroom.index), expected)


def test_a_database_that_crashes_chroma_is_damaged_and_not_a_full_disk(
    newsroom: Newsroom, expected: dict[str, Content]
) -> None:
    """A byte that is no text, in what it has yet to take up."""
    database = chroma(newsroom) / "chroma.sqlite3"
    database.write_bytes(database.read_bytes().replace(b"sentences", b"\xffentences"))
    with pytest.raises(IndexDamaged, match="run 'qa index --rebuild'"):
        read(newsroom)
    newsroom.sync(rebuild=True)
    assert_same(contents(newsroom.index), expected)


@pytest.mark.parametrize("key", ["chroma:document", "start", "sentences"])
def test_a_passage_of_which_a_part_is_gone_is_one_clear_line(
    newsroom: Newsroom, expected: dict[str, Content], key: str
) -> None:
    with closing(sqlite3.connect(chroma(newsroom) / "chroma.sqlite3")) as database:
        columns = "string_value = null, int_value = null"
        assert database.execute(f"update embedding_metadata set {columns} where key = ?", (key,)).rowcount > FEW
        database.commit()
    index = newsroom.open()
    with pytest.raises(IndexDamaged) as caught:
        index.article("0003.md")
    assert "run 'qa index --rebuild'" in one_line(caught.value)
    assert len(read_through(index, 100)[1]) == FEW
    index.close()
    newsroom.sync(rebuild=True)
    assert_same(contents(newsroom.index), expected)


# ---- what no count tells


def respell(path: Path, words: bytes) -> None:
    """Changes the first letter of these words wherever they stand."""
    content = path.read_bytes()
    assert words in content
    path.write_bytes(content.replace(words, bytes([words[0] ^ 1]) + words[1:]))


def test_a_whole_index_is_as_it_was_indexed(newsroom: Newsroom) -> None:
    index = newsroom.open()
    assert read_through(index, 100) == (FEW, [])
    assert read_through(index, 3)[0] <= 3
    assert damaged_words(index.lexical.folder) == []
    index.close()


@pytest.mark.parametrize("name", ["catalog.sqlite3", "stores-1/chroma/chroma.sqlite3"])
def test_a_letter_that_changed_on_the_disk_is_seen(newsroom: Newsroom, name: str) -> None:
    """The counts are right and everything opens; only the words are others."""
    index = newsroom.open()
    words = index.article("0003.md").title if name == "catalog.sqlite3" else index.article("0003.md").text[:12]
    index.close()
    respell(newsroom.path / name, words.encode())
    index = newsroom.open()
    assert read_through(index, 100)[1] != []
    index.close()
    newsroom.sync(rebuild=True)
    index = newsroom.open()
    assert read_through(index, 100) == (FEW, [])
    index.close()


@pytest.mark.parametrize("name", ["*.term", "*.idx", "*.store", "*.fast", "*.fieldnorm"])
def test_a_byte_that_changed_in_the_word_index_is_seen(newsroom: Newsroom, name: str) -> None:
    folder = newsroom.path / "stores-1" / "lexical-2"
    path = next(folder.glob(name))
    content = bytearray(path.read_bytes())
    content[0] ^= 1
    path.write_bytes(content)
    assert damaged_words(folder) == [path.name]
    halve(path)
    assert damaged_words(folder) == [path.name]


def test_a_catalogue_that_is_damaged_in_the_middle_is_rebuilt(newsroom: Newsroom, expected: dict[str, Content]) -> None:
    """It opens and can be read in part; writing into it, as rebuilding did, shows the damage."""
    catalogue = newsroom.path / "catalog.sqlite3"
    size = 4096
    content = bytearray(catalogue.read_bytes())
    for start in range(size, len(content), size):
        if b"0003.md" in content[start : start + size]:
            content[start : start + 8] = b"\xff" * 8
    catalogue.write_bytes(content)
    with pytest.raises(IndexDamaged, match="run 'qa index --rebuild'"):
        read(newsroom)
    assert newsroom.sync(rebuild=True).articles == FEW
    assert_same(contents(newsroom.index), expected)
