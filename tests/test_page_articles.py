"""Articles added, fetched, removed and listed through the page."""

import json
import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from qa.assistant import Assistant
from qa.errors import CorpusError, QAError
from qa.page import additions, fetching, library
from qa.page.upkeep import Upkeep
from qa.settings import Settings
from tests.browser import collect_what_gradio_left


@pytest.fixture
def assistant(tmp_path: Path) -> Assistant:
    corpus = tmp_path / "articles"
    corpus.mkdir()
    (corpus / "bridge.txt").write_text("Bridge closes\nThe old bridge will close on 4 May, the council said.", "utf-8")
    made = Assistant(Settings(corpus=corpus, index=tmp_path / "index", model="extractive"))
    made.sync()
    return made


# ---- adding and removing


def test_files_are_added_with_a_result_for_each(assistant: Assistant, tmp_path: Path) -> None:
    good, bad, odd = tmp_path / "good.txt", tmp_path / "bad.exe", tmp_path / "empty.txt"
    good.write_text("Zoo\nThe zoo bought seven penguins.", "utf-8")
    bad.write_bytes(b"MZ")
    odd.write_text("", "utf-8")
    outcomes = {item.name: item for item in additions.add_files(assistant, Upkeep(assistant), [good, bad, odd])}
    assert outcomes["good.txt"].articles == 1
    assert "not a kind of file" in outcomes["bad.exe"].reason
    assert outcomes["empty.txt"].articles == 0
    assert outcomes["empty.txt"].reason
    assert assistant.article("added/good.txt").text.endswith("seven penguins.")
    assert not (assistant.settings.corpus / "added" / "empty.txt").exists()


def test_one_file_with_a_taken_id_spoils_no_other(assistant: Assistant, tmp_path: Path) -> None:
    clash, good = tmp_path / "clash.json", tmp_path / "good.txt"
    clash.write_text(json.dumps({"id": "bridge.txt", "text": "Another bridge."}), "utf-8")
    good.write_text("Zoo\nThe zoo bought seven penguins.", "utf-8")
    outcomes = {item.name: item for item in additions.add_files(assistant, Upkeep(assistant), [clash, good])}
    assert outcomes["good.txt"].articles == 1
    assert "two articles have the id" in outcomes["clash.json"].reason
    assert "4 May" in assistant.article("bridge.txt").text


def test_a_second_file_of_the_same_name_does_not_replace_the_first(assistant: Assistant, tmp_path: Path) -> None:
    for number in (1, 2):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "same.txt").write_text(f"Title {number}\nText number {number} of two.", "utf-8")
        additions.add_files(assistant, Upkeep(assistant), [folder / "same.txt"])
    assert "number 1" in assistant.article("added/same.txt").text
    assert "number 2" in assistant.article("added/same-2.txt").text


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["../../evil", "/etc/passwd", "..\\evil", ".hidden", "a\u202eb", "x" * 300, "~$lock", "", "\x00"]
)
def test_no_title_of_a_pasted_text_leads_out_of_the_folder(assistant: Assistant, name: str) -> None:
    outcome = additions.add_text(assistant, Upkeep(assistant), "The text of it says something.", title=name)[0]
    files = [path for path in (assistant.settings.corpus / "added").rglob("*") if path.is_file()]
    assert outcome.articles == 1
    assert [path.name for path in files] == [outcome.name]


@pytest.mark.parametrize(("text", "published"), [("", ""), ("  \n", ""), ("Text", "yesterday"), ("Text", "2031-13-01")])
def test_a_pasted_text_without_words_or_with_a_wrong_date_is_refused(
    assistant: Assistant, text: str, published: str
) -> None:
    with pytest.raises(QAError):
        additions.add_text(assistant, Upkeep(assistant), text, published=published)
    assert not list((assistant.settings.corpus / "added").glob("*"))


def test_removing_keeps_the_file_and_never_empties_the_folder(assistant: Assistant, tmp_path: Path) -> None:
    upkeep = Upkeep(assistant)
    additions.add_text(assistant, upkeep, "The zoo bought seven penguins.", title="Zoo")
    assert additions.remove(assistant, upkeep, "added/Zoo.json") == "added/Zoo.json"
    assert (assistant.settings.corpus / ".removed" / "Zoo.json").is_file()
    with pytest.raises(QAError):
        assistant.article("added/Zoo.json")
    with pytest.raises(CorpusError, match="stays"):
        additions.remove(assistant, upkeep, "bridge.txt")
    assert (assistant.settings.corpus / "bridge.txt").is_file()


def test_too_many_files_are_refused(assistant: Assistant, tmp_path: Path) -> None:
    with pytest.raises(QAError, match="several goes"):
        additions.add_files(assistant, Upkeep(assistant), [tmp_path / "x.txt"] * (additions.MOST_FILES + 1))


# ---- fetching


def _web(replies: dict[str, httpx.Response]) -> httpx.MockTransport:
    return httpx.MockTransport(lambda request: replies.get(str(request.url), httpx.Response(404)))


def test_a_page_is_fetched_through_redirections() -> None:
    page = httpx.Response(200, headers={"content-type": "text/html"}, content=iter([b"<p>", b"Hello</p>"]))
    moved = httpx.Response(302, headers={"location": "/news/story-1.html"})
    web = _web({"https://news.example/old": moved, "https://news.example/news/story-1.html": page})
    assert fetching.fetch("https://news.example/old", web) == ("news.example story-1", b"<p>Hello</p>")


@pytest.mark.parametrize(
    "address", ["ftp://a.example", "file:///etc/passwd", "nonsense", "http://127.0.0.1/", "http://10.1.2.3/x"]
)
def test_what_is_not_on_the_public_web_is_not_fetched(address: str) -> None:
    with pytest.raises(CorpusError):
        fetching.fetch(address, _web({address: httpx.Response(200, html="secret")}))


def test_a_redirection_into_this_network_is_not_followed() -> None:
    inside = httpx.Response(302, headers={"location": "http://169.254.169.254/latest"})
    with pytest.raises(CorpusError, match="public"):
        fetching.fetch("https://news.example/", _web({"https://news.example/": inside}))


def test_too_long_or_other_things_than_pages_are_refused() -> None:
    long = httpx.Response(200, headers={"content-type": "text/html"}, content=iter([b"x" * (fetching.MOST_BYTES + 1)]))
    other = httpx.Response(200, headers={"content-type": "application/zip"}, content=b"PK")
    web = _web({"https://a.example/long": long, "https://a.example/zip": other})
    for path in ("long", "zip", "missing"):
        with pytest.raises(CorpusError):
            fetching.fetch(f"https://a.example/{path}", web)


def test_articles_are_listed_newest_first_and_filtered(tmp_path: Path) -> None:
    corpus = tmp_path / "articles"
    corpus.mkdir()
    lines = [
        {"id": "a", "text": "Alpha text.", "title": "A", "published": "2031-01-01", "source": "Post"},
        {"id": "b", "text": "Beta text.", "title": "B", "published": "2031-03-01", "source": "Ledger"},
        {"id": "c", "text": "Gamma text.", "title": "C", "source": "Post"},
    ]
    (corpus / "all.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    assistant = Assistant(Settings(corpus=corpus, index=tmp_path / "index", model="extractive"))
    shelf = library.Library(assistant)
    assert shelf.overview() == library.Overview()
    assistant.sync()
    assert shelf.overview() == library.Overview(3, "2031-01-01", "2031-03-01", ("Ledger", "Post"))

    def ids(**wanted: object) -> list[str]:
        return [row.id for row in shelf.find(library.Wanted(**wanted))[0]]  # type: ignore[arg-type]

    assert ids() == ["b", "a", "c"]
    assert ids(until="2031-02-01") == ["a"]
    assert ids(since="2031-02-01") == ["b"]
    assert ids(sources=("Post",)) == ["a", "c"]
    assert ids(words="gamma")[0] == "c"
    with pytest.raises(QAError, match="no date"):
        ids(since="soon")


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # gradio warns of its own use of pandas
def test_adding_files_tells_how_far_it_is(
    assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gradio = pytest.importorskip("gradio")
    monkeypatch.setenv("GRADIO_ANALYTICS_ENABLED", "False")  # as the page does
    from qa.page import articles_view
    from qa.page.context import Desk, Options

    told = threading.Event()
    synchronise = assistant.sync

    def slow(*, progress: Callable[[int, int], None], **options: bool) -> object:
        progress(30, 40)
        assert told.wait(10)
        return synchronise(progress=progress, **options)

    monkeypatch.setattr(articles_view, "_TOLD_EVERY", 0.01)
    monkeypatch.setattr(assistant, "sync", slow)
    new = tmp_path / "new.txt"
    new.write_text("Zoo\nThe zoo bought seven penguins.", "utf-8")
    with gradio.Blocks():
        view = articles_view.ArticlesView(Desk(assistant, Options(feedback=tmp_path / "feedback.jsonl")))
    texts = []
    for update in view.add_files([str(new)]):
        texts.append(str(update[view.results]))
        if "75 %" in texts[-1]:
            told.set()
    assert any("Reading 1 file… 75 %" in text for text in texts)
    assert "1 article added from 1 file" in texts[-1]
    del view
    collect_what_gradio_left()
