"""The page's endpoints for programs: ``ask``, ``search``, ``show`` and ``check``, also as tools of an MCP server.

They give the same JSON as the commands of these names with ``--json``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr
from gradio.events import api

from qa.assistant import Assistant
from qa.errors import QAError, QuestionError
from qa.page.markup import escape


class Endpoints:
    """The endpoints over one assistant."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def ask(self, question: str, since: str = "", until: str = "", sources: Sequence[str] = ()) -> dict[str, Any]:
        """Answer a question from the news articles; each sentence carries footnotes to exact words of an article.

        Args:
            question: The question, in words.
            since: Only articles published on or after this date (YYYY-MM-DD); empty for all.
            until: Only articles published on or before this date (YYYY-MM-DD); empty for all.
            sources: Only articles of these outlets; empty for all.
        """
        try:
            return self._assistant.ask(
                question, since=since or None, until=until or None, sources=tuple(sources)
            ).to_dict()
        except QAError as error:
            return self._assistant.failed(question, error).to_dict()

    def search(self, query: str, k: int = 10, since: str = "", until: str = "") -> list[dict[str, Any]]:
        """List the passages of the news articles that best fit a question or some words, best first.

        Args:
            query: A question or some words.
            k: How many passages, at most 100.
            since: Only articles published on or after this date (YYYY-MM-DD); empty for all.
            until: Only articles published on or before this date (YYYY-MM-DD); empty for all.
        """
        if not 1 <= k <= 100:
            raise _refused(QuestionError(f"k is {k}; give a number from 1 to 100"))
        try:
            found = self._assistant.search(query, k, since=since or None, until=until or None)
        except QAError as error:
            raise _refused(error) from error
        return [
            {
                **{"rank": rank, "article_id": passage.article_id, "start": passage.start, "end": passage.end},
                **{"score": passage.score, "title": passage.title, "published": passage.published},
                "text": passage.text,
            }
            for rank, passage in enumerate(found, start=1)
        ]

    def show(self, article_id: str, start: int = 0, end: int = 0) -> dict[str, Any]:
        """Give a news article as it was read, or the words of a range of it.

        Args:
            article_id: Id of the article, as in a footnote or a search result.
            start: Where the range begins, in code points.
            end: Where it ends, exclusive; 0 for the end of the article.
        """
        try:
            article = self._assistant.article(article_id)
            end = end or len(article.text)
            if not 0 <= start <= end <= len(article.text):
                raise QuestionError(f"{start}:{end} is not within the article's 0:{len(article.text)}")
        except QAError as error:
            raise _refused(error) from error
        return {
            **{"article_id": article.id, "title": article.title, "published": article.published},
            **{"source": article.source, "url": article.url, "start": start, "end": end},
            "text": article.text[start:end],
        }

    def check(self, text: str, article_id: str = "") -> dict[str, Any]:
        """Hold a text against the news articles, sentence by sentence: what supports it, and what is not supported.

        Args:
            text: Any text, such as a draft.
            article_id: Look only in this article; empty for all.
        """
        try:
            return self._assistant.check(text, article_id or None).to_dict()
        except QAError as error:
            raise _refused(error) from error


def add_endpoints(assistant: Assistant, at_once: int) -> None:
    """Adds the endpoints to the page that is being built; ``at_once`` calls of each are served side by side."""
    endpoints = Endpoints(assistant)
    for endpoint in (endpoints.ask, endpoints.search, endpoints.show, endpoints.check):
        api(endpoint, api_name=endpoint.__name__, concurrency_limit=at_once)


def _refused(error: QAError) -> gr.Error:
    """The error as gradio hands it to a program; escaped, since a browser would show it as HTML."""
    return gr.Error(escape(str(error)), print_exception=False)
