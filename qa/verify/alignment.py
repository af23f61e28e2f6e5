"""Which word of the cited text each content word of a statement stands for, and by what relation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from qa.verify.names import canonical
from qa.verify.reading import Pool, Reading, Word
from qa.verify.related import is_common_word, relation

MEANS_THE_SAME = frozenset(["same", "derived", "synonym"])
NEAREST_FIRST = ("same", "derived", "opposite", "synonym", "broader", "narrower", "sibling", "")


class Match(NamedTuple):
    """A word of the statement with the words of the cited texts that come nearest to it.

    ``places`` are indexes into ``pool.words``; ``relation`` is as ``qa.verify.related.relation`` says; both are empty
    where nothing comes near.
    """

    word: Word
    place: int
    relation: str
    places: tuple[int, ...]

    @property
    def is_met(self) -> bool:
        """Whether the cited text has this word or one that means the same."""
        return self.relation in MEANS_THE_SAME


def align(statement: Reading, pool: Pool) -> list[Match]:
    """A match for each content word of the statement, in order."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, word in enumerate(pool.words):
        places[word.stem].append(place)
        key = canonical(word.folded)
        if key != word.stem:
            places[key].append(place)
    for place, key in pool.phrasal_verbs.items():
        places[key].append(place)
    content = dict.fromkeys([*(word.stem for word in pool.words if not word.is_stop), *(k for k in places if "_" in k)])
    return [
        _match(word, index, statement.phrasal_verbs.get(index, ""), places, content)
        for index, word in enumerate(statement.words)
        if not word.is_stop
    ]


def _match(word: Word, place: int, phrase: str, places: dict[str, list[int]], content: Iterable[str]) -> Match:
    found = places.get(word.stem) or places.get(canonical(word.folded))
    if found:
        return Match(word, place, "same", tuple(found))
    if not is_common_word(word.stem) and len(word.stem) < 5:
        return Match(word, place, "", ())
    near = [
        (relation(mine, stem), stem) for stem in content for mine in ((word.stem, phrase) if phrase else (word.stem,))
    ]
    best = min((NEAREST_FIRST.index(kind) for kind, _ in near), default=len(NEAREST_FIRST) - 1)
    kind = NEAREST_FIRST[best]
    hits = tuple(place for name, stem in near if name == kind for place in places[stem]) if kind else ()
    return Match(word, place, kind, hits)
