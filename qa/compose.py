"""The answer of a language model: numbered sentences in, words with footnotes out, each statement checked.

What becomes of statements that their footnotes do not support is told in ``qa.review``.
"""

from __future__ import annotations

import logging
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
)
from qa.errors import ModelError
from qa.events import Checked, Cited, Event, Finished, Spent, Text, Withdrawn, Working
from qa.excerpts import excerpts
from qa.extractive import references
from qa.injection import without_orders
from qa.judge import Judge
from qa.models import ChatModel, Finish
from qa.prompts import Prompt, estimate_tokens
from qa.records import Answer, Passage, Status, Usage
from qa.retrieve import Retrieved
from qa.review import RESERVE, Review, said
from qa.revision import Draft, assemble
from qa.settings import Settings
from qa.strictness import check_of_writing
from qa.support import Support
from qa.verify import SupportCheck

VERSION = 9
"""Part of an answer's recipe."""
LOG = logging.getLogger(__name__)
_CUT_OFF = "the answer was cut off at 'max_tokens'"


@dataclass(frozen=True, slots=True)
class Prompts:
    """The prompts that writing needs."""

    answer: Prompt
    correct: Prompt
    judge: Prompt | None = None
    """Asks the same model for a second opinion on what the check supports; ``None`` for none."""


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
        check: judges its statements; ``None`` for ``qa.strictness``.
        settings: limits, and what becomes of unsupported statements.
    """

    def __init__(self, model: ChatModel, prompts: Prompts, check: SupportCheck | None, settings: Settings) -> None:
        self.model = model
        self.prompts = prompts
        self.check = check
        self.settings = settings

    def compose(
        self, question: str, retrieved: Retrieved, spent: Usage, evidence: Sequence[Passage] | None = None
    ) -> Iterator[Event]:
        """Answers a question from the passages retrieved; ``spent`` is what the question has cost so far.

        ``evidence`` is shown in place of the best sentences of what was retrieved.

        Raises:
            ModelError: if the model gives no words at all, or its window has no room for any sentence.
        """
        numbered = self._numbered(question, retrieved, evidence)
        nearest = references(retrieved)[: self.settings.passages]
        blank = Answer(question, "abstained", "", passages=nearest, model=self.model.name)
        if not len(numbered):
            yield Finished(replace(blank, usage=spent))
            return
        yield Working("writing")
        try:
            written = yield from self._write(question, numbered)
        except ModelError as error:
            error.usage = spent + (error.usage or Usage())
            raise
        usage = spent + written.usage
        yield Spent(usage)
        yield Working("checking")
        check = self.check or check_of_writing(question)
        judge = Judge(self.model, self.prompts.judge, check) if self.prompts.judge else None
        review = Review(Support(numbered, judge or check), self.model, self.prompts.correct, self.settings)
        statements = said(written.text)
        kept = review.kept(statements, whole=not written.trouble)
        done = assemble(written.text, kept)
        answer = replace(
            blank,
            status=_status(kept, statements, written.trouble),
            text=done.text,
            statements=done.statements,
            citations=numbered.citations(done.sources),
            confidence=_confidence(kept, statements),
            usage=usage + review.usage + (judge.usage if judge else Usage()),
            error=written.trouble or review.trouble or (judge.trouble if judge else "") or None,
        )
        if (done.text, done.sources) != (written.text.text, written.text.sources):
            yield Withdrawn()
            if done.text:
                yield Text(done.text)
            yield from (Cited(citation) for citation in answer.citations)
        yield from (Checked(statement) for statement in answer.statements)
        yield Spent(answer.usage)
        yield Finished(answer)

    def _numbered(self, question: str, retrieved: Retrieved, evidence: Sequence[Passage] | None) -> NumberedSentences:
        fence = random_fence()
        around = self.prompts.answer.render(evidence="", fence=fence, question=question)
        taken = sum(estimate_tokens(message.content) for message in around) + self.settings.max_tokens + RESERVE
        best = excerpts(retrieved.candidates, self.settings.evidence_tokens) if evidence is None else evidence
        passages = [without_orders(passage) for passage in (*best, *retrieved.lead_ins)]
        numbered = number_sentences(passages, budget=max(self.settings.context_window - taken, 0))
        if numbered.omitted and not len(numbered):
            raise ModelError(
                f"{self.settings.context_window} tokens leave no room for articles beside the question and the answer; "
                "raise 'context_window', lower 'max_tokens' or shorten the question"
            )
        return numbered

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
        if not written.text.text:
            advice = "raise 'max_tokens'" if written.trouble == _CUT_OFF else "ask again or choose another model"
            raise ModelError(
                f"model {self.model.name!r} wrote nothing but its reasoning; {advice}", usage=written.usage
            )
        if written.text.dropped:
            LOG.info("%s cited %d sentences that do not exist", self.model.name, written.text.dropped)
        return written


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


def _trouble(finish: Finish) -> str:
    if finish.reason == "length":
        return _CUT_OFF
    return f"the answer is incomplete: {finish.detail}" if finish.reason == "incomplete" else ""


def _status(kept: Sequence[Draft], written: Sequence[Draft], trouble: str) -> Status:
    if not kept:
        return "abstained"
    whole = len(kept) == len(written) and all(draft.verdict.support == "supported" for draft in kept)
    return "answered" if whole and not trouble else "partial"


def _confidence(kept: Sequence[Draft], written: Sequence[Draft]) -> float:
    """Mean support of what was written, what was dropped counting nothing."""
    return round(sum(draft.verdict.score for draft in kept) / len(written), 4) if kept else 0.0
