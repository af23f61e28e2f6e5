"""What LlamaIndex users plug in: a retriever, a splitter and an embedding, with exact ranges."""

from __future__ import annotations

import numpy as np
import pytest
from llama_index.core.ingestion import IngestionPipeline
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import Document, QueryBundle

from qa.llamaindex import BuiltInEmbedding, HybridRetriever, PassageSplitter
from tests.small_news import ARTICLES, News

pytest_plugins = ["tests.news_fixtures"]


def test_the_retriever_gives_the_passages_of_a_search(news: News) -> None:
    assistant = news.without_model()
    found = HybridRetriever(assistant, k=3).retrieve("When did the mayor resign?")
    passages = assistant.search("When did the mayor resign?", 3)
    assert [node.score for node in found] == [passage.score for passage in passages]
    assert found[0].node.metadata["article_id"] == "mayor.md"
    assert found[0].node.metadata["published"] == "2024-03-04"
    for node in found:
        text = assistant.article(node.node.metadata["article_id"]).text
        assert text[node.node.start_char_idx : node.node.end_char_idx] == node.node.get_content()  # type: ignore[attr-defined]


def test_the_retriever_takes_filters(news: News) -> None:
    found = HybridRetriever(news.without_model(), k=10, sources=["City Post"]).retrieve(QueryBundle("the city"))
    assert {node.node.metadata["article_id"] for node in found} == {"bridge.md", "emoji.md", "trap.md"}


def test_a_query_engine_answers_from_it(news: News) -> None:
    engine = RetrieverQueryEngine.from_args(HybridRetriever(news.without_model(), k=2), llm=MockLLM())
    answer = engine.query("When did the mayor resign?")
    assert "resigned on Monday" in str(answer)
    assert len(answer.source_nodes) == 2  # type: ignore[union-attr]


def test_the_splitter_tiles_a_document(news: News) -> None:
    text = "\n".join(ARTICLES.values()) * 3
    document = Document(text=text, metadata={"name": "all"})
    nodes = IngestionPipeline(transformations=[PassageSplitter()], disable_cache=True).run(documents=[document])
    assert len(nodes) > 3
    assert "".join(node.get_content() for node in nodes) == text
    place = 0
    for node in nodes:
        assert node.start_char_idx == place  # type: ignore[attr-defined]
        place = node.end_char_idx  # type: ignore[attr-defined]
        assert node.metadata == {"name": "all"}
        assert node.source_node is not None
        assert node.source_node.node_id == document.node_id
    assert len({node.node_id for node in nodes}) == len(nodes)


def test_the_embedding_is_the_programs_own(news: News) -> None:
    embedding = BuiltInEmbedding()
    query = embedding.get_query_embedding("When did the mayor resign?")
    near, far = embedding.get_text_embedding_batch(["The mayor resigned on Monday.", "Bread is short."])
    assert query == pytest.approx(news.archive.embedder.embed_queries(["When did the mayor resign?"])[0].tolist())
    assert float(np.dot(query, near)) > float(np.dot(query, far)) + 0.2
    assert embedding.get_text_embedding("") is not None


async def _embed(embedding: BuiltInEmbedding) -> list[float]:
    return await embedding.aget_query_embedding("mayor")


def test_the_embedding_works_on_a_loop() -> None:
    import asyncio

    embedding = BuiltInEmbedding()
    assert asyncio.run(_embed(embedding)) == embedding.get_query_embedding("mayor")
