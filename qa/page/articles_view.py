"""The part of the page that shows which articles there are, and where articles are added and removed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import gradio as gr

from qa.errors import QAError
from qa.page import additions, library
from qa.page.context import Desk
from qa.page.events import text_in, wiring
from qa.page.markup import Html, element, escape, isolated, join
from qa.page.words import counted

_TOLD_EVERY = 0.3
"""Seconds between two looks at how far the reading is."""

Update = dict[Any, Any]
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


class ArticlesView:
    """Builds its components where it is made, within a ``gr.Blocks``; ``connect`` adds what they do."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        with gr.Row():
            self.words = gr.Textbox(label="Find articles", placeholder="Words; empty for all", max_lines=1, scale=2)
            self.sources = gr.Dropdown([], label="Sources", multiselect=True, min_width=160)
            self.since = gr.Textbox(label="From (YYYY-MM-DD)", max_lines=1, min_width=120)
            self.until = gr.Textbox(label="Until (YYYY-MM-DD)", max_lines=1, min_width=120)
        self.listed = gr.HTML(js_on_load=wiring("open", "remove"), elem_id="qa-articles", apply_default_css=False)
        self.count = gr.State(library.PAGE)
        self.filters: list[Any] = [self.words, self.since, self.until, self.sources, self.count]
        self.more = gr.Button("Show more", size="sm", visible=False)
        self.shown: list[Any] = [self.listed, self.more]
        self.removing = gr.State("")
        with gr.Group(visible=False, elem_id="qa-removing") as self.confirm:
            self.asked = gr.HTML(apply_default_css=False)
            with gr.Row():
                self.yes = gr.Button("Remove", variant="stop", size="sm")
                self.no = gr.Button("Keep", size="sm")
        self.adding = gr.Group(visible=desk.options.changeable, elem_id="qa-adding")
        with self.adding:
            self._adding()
        self.results = gr.HTML(elem_id="qa-results", apply_default_css=False)

    def _adding(self) -> None:
        with gr.Accordion("Add articles", open=False):
            with gr.Tab("Files"):
                self.files = gr.File(
                    label=f"Files to add ({', '.join(additions.KINDS)})",
                    file_count="multiple",
                    file_types=list(additions.KINDS),
                    elem_id="qa-files",
                    height=140,
                )
            with gr.Tab("Text"):
                self.title = gr.Textbox(label="Title", max_lines=1)
                with gr.Row():
                    self.published = gr.Textbox(label="Date (YYYY-MM-DD)", max_lines=1, min_width=120)
                    self.outlet = gr.Textbox(label="Source", max_lines=1, min_width=120)
                self.text = gr.Textbox(label="Text of the article", lines=6)
                self.paste = gr.Button("Add this text", variant="primary", size="sm")
            with gr.Tab("Web address"):
                self.address = gr.Textbox(label="Address of an article (https://…)", max_lines=1)
                self.fetch = gr.Button("Fetch and add", variant="primary", size="sm")

    def connect(self) -> list[Any]:
        """Adds the behaviour; gives the events after which the articles have changed."""
        filters = self.filters
        for changed in (self.words.submit, self.since.submit, self.until.submit, self.sources.change):
            changed(lambda: library.PAGE, None, self.count, **_QUIET).then(self.listing, filters, self.shown, **_QUIET)
        self.more.click(lambda count: count + library.PAGE, self.count, self.count, **_QUIET).then(
            self.listing, filters, self.shown, **_QUIET
        )
        asked = [self.confirm, self.asked, self.removing]
        self.listed.remove(self.ask_removal, None, asked, **_QUIET)
        self.no.click(lambda: gr.Group(visible=False), None, self.confirm, **_QUIET)
        if not self.desk.options.changeable:
            return []
        texts = [self.title, self.published, self.outlet, self.text]
        changing = [
            self.yes.click(self.remove, self.removing, [self.results, self.confirm], **_QUIET),
            self.files.upload(self.add_files, self.files, [self.results, self.files], **_QUIET),
            self.paste.click(self.add_text, texts, [self.results, *texts], **_QUIET),
            self.fetch.click(self.add_address, self.address, [self.results, self.address], **_QUIET),
        ]
        return [event.then(self.listing, filters, self.shown, **_QUIET) for event in changing]

    def listing(
        self, words: str | None, since: str | None, until: str | None, sources: list[str] | None, count: int
    ) -> tuple[Html, Any]:
        """The list of articles, as filtered, and whether there are more."""
        words = words or ""
        first, last = (since or "").strip(), (until or "").strip()
        wanted = library.Wanted(words, first, last, tuple(sources or ()), count)
        try:
            rows, total = self.desk.library.find(wanted)
        except QAError as error:
            return _failed(error), gr.Button(visible=False)
        by_words = any(character.isalnum() for character in words)
        listed = library.article_list(rows, total, self.desk.options.changeable, by_words)
        return listed, gr.Button(visible=total > len(rows))

    def ask_removal(self, event: gr.EventData) -> tuple[Any, Html, str]:
        """Asks whether an article may go, and says what goes with it."""
        article_id = text_in(event, "article")
        try:
            name, count = additions.file_of(self.desk.assistant, article_id)
        except QAError as error:
            return gr.Group(visible=False), Html(escape(str(error))), ""
        extent = f" It holds {counted(count, 'article')}; all of them go." if count > 1 else ""
        words = element("p", "Remove the file ", isolated(name, class_="qa-title"), f"?{extent}", class_="qa-asked")
        return gr.Group(visible=True), words, article_id

    def remove(self, article_id: str) -> tuple[Html, Any]:
        """Removes an article's file."""
        try:
            name = additions.remove(self.desk.assistant, self.desk.upkeep, article_id)
        except QAError as error:
            return _failed(error), gr.Group(visible=False)
        told = element("p", "Removed ", isolated(name), f". It lies in the folder {additions.REMOVED} now.")
        return element("div", told, class_="qa-outcomes", role="status"), gr.Group(visible=False)

    def add_files(self, files: Sequence[str] | None) -> Iterator[Update]:
        """Adds uploaded files, telling how it goes."""
        paths = [Path(name) for name in files or ()]
        yield {self.results: self._busy(paths)}
        with ThreadPoolExecutor(1, thread_name_prefix="qa-page-adding") as pool:
            reading = pool.submit(additions.add_files, self.desk.assistant, self.desk.upkeep, paths)
            while not wait([reading], timeout=_TOLD_EVERY).done:
                yield {self.results: self._busy(paths)}
            try:
                yield {self.results: outcome_list(reading.result()), self.files: None}
            except QAError as error:
                yield {self.results: _failed(error), self.files: None}

    def _busy(self, paths: Sequence[Path]) -> Html:
        progress = self.desk.upkeep.progress
        extent = f" {progress.percent} %" if progress.total else ""
        return element("p", f"Reading {counted(len(paths), 'file')}…{extent}", class_="qa-busy", role="status")

    def add_text(
        self, title: str | None, published: str | None, source: str | None, text: str | None
    ) -> tuple[Any, ...]:
        """Adds a pasted article."""
        fields = {"title": title or "", "published": published or "", "source": source or ""}
        try:
            outcomes = additions.add_text(self.desk.assistant, self.desk.upkeep, text or "", **fields)
        except QAError as error:
            return (_failed(error), *(gr.skip() for _ in range(4)))
        return (outcome_list(outcomes), "", "", "", "")

    def add_address(self, address: str | None) -> tuple[Html, Any]:
        """Adds an article from the web."""
        from qa.page.fetching import fetch

        try:
            name, content = fetch((address or "").strip())
            return outcome_list(additions.add_page(self.desk.assistant, self.desk.upkeep, name, content)), ""
        except QAError as error:
            return _failed(error), gr.skip()


def outcome_list(outcomes: Sequence[additions.Outcome]) -> Html:
    """What became of each file."""
    added = sum(outcome.articles for outcome in outcomes)
    head = element("p", f"{counted(added, 'article')} added from {counted(len(outcomes), 'file')}.", role="status")
    rows = [
        element(
            "li",
            element("span", "✓ " if item.articles else "✗ ", aria_hidden="true"),
            isolated(item.name, class_="qa-title"),
            f": {counted(item.articles, 'article')}" if item.articles else ": not added",
            join([", ", isolated(item.reason)]) if item.reason else "",
            class_=None if item.articles else "qa-refused",
        )
        for item in outcomes
    ]
    return element("div", head, element("ul", *rows), class_="qa-outcomes")


def _failed(error: QAError) -> Html:
    return element("div", isolated(str(error)), class_="qa-failed", role="alert")
