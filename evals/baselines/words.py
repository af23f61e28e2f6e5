"""BM25 over the passages of a dataset, in the assistant's own word index and nothing else of it."""

from __future__ import annotations

import math
import shutil
import tempfile
import weakref
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from qa.index.lexical import Filter, LexicalIndex, LexicalPassage
from qa.records import Passage


class WordSearch:
    """Finds passages by their words; the index lies in a temporary folder as long as this lives."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = passages
        folder = Path(tempfile.mkdtemp(prefix="evals-words-"))
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self._index = LexicalIndex(folder / "words", create=True)
        self._index.add(
            LexicalPassage(str(place), passage.text, passage.title, 0, passage.source)
            for place, passage in enumerate(passages)
        )
        self._index.commit()

    def search(self, query: str, k: int) -> list[Passage]:
        """The best ``k`` passages with their scores, best first."""
        found = self._index.search(self.terms(query), k, Filter())
        ordered = sorted(found, key=lambda item: (-item[1], int(item[0])))
        return [replace(self._passages[int(place)], score=score) for place, score in ordered]

    def terms(self, text: str) -> list[str]:
        """The words of ``text`` as they are indexed."""
        return self._index.terms(text)

    def weights(self, question: str) -> dict[str, float]:
        """How much each word of a question tells: its inverse passage frequency."""
        total = len(self._passages)
        return {
            term: math.log(1 + (total + 0.5) / (self._index.frequency(term) + 0.5))
            for term in set(self.terms(question))
        }
