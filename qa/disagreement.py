"""Whether other reports give another figure or account of what is asked, or the same: both sides are shown.

Precise rather than sensitive. Two sentences are held against one another only where each gives a single figure for
what the question wants counted (``qa.figures``) or speaks of what it asks in words (``qa.accounts``), in articles of
two sources that do not print the same words, about the same names, and of nearly the same day (``qa.sources``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from qa.accounts import Account, differ
from qa.denials import denial_of, is_doubted
from qa.extract import Extract, Extraction, extract_of, sentences_of
from qa.figures import Figure, agree, asked_for, single_figure
from qa.index.store import Index
from qa.ranking import RankedSentence
from qa.records import Passage
from qa.retold import stands_for_nothing
from qa.retrieve import Retrieved
from qa.sources import (
    MOST_DAYS,
    are_two_sources,
    bears_on,
    is_copied,
    is_independent,
    is_superseded,
    label_of,
    one_of_each_report,
    outlet_of,
    same_matter,
)
from qa.timely import DAYS_OF_MEASURES
from qa.verify import Evidence, verify
from qa.words import content_stems

MOST = 2
"""Other figures shown at most."""
_HELD = 0.25
"""Share of the question that a sentence has to hold to be an account of what is asked."""
_FEWEST = 4
"""Content words from which a sentence can be said to be confirmed, and of which another has to have as many."""
_CONFIRMED = 0.7
"""Share of a sentence's content words that another has to have to confirm it."""
_TRIED = 6
"""Sentences at most that are held against the one that answers, word for word."""


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
        if not same_matter(retrieved, candidate, passage, asked):
            continue
        days = DAYS_OF_MEASURES if asked.measure else MOST_DAYS
        is_reprint = retrieved.is_reprint(candidate, passage.article_id)
        for sentence in sentences_of(candidate):
            theirs = single_figure(sentence.text, asked)
            same = agree(mine, theirs) if theirs else None
            if theirs is None or same is None or stands_for_nothing(sentence.text, candidate.passage.title):
                continue
            if same and (is_reprint or is_copied(words, sentence.text) or is_doubted(candidate.passage, sentence.span)):
                continue
            if not are_two_sources(candidate.passage, passage, sentence.text, words, days):
                continue
            if bears_on(retrieved.question, sentence, asked, theirs) and not is_superseded(
                passage, mine, candidate, theirs
            ):
                found.setdefault(outlet_of(candidate.passage), Other(sentence, theirs, same))
    return list(found.values())


def other_accounts(retrieved: Retrieved, passage: Passage, words: str) -> list[RankedSentence]:
    """Sentences of other outlets that contradict ``words``, the sentence that answers, in what is asked; best first."""
    question, mine = retrieved.question, Account.of(words, passage.published, passage.title)
    found: dict[str, RankedSentence] = {}
    for candidate in retrieved.candidates:
        for sentence in sentences_of(candidate, _HELD):
            if not are_two_sources(candidate.passage, passage, sentence.text, words):
                continue
            account = Account.of(sentence.text, candidate.passage.published, candidate.passage.title)
            if not differ(question, mine, account):
                continue
            if not is_copied(words, sentence.text) and same_matter(retrieved, candidate, passage):
                found.setdefault(outlet_of(candidate.passage), sentence)
    return list(found.values())


def with_both_sides(extraction: Extraction, retrieved: Retrieved, index: Index) -> Extraction:
    """The same with what other outlets say to the figure of the first sentence that gives one, else to its account.

    Those that say the same are put beside it; what contradicts it comes right after it, labelled with outlet and day.
    Where there are none, a claim that is denied in its own article is followed by the denial.
    """
    found = _figures_beside(extraction, retrieved) or _accounts_beside(extraction, retrieved)
    if found is None or not (found.same or found.different):
        found = _denied(extraction, retrieved)
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
    if is_doubted(chosen[place].passage, chosen[place].core):
        others = [other for other in others if not other.agrees]
    same, different = (
        one_of_each_report(retrieved, [other.sentence for other in others if other.agrees is wanted])
        for wanted in (True, False)
    )
    return _Sides(place, "another figure", same, different)


def _accounts_beside(extraction: Extraction, retrieved: Retrieved) -> _Sides | None:
    for place, extract in enumerate(extraction.extracts):
        different = one_of_each_report(retrieved, other_accounts(retrieved, extract.passage, extract.core_words))
        if different:
            return _Sides(place, "another account", [], different)
    for extract in extraction.extracts[:1]:
        same = one_of_each_report(retrieved, same_accounts(retrieved, extract.passage, extract.core_words))
        if same:
            return _Sides(0, "", same, [])
    return None


def _denied(extraction: Extraction, retrieved: Retrieved) -> _Sides | None:
    for place, extract in enumerate(extraction.extracts):
        denial = denial_of(extract, retrieved)
        if denial:
            return _Sides(place, "denied", [], [denial])
    return None


def same_accounts(retrieved: Retrieved, passage: Passage, words: str) -> list[RankedSentence]:
    """Sentences of other outlets, in words of their own, that say all that ``words`` say; best first."""
    own = content_stems(words)
    if len(own) < _FEWEST:
        return []
    found: dict[str, RankedSentence] = {}
    tried = 0
    for candidate in retrieved.candidates:
        reprint = retrieved.is_reprint(candidate, passage.article_id)
        if reprint or not is_independent(candidate.passage, passage):
            continue
        for sentence in sentences_of(candidate, _HELD):
            if tried == _TRIED or len(own & content_stems(sentence.text)) < max(_FEWEST, _CONFIRMED * len(own)):
                continue
            tried += 1
            said = Evidence(sentence.text, candidate.passage.title, candidate.passage.published, sentence.context)
            if not is_copied(words, sentence.text) and verify(words, [said]).support == "supported":
                found.setdefault(outlet_of(candidate.passage), sentence)
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
    sides = [
        replace(_apart_from(extract, anchor), label=f"{found.kind}, {label_of(extract.passage)}")
        for extract in different
    ]
    shown = {extract.place for extract in (*same, *different)}
    before, after = (
        [extract for extract in part if extract.place not in shown] for part in (chosen[:place], chosen[place + 1 :])
    )
    return replace(extraction, extracts=(*before, anchor, *sides, *after))


def _apart_from(extract: Extract, shown: Extract) -> Extract:
    """The same without what is shown already: the sentence itself is enough where it stands behind the other."""
    if extract.passage.article_id != shown.passage.article_id or extract.shown.start >= shown.shown.end:
        return extract
    return replace(extract, shown=extract.core, quote=extract.core_words)


def _others(count: int) -> str:
    return "another report says" if count == 1 else f"{'two' if count == 2 else count} other reports say"
