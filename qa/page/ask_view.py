"""The part of the page where questions are asked: transcript, question box, filters, votes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from qa.errors import QAError
from qa.page import asking
from qa.page.context import Desk
from qa.page.conversation import Asking, Conversation, Limits
from qa.page.events import number_in, text_in, wiring
from qa.page.feedback import REASONS, Opinion
from qa.page.live import Draft
from qa.page.markup import Html, escape
from qa.page.transcript import draft_turn, transcript
from qa.page.welcome import welcome

_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
_LABEL = "Your question"
_FOCUS = "() => { document.querySelector('#qa-question textarea')?.focus(); }"
_NEW_TURN = """
let shown = false;
watch("value", () => {
  const now = Boolean(element.querySelector(".qa-turn"));
  if (now && !shown) element.scrollIntoView({block: "start", behavior: "instant"});
  shown = now;
});
"""


class AskView:
    """Builds its components where it is made, within a ``gr.Blocks``; ``connect`` adds what they do."""

    def __init__(self, desk: Desk, conversation: gr.State) -> None:
        self.desk = desk
        self.conversation = conversation
        names = ("cite", "passage", "retry", "edit", "vote", "example", "stop")
        self.told = gr.HTML(welcome(desk), js_on_load=wiring(*names), elem_id="qa-transcript", apply_default_css=False)
        self.live = gr.HTML(js_on_load=wiring(*names) + _NEW_TURN, elem_id="qa-live", apply_default_css=False)
        self._voting()
        with gr.Column(elem_id="qa-dock"):
            self.question = gr.Textbox(
                label=_LABEL,
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
        begun = [self.told, self.live, self.question]
        answering = {"concurrency_limit": self.desk.options.at_once, **_QUIET}

        def then_answered(event: Any) -> Any:
            asked = event(self.take, inputs, begun, **_QUIET)
            return asked.then(self.answer, self.conversation, [self.told, self.live], **answering)

        finished = [then_answered(self.question.submit)]
        for place in (self.told, self.live):
            place.stop(self.stop, self.conversation, None, **_QUIET)
            retried = place.retry(self.retry, self.conversation, [self.told, self.question], **_QUIET)
            finished.append(then_answered(retried.success))
            chosen = place.example(_picked, None, self.question, **_QUIET)
            finished.append(then_answered(chosen.success))
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

    def take(
        self, words: str | None, held: Conversation, since: str | None, until: str | None, sources: list[str] | None
    ) -> tuple[Any, Any, Any]:
        """Takes a question on, and shows that it was taken."""
        words = (words or "").strip()
        if held.draft is not None or held.asking is not None:
            gr.Info("One question at a time: stop this one first.")
            return gr.skip(), gr.skip(), gr.skip()
        if not words:
            return gr.skip(), gr.skip(), gr.skip()
        emptied: Any = ""
        if held.editing is not None:
            del held.turns[held.editing :]
            held.editing = None
            emptied = gr.Textbox(value="", label=_LABEL)
        limits = Limits((since or "").strip() or None, (until or "").strip() or None, tuple(sources or ()))
        held.asking = Asking(words, limits)
        return transcript(held), draft_turn(words, Draft(), len(held.turns)), emptied

    def answer(self, held: Conversation) -> Iterator[tuple[Html, Html]]:
        """Answers the question taken on; yields what changes on the page."""
        asking_, held.asking = held.asking, None
        before, number = transcript(held), len(held.turns)
        if asking_ is None:
            return
        for draft in asking.ask(self.desk.assistant, held, asking_, self.desk.upkeep):
            yield before, draft_turn(asking_.question, draft, number)
        yield transcript(held), Html()

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
