"""What a later report takes back is not presented as current: the correction comes first, and in full.

A figure is taken back where a later sentence names it close to a word that does so ("withdrew the figure of 162", "4.8
per cent and not 4.6"), and speaks of the same matter; a claim, where an article headed as a correction tells it again.
What follows there says what is right: "We said that Fesk had been fined. That was untrue. It was a roofer."
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from qa.extract import Extract, Extraction, extract_of, sentences_of
from qa.index.store import Index
from qa.ranking import RankedSentence
from qa.records import Passage, Span
from qa.retold import owns_up, taken_back, worth
from qa.retrieve import Retrieved
from qa.sentences import trimmed
from qa.sources import label_of
from qa.timing import frame_of
from qa.verify.dates import parse_published
from qa.verify.names import name_key, names_of
from qa.verify.reading import read
from qa.words import content_stems

_TOLD_AGAIN = 0.5
"""Share of the words of a sentence that owns up that the first sentence, with its headline, has to have."""
_FOLLOWING = 2
"""Sentences behind it that are shown."""
_SHARED = 3
"""Words that both sentences share where they share no name."""


def with_corrections(extraction: Extraction, retrieved: Retrieved, index: Index) -> Extraction:
    """The same; where a later report takes back what a sentence says, that report's sentence stands before it.

    A question for a day wants what was known then; corrections of later days are none of it.
    """
    known = _known_then(retrieved)
    for place, extract in enumerate(extraction.extracts):
        found = correction_of(known, extract.passage, extract.core_words) if place == 0 else None
        found = found or _owned_up(known, extract)
        made = extract_of(found, index, extract.probability) if found else None
        if made is not None:
            newer = _in_full(replace(made, label=f"a correction, {label_of(made.passage)}"))
            older = _corrected(extract)
            rest = [other for other in extraction.extracts if other.place not in (newer.place, extract.place)]
            return replace(extraction, extracts=(newer, older, *rest))
    return replace(extraction, extracts=tuple(map(_in_full, extraction.extracts)))


def with_corrections_told(extraction: Extraction, retrieved: Retrieved, index: Index) -> Extraction:
    """A list by date in which what its own outlet took back is said to be, and the correction stands in full."""
    told: list[Extract] = []
    for extract in map(_in_full, extraction.extracts):
        found = _owned_up(retrieved, extract)
        made = extract_of(found, index, extract.probability) if found else None
        told.append(_corrected(extract) if made else extract)
        if made and all(made.place != other.place for other in extraction.extracts):
            told.append(_in_full(made))
    return replace(extraction, extracts=tuple(sorted(told, key=lambda one: one.passage.published or "")))


def _known_then(retrieved: Retrieved) -> Retrieved:
    """What was reported by the time that the question asks about; all where it asks about none."""
    days = [parse_published(candidate.passage.published) or date.min for candidate in retrieved.candidates]
    frame = frame_of(retrieved.question.text, max(days, default=date.min))
    if frame is None:
        return retrieved
    kept = (one for one, day in zip(retrieved.candidates, days, strict=True) if day <= frame.end)
    return replace(retrieved, candidates=tuple(kept))


def _owned_up(retrieved: Retrieved, first: Extract) -> RankedSentence | None:
    """The sentence of a later correction of the same outlet which tells again what a sentence says."""
    passage, said = first.passage, content_stems(f"{first.passage.title} {first.core_words}")
    for candidate in retrieved.candidates:
        if candidate.passage.source != passage.source or not _is_later(candidate.passage, passage):
            continue
        for sentence in sentences_of(candidate):
            told, figures = content_stems(sentence.text), _figures(sentence.text)
            if figures and figures.isdisjoint(_figures(first.core_words)):
                continue
            if owns_up(sentence.text, candidate.passage.title) and len(told & said) >= _TOLD_AGAIN * len(told):
                return sentence
    return None


def _corrected(extract: Extract) -> Extract:
    return replace(extract, label=f"corrected since, {label_of(extract.passage)}")


def _is_later(one: Passage, other: Passage) -> bool:
    """Whether it is of another article and of the same day or a later one."""
    later, day = parse_published(one.published), parse_published(other.published)
    return one.article_id != other.article_id and later is not None and day is not None and later >= day


def _figures(words: str) -> set[float]:
    return {value for quantity in read(words).quantities if (value := worth(quantity)) is not None}


def _in_full(extract: Extract) -> Extract:
    """A sentence that owns up to a mistake, with the ones behind it, which say what is right."""
    passage = extract.passage
    if not owns_up(extract.core_words, passage.title) or extract.shown.start < passage.start:
        return extract
    end, followed = extract.shown.end, 0
    for span in passage.sentences:
        if span.start < end:
            continue
        before = passage.text[: span.start - passage.start]
        if followed == _FOLLOWING or "\n" in before[len(before.rstrip()) :]:
            break
        end, followed = span.end, followed + 1
    shown = trimmed(passage.text, Span(extract.shown.start, end).shift(-passage.start))
    if shown is None:
        return extract
    label = extract.label or f"a correction, {label_of(passage)}"
    return replace(extract, shown=shown.shift(passage.start), quote=shown.of(passage.text), label=label)


def correction_of(retrieved: Retrieved, passage: Passage, words: str) -> RankedSentence | None:
    """A sentence of a later report that takes back a figure of ``words``, which stand in ``passage``."""
    values = _figures(words)
    if not values:
        return None
    for candidate in retrieved.candidates:
        if not _is_later(candidate.passage, passage):
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
