"""Asking from the page: a question in, updates of the page out while the answer comes."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from qa.assistant import Assistant
from qa.errors import QAError
from qa.page.conversation import Asked, Asking, Conversation, Limits
from qa.page.live import Draft, Paced
from qa.page.upkeep import Upkeep
from qa.page.words import counted
from qa.particulars import particulars
from qa.records import Answer, Citation, Passage

LOG = logging.getLogger("qa.page")
NEAREST = 4
"""Passages shown where there is no answer."""
_PATIENCE = 0.5


def ask(assistant: Assistant, conversation: Conversation, asking: Asking, upkeep: Upkeep) -> Iterator[Draft]:
    """Answers a question as the next turn of a conversation; each value is what can be shown by then."""
    question, limits = asking.question, asking.limits
    draft = Draft()
    conversation.draft, conversation.stopping = draft, False
    history = conversation.history()
    paced = Paced(
        lambda: assistant.stream(question, history, since=limits.since, until=limits.until, sources=limits.sources),
        lambda: conversation.stopping,
    )
    try:
        yield draft
        yield from _until_readable(conversation, draft, upkeep)
        for batch in paced:
            for event in batch:
                draft.take(event)
            yield draft
        conversation.turns.append(_asked(assistant, question, draft, limits))
    except QAError as error:
        conversation.turns.append(Asked(question, assistant.failed(question, error)))
    except Exception:
        # A mistake in the program: it belongs in the log, and the person must not wait for ever.
        LOG.exception("the question %r could not be answered", question)
        broken = QAError("something in the program went wrong; the log of the page says more")
        conversation.turns.append(Asked(question, assistant.failed(question, broken)))
    finally:
        conversation.draft = None


def _until_readable(conversation: Conversation, draft: Draft, upkeep: Upkeep) -> Iterator[Draft]:
    """Waits where the articles are being read for the first time, saying how far that is."""
    while upkeep.first_time and not conversation.stopping:
        draft.stage = f"Reading the articles for the first time… {upkeep.progress.percent} %"
        yield draft
        time.sleep(_PATIENCE)


def _asked(assistant: Assistant, question: str, draft: Draft, limits: Limits) -> Asked:
    if draft.answer is None:
        answer = Answer(question, "partial", draft.text, (), tuple(draft.citations), model=assistant.model_name)
        return Asked(question, answer, understood=draft.understood, stopped=True)
    answer = replace(draft.answer, question=question)
    if answer.status != "abstained":
        beside = tuple(tuple(particulars(citation, assistant.archive)) for citation in answer.citations)
        return Asked(question, answer, understood=draft.understood, particulars=beside)
    found = tuple(nearest(assistant, answer))
    return Asked(question, answer, found, searched(assistant, limits), draft.understood)


def nearest(assistant: Assistant, answer: Answer) -> Sequence[Passage]:
    """The passages that came closest, with their words."""
    found: list[Passage] = []
    for reference in answer.passages[:NEAREST]:
        for passage in assistant.archive.passages_of(reference.article_id):
            if (passage.start, passage.end) == (reference.start, reference.end):
                found.append(passage)
    return found


def searched(assistant: Assistant, limits: Limits) -> str:
    """What was searched, in a sentence."""
    with assistant.archive.index.view() as catalog:
        count = catalog.article_count()
    if not (limits.since or limits.until or limits.sources):
        return f"Searched {counted(count, 'article')}."
    parts = [f"from {limits.since}" if limits.since else "", f"until {limits.until}" if limits.until else ""]
    parts += [f"by {', '.join(limits.sources)}"] if limits.sources else []
    return f"Searched only articles {' '.join(part for part in parts if part)}, of {counted(count, 'article')}."


def locate(assistant: Assistant, words: str) -> Citation | None:
    """Where words that a person copied from an article stand, if they are found."""
    words = words.strip()
    if not any(character.isalnum() for character in words) or len(words) > 1000:
        return None
    for passage in assistant.search(words, 10):
        place = passage.text.find(words)
        if place >= 0:
            start = passage.start + place
            return Citation(1, passage.article_id, passage.title, passage.published, start, start + len(words), words)
    return None


def with_nearest(assistant: Assistant, conversation: Conversation) -> Conversation:
    """A conversation that was saved, with what is looked up: the nearest passages, what stands beside footnotes."""
    for number, turn in enumerate(conversation.turns):
        try:
            if turn.answer.status == "abstained":
                conversation.turns[number] = replace(turn, nearest=tuple(nearest(assistant, turn.answer)))
            else:
                beside = tuple(tuple(particulars(citation, assistant.archive)) for citation in turn.answer.citations)
                conversation.turns[number] = replace(turn, particulars=beside)
        except QAError:
            continue  # an article that is gone has no passages to show
    return conversation
