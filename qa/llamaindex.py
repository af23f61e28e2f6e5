"""For users of LlamaIndex: this program's retrieval, passages and embedder behind LlamaIndex's interfaces.

    retriever = HybridRetriever(qa.open("articles"), k=8)
    engine = RetrieverQueryEngine.from_args(retriever, llm=...)

Every node carries its article's id and the exact range of its words, so ``article.text[start:end] == node.text``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.embeddings import BaseEmbedding
from llama_index.core.schema import (
    BaseNode,
    NodeRelationship,
    NodeWithScore,
    QueryBundle,
    TextNode,
    TransformComponent,
)
from pydantic import PrivateAttr

from qa.embedders import Embedder, PassageInput, open_embedder
from qa.passages import passage_sentences
from qa.records import Passage, Span
from qa.sentences import sentence_spans

if TYPE_CHECKING:
    from qa.assistant import Assistant


class HybridRetriever(BaseRetriever):
    """Retrieval by words and meaning as ``BaseRetriever``.

    Args:
        assistant: its articles are searched.
        k: passages for one query.
        filters: ``since``, ``until`` and ``sources``, as of ``Assistant.search``.
    """

    def __init__(self, assistant: Assistant, k: int = 8, **filters: Any) -> None:
        super().__init__()
        self._assistant = assistant
        self._k = k
        self._filters = filters

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self._assistant.search(query_bundle.query_str, self._k, **self._filters)
        return [NodeWithScore(node=passage_node(passage), score=passage.score) for passage in found]


class PassageSplitter(TransformComponent):
    """Splits documents into passages of whole sentences that tile the text, as a step of an ``IngestionPipeline``."""

    def __call__(self, nodes: Sequence[BaseNode], **kwargs: Any) -> Sequence[BaseNode]:
        """The passages of all ``nodes``, in order, each with the range of its words in its document's text."""
        return [passage for node in nodes for passage in _split(node)]


class BuiltInEmbedding(BaseEmbedding):
    """An embedder of this program as ``BaseEmbedding``; the built-in one by default."""

    _embedder: Embedder = PrivateAttr()

    def __init__(self, embedder: Embedder | None = None, **options: Any) -> None:
        chosen = embedder or open_embedder("minilm")
        super().__init__(model_name=chosen.name, **options)
        self._embedder = chosen

    def _get_query_embedding(self, query: str) -> list[float]:
        return [float(value) for value in self._embedder.embed_queries([query])[0]]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        inputs = [PassageInput("", text, (Span(0, max(len(text), 1)),)) for text in texts]
        return [[float(value) for value in vectors.passage] for vectors in self._embedder.embed_passages(inputs)]


def passage_node(passage: Passage) -> TextNode:
    """A passage as a node; its id is made of the article's id and the range."""
    metadata = {
        "article_id": passage.article_id,
        "title": passage.title,
        "published": passage.published,
        "source": passage.source,
        "url": passage.url,
    }
    return TextNode(
        id_=f"{passage.article_id}:{passage.start}-{passage.end}",
        text=passage.text,
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        metadata=metadata,
        excluded_embed_metadata_keys=list(metadata),
        excluded_llm_metadata_keys=["article_id", "url"],
    )


def _split(node: BaseNode) -> list[TextNode]:
    text = node.get_content()
    return [
        TextNode(
            text=text[group[0].start : group[-1].end],
            start_char_idx=group[0].start,
            end_char_idx=group[-1].end,
            metadata=dict(node.metadata),
            excluded_embed_metadata_keys=list(node.excluded_embed_metadata_keys),
            excluded_llm_metadata_keys=list(node.excluded_llm_metadata_keys),
            relationships={NodeRelationship.SOURCE: node.as_related_node_info()},
        )
        for group in passage_sentences(text, sentence_spans(text))
    ]
