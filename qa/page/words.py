"""Small wordings that several parts of the page share: dates, titles, shortened quotes, counts."""

from __future__ import annotations

from datetime import date

from qa.page.markup import Html, element, isolated, join


def day(published: str | None) -> str:
    """A date as people write it, ``24 Sep 2025``; what is no date stays as it is."""
    if not published:
        return ""
    try:
        when = date.fromisoformat(published[:10])
    except ValueError:
        return published
    return f"{when.day} {when:%b %Y}"


def shortened(text: str, longest: int) -> str:
    """The text on one line, cut at a word with an ellipsis if it is longer than ``longest``."""
    line = " ".join(text[: 4 * longest].split())
    if len(line) <= longest:
        return line
    cut = line[:longest]
    space = cut.rfind(" ")
    return (cut[:space] if space > longest // 2 else cut) + "…"


def counted(number: int, thing: str) -> str:
    """``1 article``, ``1,204 articles``."""
    return f"{number:,} {thing}" + ("" if number == 1 else "s")


def article_line(title: str, published: str | None, source: str = "") -> Html:
    """Title, outlet and date of an article on one line, each kept apart from the others."""
    rest = [isolated(part, class_="qa-when") for part in (source, day(published)) if part]
    return element("span", isolated(shortened(title, 160), class_="qa-title"), *rest, class_="qa-article-line")


def paragraph(*children: str) -> Html:
    """Small print."""
    return element("p", join(children), class_="qa-small")
