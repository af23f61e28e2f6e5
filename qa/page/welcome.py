"""What a person sees first: what this is, what state it is in, and questions to begin with."""

from __future__ import annotations

from qa.errors import QAError
from qa.page.context import Desk
from qa.page.library import overview_line
from qa.page.markup import Html, element, isolated, join


def header(desk: Desk) -> Html:
    """Title, what there is, and how the reading of articles goes."""
    status = [element("span", overview_line(desk.library.overview()))]
    progress = desk.upkeep.progress
    if progress.running:
        status.append(element("span", f"Reading articles… {progress.percent} %", class_="qa-busy", role="status"))
    if progress.error:
        status.append(element("span", isolated(progress.error), class_="qa-failed", role="alert"))
    return element("header", element("h1", "News questions"), element("p", *status, class_="qa-status"))


def banner(desk: Desk) -> Html:
    """Says when there is no language model, and how to add one."""
    try:
        model = desk.assistant.model
    except QAError as error:
        return element("div", isolated(str(error)), class_="qa-banner", role="note")
    if model is not None:
        return Html()
    return element(
        "div",
        element("strong", "No language model is configured. "),
        "Answers are sentences of the articles, word for word. ",
        element(
            "details",
            element("summary", "How to add one"),
            element(
                "p",
                "Set ",
                element("code", "OPENAI_API_KEY"),
                ", or ",
                element("code", "QA_BASE_URL"),
                " and ",
                element("code", "QA_MODEL"),
                " for any OpenAI-compatible server (Ollama, vLLM, llama.cpp, LM Studio), and start again.",
            ),
        ),
        class_="qa-banner",
        role="note",
    )


def welcome(desk: Desk) -> Html:
    """The page before the first question."""
    questions = [
        element(
            "button",
            isolated(question),
            type="button",
            class_="qa-example",
            data_event="example",
            data_question=question,
        )
        for question in desk.examples
    ]
    parts = [
        element("h2", "Ask about the articles. Check every sentence."),
        element(
            "p",
            "Each sentence of an answer carries a footnote. Point at it to see the quoted words; click it to read them "
            "in the article. If the articles do not say it, you are told so.",
        ),
    ]
    if questions:
        parts.append(element("p", "For example:", class_="qa-small"))
        parts.append(element("div", *questions, class_="qa-examples"))
    return element("div", join(parts), class_="qa-welcome")
