"""Whether other reports give another figure or account of what is asked, or the same: both sides are shown.

Precise rather than sensitive. Two sentences are held against one another only where each gives a single figure for
what the question wants counted (``qa.figures``) or speaks of what it asks in words (``qa.accounts``), in articles of
different outlets that do not print the same words, about the same names, and of nearly the same day: what a later
report corrects is no disagreement (``qa.timely``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa.accounts import Account, differ
from qa.days import in_words
from qa.extract import Extraction, extract_of, sentences_of
from qa.figures import GROWING, PEOPLE, SPENDING, Asked, Figure, agree, asked_for, frame_of, single_figure
from qa.index.store import Index
from qa.question import Question
from qa.ranking import Candidate, RankedSentence
from qa.records import Passage
from qa.retrieve import Retrieved, shingles
from qa.verify import Evidence, verify
from qa.verify.dates import parse_published
from qa.verify.names import name_key, names_of
from qa.verify.reading import read
from qa.words import content_stems, stem

MOST_DAYS = 3
"""Days at most between two reports that can disagree."""
_DAYS_OF_MEASURES = 7
"""The same for prices, speeds, ages and the like, which change less than counts."""
MOST = 2
"""Other figures shown at most."""
_HELD = 0.25
"""Share of the question that a sentence has to hold to be an account of what is asked."""
_COVERED = 0.45
"""Share of the question that another report has to hold."""
_FEWEST = 4
"""Content words from which a sentence can be said to be confirmed, and of which another has to have as many."""
_CONFIRMED = 0.7
"""Share of a sentence's content words that another has to have to confirm it."""
_TRIED = 6
"""Sentences at most that are held against the one that answers, word for word."""
_MONTHS_AND_DAYS = (
    "january february march april may june july august september october november december"
    " monday tuesday wednesday thursday friday saturday sunday"
)
_CALENDAR = frozenset(map(stem, f"day night morning evening week month year time {_MONTHS_AND_DAYS}".split()))
"""Words of a question that say when, which a report says by its date."""
_CALENDAR_TERMS = frozenset(
    "januari februari march april may june juli august septemb octob novemb decemb monday tuesday wednesday thursday"
    " friday saturday sunday".split()
)
"""The same as they are indexed, where they pass for names."""
_DAY = len("2031-03-04")
_COPIED = 0.6
"""Share of its runs of four words that a sentence has in common with one that it copies."""


@dataclass(frozen=True, slots=True)
class Other:
    """A sentence of another report, its figure, and whether that is the same."""

    sentence: RankedSentence
    figure: Figure
    agrees: bool


def other_reports(retrieved: Retrieved, passage: Passage, words: str) -> list[Other]:
    """What other outlets give for the figure asked, best first; nothing unless ``words`` give a single one.

    Args:
        retrieved: the question and what was found for it.
        passage: where the answer stands.
        words: the sentence that answers.
    """
    asked = asked_for(retrieved.question.text)
    mine = single_figure(words, asked) if asked else None
    if asked is None or mine is None:
        return []
    found: dict[str, Other] = {}
    for candidate in retrieved.candidates:
        days = _DAYS_OF_MEASURES if asked.measure else MOST_DAYS
        if not _is_independent(candidate.passage, passage, days) or not same_matter(
            retrieved, candidate, passage, asked
        ):
            continue
        is_reprint = retrieved.is_reprint(candidate, passage.article_id)
        for sentence in sentences_of(candidate):
            theirs = single_figure(sentence.text, asked)
            same = agree(mine, theirs) if theirs else None
            if theirs is None or same is None or _is_copy(words, sentence.text) or (same and is_reprint):
                continue
            if bears_on(retrieved.question, sentence, asked, theirs) and not _superseded(
                passage, mine, candidate, theirs
            ):
                found.setdefault(_outlet(candidate), Other(sentence, theirs, same))
    return list(found.values())


def other_accounts(retrieved: Retrieved, passage: Passage, words: str) -> list[RankedSentence]:
    """Sentences of other outlets that contradict ``words``, the sentence that answers, in what is asked; best first."""
    question, mine = retrieved.question, Account.of(words, passage.published, passage.title)
    found: dict[str, RankedSentence] = {}
    for candidate in retrieved.candidates:
        if not _is_independent(candidate.passage, passage):
            continue
        for sentence in sentences_of(candidate, _HELD):
            account = Account.of(sentence.text, candidate.passage.published, candidate.passage.title)
            if not differ(question, mine, account):
                continue
            if not _is_copy(words, sentence.text) and same_matter(retrieved, candidate, passage):
                found.setdefault(_outlet(candidate), sentence)
    return list(found.values())


def _outlet(candidate: Candidate) -> str:
    return candidate.passage.source or candidate.passage.article_id


def with_both_sides(extraction: Extraction, retrieved: Retrieved, index: Index) -> Extraction:
    """The same with what other outlets say to the figure of the first sentence that gives one, else to its account.

    Those that say the same are put beside it; what contradicts it comes right after it, labelled with outlet and day.
    """
    found = _figures_beside(extraction, retrieved) or _accounts_beside(extraction, retrieved)
    return _shown(extraction, found, index) if found else extraction


@dataclass(frozen=True, slots=True)
class _Sides:
    """What other outlets say to the sentence at a ``place``: the ``same``, or something ``different`` of a ``kind``."""

    place: int
    kind: str
    same: list[RankedSentence]
    different: list[RankedSentence]


def _figures_beside(extraction: Extraction, retrieved: Retrieved) -> _Sides | None:
    asked = asked_for(retrieved.question.text)
    chosen = extraction.extracts
    place = next((n for n, extract in enumerate(chosen) if asked and single_figure(extract.core_words, asked)), None)
    if place is None:
        return None
    others = other_reports(retrieved, chosen[place].passage, chosen[place].core_words)
    same, different = (
        _one_of_each_report(retrieved, [other.sentence for other in others if other.agrees is wanted])
        for wanted in (True, False)
    )
    return _Sides(place, "another figure", same, different)


def _accounts_beside(extraction: Extraction, retrieved: Retrieved) -> _Sides | None:
    for place, extract in enumerate(extraction.extracts):
        different = _one_of_each_report(retrieved, other_accounts(retrieved, extract.passage, extract.core_words))
        if different:
            return _Sides(place, "another account", [], different)
    for extract in extraction.extracts[:1]:
        same = _one_of_each_report(retrieved, same_accounts(retrieved, extract.passage, extract.core_words))
        if same:
            return _Sides(0, "", same, [])
    return None


def _one_of_each_report(retrieved: Retrieved, sentences: Sequence[RankedSentence]) -> list[RankedSentence]:
    """The same without those of articles that print the report of one before them: both are one source."""
    kept: list[RankedSentence] = []
    for sentence in sentences:
        candidate = sentence.candidate
        if not any(retrieved.is_reprint(candidate, other.candidate.passage.article_id) for other in kept):
            kept.append(sentence)
    return kept


def same_accounts(retrieved: Retrieved, passage: Passage, words: str) -> list[RankedSentence]:
    """Sentences of other outlets, in words of their own, that say all that ``words`` say; best first."""
    own = content_stems(words)
    if len(own) < _FEWEST:
        return []
    found: dict[str, RankedSentence] = {}
    tried = 0
    for candidate in retrieved.candidates:
        reprint = retrieved.is_reprint(candidate, passage.article_id)
        if reprint or not _is_independent(candidate.passage, passage):
            continue
        for sentence in sentences_of(candidate, _HELD):
            if tried == _TRIED or len(own & content_stems(sentence.text)) < max(_FEWEST, _CONFIRMED * len(own)):
                continue
            tried += 1
            said = Evidence(sentence.text, candidate.passage.title, candidate.passage.published, sentence.context)
            if not _is_copy(words, sentence.text) and verify(words, [said]).support == "supported":
                found.setdefault(_outlet(candidate), sentence)
    return list(found.values())


def _shown(extraction: Extraction, found: _Sides, index: Index) -> Extraction:
    """The choice of sentences with both sides in it, each sentence once."""
    chosen, place = extraction.extracts, found.place
    same, different = (
        [made for sentence in sentences if (made := extract_of(sentence, index, 0.0))][:MOST]
        for sentences in (found.same, found.different)
    )
    label = label_of(chosen[place].passage) if same or different else ""
    if same:
        label += f"; {_others(len(same))} the same"
    anchor = replace(chosen[place], label=label, also=tuple(same))
    sides = [replace(extract, label=f"{found.kind}, {label_of(extract.passage)}") for extract in different]
    shown = {extract.place for extract in (*same, *different)}
    before, after = (
        [extract for extract in part if extract.place not in shown] for part in (chosen[:place], chosen[place + 1 :])
    )
    return replace(extraction, extracts=(*before, anchor, *sides, *after))


def _others(count: int) -> str:
    return "another report says" if count == 1 else f"{'two' if count == 2 else count} other reports say"


def label_of(passage: Passage) -> str:
    """The outlet and the day of a report, as far as they are known."""
    day = parse_published(passage.published)
    return ", ".join([passage.source or "another report", *([in_words(day)] if day else [])])


def _is_independent(one: Passage, other: Passage, days: int = MOST_DAYS) -> bool:
    """Whether they are of different outlets and of nearly the same day; one outlet's next report is an update."""
    if one.article_id == other.article_id or (one.source and one.source == other.source):
        return False
    first, second = parse_published(one.published), parse_published(other.published)
    if first is None or second is None:
        return first is second
    return abs((first - second).days) <= days


def same_matter(retrieved: Retrieved, candidate: Candidate, passage: Passage, asked: Asked | None = None) -> bool:
    """Whether a report holds the question's names and most of its words, and names something that the other names."""
    question, theirs = retrieved.question, candidate.passage
    if not question.name_terms - _CALENDAR_TERMS <= candidate.evidence.covered.keys():
        return False
    frame = (frame_of(asked) if asked else frozenset[str]()) | _CALENDAR
    wanted = {word: rarity for word, rarity in question.stems.items() if word not in frame}
    held = wanted.keys() & content_stems(f"{theirs.title} {theirs.text}")
    share = sum(wanted[word] for word in held) / (sum(wanted.values()) or 1.0)
    if max(share, question.share(candidate.evidence.covered)) < _COVERED:
        return False
    return bool(_names(theirs) & _names(passage))


def _names(passage: Passage) -> set[str]:
    runs = (*names_of(read(passage.title)), *names_of(read(passage.text)))
    return {name_key(word) for run in runs for word in run} - {passage.source.lower()}


def _is_copy(one: str, other: str) -> bool:
    mine, theirs = shingles(one), shingles(other)
    return len(mine & theirs) >= _COPIED * min(len(mine), len(theirs))


def bears_on(question: Question, sentence: RankedSentence, asked: Asked, figure: Figure) -> bool:
    """Whether what else is asked is said: of measures and of people near the figure, else around the sentence.

    A count of things, of ages or of people to whom something happened has its frame in itself.
    """
    names = {stem(name) for name in question.names}
    own = question.stems.keys() - frame_of(asked) - names
    if asked.measure not in ("", "age"):
        is_named = asked.measure == "money" and own & figure.near & SPENDING
        return bool(is_named) or len(own & figure.near) >= min(2, len(own))
    if asked.nouns & PEOPLE:
        return bool(own & figure.near)
    return not own or bool(own & (content_stems(sentence.text) | content_stems(sentence.context)))


def _superseded(passage: Passage, mine: Figure, candidate: Candidate, theirs: Figure) -> bool:
    """Whether one is an earlier report of a count that only grows, and lower: it was true then."""
    first, second = _moment(passage), _moment(candidate.passage)
    if first is None or second is None or mine.of not in GROWING:
        return False
    if len(first) != len(second):  # of one only the day is known
        first, second = first[:_DAY], second[:_DAY]
    return first != second and (theirs.value < mine.value) == (second < first)


def _moment(passage: Passage) -> str | None:
    """The day of a report, with the hour and the minute where they are known, as in ISO."""
    return (passage.published or "")[:16] if parse_published(passage.published) else None
