"""A text read once for all checks: its words with stems, sentences, clauses, quotation marks and capitals.

No meaning is decided here; the checks share this view so that a text is tokenised once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from qa.verify.dates import Day, read_dates
from qa.verify.quantities import Quantity, read_quantities
from qa.verify.related import phrasal_verb
from qa.verify.verdicts import Evidence
from qa.words import Folded, fold, fold_with_offsets, is_stop_word, stem, tokens

CLAUSE_OPENERS = frozenset("but while although though because whereas unless if when who which after before".split(" "))
"""Words that begin a clause without a comma."""
_CLAUSE_BREAK = re.compile(r"[.;:!?()\[\]\n–—]|,[\"'’”]? | - |--")
_SENTENCE_BREAK = re.compile(r"[.!?]['\"’”)\]]*\s|\n")
_ABBREVIATION = re.compile(
    r"^(?:[^\W\d_]|mr|mrs|ms|dr|st|sen|rep|gov|gen|lt|col|capt|sgt|prof|jr|sr|no|vs|inc|corp|co|ltd"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|(?:[^\W\d_]\.)+)$"
)
_BEFORE_QUOTATION = frozenset(" \t\n\u00a0([-–—/")
_KEPT = 2000
_OPENING, _CLOSING, _STRAIGHT = "“„«", "”»", '"'
_REACH = 2
"""Words between which a verb has its particle: "turned it down"."""


class Word(NamedTuple):
    """A word of a text. ``clause`` and ``sentence`` count from 0; ``initial`` marks the first word of a sentence."""

    text: str
    start: int
    end: int
    folded: str
    stem: str
    is_stop: bool
    clause: int
    sentence: int
    quoted: bool
    capital: bool
    initial: bool
    after_comma: bool


class Reading:
    """A text and what the checks need of it, each part computed when first asked for."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def folded(self) -> Folded:
        """The text with typography evened out, and the way back."""
        return fold_with_offsets(self.text)

    @cached_property
    def dates(self) -> list[Day]:
        """Dates, by place; ranges are of the folded text."""
        return read_dates(self.folded.text, lambda place: self.text[self.folded.offsets[place]].isupper())

    @cached_property
    def quantities(self) -> list[Quantity]:
        """Numbers and measures that are not part of a date; ranges are of the folded text."""
        return read_quantities(self.folded.text, self.dates)

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """All words, in order."""
        return tuple(_read_words(self.text))

    @cached_property
    def phrasal_verbs(self) -> dict[int, str]:
        """Verbs with a particle, by the place of the verb among the words."""
        return dict(phrasal_verbs(self.words))

    @cached_property
    def content(self) -> tuple[Word, ...]:
        """The words that carry content."""
        return tuple(word for word in self.words if not word.is_stop)

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of all words."""
        return frozenset(word.stem for word in self.words)

    def dates_near(self, days: Sequence[Day]) -> list[Day]:
        """These days with the years that stand within a few words of them."""
        years = [day for day in self.dates if day.year and not day.month]
        return [*days, *(y for y in years if any(0 < y.start - day.end < 4 for day in days))]

    def source(self, start: int, end: int) -> str:
        """The words of the text that a range of its folded form stands for."""
        first, last = self.folded.source_range(start, end)
        return self.text[first:last]


def phrasal_verbs(words: Sequence[Word]) -> Iterator[tuple[int, str]]:
    """The places of verbs that have a particle close behind them, and what both are together ("turn_down")."""
    for i, word in enumerate(words):
        if not word.is_stop and not word.capital:
            following = (other.folded for other in words[i + 1 : i + 1 + _REACH] if other.clause == word.clause)
            key = phrasal_verb(word.stem, following)
            if key:
                yield i, key


@lru_cache(maxsize=1024)
def read(text: str) -> Reading:
    """A reading of evidence, kept for the next statement that cites it."""
    return Reading(text)


def _read_evidence(text: str) -> Reading:
    return read(text) if len(text) <= _KEPT else Reading(text)


class Pool:
    """All the evidence for one statement: cited texts, and the titles and sentences around them."""

    def __init__(self, evidence: Sequence[Evidence]) -> None:
        self.cited = tuple(_read_evidence(item.text) for item in evidence)
        self.around = tuple(
            _read_evidence(text) for text in dict.fromkeys(t for e in evidence for t in (e.title, e.context) if t)
        )
        self.titles = tuple(_read_evidence(title) for title in dict.fromkeys(e.title for e in evidence if e.title))
        self.published = tuple(item.published for item in evidence)

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The words of all cited texts; clauses and sentences are counted on from one text to the next."""
        words: list[Word] = []
        for reading in self.cited:
            clause, sentence = (words[-1].clause + 1, words[-1].sentence + 1) if words else (0, 0)
            words.extend(w._replace(clause=w.clause + clause, sentence=w.sentence + sentence) for w in reading.words)
        return tuple(words)

    @cached_property
    def phrasal_verbs(self) -> dict[int, str]:
        """Verbs with a particle, by the place of the verb among the words."""
        return dict(phrasal_verbs(self.words))

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of all cited texts."""
        return frozenset(word.stem for word in self.words)

    @cached_property
    def stems_around(self) -> frozenset[str]:
        """The stems of titles and context."""
        return frozenset(stem for reading in self.around for stem in reading.stems)

    @cached_property
    def folded(self) -> str:
        """All cited texts, folded, a line each."""
        return "\n".join(reading.folded.text for reading in self.cited)


def _read_words(text: str) -> list[Word]:
    words: list[Word] = []
    clause, sentence, quoted, opened, place, before = 0, 0, False, 0, 0, ""
    for token in tokens(text):
        gap = text[place : token.start]
        folded = fold(token.text)
        initial = not words or (bool(_SENTENCE_BREAK.search(gap)) and _ends_sentence(before, gap))
        if words and initial:
            sentence += 1
        if words and (initial or _CLAUSE_BREAK.search(gap) or folded in CLAUSE_OPENERS):
            clause += 1
        if quoted and _opens_again(gap):
            _unquote_after_sentence(words, opened)
        if not quoted:
            opened = len(words)
        quoted = _inside_quotes(gap, quoted, not words)
        stopped = is_stop_word(folded) and not (len(token.text) > 1 and token.text.isupper())
        words.append(
            Word(
                *(token.text, token.start, token.end, folded, stem(folded), stopped, clause, sentence, quoted),
                *(token.text[0].isupper(), initial, "," in gap),
            )
        )
        place, before = token.end, folded
    return words


def _ends_sentence(before: str, gap: str) -> bool:
    return "\n" in gap or "!" in gap or "?" in gap or not _ABBREVIATION.match(before)


def _opens_again(gap: str) -> bool:
    """Whether a quotation begins in a gap between words; at the start of a line it may only be going on."""
    return "\n" not in gap and any(mark in _STRAIGHT and gap[i - 1 : i] == " " for i, mark in enumerate(gap))


def _unquote_after_sentence(words: list[Word], opened: int) -> None:
    """Takes a quotation that was never closed to end with the sentence that it began in."""
    for i in range(opened, len(words)):
        if words[i].sentence > words[opened].sentence:
            words[i] = words[i]._replace(quoted=False)


def _inside_quotes(gap: str, quoted: bool, is_first: bool) -> bool:
    """Whether the text is inside quotation marks after a gap between words; a straight mark opens after a space."""
    for i, character in enumerate(gap):
        if character in _OPENING:
            quoted = True
        elif character in _CLOSING:
            quoted = False
        elif character in _STRAIGHT:
            quoted = gap[i - 1 : i] in _BEFORE_QUOTATION if i else is_first
    return quoted
