"""Whether two reports are two sources on one matter: other outlets, other words, the same names, nearly the same day.

What a later report corrects is no disagreement (``qa.timely``), and what two outlets print of one agency no agreement
(``qa.index.sketch``). Inside one article two people who are quoted are two sources.
"""

from __future__ import annotations

from collections.abc import Sequence

from qa.days import in_words
from qa.figures import GROWING, PEOPLE, SHRINKING, Asked, Figure, frame_of
from qa.measures import SPENDING
from qa.question import Question
from qa.ranking import Candidate, RankedSentence
from qa.records import Passage
from qa.retrieve import Retrieved, shingles
from qa.verify.attribution import SPEAKING, reports
from qa.verify.dates import parse_published
from qa.verify.names import name_key, names_of
from qa.verify.reading import read
from qa.words import content_stems, stem

MOST_DAYS = 3
"""Days at most between two reports that can disagree."""
_COVERED = 0.45
"""Share of the question that another report has to hold."""
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
_COUNTING = frozenset("giv put count record list".split())
"""Stems of verbs that give a figure to somebody: "the ministry gave a toll of 39"."""
_COPIED = 0.6
"""Share of its runs of four words that a sentence has in common with one that it copies."""


def label_of(passage: Passage) -> str:
    """The outlet and the day of a report, as far as they are known."""
    day = parse_published(passage.published)
    return ", ".join([passage.source or "another report", *([in_words(day)] if day else [])])


def outlet_of(passage: Passage) -> str:
    """Whose report it is; two people in one article are told apart by nobody, and shown once."""
    return passage.source or passage.article_id


def is_independent(one: Passage, other: Passage, days: int = MOST_DAYS) -> bool:
    """Whether they are of different outlets and of nearly the same day; one outlet's next report is an update."""
    if one.article_id == other.article_id or (one.source and one.source == other.source):
        return False
    first, second = parse_published(one.published), parse_published(other.published)
    if first is None or second is None:
        return first is second
    return abs((first - second).days) <= days


def are_two_sources(one: Passage, other: Passage, words: str, other_words: str, days: int = MOST_DAYS) -> bool:
    """Whether two sentences are of reports that are independent, or of two people who are quoted in one article."""
    if one.article_id == other.article_id:
        mine, theirs = speakers(words), speakers(other_words)
        return bool(mine) and bool(theirs) and mine.isdisjoint(theirs)
    return is_independent(one, other, days)


def speakers(words: str) -> set[str]:
    """Stems of those who are said to say what a sentence says."""
    read_words = read(words).words
    return {read_words[place].stem for report in reports(read_words, SPEAKING | _COUNTING) for place in report.speaker}


def is_copied(one: str, other: str) -> bool:
    """Whether two sentences have most of their runs of words in common."""
    mine, theirs = shingles(one), shingles(other)
    return len(mine & theirs) >= _COPIED * min(len(mine), len(theirs))


def one_of_each_report(retrieved: Retrieved, sentences: Sequence[RankedSentence]) -> list[RankedSentence]:
    """The same without those of articles that print the report of one before them: both are one source."""
    kept: list[RankedSentence] = []
    for sentence in sentences:
        candidate = sentence.candidate
        if not any(retrieved.is_reprint(candidate, other.candidate.passage.article_id) for other in kept):
            kept.append(sentence)
    return kept


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


def is_superseded(passage: Passage, mine: Figure, candidate: Candidate, theirs: Figure) -> bool:
    """Whether one is an earlier report of a count that only grows, and lower: it was true then.

    How many are missing is news of its day alone.
    """
    first, second = _moment(passage), _moment(candidate.passage)
    if first is None or second is None or mine.of not in GROWING | SHRINKING:
        return False
    if mine.of in SHRINKING:
        return first[:_DAY] != second[:_DAY]
    if len(first) != len(second):  # of one only the day is known
        first, second = first[:_DAY], second[:_DAY]
    return first != second and (theirs.value < mine.value) == (second < first)


def _moment(passage: Passage) -> str | None:
    """The day of a report, with the hour and the minute where they are known, as in ISO."""
    return (passage.published or "")[:16] if parse_published(passage.published) else None
