"""What an index gives its readers: articles as they were read, and passages in the order asked for."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from qa.errors import ArticleNotFound
from qa.index.lexical import Filter
from qa.index.store import Index
from qa.index.stored import pack, unpack
from tests.index_fakes import Newsroom, news, text_vector
from tests.test_passages import NASTY

ARTICLES = [
    {
        "id": "a",
        "text": news(1),
        "title": "Tram",
        "published": "2024-03-04",
        "source": "City Post",
        "url": "https://a.example",
    },
    {"id": "b", "text": news(2), "published": "2024-03-05T10:00:00", "source": "Rhone Daily"},
    {"id": "c", "text": news(3), "source": "City Post"},
    {"id": "d", "text": "Café owners in İzmir protested. 👩‍👧 came. ‏שלום‏."},
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    newsroom = Newsroom(tmp_path_factory.mktemp("index"))
    newsroom.write("all.jsonl", "".join(json.dumps(article) + "\n" for article in ARTICLES))
    newsroom.sync()
    index = newsroom.open()
    yield index
    index.close()


def passages_of(index: Index, article_id: str) -> list[str]:
    return index.entry(article_id).passage_ids()


@pytest.mark.parametrize("expected", ARTICLES, ids=lambda article: article["id"])
def test_an_article_comes_back_as_it_was_read(index: Index, expected: dict[str, str]) -> None:
    article = index.article(expected["id"])
    assert article.text == expected["text"]
    assert (article.title, article.source, article.url) == (
        expected.get("title", article.title),
        expected.get("source", ""),
        expected.get("url", ""),
    )
    assert (article.published or "")[:10] == expected.get("published", "")[:10]


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, text in NASTY.items() if text.strip() and "\x00" not in text])
def test_nasty_texts_come_back_range_by_range(tmp_path: Path, name: str) -> None:
    newsroom = Newsroom(tmp_path)
    newsroom.write("one.jsonl", json.dumps({"id": f"id {name} é", "text": NASTY[name]}) + "\n")
    newsroom.sync()
    index = newsroom.open()
    entry = index.entry(f"id {name} é")
    article = index.article(entry.id)
    found = index.passages(entry.passage_ids())
    assert "".join(item.passage.text for item in found.values()) == article.text
    for item in found.values():
        assert article.text[item.passage.start : item.passage.end] == item.passage.text
        assert item.passage.sentences[0].start == item.passage.start
        assert item.passage.sentences[-1].end == item.passage.end
    index.close()


def test_passages_come_in_the_order_asked_for(index: Index) -> None:
    ids = [id_ for article in ("b", "a", "c") for id_ in passages_of(index, article)]
    random.Random(1).shuffle(ids)
    assert list(index.passages(ids)) == ids
    assert list(index.passages([*ids, "0123456789ab.0"], vectors=True)) == ids


def test_an_unknown_article_is_told(index: Index) -> None:
    with pytest.raises(ArticleNotFound, match="'nowhere'"):
        index.article("nowhere")


def test_nearest_is_the_passage_itself_with_a_cosine_of_one(index: Index) -> None:
    id_ = passages_of(index, "b")[1]
    found = index.passages([id_], vectors=True)[id_]
    header = f"{found.entry.title}\n" if found.entry.title else ""
    best, cosine = index.nearest(text_vector(header + found.passage.text), 3, Filter())[0]
    assert best == id_
    assert cosine == pytest.approx(1.0, abs=1e-4)


def articles_of(index: Index, ids: list[tuple[str, float]]) -> set[str]:
    return {found.entry.id for found in index.passages(id_ for id_, _ in ids).values()}


@pytest.mark.parametrize(
    ("restrict", "expected"),
    [
        (Filter(), {"a", "b", "c"}),
        (Filter(since=20240305), {"b"}),
        (Filter(until=20240304), {"a"}),
        (Filter(since=20240304, until=20240305), {"a", "b"}),
        (Filter(sources=("City Post",)), {"a", "c"}),
        (Filter(since=20240101, sources=("City Post",)), {"a"}),
        (Filter(sources=("Nobody",)), set()),
    ],
)
def test_both_searches_keep_to_dates_and_sources(index: Index, restrict: Filter, expected: set[str]) -> None:
    by_words = index.matching(index.lexical.terms("councillor tram line"), 100, restrict)
    assert articles_of(index, by_words) == expected
    by_meaning = index.nearest(text_vector("tram"), 100, restrict)
    assert articles_of(index, by_meaning) == (expected if restrict != Filter() else {"a", "b", "c", "d"})


@pytest.mark.parametrize("query", ["cafe", "CAFÉ", "izmir protest", "IN AND OR NOT protested", 'a:b "c^ (d~ protested'])
def test_words_are_found_folded_and_never_read_as_a_query_language(index: Index, query: str) -> None:
    assert "d" in articles_of(index, index.matching(index.lexical.terms(query), 10, Filter()))


def test_nothing_is_found_for_no_words(index: Index) -> None:
    assert index.matching([], 10, Filter()) == []
    assert index.matching(["zzzzunknown"], 10, Filter()) == []


def test_an_index_is_shared_between_threads(index: Index) -> None:
    failures: list[BaseException] = []

    def look() -> None:
        try:
            for _ in range(20):
                with index.view():
                    assert index.article("a").text == news(1)
                    assert index.nearest(text_vector("x"), 3, Filter(since=20240101))
        except BaseException as error:  # noqa: BLE001 (told below, in the test's own thread)
            failures.append(error)

    threads = [threading.Thread(target=look) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_an_index_opens_again_after_it_was_closed(index: Index) -> None:
    index.close()
    assert index.article("c").text == news(3)


def test_packed_sentence_vectors_keep_their_direction() -> None:
    vectors = np.stack([text_vector(str(number)) for number in range(50)])
    again = unpack(pack(vectors), 50)
    assert np.allclose(np.linalg.norm(again, axis=1), 1, atol=1e-5)
    assert float((vectors * again).sum(axis=1).min()) > 0.999
