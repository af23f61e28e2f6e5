"""Whether an article is an advertisement, by what the paper says above, below or in the address of it."""

from __future__ import annotations

import re

from qa.addresses import sections
from qa.records import Article

_PAID = (
    r"(?:sponsored|paid|promoted|branded|partner|advertiser) (?:content|post|article|feature|story|message)"
    r"|advertisement|advertorial|paid for by|sponsored by|in (?:paid )?partnership with"
)
_LINE = re.compile(rf"^\W*(?:this (?:is|article is|content is) (?:an? )?)?(?:{_PAID})\b[^\n]{{0,80}}$", re.IGNORECASE)
_SECTIONS = frozenset("sponsored advertorial paid-content paid-post partner-content brand-content".split())
_LINES = 4


def is_advertisement(article: Article) -> bool:
    """Whether somebody paid for an article, as its paper has to say."""
    if not _SECTIONS.isdisjoint(sections(article.url)):
        return True
    lines = [line for line in article.text.splitlines() if line.strip()]
    near = (article.title, article.subtitle, *lines[:_LINES], *lines[-2:])
    return any(_LINE.match(line) for sentence in near for line in re.split(r"(?<=[.!?])\s+", sentence))
