"""The answer of a language model: numbered sentences in, words with footnotes out, each statement checked.

A statement that its footnotes do not support gets better ones, if any of the sentences shown say it; else the model is
asked once to correct it; else it is marked or dropped, as the settings say. If nothing stands, there is no answer.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace

from qa.citations import (
    Marker,
    MarkerRewriter,
    NumberedSentences,
    Piece,
    Retract,
    Rewritten,
    number_sentences,
    random_fence,
    without_markers,
)
from qa.events import Checked, Cited, Event, Finished, Spent, Text, Withdrawn, Working
from qa.extractive import references
from qa.injection import without_orders
from qa.models import ChatModel, Finish
from qa.prompts import NOT_IN_ARTICLES, Message, Prompt, estimate_tokens
from qa.records import Answer, Status, Usage
from qa.retrieve import Retrieved
from qa.revision import Assembled, Draft, assemble, drafts
from qa.settings import Settings
from qa.support import Support
from qa.verify import SupportCheck

VERSION = 1
"""Part of an answer's recipe."""

MOST_CORRECTIONS = 2
"""Further calls to the model for one answer."""
_RESERVE = 64  # tokens: chat templates add some of their own


@dataclass(frozen=True, slots=True)
class Prompts:
    """The prompts that writing needs."""

    answer: Prompt
    correct: Prompt


@dataclass(slots=True)
class _Written:
    """What a model wrote, as far as it got."""

    text: Rewritten
    usage: Usage = field(default_factory=Usage)
    trouble: str = ""


class Composer:
    """Writes answers with one model.

    Args:
        model: writes the words.
        prompts: what it is told.
        check: judges its statements.
        settings: limits, and what becomes of unsupported statements.
    """

    def __init__(self, model: ChatModel, prompts: Prompts, check: SupportCheck, settings: Settings) -> None:
        self.model = model
        self.prompts = prompts
        self.check = check
        self.settings = settings

    def compose(self, question: str, retrieved: Retrieved, spent: Usage) -> Iterator[Event]:
        """Answers a question from the passages retrieved; ``spent`` is what the question has cost so far.

        Raises:
            ModelError: if the model gives no words at all.
        """
        numbered = self._numbered(question, retrieved)
        blank = Answer(question, "abstained", "", passages=references(retrieved), model=self.model.name)
        if not len(numbered):
            yield Finished(replace(blank, usage=spent))
            return
        yield Working("writing")
        written = yield from self._write(question, numbered)
        usage = spent + written.usage
        yield Spent(usage)
        yield Working("checking")
        kept, correcting = self._checked(written.text, Support(numbered, self.check))
        usage += correcting
        done = assemble(written.text, kept)
        answer = replace(
            blank,
            status=_status(done, kept, drafts(written.text), written.trouble),
            text=done.text,
            statements=done.statements,
            citations=numbered.citations(done.sources),
            confidence=_confidence(kept, drafts(written.text)),
            usage=usage,
            error=written.trouble or None,
        )
        if done.text != written.text.text:
            yield Withdrawn()
            if done.text:
                yield Text(done.text)
            yield from (Cited(citation) for citation in answer.citations)
        yield from (Checked(statement) for statement in answer.statements)
        yield Spent(usage)
        yield Finished(answer)

    def _numbered(self, question: str, retrieved: Retrieved) -> NumberedSentences:
        fence = random_fence()
        around = self.prompts.answer.render(evidence="", fence=fence, question=question)
        taken = sum(estimate_tokens(message.content) for message in around) + self.settings.max_tokens + _RESERVE
        passages = [without_orders(passage) for passage in retrieved.passages]
        return number_sentences(passages, budget=max(self.settings.context_window - taken, 0))

    def _write(self, question: str, numbered: NumberedSentences) -> Generator[Event, None, _Written]:
        fence = random_fence()
        messages = self.prompts.answer.render(evidence=numbered.evidence(fence), fence=fence, question=question)
        rewriter = MarkerRewriter(numbered.numbers)
        written = _Written(rewriter.result())
        cited: set[int] = set()
        with closing(self.model.stream(messages)) as deltas:  # type: ignore[type-var]
            for delta in deltas:
                if isinstance(delta, Finish):
                    written.usage, written.trouble = delta.usage, _trouble(delta)
                    break
                yield from _events(rewriter.feed(delta.text), numbered, cited)
        yield from _events(rewriter.finish(), numbered, cited)
        written.text = rewriter.result()
        return written

    def _checked(self, written: Rewritten, support: Support) -> tuple[list[Draft], Usage]:
        usage, corrections, kept = Usage(), 0, []
        plain = without_markers(written.text, written.markers)
        if _says_nothing(plain):
            return [], usage
        for draft in drafts(written):
            judged = self._judged(draft, support)
            if judged.verdict.support in ("unsupported", "uncited") and corrections < MOST_CORRECTIONS:
                corrections += 1
                corrected, cost = self._corrected(judged, support)
                usage += cost
                judged = corrected or judged
            kept.append(judged)
        standing = [draft for draft in kept if _stands(draft)]
        if not standing or self.settings.unsupported == "drop":
            return standing, usage
        return kept, usage

    def _judged(self, draft: Draft, support: Support) -> Draft:
        if _says_nothing(draft.words):
            return draft
        own = support.judge(draft.words, draft.sources)
        if own.verdict.support == "supported":
            return draft.with_verdict(own.sources, own.verdict)
        found = support.look_up(draft.words)
        better = found if found.rank[0] < own.rank[0] else own
        return draft.with_verdict(better.sources, better.verdict)

    def _corrected(self, draft: Draft, support: Support) -> tuple[Draft | None, Usage]:
        """The statement as the model corrects it, if the correction stands; and what asking has cost."""
        fence = random_fence()
        evidence = support.numbered.evidence(fence)
        messages = self.prompts.correct.render(
            evidence=evidence, fence=fence, statement=draft.words, reason=draft.verdict.reason
        )
        written, usage = _reply(self.model, messages, support.numbered)
        if _says_nothing(written.text):
            return None, usage
        first = next(iter(drafts(written)), None)
        if first is None:
            return None, usage
        judged = self._judged(replace(first, start=draft.start, end=draft.end, gap=draft.gap, changed=True), support)
        return (judged if judged.verdict.support == "supported" else None), usage


def _reply(model: ChatModel, messages: Sequence[Message], numbered: NumberedSentences) -> tuple[Rewritten, Usage]:
    rewriter, usage = MarkerRewriter(numbered.numbers), Usage()
    for delta in model.stream(messages):
        if isinstance(delta, Finish):
            usage = delta.usage
        else:
            rewriter.feed(delta.text)
    rewriter.finish()
    return rewriter.result(), usage


def _events(pieces: Sequence[Piece], numbered: NumberedSentences, cited: set[int]) -> Iterator[Event]:
    for piece in pieces:
        if isinstance(piece, Retract):
            cited.clear()
            yield Withdrawn()
        elif isinstance(piece, Marker):
            yield Text(piece.text)
            if piece.number not in cited:
                cited.add(piece.number)
                yield Cited(replace(numbered.citations([piece.source])[0], number=piece.number))
        else:
            yield Text(piece.text)


def _says_nothing(text: str) -> bool:
    return " ".join(text.upper().split()).strip(" .!\"'*[]") == NOT_IN_ARTICLES


def _stands(draft: Draft) -> bool:
    return draft.verdict.support in ("supported", "partial")


def _trouble(finish: Finish) -> str:
    if finish.reason == "length":
        return "the answer was cut off at 'max_tokens'"
    return f"the answer is incomplete: {finish.detail}" if finish.reason == "incomplete" else ""


def _status(done: Assembled, kept: Sequence[Draft], written: Sequence[Draft], trouble: str) -> Status:
    if not kept:
        return "abstained"
    whole = len(kept) == len(written) and all(draft.verdict.support == "supported" for draft in kept)
    return "answered" if whole and not trouble and done.text else "partial"


def _confidence(kept: Sequence[Draft], written: Sequence[Draft]) -> float:
    """Mean support of what was written, what was dropped counting nothing."""
    return round(sum(draft.verdict.score for draft in kept) / len(written), 4) if kept else 0.0
