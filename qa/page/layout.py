"""What is where on the page, and which event leads to what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from qa.assistant import Assistant
from qa.errors import QAError
from qa.page import asking
from qa.page.conversation import Conversation
from qa.page.markup import Html, element
from qa.page.pane import EMPTY, Mark, Opened, opened_at, pane
from qa.page.transcript import draft_turn, transcript
from qa.records import Span

_WIRE = """
const events = ["cite", "passage", "retry", "edit", "close"];
element.addEventListener("click", (click) => {
  const source = click.target.closest("[data-event]");
  if (source && events.includes(source.dataset.event)) trigger(source.dataset.event, {...source.dataset});
});
"""
_SCROLL = """
watch("value", () => {
  const current = element.querySelector("mark[data-current]");
  if (current) current.scrollIntoView({block: "center"});
});
"""


def build(assistant: Assistant) -> gr.Blocks:
    """The page for an assistant."""
    with gr.Blocks(title="News questions", analytics_enabled=False, fill_width=True) as page:
        conversation = gr.State(Conversation())
        gr.HTML(banner(assistant))
        with gr.Row():
            with gr.Column(scale=3, min_width=320):
                told = gr.HTML(js_on_load=_WIRE, elem_id="qa-transcript")
                live = gr.HTML(js_on_load=_WIRE, elem_id="qa-live")
                question = gr.Textbox(
                    label="Your question", placeholder="Ask about the articles", submit_btn="Ask", elem_id="qa-question"
                )
                stop = gr.Button("Stop", visible=False)
            with gr.Column(scale=2, min_width=320):
                side = gr.HTML(EMPTY, js_on_load=_WIRE + _SCROLL, elem_id="qa-side")

        def answer(words: str, held: Conversation) -> Iterator[tuple[Any, ...]]:
            number = len(held.turns)
            for draft in asking.ask(assistant, held, words, asking.Limits()):
                yield gr.skip(), draft_turn(words, draft, number), "", gr.Button(visible=True)
            yield transcript(held), "", "", gr.Button(visible=False)

        def cite(held: Conversation, event: gr.EventData) -> Html:
            data = event._data or {}
            turn, number = int(data["turn"]), int(data["number"])
            citations = held.citations(turn)
            citation = next(item for item in citations if item.number == number)
            return pane(opened_at(assistant.article(citation.article_id), citations, number, turn))

        def passage(event: gr.EventData) -> Html:
            data = event._data or {}
            article = assistant.article(str(data["article"]))
            return pane(Opened(article, [Mark(Span(int(data["start"]), int(data["end"])), current=True)]))

        def stop_asking(held: Conversation) -> None:
            held.stopping = True

        question.submit(
            answer, [question, conversation], [told, live, question, stop], concurrency_limit=64, api_name=False
        )
        stop.click(stop_asking, conversation, None, api_name=False)
        for place in (told, live, side):
            place.cite(cite, conversation, side, api_name=False)
            place.passage(passage, None, side, api_name=False)
            place.close(lambda: EMPTY, None, side, api_name=False)
    return page


def banner(assistant: Assistant) -> Html:
    """Says when there is no language model, and how to add one."""
    try:
        model = assistant.model
    except QAError as error:
        return element("div", str(error), class_="qa-banner", role="note")
    if model is not None:
        return Html()
    return element(
        "div",
        element("strong", "No language model is configured. "),
        "Answers are sentences of the articles, word for word. For fluent answers set OPENAI_API_KEY, or QA_BASE_URL "
        "and QA_MODEL for any OpenAI-compatible server, and start again.",
        class_="qa-banner",
        role="note",
    )
