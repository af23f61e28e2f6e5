"""Other outlets' figures beside a model's answer, corrections and confirmations: what it leaves out is said after it.

A model that reads "24 people died" and "31 people died" likes to pick one. The rule for what counts as another figure
is that of answers without a model (``qa.disagreement``); the words that are added are another report's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from qa.corrections import correction_of
from qa.disagreement import MOST, Other, other_reports, same_accounts
from qa.events import Checked, Cited, Event, Finished, Text
from qa.extractive import footnote, unmarked
from qa.figures import Asked, agree, asked_for, figures, single_figure
from qa.injection import without_orders
from qa.ranking import RankedSentence
from qa.records import Answer, Citation, Passage, Statement
from qa.retrieve import Retrieved
from qa.sentences import trimmed
from qa.sources import label_of, outlet_of

_MARK = re.compile(r"\[\d+\]")
_LOOKED_AT = 8
"""Passages in which a figure is looked for before anything is written."""


@dataclass(frozen=True, slots=True)
class Added:
    """The words that are put behind an answer, with the footnotes that are new."""

    answer: Answer
    text: str
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]


def with_both_figures(retrieved: Retrieved) -> Retrieved:
    """The same with the sentences of other outlets that give another figure for what is asked, to be shown for sure."""
    asked = asked_for(retrieved.question.text)
    if asked is None:
        return retrieved
    for candidate in retrieved.candidates[:_LOOKED_AT]:
        passage = without_orders(candidate.passage)
        best = max(
            (span for span in passage.sentences if single_figure(passage.sentence_text(span), asked)),
            key=lambda span: float(candidate.sentence_scores[candidate.passage.sentences.index(span)]),
            default=None,
        )
        if best is not None:
            others = other_reports(retrieved, candidate.passage, passage.sentence_text(best))
            shown = tuple(_alone(other, candidate.passage.score) for other in others if not other.agrees)[:MOST]
            return replace(retrieved, lead_ins=(*shown, *retrieved.lead_ins))
    return retrieved


def _alone(other: Other, score: float) -> Passage:
    """A sentence as a passage of its own."""
    passage, span = other.sentence.candidate.passage, other.sentence.span
    return replace(
        passage, start=span.start, end=span.end, text=passage.sentence_text(span), sentences=(span,), score=score
    )


def told_with_others(events: Iterator[Event], retrieved: Retrieved) -> Iterator[Event]:
    """The same events; where the answer gives one of several figures, the others follow it, each with its footnote."""
    for event in events:
        added = with_other_figures(event.answer, retrieved) if isinstance(event, Finished) else None
        if added is not None:
            yield Text(added.text)
            yield from (Cited(citation) for citation in added.citations)
            yield from (Checked(statement) for statement in added.statements)
            event = Finished(added.answer)
        yield event


def with_other_figures(answer: Answer, retrieved: Retrieved) -> Added | None:
    """The answer with what other reports say to its figures and it does not; ``None`` where that is nothing.

    That is a later report that takes a figure back, else what other outlets give for the figure asked, else another
    outlet's report that says the same as the first statement.
    """
    supported = [statement for statement in answer.statements if statement.support == "supported"]
    for statement in supported:
        correction = _correction(answer, statement, retrieved)
        if correction is not None:
            return _added(answer, [("A correction", correction)])
    others = _other_sides(answer, supported, retrieved)
    if others:
        return _added(answer, [("Another figure", other.sentence) for other in others])
    confirming = _confirming(answer, supported[0], retrieved) if supported else None
    return _added(answer, [("The same", confirming)]) if confirming else None


def _other_sides(answer: Answer, supported: Sequence[Statement], retrieved: Retrieved) -> list[Other]:
    """What other outlets give for the figure asked, beside the first statement that gives it."""
    asked = asked_for(retrieved.question.text)
    if asked is None:
        return []
    for statement in supported:
        anchor = _anchor(answer, statement, asked)
        others = _others(answer, anchor, retrieved, asked) if anchor else []
        if others:
            return others
    return []


def _confirming(answer: Answer, statement: Statement, retrieved: Retrieved) -> RankedSentence | None:
    """A sentence of an outlet that the answer does not cite which says all that a statement's footnote says."""
    passages = [passage for one in answer.citations if (passage := _passage_of(one, retrieved))]
    cited = {outlet_of(passage) for passage in passages}
    own = [one for one in answer.citations if one.number in statement.citations]
    passage = _passage_of(own[0], retrieved) if len(own) == 1 else None
    if passage is None:
        return None
    found = same_accounts(retrieved, passage, own[0].quote)
    return next((one for one in found if outlet_of(one.candidate.passage) not in cited), None)


def _correction(answer: Answer, statement: Statement, retrieved: Retrieved) -> RankedSentence | None:
    """The sentence of a later report, which the answer does not cite, that takes back a figure of the statement."""
    for citation in answer.citations:
        passage = _passage_of(citation, retrieved) if citation.number in statement.citations else None
        found = correction_of(retrieved, passage, _words(answer, statement)) if passage else None
        if found and found.candidate.passage.article_id not in {one.article_id for one in answer.citations}:
            return found
    return None


def _passage_of(citation: Citation, retrieved: Retrieved) -> Passage | None:
    return next(
        (
            one
            for one in retrieved.passages
            if one.article_id == citation.article_id and one.start <= citation.start and citation.end <= one.end
        ),
        None,
    )


def _anchor(answer: Answer, statement: Statement, asked: Asked) -> Citation | None:
    """The footnote that gives the statement's figure."""
    mine = single_figure(_words(answer, statement), asked)
    for citation in answer.citations:
        theirs = single_figure(citation.quote, asked) if citation.number in statement.citations else None
        if mine and theirs and agree(mine, theirs):
            return citation
    return None


def _words(answer: Answer, statement: Statement) -> str:
    """A statement without its footnote marks, whose numbers count nothing."""
    return _MARK.sub("", answer.text[statement.start : statement.end])


def _others(answer: Answer, anchor: Citation, retrieved: Retrieved, asked: Asked) -> list[Other]:
    """What other outlets give, without figures that the answer gives itself."""
    passage = _passage_of(anchor, retrieved)
    if passage is None:
        return []
    given = [figure for statement in answer.statements for figure in figures(_words(answer, statement), asked)]
    numbers = {citation.article_id for citation in answer.citations if citation.number != anchor.number}
    return [
        other
        for other in other_reports(retrieved, passage, anchor.quote)
        if not other.agrees
        and other.sentence.candidate.passage.article_id not in numbers
        and not any(agree(figure, other.figure) for figure in given)
    ][:MOST]


def _added(answer: Answer, others: Sequence[tuple[str, RankedSentence]]) -> Added | None:
    text, statements, citations = answer.text, list(answer.statements), list(answer.citations)
    for what, sentence in others:
        passage = sentence.candidate.passage
        span = trimmed(passage.text, sentence.span.shift(-passage.start))
        if span is None:
            continue
        words = span.of(passage.text)
        number = len(citations) + 1
        citations.append(footnote(passage, span.shift(passage.start), words, number))
        text += f"\n{what}, {unmarked(label_of(passage))}: "
        start = len(text)
        text += f"{unmarked(words)} [{number}]"
        statements.append(Statement(start, len(text), (number,), "supported"))
    if len(citations) == len(answer.citations):
        return None
    whole = replace(answer, text=text, statements=tuple(statements), citations=tuple(citations))
    return Added(
        whole,
        text[len(answer.text) :],
        whole.statements[len(answer.statements) :],
        whole.citations[len(answer.citations) :],
    )
