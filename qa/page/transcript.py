"""The conversation as HTML: finished turns, and the one that is being answered."""

from __future__ import annotations

from qa.page.answers import Shown, abstention, answer_words, failure, source_list
from qa.page.conversation import Asked, Conversation
from qa.page.export import plain_text
from qa.page.live import Draft
from qa.page.markup import Html, element, escape, isolated, join
from qa.page.words import counted, paragraph


def transcript(conversation: Conversation) -> Html:
    """All finished turns."""
    return join(turn(asked, number) for number, asked in enumerate(conversation.turns))


def turn(asked: Asked, number: int) -> Html:
    """A question with its answer."""
    parts = [_question(asked.question, asked.understood), _answer(asked, number), _actions(asked, number)]
    return element("article", *parts, class_="qa-turn")


def draft_turn(question: str, draft: Draft, number: int) -> Html:
    """A question with as much of its answer as there is."""
    shown = Shown(number, draft.text, draft.statements, draft.citations, finished=False)
    stop = element("button", "Stop", type="button", class_="qa-stop", data_event="stop")
    stage = element("span", draft.stage, class_="qa-stage", role="status")
    parts = [_question(question, draft.understood), element("div", stage, stop, class_="qa-progress")]
    if draft.text:
        parts += [answer_words(shown), source_list(shown)]
    return element("article", *parts, class_="qa-turn qa-answering", aria_busy="true")


def _question(question: str, understood: str) -> Html:
    heading = element("h3", isolated(question), class_="qa-question", dir="auto")
    if not understood:
        return heading
    return join([heading, element("p", "Understood as: ", isolated(understood), class_="qa-small", dir="auto")])


def _answer(asked: Asked, number: int) -> Html:
    answer = asked.answer
    if answer.status == "error":
        return failure(answer.error or "The answer could not be made.")
    if answer.status == "abstained":
        return abstention(answer, asked.nearest, number, asked.searched)
    shown = Shown(number, answer.text, answer.statements, answer.citations)
    parts = [answer_words(shown)]
    if asked.stopped:
        parts.append(paragraph("Stopped before the end; what stands here was not checked."))
    elif answer.error:
        parts.append(paragraph("Incomplete: ", isolated(answer.error)))
    parts += [source_list(shown, asked.particulars), paragraph(escape(_summary(asked)))]
    return join(parts)


def _summary(asked: Asked) -> str:
    answer = asked.answer
    writer = "quoted word for word, no language model" if answer.model == "extractive" else f"written by {answer.model}"
    unsure = sum(statement.support != "supported" for statement in answer.statements)
    doubts = f", {counted(unsure, 'sentence')} not fully supported" if unsure else ""
    return f"{counted(len(answer.citations), 'footnote')}{doubts} · {writer} · {answer.seconds:.1f} s"


def _actions(asked: Asked, number: int) -> Html:
    return element(
        "div",
        _action("vote", "👍", number, data_vote="up", aria_label="Good answer", title="Good answer"),
        _action("vote", "👎", number, data_vote="down", aria_label="Bad answer", title="Bad answer"),
        element("button", "Copy", type="button", class_="qa-action", data_copy=plain_text(asked.answer)),
        _action("retry", "Ask again", number),
        _action("edit", "Edit", number),
        class_="qa-actions",
        role="group",
        aria_label="This answer",
    )


def _action(event: str, label: str, number: int, **attributes: str) -> Html:
    return element("button", label, type="button", class_="qa-action", data_event=event, data_turn=number, **attributes)
