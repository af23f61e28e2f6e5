"""paper-qa: ``Docs.aadd`` with its own chunks, asked by ``retrieve_texts``, as its search for evidence begins.

The citation is given and ``use_doc_details`` is off, so no language model is asked. The collection is kept by pickling
it, as its documentation does.
"""

from __future__ import annotations

import asyncio
import importlib
import pickle
import tempfile
from pathlib import Path
from typing import Any


class PaperQA:
    """A collection of texts."""

    def __init__(self, folder: Path, given: dict[str, Any]) -> None:
        self._file = folder / "docs.pkl"
        self._loop = asyncio.Runner()
        self._paperqa = importlib.import_module("paperqa")
        self._settings = self._paperqa.Settings(
            embedding="openai/minilm",
            embedding_config={"kwargs": {"api_base": given["endpoint"], "api_key": "none"}},
            parsing={"use_doc_details": False, "multimodal": False},
        )
        self._embedding = self._settings.get_embedding_model()

    def index(self, articles: list[dict[str, str]]) -> None:
        """Adds the articles one after the other, and pickles."""
        self._docs = self._paperqa.Docs()
        self._loop.run(self._add(articles))
        self._file.write_bytes(pickle.dumps(self._docs))

    async def _add(self, articles: list[dict[str, str]]) -> None:
        with tempfile.TemporaryDirectory() as place:
            for number, article in enumerate(articles):
                path = Path(place, f"{number}.txt")
                path.write_text(article["text"], encoding="utf-8", newline="")
                await self._docs.aadd(
                    path,
                    citation=article["title"] or article["id"],
                    docname=article["id"],
                    dockey=article["id"],
                    settings=self._settings,
                    embedding_model=self._embedding,
                )

    def open(self) -> None:
        """Unpickles."""
        self._docs = pickle.loads(self._file.read_bytes())

    def find(self, question: str, count: int) -> list[dict[str, str]]:
        """The nearest chunks."""
        found = self._loop.run(self._docs.retrieve_texts(question, count, self._settings, self._embedding))
        return [{"article": text.doc.dockey, "text": text.text} for text in found]


open_system = PaperQA
