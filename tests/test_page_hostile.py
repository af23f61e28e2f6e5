"""Hostile text stays text: it never runs, loads, asks or forges anything on the page."""

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest

from qa.page.answers import Shown, answer_words
from qa.page.markup import element, escape, link
from qa.records import Citation, Statement
from qa.verify import Verdict
from tests.browser import ScriptedModel, Served, ask, chromium, keep, open_page, serve_page
from tests.browser_hostile import HOSTILE, MARK
from tests.whole import sample

__all__ = ["chromium", "open_page", "serve_page"]


class _Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def parsed(html: str) -> _Seen:
    seen = _Seen()
    seen.feed(html)
    return seen


def test_there_are_fifty() -> None:
    assert len(HOSTILE) == len(set(HOSTILE)) == 50


@pytest.mark.parametrize("text", HOSTILE)
def test_escaped_it_is_one_text_and_nothing_else(text: str) -> None:
    seen = parsed(element("p", text, title=text, data_x=text))
    assert seen.tags == ["p"]
    assert seen.attributes == ["title", "data-x"]
    shown = "".join(character if character not in "\x00\x08" else "\ufffd" for character in text)
    assert seen.text == shown


@pytest.mark.parametrize("text", HOSTILE)
def test_no_hostile_address_becomes_a_link(text: str) -> None:
    assert "href" not in parsed(link(text, "words")).attributes


BAD_ADDRESSES = """
javascript:alert(1)
JAVASCRIPT:alert(1)
data:text/html,x
vbscript:x
//a.example
https://
https://user@a.example
https://a.example\\@b.example
https://[::1
https://a.example/ b
""".strip().split("\n")


@pytest.mark.parametrize("address", [*BAD_ADDRESSES, " https://a.example", "https://a.example/\n"])
def test_only_plain_web_addresses_become_links(address: str) -> None:
    assert parsed(link(address, "words")).tags == []


def test_a_plain_web_address_becomes_a_link_that_tells_nobody() -> None:
    assert 'rel="noopener noreferrer nofollow"' in link("https://a.example/b?c=d&e", "words")


def test_template_signs_are_written_as_entities() -> None:
    assert not set("{}$`") & set(escape("${x} `y` {{z}}").replace("&#", ""))


def test_a_bracket_in_a_quote_is_no_footnote() -> None:
    quote = "Officials deny it [2] and [1] and [3]."
    citations = [Citation(n, "a.txt", "Title", None, 0, 5, "words") for n in (1, 2, 3)]
    text = f"{quote} [1]"
    shown = answer_words(Shown(0, text, [Statement(0, len(text), (1,), "supported")], citations))
    assert "[2]" in parsed(shown).text
    assert "[3]" in parsed(shown).text
    assert 'data-number="2"' not in shown


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_hostile_articles_titles_questions_and_replies_stay_text(
    serve_page: Callable[..., Served], open_page: Any
) -> None:
    lines = [
        json.dumps(
            {
                "id": f"{number}-{text[:40]}",
                "title": f"{text} zebra{number}",
                "source": text[:60],
                "url": text,
                "published": "2031-01-01",
                "text": f"Zebra{number} said {text} on Monday.\n\nThe end of zebra{number}.",
            }
        )
        for number, text in enumerate(HOSTILE)
    ]
    served = serve_page({"all.jsonl": "\n".join(lines)}, model=ScriptedModel(_hostile_reply), check=_credulous)
    page = open_page(served.url)
    written = opened = 0
    asked = range(0, len(HOSTILE), sample(5, whole=1))
    for number in asked:
        text = HOSTILE[number]
        ask(page, f"What did zebra{number} say? {text}"[:3900].replace("\n", " "))
        turn = page.locator("#qa-transcript .qa-turn").last
        written += turn.locator(".qa-words").count()
        notes = turn.locator(".qa-footnote")
        if notes.count():
            notes.first.hover()
            notes.first.click()
            page.locator("#qa-side mark[data-current]").wait_for()
            opened += 1
        _nothing_happened(page)
    assert written >= 0.9 * len(asked)
    assert opened >= 0.9 * len(asked)
    keep(page, "hostile")
    page.get_by_role("tab", name="Articles").click()
    page.locator("#qa-articles .qa-articles li").first.wait_for()
    for place in range(0, 25, 6):
        page.locator("#qa-articles .qa-source").nth(place).click()
        page.locator("#qa-side .qa-article-text").wait_for()
    keep(page, "hostile-articles")
    _nothing_happened(page)
    assert page.locator("#qa-side a").count() == 0


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_without_a_model_hostile_quotes_stay_text(serve_page: Callable[..., Served], open_page: Any) -> None:
    articles = {
        f"{n}.md": f"Zebra{n} report\n\nThe zebra{n} said: {text.replace(chr(0), '')}\n"
        for n, text in enumerate(HOSTILE)
    }
    page = open_page(serve_page(articles).url)
    for number in range(0, len(HOSTILE), sample(10, whole=5)):
        ask(page, f"What did the zebra{number} say?")
        _nothing_happened(page)


def _hostile_reply(prompt: str) -> str:
    """What the question says, as an answer with a footnote to the first sentence shown."""
    number = int(re.findall(r"zebra(\d+)", prompt)[-1])
    if "[1]" not in prompt:  # asked what a follow-up means
        return f"What did zebra{number} say?"
    return f"Zebra said {HOSTILE[number]} on Monday [1]. More {HOSTILE[number]} [1]."


def _credulous(statement: str, evidence: object) -> Verdict:
    """Takes all that is written for true, so that all of it is shown."""
    return Verdict("partial", f"as {statement} says")


def _nothing_happened(page: Any) -> None:
    page.wait_for_timeout(50)
    assert page.watch.clean(), page.watch
    assert page.evaluate(f"window.{MARK}") is None
    assert page.locator(".gradio-container a[href*='evil'], .gradio-container a[href^='javascript']").count() == 0
    hosts = "#qa-transcript, #qa-live, #qa-side, #qa-articles, #qa-head"
    for tag in ("script", "img", "iframe", "svg", "style", "link", "form", "object", "embed", "input", "video"):
        inside = ", ".join(f"{host} {tag}" for host in hosts.split(", "))
        assert page.locator(inside).count() == 0, tag
    forged = page.locator("#qa-transcript .qa-footnote").evaluate_all("notes => notes.map(n => n.textContent)")
    assert "9" not in forged
