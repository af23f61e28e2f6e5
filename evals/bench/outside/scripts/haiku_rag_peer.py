"""haiku.rag: articles as plain text through its own chunker into LanceDB, found by ``search``, which is hybrid.

They go in by ``import_documents``, its way for many at once, as documents of one text each, which is what its converter
makes of plain text; the converter itself wants all of Docling, and torch. Its settings are its own, but for the
embedder, an OpenAI-compatible one, and ``chunking_tokenizer``, which is that of this embedder and not one to download.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

BATCH = 100
"""Articles handed over at once."""


class HaikuRag:
    """A database of its documents."""

    def __init__(self, folder: Path, given: dict[str, Any]) -> None:
        self._path = folder / "articles.lancedb"
        self._loop = asyncio.Runner()
        self._client_kind = importlib.import_module("haiku.rag.client").HaikuRAG
        self._document_kind = importlib.import_module("docling_core.types.doc").DoclingDocument
        self._text_label = importlib.import_module("docling_core.types.doc").DocItemLabel.TEXT
        self._import_kind = importlib.import_module("haiku.rag.client.documents").DocumentImport
        self._tokenizer = tempfile.TemporaryDirectory()
        shutil.copy(given["tokenizer"], self._tokenizer.name)
        kind = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 512, "pad_token": "[PAD]"}
        Path(self._tokenizer.name, "tokenizer_config.json").write_text(json.dumps(kind), encoding="utf-8")
        model = {
            "provider": "openai",
            "name": "minilm",
            "vector_dim": given["dimension"],
            "base_url": given["endpoint"],
            "api_key": "none",
        }
        self._settings = importlib.import_module("haiku.rag.config").AppConfig(
            embeddings={"model": model}, processing={"chunking_tokenizer": self._tokenizer.name}
        )

    def index(self, articles: list[dict[str, str]]) -> None:
        """Chunks, embeds and stores."""
        self._loop.run(self._create(articles))

    async def _create(self, articles: list[dict[str, str]]) -> None:
        async with self._client_kind(self._path, config=self._settings, create=True) as client:
            for start in range(0, len(articles), BATCH):
                rows = [await self._prepared(client, one) for one in articles[start : start + BATCH]]
                await client.import_documents(rows)

    async def _prepared(self, client: Any, article: dict[str, str]) -> Any:
        document = self._document_kind(name=article["id"])
        document.add_text(label=self._text_label, text=article["text"])
        chunks = await client.chunk(document)
        return self._import_kind(document, chunks, uri=article["id"], title=article["title"] or None)

    def open(self) -> None:
        """Opens the database for reading."""
        client = self._client_kind(self._path, config=self._settings, read_only=True)
        self._client = self._loop.run(client.__aenter__())

    def find(self, question: str, count: int) -> list[dict[str, str]]:
        """The best chunks."""
        found = self._loop.run(self._client.search(question, limit=count))
        return [{"article": row.document_uri, "text": row.content} for row in found]


open_system = HaikuRag
