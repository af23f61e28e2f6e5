"""The part of the page where questions are asked: transcript, question box, filters, votes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from qa.errors import QAError
from qa.page import asking
from qa.page.context import Desk
from qa.page.conversation import Conversation
from qa.page.events import number_in, text_in, wiring
from qa.page.feedback import REASONS, Opinion
from qa.page.markup import escape
from qa.page.transcript import draft_turn, transcript
from qa.page.welcome import welcome

Update = dict[Any, Any]

_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
_FOCUS = "() => { document.querySelector('#qa-question textarea')?.focus(); }"
_NEW_TURN = """
let shown = false;
watch("value", () => {
  const now = Boolean(element.querySelector(".qa-turn"));
  if (now && !shown) element.scrollIntoView({block: "nearest"});
  shown = now;
});
"""


class AskView:
    """Builds its components where it is made, within a ``gr.Blocks``; ``connect`` adds what they do."""

    def __init__(self, desk: Desk, conversation: gr.State) -> None:
        self.desk = desk
        self.conversation = conversation
        names = ("cite", "passage", "retry", "edit", "vote", "example")
        self.told = gr.HTML(welcome(desk), js_on_load=wiring(*names), elem_id="qa-transcript", apply_default_css=False)
        self.live = gr.HTML(js_on_load=wiring(*names) + _NEW_TURN, elem_id="qa-live", apply_default_css=False)
        self._voting()
        with gr.Column(elem_id="qa-dock"):
            self.question = gr.Textbox(
                label="Your question",
                placeholder="Ask about the articles…",
                lines=1,
                max_lines=6,
                submit_btn="Ask",
                elem_id="qa-question",
                autofocus=True,
            )
            with gr.Accordion("Only some dates or sources", open=False, elem_id="qa-filters"), gr.Row():
                self.since = gr.Textbox(label="From (YYYY-MM-DD)", max_lines=1, min_width=120)
                self.until = gr.Textbox(label="Until (YYYY-MM-DD)", max_lines=1, min_width=120)
                self.sources = gr.Dropdown([], label="Sources", multiselect=True, min_width=180)

    def _voting(self) -> None:
        self.voted_turn = gr.State(-1)
        with gr.Group(visible=False, elem_id="qa-voting") as self.form:
            self.reason = gr.Radio(
                [(meaning, key) for key, meaning in REASONS.items()], label="What is wrong with this answer?"
            )
            self.right = gr.Textbox(
                label="What would have been right? If you can, words copied from an article", lines=1
            )
            with gr.Row():
                self.send = gr.Button("Send", variant="primary", size="sm")
                self.keep = gr.Button("Cancel", size="sm")

    def connect(self) -> list[Any]:
        """Adds the behaviour; gives the events after which the conversation has changed."""
        inputs = [self.question, self.conversation, self.since, self.until, self.sources]
        outputs = [self.told, self.live, self.question]
        asking_ = {"concurrency_limit": self.desk.options.at_once, **_QUIET}
        finished = [self.question.submit(self.answer, inputs, outputs, **asking_)]
        self.question.stop(self.stop, self.conversation, None, **_QUIET)
        for place in (self.told, self.live):
            retried = place.retry(self.retry, self.conversation, [self.told, self.question], **_QUIET)
            finished.append(retried.success(self.answer, inputs, outputs, **asking_))
            chosen = place.example(_picked, None, self.question, **_QUIET)
            finished.append(chosen.success(self.answer, inputs, outputs, **asking_))
            edited = place.edit(self.edit, self.conversation, self.question, **_QUIET)
            edited.then(None, None, None, js=_FOCUS)
            place.vote(self.vote, self.conversation, [self.form, self.voted_turn], **_QUIET)
        self.send.click(
            self.explain,
            [self.conversation, self.voted_turn, self.reason, self.right],
            [self.form, self.right],
            **_QUIET,
        )
        self.keep.click(lambda: gr.Group(visible=False), None, self.form, **_QUIET)
        return finished

    def answer(
        self, words: str | None, held: Conversation, since: str | None, until: str | None, sources: list[str] | None
    ) -> Iterator[Update]:
        """Answers a question; yields what changes on the page."""
        if held.draft is not None:
            gr.Info("One question at a time: stop this one first.")
            return
        words = (words or "").strip()
        if not words:
            yield {self.live: ""}
            return
        if held.editing is not None:
            del held.turns[held.editing :]
            held.editing = None
        number = len(held.turns)
        limits = asking.Limits((since or "").strip() or None, (until or "").strip() or None, tuple(sources or ()))
        begun = False
        for draft in asking.ask(self.desk.assistant, held, words, limits, self.desk.upkeep):
            update: Update = {self.live: draft_turn(words, draft, number)}
            if not begun:
                begun = True
                update |= {self.told: transcript(held), self.question: _answering()}
            yield update
        yield {self.told: transcript(held), self.live: "", self.question: _ready()}

    def stop(self, held: Conversation) -> None:
        """Ends the answer under way; what is there stays."""
        held.stopping = True

    def retry(self, held: Conversation, event: gr.EventData) -> tuple[Any, Any]:
        """Takes a turn and those after it back, to be asked again."""
        turn = number_in(event, "turn")
        if held.draft is not None or not 0 <= turn < len(held.turns):
            raise gr.Error("One question at a time: stop this one first.", print_exception=False)
        question = held.turns[turn].question
        del held.turns[turn:]
        return transcript(held), question

    def edit(self, held: Conversation, event: gr.EventData) -> Any:
        """Puts a question back into the box; asking it replaces the turn and those after it."""
        turn = number_in(event, "turn")
        if held.draft is not None or not 0 <= turn < len(held.turns):
            return gr.skip()
        held.editing = turn
        later = len(held.turns) - turn - 1
        label = "Edit your question" + (f" (replaces this and {later} later)" if later else "")
        return gr.Textbox(value=held.turns[turn].question, label=label)

    def vote(self, held: Conversation, event: gr.EventData) -> tuple[Any, int]:
        """Keeps a good vote at once, and asks for the reason of a bad one."""
        turn = number_in(event, "turn")
        if not 0 <= turn < len(held.turns):
            return gr.skip(), -1
        if text_in(event, "vote") == "up":
            self._keep(held, turn, Opinion("up"))
            return gr.Group(visible=False), -1
        return gr.Group(visible=True), turn

    def explain(self, held: Conversation, turn: int, reason: str | None, right: str | None) -> tuple[Any, str]:
        """Keeps a bad vote with its reason."""
        if 0 <= turn < len(held.turns):
            self._keep(held, turn, Opinion("down", reason or "", right or ""))
        return gr.Group(visible=False), ""

    def _keep(self, held: Conversation, turn: int, opinion: Opinion) -> None:
        answer = held.turns[turn].answer
        try:
            where = asking.locate(self.desk.assistant, opinion.right)
            self.desk.feedback.add(answer, held.history(before=turn), opinion, where)
        except QAError as error:
            raise gr.Error(escape(str(error)), print_exception=False) from error
        gr.Info("Thank you. Kept on this machine as a case for evaluation.")

    def refresh_sources(self) -> Any:
        """The outlets to choose from."""
        return gr.Dropdown(choices=list(self.desk.library.overview().sources))


def _picked(event: gr.EventData) -> str:
    return text_in(event, "question")


def _answering() -> Any:
    return gr.Textbox(value="", label="Your question", submit_btn=False, stop_btn="Stop")


def _ready() -> Any:
    return gr.Textbox(label="Your question", submit_btn="Ask", stop_btn=False)
