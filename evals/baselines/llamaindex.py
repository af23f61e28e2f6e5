"""A plain LlamaIndex pipeline as its users write it: its splitter, an in-memory index, the best chunk as the answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llama_index.core import VectorStoreIndex
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.schema import BaseNode, Document, TextNode

from evals.baselines.quoting import passage_of, quoting
from evals.datasets import Dataset
from qa.embedders import Embedder, open_embedder
from qa.records import Answer, Article, Passage, Span, Turn

CHUNK, OVERLAP = 256, 20


class MiniLM(BaseEmbedding):
    """The built-in embedder, or another, as LlamaIndex takes one."""

    _embedder: Embedder

    def __init__(self, embedder: Embedder | None = None, **options: Any) -> None:
        super().__init__(model_name=embedder.name if embedder else "built-in MiniLM", **options)
        self._embedder = embedder or open_embedder("minilm")

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        rows: list[list[float]] = self._embedder.embed_queries(texts).tolist()
        return rows

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embeddings([query])[0]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


def build_index(articles: Sequence[Article]) -> VectorStoreIndex:
    """The chunks of the articles in LlamaIndex's own vector store."""
    splitter = SentenceSplitter(chunk_size=CHUNK, chunk_overlap=OVERLAP)
    nodes = splitter([Document(text=article.text, id_=article.id) for article in articles])
    return VectorStoreIndex(nodes, embed_model=MiniLM())


def chunk_passage(node: BaseNode, article: Article, score: float) -> Passage:
    """A chunk where LlamaIndex says it stands."""
    assert isinstance(node, TextNode)
    start, end = node.start_char_idx or 0, node.end_char_idx or 0
    if article.text[start:end] != node.text:
        start = max(0, article.text.find(node.text))
        end = start + len(node.text)
    passage = passage_of(article, [Span(start, min(end, len(article.text)))])
    return Passage(**{name: getattr(passage, name) for name in passage.__slots__} | {"score": score})


class _LlamaIndex:
    def __init__(self, dataset: Dataset) -> None:
        self._articles = {article.id: article for article in dataset.articles}
        self._index = build_index(dataset.articles)

    def answer(self, question: str, history: Sequence[Turn]) -> Answer:
        passages = self.search(question, 8)
        best = passages[0]
        return quoting(
            question,
            [(best.article_id, Span(best.start, best.end))],
            self._articles,
            name="llamaindex",
            passages=passages,
            confidence=best.score,
        )

    def search(self, query: str, k: int) -> list[Passage]:
        found = self._index.as_retriever(similarity_top_k=k).retrieve(query)
        return [chunk_passage(hit.node, self._articles[hit.node.ref_doc_id or ""], hit.score or 0.0) for hit in found]


def open_system(dataset: Dataset) -> _LlamaIndex:
    """The baseline."""
    return _LlamaIndex(dataset)
