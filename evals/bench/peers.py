"""What people would use instead, each set up as its own documentation does it, behind one interface.

    pip install -e ".[bench]"

- ``llamaindex``: ``SentenceSplitter`` (256 tokens, overlap 20) and ``VectorStoreIndex`` on a persistent Chroma
  collection, with our built-in embedder (int8), so that what differs is all the rest; ``llamaindex_citations`` asks
  ``CitationQueryEngine`` over the same index, with a model that answers at once.
- ``chroma``: the same chunks handed to a collection that embeds with Chroma's own default, ``ONNXMiniLM_L6_V2``. Its
  model has to lie where Chroma looks for it, or in the folder given (an export by ``qa/minilm/export.py --fp32``).
- ``bm25``: LlamaIndex's ``BM25Retriever`` over the same chunks.

Others, with a virtual environment of their own, are in ``evals.bench.outside``.
"""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from evals.bench.prompts import AtOnce
from qa.errors import QAError
from qa.records import Article

CHUNK, OVERLAP, FOUND = 256, 20, 8
CHROMA_BATCH = 1000
"""Chunks handed over at once: Chroma takes some five thousand."""

Place = tuple[str, int, int]
"""An article's id and a half-open range of code points in it."""


class PeerMissing(QAError):
    """A peer that cannot be set up here; the message says what it needs."""


class Peer(Protocol):
    """A system that is measured."""

    def index(self, articles: Sequence[Article]) -> None:
        """Takes in the articles and keeps them in its folder."""

    def open(self) -> None:
        """Makes ready to be asked, from what is in its folder."""

    def find(self, question: str) -> list[Place]:
        """The ``FOUND`` best passages, best first."""

    def answer(self, question: str) -> object:
        """An answer without a language model, or with one that answers at once."""


class Ours:
    """The assistant, with one of its presets."""

    def __init__(self, folder: Path, corpus: Path, preset: str = "balanced") -> None:
        from qa.assistant import Assistant
        from qa.settings import load_settings

        settings = load_settings(corpus=corpus, index=folder, model="extractive", preset=preset)
        self._assistant = Assistant(settings)

    def index(self, articles: Sequence[Article]) -> None:
        """Reads them from the folder of articles, as it always does."""
        self._assistant.sync()

    def open(self) -> None:
        """Nothing more than the first question opens."""

    def find(self, question: str) -> list[Place]:
        """As a language model is shown them."""
        found = self._assistant.archive.retrieve(question, FOUND, look_again=False)
        return [(passage.article_id, passage.start, passage.end) for passage in found.passages]

    def answer(self, question: str) -> object:
        """A quoted answer with its footnotes."""
        return self._assistant.ask(question)


class LlamaIndex:
    """The tutorial's pipeline; its answer without a model is the best chunk."""

    citations = False

    def __init__(self, folder: Path, corpus: Path, embedding: Any = None) -> None:
        from evals.baselines.llamaindex import MiniLM

        self._folder = folder
        self._embedding = embedding or MiniLM()
        self._store = _optional("llama_index.vector_stores.chroma").ChromaVectorStore

    def _chroma(self) -> Any:
        import chromadb

        collection = chromadb.PersistentClient(str(self._folder)).get_or_create_collection("articles")
        return self._store(chroma_collection=collection)

    def index(self, articles: Sequence[Article]) -> None:
        """Splits, embeds and stores."""
        from llama_index.core import StorageContext, VectorStoreIndex

        storage = StorageContext.from_defaults(vector_store=self._chroma())
        VectorStoreIndex(chunks(articles), storage_context=storage, embed_model=self._embedding)

    def open(self) -> None:
        """Opens the collection."""
        from llama_index.core import VectorStoreIndex
        from llama_index.core.query_engine import CitationQueryEngine

        from evals.baselines.citation_engine import for_llama_index

        index = VectorStoreIndex.from_vector_store(self._chroma(), embed_model=self._embedding)
        self._retriever = index.as_retriever(similarity_top_k=FOUND)
        engine = CitationQueryEngine.from_args(index, llm=for_llama_index(AtOnce()), similarity_top_k=FOUND)
        self._answer = engine.query if self.citations else self._retriever.retrieve

    def find(self, question: str) -> list[Place]:
        """The nearest chunks."""
        return [place_of(hit.node) for hit in self._retriever.retrieve(question)]

    def answer(self, question: str) -> object:
        """The nearest chunks, or the citation engine's reply."""
        answered: object = self._answer(question)
        return answered


class LlamaIndexCitations(LlamaIndex):
    """The same index, asked through ``CitationQueryEngine``."""

    citations = True


class Chroma:
    """A collection that embeds by itself."""

    def __init__(self, folder: Path, corpus: Path, model: Path | None = None) -> None:
        self._folder, self._model = folder, model

    def open(self) -> None:
        """Opens the collection."""
        import chromadb
        from chromadb.utils.embedding_functions.onnx_mini_lm_l6_v2 import ONNXMiniLM_L6_V2

        if self._model:
            ONNXMiniLM_L6_V2.DOWNLOAD_PATH = _as_chroma_keeps_it(self._model, self._folder.parent)
        elif not (ONNXMiniLM_L6_V2.DOWNLOAD_PATH / "onnx" / "model.onnx").is_file():
            raise PeerMissing(f"Chroma's model is not in {ONNXMiniLM_L6_V2.DOWNLOAD_PATH}; give its folder with --fp32")
        embed: Any = ONNXMiniLM_L6_V2()
        embed.model = _OwnInputs(embed.model)
        client = chromadb.PersistentClient(str(self._folder))
        self._collection = client.get_or_create_collection("articles", embedding_function=embed)

    def index(self, articles: Sequence[Article]) -> None:
        """Hands it the chunks."""
        self.open()
        nodes = chunks(articles)
        for start in range(0, len(nodes), CHROMA_BATCH):
            batch = nodes[start : start + CHROMA_BATCH]
            places: list[Any] = [dict(zip(("id", "start", "end"), place_of(node), strict=True)) for node in batch]
            self._collection.add(
                ids=[node.node_id for node in batch], documents=[node.text for node in batch], metadatas=places
            )

    def find(self, question: str) -> list[Place]:
        """The nearest chunks."""
        found = self._collection.query(query_texts=[question], n_results=FOUND)
        rows: Any = (found["metadatas"] or [[]])[0]
        return [(row["id"], row["start"], row["end"]) for row in rows]

    def answer(self, question: str) -> object:
        """The nearest chunks."""
        return self.find(question)


class _OwnInputs:
    """A session that is given what its model takes: an export may have no types of tokens, which are zeros anyway."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._names = {given.name for given in session.get_inputs()}

    def run(self, outputs: Any, given: dict[str, Any]) -> Any:
        return self._session.run(outputs, {name: given[name] for name in self._names})


class BM25:
    """Words alone."""

    def __init__(self, folder: Path, corpus: Path) -> None:
        self._folder = folder
        self._kind = _optional("llama_index.retrievers.bm25").BM25Retriever

    def index(self, articles: Sequence[Article]) -> None:
        """Splits, counts and writes the words."""
        self._kind.from_defaults(nodes=chunks(articles), similarity_top_k=FOUND).persist(str(self._folder))

    def open(self) -> None:
        """Reads the words."""
        self._retriever = self._kind.from_persist_dir(str(self._folder))

    def find(self, question: str) -> list[Place]:
        """The chunks that share most words."""
        return [place_of(hit.node) for hit in self._retriever.retrieve(question)]

    def answer(self, question: str) -> object:
        """The same."""
        return self.find(question)


def open_peer(name: str, folder: Path, corpus: Path, fp32: Path | None) -> Peer:
    """The system of a name, whose index lies, or will lie, in a folder; none of those outside.

    Raises:
        PeerMissing: if a package or a model that it needs is not here.
    """
    if name.startswith("ours"):
        return Ours(folder, corpus, name.partition("_")[2] or "balanced")
    if name == "chroma":
        return Chroma(folder, corpus, fp32)
    return PEERS[name](folder, corpus)


PEERS: dict[str, Callable[[Path, Path], Peer]] = {
    "ours": Ours,
    "ours_fast": Ours,
    "llamaindex": LlamaIndex,
    "llamaindex_citations": LlamaIndexCitations,
    "chroma": Chroma,
    "bm25": BM25,
}
SHARED_INDEX = {"ours_fast": "ours", "llamaindex_citations": "llamaindex"}
"""Systems that are asked over the index of another."""


def chunks(articles: Sequence[Article]) -> list[Any]:
    """The articles as LlamaIndex's splitter cuts them; metadata, which is not embedded, says where each stands."""
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.core.schema import Document

    from evals.baselines.llamaindex import chunk_passage

    nodes = SentenceSplitter(chunk_size=CHUNK, chunk_overlap=OVERLAP)(
        [Document(text=article.text, id_=article.id) for article in articles]
    )
    known = {article.id: article for article in articles}
    for node in nodes:
        passage = chunk_passage(node, known[node.ref_doc_id or ""], 0.0)
        node.metadata = {"article": passage.article_id, "from": passage.start, "to": passage.end}
        node.excluded_embed_metadata_keys = node.excluded_llm_metadata_keys = list(node.metadata)
    return nodes


def place_of(node: Any) -> Place:
    """Where a chunk stands."""
    return node.metadata["article"], node.metadata["from"], node.metadata["to"]


def _optional(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise PeerMissing(f"{module} is not installed; pip install -e '.[bench]'") from error


def _as_chroma_keeps_it(model: Path, place: Path) -> Path:
    """A folder like that in which Chroma keeps its model, with another export of it."""
    folder = place / "chroma-model"
    (folder / "onnx").mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "special_tokens_map.json", "tokenizer_config.json", "vocab.txt"):
        (folder / "onnx" / name).touch()
    for name in ("model.onnx", "tokenizer.json"):
        shutil.copy(model / name, folder / "onnx" / name)
    return folder
