"""A question answered with a language model: made to stand on its own, searched for, and written about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from qa.archive import Archive
from qa.compose import Composer
from qa.conversation import condense
from qa.events import Event, Finished, Spent, Understood, Working
from qa.index.lexical import Filter
from qa.neighbours import with_lead_ins
from qa.prompts import Prompt
from qa.records import Turn, Usage


def written(
    archive: Archive, composer: Composer, condensing: Prompt, asked: tuple[str, Sequence[Turn], Filter]
) -> Iterator[Event]:
    """Searches and writes, telling what happens.

    Args:
        archive: is searched.
        composer: writes.
        condensing: asks the model for a question that stands on its own.
        asked: the question, the turns before it, and which articles count.

    Raises:
        QAError: if the index or the model cannot be used.
    """
    question, history, restrict = asked
    settings, standalone, spent = composer.settings, question, Usage()
    if history:
        yield Working("reading")
        room = settings.context_window - settings.max_tokens
        standalone, spent = condense(question, history, composer.model, condensing, room)
        yield Spent(spent)
    yield Working("searching")
    retrieved = archive.retrieve(standalone, 2 * settings.passages, restrict, look_again=False)
    if retrieved.question.text != question:
        yield Understood(retrieved.question.text)
    for event in composer.compose(standalone, with_lead_ins(retrieved, archive.index), spent):
        if isinstance(event, Finished):
            event = Finished(replace(event.answer, question=question))
        yield event
