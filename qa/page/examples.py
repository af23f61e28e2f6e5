"""Example questions drawn from the articles at hand: only such as they answer."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence

from qa.assistant import Assistant
from qa.errors import QAError
from qa.index.entries import Entry
from qa.records import Article

WANTED = 4
_LOOKED_AT = 80
_NAME = r"([A-Z][a-z]{2,} [A-Z][a-z]{2,})"
_DESCRIBED = re.compile(rf"{_NAME}, (?:\d\d,|an? |the |who |chief |head )")
_SPOKE = re.compile(rf"\b{_NAME} (said|denied|announced|warned)\b")
_BASE_FORMS = {"said": "say", "denied": "deny", "announced": "announce", "warned": "warn of"}
_HEADLINE = range(15, 70)


def examples(assistant: Assistant, wanted: int = WANTED) -> list[str]:
    """Questions that the articles answer, of several kinds and from several articles; fewer where there is little."""
    plain = _without_model(assistant)
    found: list[str] = []
    makers = [_who_is, _what_said, _about_headline]
    articles = _some_articles(assistant)
    for maker in (makers * wanted)[: 2 * wanted]:
        if len(found) == wanted:
            break
        question = next(_answered(plain, maker, articles, found), "")
        if question:
            found.append(question)
    return found


def _without_model(assistant: Assistant) -> Assistant:
    """The same articles, asked for nothing but their own words: quick, and free."""
    plain = Assistant(assistant.settings.model_copy(update={"model": "extractive"}))
    plain.archive = assistant.archive
    return plain


def _some_articles(assistant: Assistant) -> list[Article]:
    """Articles from all over the archive; always the same ones for the same archive."""
    with assistant.archive.index.view() as catalog:
        entries: list[Entry] = catalog.entries(limit=2000)
    mixed = sorted(entries, key=lambda entry: entry.digest)
    chosen = random.Random(0).sample(mixed, min(_LOOKED_AT, len(mixed)))
    return [assistant.article(entry.id) for entry in chosen]


def _answered(
    plain: Assistant, maker: Callable[[Article], str], articles: Sequence[Article], taken: Sequence[str]
) -> Iterator[str]:
    """The questions that are answered in the words of the articles."""
    for article in articles:
        question = maker(article)
        if not question or question in taken:
            continue
        try:
            answer = plain.ask(question)
        except QAError:
            continue  # an article was removed in the meantime
        if answer.status == "answered":
            yield question


def _who_is(article: Article) -> str:
    found = _DESCRIBED.search(article.text)
    return f"Who is {found[1]}?" if found and found[1] not in article.source else ""


def _what_said(article: Article) -> str:
    found = _SPOKE.search(article.text)
    return f"What did {found[1]} {_BASE_FORMS[found[2]]}?" if found and found[1] not in article.source else ""


def _about_headline(article: Article) -> str:
    title = " ".join(article.title.split()).rstrip(".")
    return f"What is known about “{title}”?" if len(title) in _HEADLINE and not title.endswith("?") else ""
