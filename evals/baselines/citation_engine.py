"""LlamaIndex CitationQueryEngine over the plain pipeline's chunks: cites chunks by number, without ranges.

Its sources are found again in their article by their words, since it drops where they stood.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from llama_index.core.llms import CompletionResponse, CompletionResponseGen, CustomLLM, LLMMetadata
from llama_index.core.query_engine import CitationQueryEngine

from evals.baselines.llamaindex import build_index
from evals.datasets import Dataset
from qa.models import ChatModel, Finish
from qa.prompts import Message
from qa.records import Answer, Article, Citation, Passage, PassageReference, Statement, Turn, Usage
from qa.sentences import sentence_spans

_MARKER = re.compile(r"\[(\d{1,3})\]")


class _Model(CustomLLM):
    """A ``ChatModel`` as LlamaIndex asks one; adds up what the calls cost."""

    _model: ChatModel
    _usage: Usage

    def __init__(self, model: ChatModel, **options: Any) -> None:
        super().__init__(**options)
        self._model, self._usage = model, Usage()

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name=self._model.name, context_window=8192, num_output=512)

    def complete(self, prompt: str, formatted: bool = False, **options: Any) -> CompletionResponse:
        text = ""
        for delta in self._model.stream([Message("user", prompt)]):
            if isinstance(delta, Finish):
                self._usage += delta.usage
            else:
                text += delta.text
        return CompletionResponse(text=text)

    def stream_complete(self, prompt: str, formatted: bool = False, **options: Any) -> CompletionResponseGen:
        yield self.complete(prompt)

    @property
    def usage(self) -> Usage:
        return self._usage


def for_llama_index(model: ChatModel) -> CustomLLM:
    """A ``ChatModel`` as LlamaIndex asks one."""
    return _Model(model)


class _CitationEngine:
    def __init__(self, dataset: Dataset, model: ChatModel) -> None:
        self._articles = {article.id: article for article in dataset.articles}
        self._index = build_index(dataset.articles)
        self._model = model

    def answer(self, question: str, history: Sequence[Turn]) -> Answer:
        model = _Model(self._model)
        engine = CitationQueryEngine.from_args(self._index, llm=model, similarity_top_k=8)
        reply = engine.query(question)
        text = str(reply).strip()
        sources = [self._source(number, hit.node) for number, hit in enumerate(reply.source_nodes, start=1)]
        return _answer(question, text, sources, self._model.name, model.usage)

    def _source(self, number: int, node: Any) -> Citation:
        article: Article = self._articles[node.ref_doc_id or ""]
        words = re.sub(r"^Source \d+:\n", "", node.get_content()).strip()
        start = article.text.find(words)
        return Citation(number, article.id, article.title, article.published, start, start + len(words), words)

    def search(self, query: str, k: int) -> list[Passage]:
        return []


def _answer(question: str, text: str, sources: Sequence[Citation], name: str, usage: Usage) -> Answer:
    cited = {int(number) for number in _MARKER.findall(text)} & {source.number for source in sources}
    statements = tuple(
        Statement(
            span.start,
            span.end,
            tuple(dict.fromkeys(n for n in map(int, _MARKER.findall(span.of(text))) if n in cited)),
        )
        for span in sentence_spans(text)
    )
    return Answer(
        question,
        "answered" if text else "abstained",
        text,
        statements,
        tuple(source for source in sources if source.number in cited),
        tuple(PassageReference(s.article_id, max(0, s.start), s.end, 1 / s.number) for s in sources),
        confidence=0.5,
        model=name,
        recipe="citation-engine",
        usage=usage,
    )


def open_system(dataset: Dataset, model: ChatModel) -> _CitationEngine:
    """The baseline."""
    return _CitationEngine(dataset, model)
