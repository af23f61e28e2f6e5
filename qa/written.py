"""A question answered with a language model: made to stand on its own, searched for, and written about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from qa.archive import Archive
from qa.calendar_days import in_calendar
from qa.compose import Composer
from qa.conversation import condense
from qa.dated import (
    asks_what_happened,
    asks_what_happened_since,
    nothing_then,
    reports_for_list,
    reports_of_its_time,
    says_the_year,
    what_happened,
)
from qa.decompose import look_up, looks_compound, split
from qa.events import Event, Finished, Spent, Understood, Working
from qa.index.lexical import Filter
from qa.neighbours import with_lead_ins
from qa.occasions import with_day
from qa.other_figures import told_with_others, with_both_figures
from qa.overview import PASSAGES, latest, latest_of, of_the_time, overview, topic_of
from qa.parts import lacking, partly
from qa.prompts import Prompt
from qa.records import Answer, Turn, Usage
from qa.timeline import evidence_by_date, in_order
from qa.timing import days_in, without_days


def written(
    archive: Archive,
    composer: Composer,
    prompts: Mapping[str, Prompt],
    asked: tuple[str, Sequence[Turn], Filter],
    today: date | None = None,
) -> Iterator[Event]:
    """Searches and writes, telling what happens.

    Args:
        archive: is searched.
        composer: writes.
        prompts: ``condense``, ``decompose`` and ``timeline``, which ask the model for a question that stands on its
            own, for the parts of one, and for a list of events.
        asked: the question, the turns before it, and which articles count.
        today: the day on which it is asked, from which "yesterday" is told.

    Raises:
        QAError: if the index or the model cannot be used.
    """
    question, history, restrict = asked
    settings, standalone, spent = composer.settings, question, Usage()
    if history:
        yield Working("reading")
        room = settings.context_window - settings.max_tokens
        standalone, spent = condense(question, history, composer.model, prompts["condense"], room)
        yield Spent(spent)
    in_days = in_calendar(standalone, today or date.today())
    wants_list = topic_of(in_days) is not None
    if wants_list or asks_what_happened_since(in_days):
        in_days = with_day(in_days, archive, restrict)
    lists, newest = _for_lists(composer, prompts["timeline"]), latest_of(in_days)
    if wants_list:
        answering = _listed(archive, lists, (question, in_days), restrict, spent)
    elif asks_what_happened(in_days):
        answering = _happened(archive, lists, in_days, restrict, spent)
    elif newest and not days_in(in_days):
        answering = _latest(archive, composer, (in_days, newest), restrict, spent)
    elif in_days != standalone:
        answering = _told_from_today(archive, composer, in_days, restrict, spent)
    else:
        answering = _answered(archive, composer, prompts["decompose"], (question, standalone), restrict, spent)
    for event in answering:
        if isinstance(event, Finished):
            event = Finished(replace(_judged(event.answer, in_days), question=question))
        yield event


def _answered(
    archive: Archive,
    composer: Composer,
    decomposing: Prompt,
    asked: tuple[str, str],
    restrict: Filter,
    spent: Usage,
) -> Iterator[Event]:
    question, standalone = asked
    limit, parts = 2 * composer.settings.passages, list[str]()
    if looks_compound(standalone):
        yield Working("reading")
        parts, usage = split(standalone, composer.model, decomposing)
        spent = spent + usage
        yield Spent(spent)
    yield Working("searching")
    if parts:
        yield Understood(" ".join(parts))
        retrieved = look_up(standalone, parts, archive, limit, restrict)
    else:
        retrieved = archive.retrieve(standalone, limit, restrict, look_again=False)
        if retrieved.question.text != question:
            yield Understood(retrieved.question.text)
    shown = with_both_figures(with_lead_ins(retrieved, archive.index))
    yield from told_with_others(composer.compose(standalone, shown, spent), retrieved)


def _listed(
    archive: Archive, composer: Composer, asked: tuple[str, str], restrict: Filter, spent: Usage
) -> Iterator[Event]:
    """The answer to a question for what happened, in order."""
    question, in_days = asked
    topic = topic_of(in_days) or in_days
    yield Working("searching")
    retrieved, dated = reports_for_list(archive, in_days, without_days(topic), PASSAGES, restrict)
    if dated and not says_the_year(topic):
        yield Understood(dated.understood)
    elif retrieved.question.text != question:
        yield Understood(retrieved.question.text)
    evidence = evidence_by_date(overview(retrieved, archive.index, asked=in_days))
    yield from in_order(composer.compose(in_days, retrieved, spent, evidence))


def _happened(archive: Archive, composer: Composer, in_days: str, restrict: Filter, spent: Usage) -> Iterator[Event]:
    """The answer to a question for what happened at a time: a list of what its reports say."""
    yield Working("searching")
    dated = what_happened(archive, in_days, (), PASSAGES, restrict)
    if dated is None:
        yield from _of_no_day(archive, composer, in_days, restrict, spent)
        return
    yield Understood(dated.understood)
    evidence = evidence_by_date(of_the_time(dated.retrieved, archive.index, in_days))
    yield from in_order(composer.compose(in_days, dated.retrieved, spent, evidence))


def _latest(
    archive: Archive, composer: Composer, asked: tuple[str, str], restrict: Filter, spent: Usage
) -> Iterator[Event]:
    """The answer to a question for the latest of a topic, from its newest reports."""
    question, topic = asked
    yield Working("searching")
    retrieved = archive.retrieve(topic, PASSAGES, restrict, look_again=False)
    yield Understood(retrieved.question.text)
    evidence = evidence_by_date(latest(retrieved, archive.index))
    yield from composer.compose(question, retrieved, spent, evidence)


def _told_from_today(
    archive: Archive, composer: Composer, in_days: str, restrict: Filter, spent: Usage
) -> Iterator[Event]:
    """The answer to a question about a time that is told from today, from the reports of that time."""
    yield Working("searching")
    limit = 2 * composer.settings.passages
    dated = reports_of_its_time(archive, in_days, without_days(in_days), limit, restrict, look_again=False)
    if dated is None:
        yield from _of_no_day(archive, composer, in_days, restrict, spent)
        return
    yield Understood(dated.understood)
    shown = with_both_figures(with_lead_ins(dated.retrieved, archive.index))
    yield from told_with_others(composer.compose(in_days, shown, spent), dated.retrieved)


def _of_no_day(archive: Archive, composer: Composer, in_days: str, restrict: Filter, spent: Usage) -> Iterator[Event]:
    """The answer from what there is, where no report is of the time asked about, which the answer says it lacks."""
    retrieved = archive.retrieve(without_days(in_days), 2 * composer.settings.passages, restrict, look_again=False)
    yield Understood(in_days)
    for event in composer.compose(in_days, with_lead_ins(retrieved, archive.index), spent):
        if isinstance(event, Finished):
            event = Finished(partly(event.answer, nothing_then(in_days, retrieved)))
        yield event


def _for_lists(composer: Composer, prompt: Prompt) -> Composer:
    prompts = replace(composer.prompts, answer=prompt)
    return Composer(composer.model, prompts, composer.check, composer.settings)


def _judged(answer: Answer, question: str) -> Answer:
    """The answer as partial, where it speaks to no word of one of the question's parts."""
    if answer.status != "answered":
        return answer
    return partly(answer, lacking(question, [answer.text[one.start : one.end] for one in answer.statements]))
