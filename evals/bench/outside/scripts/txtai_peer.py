"""txtai: paragraphs of its ``Segmentation``, in an index of words and vectors (``hybrid``) that keeps the content.

The vectors come by ``method="external"``, its way to embeddings made elsewhere. Written with ``save``, read with
``load``.
"""

from __future__ import annotations

import importlib
import json
import urllib.request
from pathlib import Path
from typing import Any

BATCH = 256
"""Texts of one request."""


class Txtai:
    """An index of paragraphs."""

    def __init__(self, folder: Path, given: dict[str, Any]) -> None:
        self._folder = str(folder)
        self._kind = importlib.import_module("txtai").Embeddings
        self._split = importlib.import_module("txtai.pipeline").Segmentation(paragraphs=True)
        numpy = importlib.import_module("numpy")

        def transform(texts: list[str]) -> Any:
            rows: list[list[float]] = []
            for start in range(0, len(texts), BATCH):
                rows += vectors(given["endpoint"], list(texts[start : start + BATCH]))
            return numpy.array(rows, dtype=numpy.float32)

        self._settings = {"method": "external", "transform": transform}

    def index(self, articles: list[dict[str, str]]) -> None:
        """Splits, embeds, counts words, saves."""
        rows = [
            {"text": part, "article": article["id"]} for article in articles for part in self._split(article["text"])
        ]
        embeddings = self._kind({**self._settings, "content": True, "hybrid": True})
        embeddings.index(rows)
        embeddings.save(self._folder)

    def open(self) -> None:
        """Loads the index."""
        self._embeddings = self._kind()
        self._embeddings.load(self._folder, config=self._settings)

    def find(self, question: str, count: int) -> list[dict[str, str]]:
        """The nearest paragraphs."""
        query = "select text, article from txtai where similar(:question)"
        found = self._embeddings.search(query, limit=count, parameters={"question": question})
        return [{"article": row["article"], "text": row["text"]} for row in found]


def vectors(endpoint: str, texts: list[str]) -> list[list[float]]:
    """Asks the endpoint."""
    body = json.dumps({"model": "minilm", "input": texts}).encode("utf-8")
    asked = urllib.request.Request(f"{endpoint}/embeddings", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(asked) as reply:
        return [row["embedding"] for row in json.load(reply)["data"]]


open_system = Txtai
