"""The answer without a language model: chosen sentences, word for word, in the shape of any other answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from qa.answer_kinds import may_answer
from qa.archive import Archive
from qa.calendar_days import in_calendar
from qa.changes import as_of
from qa.compared import things_of, with_both_things
from qa.conversation import resolve
from qa.corrections import with_corrections, with_corrections_told
from qa.dated import (
    asks_what_happened,
    asks_what_happened_since,
    nothing_then,
    reports_for_list,
    reports_of_its_time,
    says_the_year,
    what_happened,
)
from qa.days import in_words
from qa.disagreement import with_both_sides
from qa.events import Checked, Cited, Event, Finished, Text, Understood, Working
from qa.extract import Extract, Extraction, extract
from qa.holders import with_newest_holder
from qa.index.lexical import Filter
from qa.injection import without_orders
from qa.labels import with_opinions_named
from qa.later import with_what_came_of_it
from qa.newest import with_newest_count
from qa.occasions import with_day
from qa.outlets import Comparison, comparison_of, may_compare, missing, side_by_side, sides, understood
from qa.overview import PASSAGES, latest, latest_of, of_the_time, overview, topic_of
from qa.parts import lacking, partly
from qa.records import Answer, Citation, Passage, PassageReference, Span, Statement, Turn
from qa.retrieve import Retrieved
from qa.settings import Settings
from qa.steps import two_steps
from qa.timing import days_in, without_days
from qa.verify.dates import parse_published
from qa.weights import learned_weights

MODEL = "extractive"
"""Stands for the name of a model in answers without one."""


def extracted(
    archive: Archive,
    settings: Settings,
    question: str,
    history: Sequence[Turn],
    restrict: Filter,
    today: date | None = None,
) -> Iterator[Event]:
    """Searches, reads and answers, telling what happens; ``today`` is the day on which it is asked."""
    yield Working("searching")
    comparison = comparison_of(question, _outlets(archive, restrict)) if may_compare(question) else None
    if comparison:
        yield from _compared(archive, settings, question, comparison, restrict)
        return
    asked = in_calendar(question, today or date.today())
    wants_list = topic_of(asked) is not None
    if wants_list or asks_what_happened_since(asked):
        asked = with_day(asked, archive, restrict)
    if wants_list:
        yield from _listed(archive, question, asked, history, restrict)
        return
    newest = latest_of(asked)
    if newest and not days_in(asked):
        yield from _latest(archive, question, resolve(newest, history), restrict)
        return
    happened = what_happened(archive, asked, history, PASSAGES, restrict) if asks_what_happened(asked) else None
    if happened:
        yield Understood(happened.understood)
        yield Working("reading")
        extraction = of_the_time(happened.retrieved, archive.index, asked)
        yield from _told_by_date(archive, question, happened.retrieved, extraction)
    else:
        yield from _picked(archive, settings, question, asked, history, restrict)


def _latest(archive: Archive, question: str, topic: str, restrict: Filter) -> Iterator[Event]:
    """The answer to a question for the latest of a topic."""
    retrieved = archive.retrieve(topic, PASSAGES, restrict, look_again=False)
    yield Understood(retrieved.question.text)
    yield Working("reading")
    yield from _told_partly(question, retrieved, latest(retrieved, archive.index), dated=True)


def _listed(archive: Archive, question: str, asked: str, history: Sequence[Turn], restrict: Filter) -> Iterator[Event]:
    """The answer to a question for what happened, in order."""
    topic = topic_of(asked) or asked
    words = resolve(without_days(topic), history)
    retrieved, dated = reports_for_list(archive, asked, words, PASSAGES, restrict)
    if dated and not says_the_year(topic):
        yield Understood(dated.understood)
    else:
        yield Understood(topic if asked != question else retrieved.question.text)
    yield Working("reading")
    yield from _told_by_date(archive, question, retrieved, overview(retrieved, archive.index, asked=asked))


def _told_by_date(archive: Archive, question: str, retrieved: Retrieved, extraction: Extraction) -> Iterator[Event]:
    """The answer made of a list by date; what was taken back and what is an opinion is said to be."""
    extraction = with_corrections_told(extraction, retrieved, archive.index)
    yield from _told_partly(question, retrieved, with_opinions_named(extraction, archive.index), dated=True)


def _picked(
    archive: Archive, settings: Settings, question: str, asked: str, history: Sequence[Turn], restrict: Filter
) -> Iterator[Event]:
    """The answer to a question for one thing, or for two held against one another."""
    told_from_today = asked != question
    words = resolve(without_days(asked) if told_from_today else asked, history)
    retrieved = archive.retrieve(words, settings.passages, restrict)
    understood, lacks = retrieved.question.text, ""
    extraction = _answering(archive, settings, retrieved, restrict)
    if told_from_today or extraction.confidence < learned_weights().answer_above:
        dated = reports_of_its_time(archive, asked, resolve(without_days(asked), history), settings.passages, restrict)
        again = _answering(archive, settings, dated.retrieved, restrict) if dated else Extraction((), 0.0)
        if dated and again.confidence >= learned_weights().answer_above:
            retrieved, extraction, understood = dated.retrieved, again, dated.understood
        elif told_from_today:
            understood, lacks = asked, nothing_then(asked, retrieved)
    if understood != question:
        yield Understood(understood)
    yield Working("reading")
    yield from _told_partly(question, retrieved, extraction, lacks=lacks)


def _answering(archive: Archive, settings: Settings, retrieved: Retrieved, restrict: Filter) -> Extraction:
    """The sentences that answer, with what other reports say to them; none where none has what is asked for."""
    found = _with_reports_around(archive, settings, retrieved, restrict)
    holds = may_answer(retrieved.question.text, [picked.quote for picked in found.extracts])
    return found if holds else Extraction((), 0.0)


def _with_reports_around(archive: Archive, settings: Settings, retrieved: Retrieved, restrict: Filter) -> Extraction:
    weights = learned_weights()
    extraction = extract(retrieved, archive.index, settings.sentences, weights)
    things = things_of(retrieved.question.text)
    if things:
        return with_both_things(extraction, things, archive, settings.passages, restrict, weights)
    in_steps = two_steps(extraction, retrieved, archive, settings.passages, restrict, weights.answer_above)
    if in_steps:
        return in_steps
    extraction = with_newest_count(extraction, retrieved, archive.index)
    extraction = with_newest_holder(extraction, retrieved, archive.index)
    extraction = with_both_sides(extraction, retrieved, archive.index)
    extraction = with_corrections(as_of(extraction, retrieved), retrieved, archive.index)
    return with_what_came_of_it(extraction, retrieved, archive.index)


def _told_partly(
    question: str, retrieved: Retrieved, extraction: Extraction, *, dated: bool = False, lacks: str = ""
) -> Iterator[Event]:
    """The answer made of the chosen sentences, with what it lacks."""
    answer = extractive_answer(question, retrieved, extraction, learned_weights().answer_above, dated=dated)
    lacks = lacks or (lacking(question, [citation.quote for citation in answer.citations]) if answer.citations else "")
    yield from told(partly(answer, lacks))


def _compared(
    archive: Archive, settings: Settings, question: str, comparison: Comparison, restrict: Filter
) -> Iterator[Event]:
    """The answer to a question that holds outlets against one another: a part for each."""
    yield Understood(understood(comparison))
    yield Working("reading")
    weights = learned_weights()
    found = sides(comparison, archive, settings.passages, restrict, weights)
    answer = extractive_answer(question, *side_by_side(found), weights.answer_above)
    yield from told(partly(answer, missing(comparison, found)))


def _outlets(archive: Archive, restrict: Filter) -> list[str]:
    with archive.index.view() as catalog:
        return [source for source in catalog.sources() if not restrict.sources or source in restrict.sources]


def extractive_answer(
    question: str, retrieved: Retrieved, extraction: Extraction, answer_above: float, *, dated: bool = False
) -> Answer:
    """One statement for each chosen sentence, none where the choice is too unsure.

    Its footnotes are the sentence's own and those of sentences of other outlets that say the same. What is put before
    it, such as the day of its report, is no part of the statement: those words are ours.

    ``dated`` puts the day of its report before each sentence, where it is known, and each on a line of its own.
    """
    text = ""
    statements: list[Statement] = []
    citations: list[Citation] = []
    chosen = extraction.extracts if extraction.confidence >= answer_above else ()
    in_lines = dated or any(picked.label for picked in chosen)
    for picked in chosen:
        cited = [
            footnote(one.passage, one.shown, one.quote, number)
            for number, one in enumerate((picked, *picked.also), len(citations) + 1)
        ]
        numbers = tuple(citation.number for citation in cited)
        text += ("\n" if in_lines else " ") if text else ""
        text += _before(picked, dated)
        start = len(text)
        marks = "".join(f"[{number}]" for number in numbers)
        text += f"{unmarked(picked.quote)} {marks}"
        statements.append(Statement(start, len(text), numbers, "supported"))
        citations += cited
    return Answer(
        question=question,
        status="answered" if statements else "abstained",
        text=text,
        statements=tuple(statements),
        citations=tuple(citations),
        passages=references(retrieved),
        confidence=round(extraction.confidence, 4),
        model=MODEL,
    )


def footnote(passage: Passage, shown: Span, quote: str, number: int) -> Citation:
    """The citation of a range of a passage's article, which holds ``quote``; a title that gives orders is not shown."""
    title = without_orders(passage).title
    return Citation(number, passage.article_id, title, passage.published, shown.start, shown.end, quote)


def _before(picked: Extract, dated: bool) -> str:
    if picked.label:
        return f"{unmarked(picked.label[:1].upper() + picked.label[1:])}: "
    return _day(picked.passage.published) if dated else ""


def _day(published: str | None) -> str:
    day = parse_published(published)
    return f"{in_words(day)}: " if day else ""


def unmarked(quote: str) -> str:
    """The words on one line; what looks like a footnote mark in an article must not pass for one of the answer."""
    return re.sub(r"\[(\d+)\]", r"(\1)", " ".join(quote.split()))


def told(answer: Answer) -> Iterator[Event]:
    """The events of an answer that is there all at once."""
    for number, statement in enumerate(answer.statements):
        before = answer.statements[number - 1].end if number else 0
        yield Text(answer.text[before : statement.end])
        yield from (Cited(citation) for citation in answer.citations if citation.number in statement.citations)
        yield Checked(statement)
    yield Finished(answer)


def references(retrieved: Retrieved) -> tuple[PassageReference, ...]:
    """Where the passages that were read lie."""
    return tuple(
        PassageReference(passage.article_id, passage.start, passage.end, round(passage.score, 4))
        for passage in retrieved.passages
    )
