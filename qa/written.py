"""A question answered with a language model: made to stand on its own, searched for, and written about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from qa.archive import Archive
from qa.compose import Composer
from qa.conversation import condense
from qa.decompose import look_up, looks_compound, split
from qa.events import Event, Finished, Spent, Understood, Working
from qa.index.lexical import Filter
from qa.neighbours import with_lead_ins
from qa.occasions import with_day
from qa.other_figures import told_with_others, with_both_figures
from qa.overview import PASSAGES, overview, topic_of
from qa.parts import lacking, partly
from qa.prompts import Prompt
from qa.records import Answer, Turn, Usage
from qa.timeline import evidence_by_date, in_order
from qa.timing import without_days


def written(
    archive: Archive, composer: Composer, prompts: Mapping[str, Prompt], asked: tuple[str, Sequence[Turn], Filter]
) -> Iterator[Event]:
    """Searches and writes, telling what happens.

    Args:
        archive: is searched.
        composer: writes.
        prompts: ``condense``, ``decompose`` and ``timeline``, which ask the model for a question that stands on its
            own, for the parts of one, and for a list of events.
        asked: the question, the turns before it, and which articles count.

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
    topic = topic_of(standalone)
    if topic:
        dated = with_day(standalone, archive, restrict)
        standalone, topic = dated, topic_of(dated) or topic
        answering = _listed(
            archive, _for_lists(composer, prompts["timeline"]), (question, standalone, topic), restrict, spent
        )
    else:
        answering = _answered(archive, composer, prompts["decompose"], (question, standalone), restrict, spent)
    for event in answering:
        if isinstance(event, Finished):
            event = Finished(replace(_judged(event.answer, standalone), question=question))
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
    archive: Archive, composer: Composer, asked: tuple[str, str, str], restrict: Filter, spent: Usage
) -> Iterator[Event]:
    """The answer to a question for what happened, in order."""
    question, standalone, topic = asked
    yield Working("searching")
    retrieved = archive.retrieve(without_days(topic), PASSAGES, restrict, look_again=False)
    if retrieved.question.text != question:
        yield Understood(retrieved.question.text)
    evidence = evidence_by_date(overview(retrieved, archive.index, asked=standalone))
    yield from in_order(composer.compose(standalone, retrieved, spent, evidence))


def _for_lists(composer: Composer, prompt: Prompt) -> Composer:
    prompts = replace(composer.prompts, answer=prompt)
    return Composer(composer.model, prompts, composer.check, composer.settings)


def _judged(answer: Answer, question: str) -> Answer:
    """The answer as partial, where it speaks to no word of one of the question's parts."""
    if answer.status != "answered":
        return answer
    return partly(answer, lacking(question, [answer.text[one.start : one.end] for one in answer.statements]))
