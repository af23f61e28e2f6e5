"""What is where on the page, and which event leads to what."""

from __future__ import annotations

from typing import Any

import gradio as gr

from qa.errors import QAError
from qa.page import asking, export, history
from qa.page.articles_view import ArticlesView
from qa.page.ask_view import AskView
from qa.page.context import Desk
from qa.page.conversation import Conversation, from_saved
from qa.page.events import number_in, span_in, text_in, wiring
from qa.page.markup import Html
from qa.page.pane import EMPTY, Mark, Opened, opened_at, pane, pane_failure
from qa.page.programs import add_endpoints
from qa.page.transcript import transcript
from qa.page.welcome import banner, header, welcome

TITLE = "News questions"
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
_TO_MARK = 'watch("value", () => window.newsQa.toMark(element));'
_SAVE = "(file) => window.newsQa.save(file)"
_SWEPT, _KEPT = 600, 3600
"""Seconds: how often Gradio's copies of uploads are swept away, and how old they are then."""


def build(desk: Desk) -> gr.Blocks:
    """The page."""
    page: gr.Blocks
    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True, delete_cache=(_SWEPT, _KEPT)) as page:
        _Page(desk).connect(page)
        add_endpoints(desk.assistant, desk.options.at_once)
    return page


class _Page:
    """The components, and the events between the parts."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.conversation = gr.State(Conversation())
        self.saved = gr.BrowserState([], storage_key=history.KEY, secret=history.KEY)
        self.timer = gr.Timer(1.0)
        self.file = gr.JSON(visible="hidden")
        with gr.Sidebar(open=False, elem_id="qa-sidebar", width=300):
            self.new = gr.Button("New conversation", size="sm", elem_id="qa-new")
            self.past = gr.HTML(js_on_load=wiring("reopen", "forget"), elem_id="qa-past", apply_default_css=False)
            gr.HTML("<h2>Save this conversation as</h2>", apply_default_css=False)
            with gr.Row():
                self.markdown = gr.Button("Markdown", size="sm", elem_id="qa-markdown")
                self.json = gr.Button("JSON", size="sm", elem_id="qa-json")
        self.head = gr.HTML(header(desk), elem_id="qa-head", apply_default_css=False)
        told = banner(desk)
        gr.HTML(told, apply_default_css=False, elem_id="qa-banner", visible=bool(told))
        with gr.Row(elem_id="qa-main"):
            with gr.Column(scale=3, min_width=300, elem_id="qa-left"), gr.Tabs():
                with gr.Tab("Ask"):
                    self.ask = AskView(desk, self.conversation)
                with gr.Tab("Articles") as self.tab:
                    self.articles = ArticlesView(desk)
            with gr.Column(scale=2, min_width=300, elem_id="qa-right"):
                wired = wiring("cite", "close") + _TO_MARK
                self.side = gr.HTML(EMPTY, js_on_load=wired, elem_id="qa-side", apply_default_css=False)

    def connect(self, page: gr.Blocks) -> None:
        """Adds the behaviour."""
        told, conversation, saved = self.ask.told, self.conversation, self.saved
        refreshed = [self.head, told, self.timer, self.ask.sources, self.articles.sources]
        page.load(self.refresh, conversation, refreshed, **_QUIET)
        page.load(history.history_list, [saved, gr.State("")], self.past, **_QUIET)
        self.timer.tick(self.refresh, conversation, refreshed, **_QUIET)
        for finished in self.ask.connect():
            finished.then(self.remember, [conversation, saved], [saved, self.past], **_QUIET)
        changed = [*self.articles.connect(), self.tab.select(None)]
        for event in changed:
            event.then(self.refresh, conversation, refreshed, **_QUIET)
        self.tab.select(self.articles.listing, self.articles.filters, self.articles.shown, **_QUIET)
        for place in (told, self.ask.live, self.side):
            place.cite(self.cite, conversation, self.side, **_QUIET)
        for place in (told, self.ask.live):
            place.passage(self.open, None, self.side, **_QUIET)
        self.articles.listed.open(self.open, None, self.side, **_QUIET)
        self.side.close(lambda: EMPTY, None, self.side, **_QUIET)
        self._connect_sidebar()

    def _connect_sidebar(self) -> None:
        conversation, saved, told = self.conversation, self.saved, self.ask.told
        begun = self.new.click(self.begin, conversation, [conversation, told, self.ask.live, self.side], **_QUIET)
        begun.then(self.listing, [conversation, saved], self.past, **_QUIET)
        self.past.reopen(self.reopen, [conversation, saved], [conversation, told, self.side, self.past], **_QUIET)
        self.past.forget(self.forget, [conversation, saved], [saved, self.past], **_QUIET)
        for button, maker, name, kind in (
            (self.markdown, export.to_markdown, "conversation.md", "text/markdown"),
            (self.json, export.to_json, "conversation.json", "application/json"),
        ):
            button.click(_exporter(maker, name, kind), conversation, self.file, **_QUIET).then(
                None, self.file, None, js=_SAVE
            )

    def refresh(self, held: Conversation) -> tuple[Any, ...]:
        """The state of the articles, and what depends on it; keeps asking for it only while it changes."""
        desk = self.desk
        busy = desk.upkeep.progress.running or not desk.drawn
        told = gr.skip() if held.turns or held.draft else welcome(desk)
        sources = self.ask.refresh_sources()
        return header(desk), told, gr.Timer(active=busy), sources, sources

    def cite(self, held: Conversation, event: gr.EventData) -> Html:
        """Opens the article of a footnote at its words."""
        turn, number = number_in(event, "turn"), number_in(event, "number")
        citations = held.citations(turn)
        citation = next((item for item in citations if item.number == number), None)
        if citation is None:
            return pane_failure("This footnote belongs to a conversation that is not open any more.")
        try:
            article = self.desk.assistant.article(citation.article_id)
            sources = self.desk.library.sources_of(item.article_id for item in citations)
            return pane(opened_at(article, citations, number, turn, sources))
        except QAError as error:
            return pane_failure(str(error))

    def open(self, event: gr.EventData) -> Html:
        """Opens an article, at some words if the click names them."""
        try:
            article = self.desk.assistant.article(text_in(event, "article"))
        except QAError as error:
            return pane_failure(str(error))
        span = span_in(event)
        marks = [Mark(span, current=True)] if span and span.end <= len(article.text) else []
        return pane(Opened(article, marks))

    def remember(self, held: Conversation, saved: object) -> tuple[history.Saved, Html]:
        """Saves the conversation as it is now."""
        kept = history.remember(saved, held)
        return kept, history.history_list(kept, held.id)

    def listing(self, held: Conversation, saved: object) -> Html:
        """The saved conversations."""
        return history.history_list(saved, held.id)

    def begin(self, held: Conversation) -> tuple[Any, ...]:
        """A new conversation; what is under way in the old one ends."""
        held.stopping = True
        return Conversation(), welcome(self.desk), "", EMPTY

    def reopen(self, held: Conversation, saved: object, event: gr.EventData) -> tuple[Any, ...]:
        """A saved conversation, to be read and gone on with."""
        found = history.find(saved, text_in(event, "id"))
        if found is None or held.draft is not None:
            return gr.skip(), gr.skip(), gr.skip(), gr.skip()
        opened = asking.with_nearest(self.desk.assistant, from_saved(found))
        return opened, transcript(opened), EMPTY, history.history_list(saved, opened.id)

    def forget(self, held: Conversation, saved: object, event: gr.EventData) -> tuple[history.Saved, Html]:
        """Deletes a saved conversation."""
        kept = history.forget(saved, text_in(event, "id"))
        return kept, history.history_list(kept, held.id)


def _exporter(maker: Any, name: str, kind: str) -> Any:
    def exported(held: Conversation) -> dict[str, str]:
        return {"name": name, "type": kind, "text": maker(held.turns)}

    return exported
