"""The word index kept in step with a catalogue: it is derived from the passages, and made anew from them if need be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from qa.errors import IndexDamaged
from qa.index.catalog import Catalog
from qa.index.entries import Entry
from qa.index.lexical import LexicalIndex, LexicalPassage, day_number
from qa.index.place import PassageStore

_DEAD = "dead"
_MOST_DEAD = 0.2
"""Share of removed passages from which on the word index is built anew; until then they count in its frequencies."""
_BATCH = 100
"""Articles whose words are read at a time."""


class DerivedWords:
    """The word index of one catalogue, opened by the one process that may write it."""

    def __init__(self, catalog: Catalog, passages: PassageStore, lexical: LexicalIndex) -> None:
        self.catalog = catalog
        self.passages = passages
        self.lexical = lexical

    def forget(self, counts: Mapping[str, int]) -> None:
        """Removes the words of articles that are not live any more; ``counts`` are their passages, by digest."""
        self.lexical.remove(counts)
        self.lexical.commit()
        self.catalog.remember(_DEAD, str(self._dead() + sum(counts.values())))

    def heal(self) -> None:
        """Before anything is written: an index that cannot be read is emptied."""
        try:
            self.lexical.count()
        except IndexDamaged:
            self.lexical.clear()

    def settle(self) -> list[str]:
        """After everything is written: makes it hold what is live, and not too much beside; says what was mended."""
        if self.lexical.count() != self.catalog.passage_count():
            self.rebuild()
            return ["the word index was missing, damaged or behind, and has been rebuilt"]
        if self._dead() > _MOST_DEAD * self.catalog.passage_count():
            self.rebuild()
        return []

    def rebuild(self) -> None:
        """Builds it anew from the passages."""
        self.lexical.clear()
        after = ""
        while batch := self.catalog.entries(after, _BATCH):
            self.add(batch)
            after = batch[-1].id
        self.lexical.commit()
        self.catalog.remember(_DEAD, "0")

    def add(self, entries: Sequence[Entry]) -> None:
        """Adds the words of articles whose passages are stored; seen after a commit of the word index."""
        texts = self.passages.texts([id_ for entry in entries for id_ in entry.passage_ids()])
        self.lexical.add(words for entry in entries for words in _words_of(entry, texts))

    def _dead(self) -> int:
        return int(self.catalog.state(_DEAD) or 0)


def _words_of(entry: Entry, texts: Mapping[str, str]) -> Iterator[LexicalPassage]:
    day = day_number(entry.published)
    for id_ in entry.passage_ids():
        if id_ in texts:
            yield LexicalPassage(id_, texts[id_], entry.title, day, entry.source)
