"""Nothing is paid for twice: answers and embeddings kept on disk, by all that decides them; never errors."""

from __future__ import annotations

import multiprocessing
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from qa.answer_cache import question_key
from qa.archive import Archive
from qa.assistant import Assistant
from qa.embedders import KeptVectors, OnnxEmbedder, PassageInput, PassageVectors, open_embedder
from qa.embedders.interface import Vectors
from qa.errors import QAError
from qa.interaction import TokenEmbedder
from qa.kept import Kept, key_of
from qa.records import Span, Turn, Usage
from qa.settings import load_settings
from tests.fault_replies import bad_key, stalled, vectors, words
from tests.fault_server import FaultServer
from tests.small_news import News, writes

pytest_plugins = ["tests.news_fixtures"]

QUESTION = "When did the mayor of Lyon resign?"
GOOD = "The mayor resigned on Monday [{resigned on Monday}]."


@pytest.fixture
def keeping(news: News, tmp_path: Path) -> Iterator[Any]:
    """Opens an assistant with a cache, each time as a new process would."""

    with ExitStack() as stack:

        def opened(**flags: Any) -> Assistant:
            settings = news.archive.settings
            kept = {"corpus": settings.corpus, "index": settings.index, "cache": tmp_path / "c"}
            return stack.enter_context(closing(Assistant(load_settings(**(kept | news.model_flags | flags)))))

        yield opened


@pytest.mark.slow
def test_an_answer_is_asked_for_once(news: News, keeping: Any) -> None:
    news.server.otherwise = writes(GOOD)
    first = keeping().ask(QUESTION)
    again = keeping().ask(QUESTION)
    assert len(news.server.requests) == 1
    assert first.usage.calls == 1
    assert again.usage == Usage()
    assert again.to_dict() | {"usage": 0, "seconds": 0} == first.to_dict() | {"usage": 0, "seconds": 0}


@pytest.mark.slow
@pytest.mark.parametrize("change", ["question", "history", "filter", "recipe"])
def test_what_decides_an_answer_decides_what_is_kept(news: News, keeping: Any, change: str) -> None:
    news.server.otherwise = words("NOT IN THE ARTICLES")
    keeping().ask(QUESTION)
    asked = len(news.server.requests)
    assistant = keeping(**({"max_tokens": 100} if change == "recipe" else {}))
    history = (Turn("Who leads Lyon?", "Ana Ruiz."),) if change == "history" else ()
    filters = {"since": "2024-01-01"} if change == "filter" else {}
    assistant.ask(QUESTION + "?" * (change == "question"), history, **filters)
    assert len(news.server.requests) > asked


@pytest.mark.slow
def test_changed_articles_are_read_again(news: News, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.txt").write_text("Mayor\n\nThe mayor of Lyon resigned on Monday after a dispute.")
    flags = {"corpus": corpus, "index": tmp_path / "i", "cache": tmp_path / "c", **news.model_flags}
    news.server.otherwise = writes(GOOD)
    assistant = Assistant(load_settings(**flags))
    for text, requests in (("The tram stood still.", 2), (None, 3)):
        assistant.sync()
        before = assistant.archive.contents
        assistant.ask(QUESTION)
        assistant.ask(QUESTION)
        if text is None:
            (corpus / "b.txt").unlink()
        else:
            (corpus / "b.txt").write_text(f"Tram\n\n{text}")
        assistant.sync()
        assert assistant.archive.contents != before
        assistant.ask(QUESTION)
        # The articles of the beginning are known again.
        assert len(news.server.requests) == min(requests, 2)
    assistant.close()


@pytest.mark.slow
@pytest.mark.parametrize("reply", [bad_key(), stalled("The mayor ", seconds=0.0)], ids=["refused", "broken off"])
def test_an_error_is_not_kept(news: News, keeping: Any, reply: Any) -> None:
    news.server.script(reply)
    assistant = keeping(retries=0, timeout=1)
    with_trouble = None
    try:
        with_trouble = assistant.ask(QUESTION).error
    except QAError as error:
        with_trouble = str(error)
    assert with_trouble
    news.server.otherwise = writes(GOOD)
    assert keeping(retries=0, timeout=1).ask(QUESTION).error is None


def test_an_answer_from_the_cache_comes_as_a_stream(news: News, keeping: Any) -> None:
    news.server.otherwise = writes(GOOD)
    keeping().ask(QUESTION)
    kinds = [type(event).__name__ for event in keeping().stream(QUESTION)]
    assert kinds == ["Text", "Cited", "Checked", "Finished"]


def test_what_a_given_model_says_is_not_kept(news: News, keeping: Any, tmp_path: Path) -> None:
    model = news.assistant()._chat_model()
    news.server.otherwise = words("NOT IN THE ARTICLES")
    Assistant(keeping().settings, model=model).ask(QUESTION)
    assert not (tmp_path / "c" / "answers.sqlite3").exists()


def test_a_cache_that_is_no_cache_is_one_line(news: News, keeping: Any, tmp_path: Path) -> None:
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "answers.sqlite3").write_bytes(b"dear diary" * 1000)
    with pytest.raises(QAError, match=r"answers\.sqlite3' cannot be used.*remove the cache"):
        keeping(model="extractive").ask(QUESTION)


# --- the file


@pytest.mark.slow
def test_several_processes_share_a_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "kept.sqlite3"
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=fill, args=(path, number)) for number in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    kept = Kept(path)
    keys = [key_of(str(number), str(place)) for number in range(3) for place in range(200)]
    assert len(kept.get_many(keys)) == 600
    kept.close()


def fill(path: Path, number: int) -> None:
    kept = Kept(path)
    for place in range(200):
        kept.put(key_of(str(number), str(place)), b"x" * place)
    kept.close()


@given(some.lists(some.lists(some.text()), unique_by=tuple))
def test_different_parts_make_different_keys(parts: list[list[str]]) -> None:
    assert len({key_of(*part) for part in parts}) == len(parts)


def test_a_file_without_a_name_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    kept = Kept(None)
    kept.put(b"a", b"b")
    assert (kept.get(b"a"), kept.get(b"c")) == (b"b", None)
    kept.close()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(QAError):
        kept.get(b"a")


def test_a_file_cut_short_in_the_middle_of_writing_is_still_read(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "kept.sqlite3")
    kept.put(b"a", b"b")
    other = sqlite3.connect(tmp_path / "kept.sqlite3", isolation_level=None)
    other.execute("begin immediate")
    other.execute("insert into kept values (?, ?)", (b"c", b"d"))
    other.close()  # as a killed process does
    assert Kept(tmp_path / "kept.sqlite3").get_many([b"a", b"c"]) == {b"a": b"b"}
    kept.close()


# --- embeddings


class Counting:
    """Counts the texts that it embeds."""

    name, dimension = "counting", 4

    def __init__(self, sentences: bool = True) -> None:
        self.sentences = sentences
        self.texts: list[str] = []

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        self.texts += texts
        return np.array([[len(text), 1, 2, 3] for text in texts], np.float32).reshape(-1, 4)

    def embed_passages(self, passages: Sequence[PassageInput]) -> list[PassageVectors]:
        own = self.embed_queries([passage.text for passage in passages])
        return [
            PassageVectors(row, np.tile(row, (len(one.sentences), 1)) / 3 if self.sentences else None)
            for row, one in zip(own, passages, strict=True)
        ]


PASSAGES = [PassageInput("h", "abc", (Span(0, 1), Span(1, 3))), PassageInput("h", "abcde", (Span(0, 5),))]


@pytest.mark.parametrize("sentences", [True, False])
def test_a_text_is_embedded_once(tmp_path: Path, sentences: bool) -> None:
    for round_, asked in ((1, ["abc", "abcde", "abc"]), (2, [])):
        inner = Counting(sentences)
        embedder = KeptVectors(inner, Kept(tmp_path / "v"))
        found = [*embedder.embed_passages([*PASSAGES, PASSAGES[0]])]
        queries = embedder.embed_queries(["abc", "abc"])
        assert sorted(inner.texts) == sorted(asked), round_
        expected = Counting(sentences).embed_passages([*PASSAGES, PASSAGES[0]])
        for one, other in zip(found, expected, strict=True):
            assert one.passage.tobytes() == other.passage.tobytes()
            assert (one.sentences is None) == (other.sentences is None)
            if one.sentences is not None and other.sentences is not None:
                assert one.sentences.tobytes() == other.sentences.tobytes()
        assert queries.tobytes() == Counting().embed_queries(["abc", "abc"]).tobytes()
    assert embedder.embed_queries([]).shape == (0, 4)
    assert embedder.embed_passages([]) == []


def test_another_header_or_other_sentences_are_another_passage(tmp_path: Path) -> None:
    inner = Counting()
    embedder = KeptVectors(inner, Kept(tmp_path / "v"))
    text = "abc"
    for header, sentences in (("h", (Span(0, 3),)), ("i", (Span(0, 3),)), ("h", (Span(0, 1), Span(1, 3)))):
        embedder.embed_passages([PassageInput(header, text, sentences)])
    assert len(inner.texts) == 3


def test_the_built_in_embedder_keeps_its_vectors_of_tokens(tmp_path: Path) -> None:
    embedder = open_embedder("minilm", cache=tmp_path)
    assert isinstance(embedder, TokenEmbedder)
    plain = OnnxEmbedder()
    assert embedder.name == plain.name
    for _ in range(2):
        assert embedder.embed_queries(["It rained."]).tobytes() == plain.embed_queries(["It rained."]).tobytes()
    assert not isinstance(open_embedder("endpoint:m", base_url="http://localhost:1/v1", cache=tmp_path), TokenEmbedder)


def test_rebuilding_an_index_pays_an_endpoint_once(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.txt").write_text("Mayor\n\nThe mayor of Lyon resigned on Monday after a dispute.")
    flags = {"corpus": corpus, "index": tmp_path / "i", "cache": tmp_path / "c", "model": "extractive"}
    with FaultServer() as server:
        server.otherwise = vectors()
        archive = Archive(load_settings(**flags, embedder="endpoint:m", embedder_url=server.url))
        archive.sync()
        paid = len(server.requests)
        archive.sync(rebuild=True)
        assert len(server.requests) == paid > 0


def test_yesterday_is_another_question_tomorrow(monkeypatch: pytest.MonkeyPatch) -> None:
    class Tomorrow(date):
        @classmethod
        def today(cls) -> Tomorrow:
            return cls.fromordinal(date.today().toordinal() + 1)

    yesterday, plain = "What happened in Tolley yesterday?", "What happened in Tolley?"
    keys = question_key(yesterday, ()), question_key(plain, ())
    monkeypatch.setattr("qa.answer_cache.date", Tomorrow)
    assert question_key(yesterday, ()) != keys[0]
    assert question_key(plain, ()) == keys[1]
