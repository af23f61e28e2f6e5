"""A figure that a later report takes back is not presented as current: the correction comes first.

Only where a later sentence names the very figure close to a word that takes it back ("withdrew the figure of 162",
"4.8 per cent and not 4.6"), and speaks of the same matter; it may be of the same outlet.
"""

from __future__ import annotations

from dataclasses import replace

from qa.disagreement import label_of
from qa.extract import Extraction, extract_of, sentences_of
from qa.index.store import Index
from qa.ranking import RankedSentence
from qa.records import Passage
from qa.retold import taken_back, worth
from qa.retrieve import Retrieved
from qa.verify.dates import parse_published
from qa.verify.names import name_key, names_of
from qa.verify.reading import read
from qa.words import content_stems

_SHARED = 3
"""Words that both sentences share where they share no name."""


def with_corrections(extraction: Extraction, retrieved: Retrieved, index: Index) -> Extraction:
    """The same; where a later report takes back a figure of the first sentence, that report's sentence stands first."""
    if not extraction.extracts:
        return extraction
    first, *others = extraction.extracts
    found = correction_of(retrieved, first.passage, first.core_words)
    made = extract_of(found, index, first.probability) if found else None
    if made is None:
        return extraction
    newer = replace(made, label=f"a correction, {label_of(made.passage)}")
    older = replace(first, label=f"corrected since, {label_of(first.passage)}")
    rest = [extract for extract in others if extract.place != newer.place]
    return replace(extraction, extracts=(newer, older, *rest))


def correction_of(retrieved: Retrieved, passage: Passage, words: str) -> RankedSentence | None:
    """A sentence of a later report that takes back a figure of ``words``, which stand in ``passage``."""
    values = {value for quantity in read(words).quantities if (value := worth(quantity)) is not None}
    day = parse_published(passage.published)
    if not values or day is None:
        return None
    for candidate in retrieved.candidates:
        later = parse_published(candidate.passage.published)
        if later is None or later < day or candidate.passage.article_id == passage.article_id:
            continue
        for sentence in sentences_of(candidate):
            if not values.isdisjoint(taken_back(sentence.text, candidate.passage.title)) and _is_about_the_same(
                words, sentence.text
            ):
                return sentence
    return None


def _is_about_the_same(one: str, other: str) -> bool:
    mine, theirs = (
        {name_key(word) for run in names_of(read(words)) for word in run if not word.initial} for words in (one, other)
    )
    return bool(mine & theirs) or len(content_stems(one) & content_stems(other)) >= _SHARED
