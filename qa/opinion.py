"""Whether an article is somebody's opinion: a leader, a column, a letter, a comment.

Told by what the paper itself says (the address, the heading, a line above or below the text), and else only by an
author who says "I think" and "in my view" often, outside quotation marks, and what others should do. Conservative: news
that is called an opinion is worse than an opinion that is not.
"""

from __future__ import annotations

import re

from qa.addresses import sections
from qa.records import Article

_SECTIONS = frozenset(
    "opinion opinions editorial editorials op-ed oped commentisfree comment commentary column columns columnist"
    " columnists letters letters-to-the-editor viewpoint viewpoints leaders".split()
)
_KINDS = (
    r"(?:opinion|editorial|op-?ed|comment|commentary|column|viewpoint|guest essay|leader|leading article"
    r"|letters?(?: to the editor)?)"
)
_HEADED = re.compile(
    rf"^\W*{_KINDS}\s*[:|–—]|[|–—]\s*{_KINDS}\W*$|\s-\s(?:opinion|editorial|op-?ed)\W*$", re.IGNORECASE
)
_LINE = re.compile(
    rf"^\W*(?:{_KINDS}|letters to the editor|our view|(?:the [\w ]{{2,30}} )?editorial board)\W*$", re.IGNORECASE
)
_BYLINE = re.compile(r"^\W*by [^\n]{2,60}?,? (?:our |the |guest |chief )?(?:columnist|leader writer)\b", re.IGNORECASE)
_NOTICE = re.compile(
    r"\b(?:is|as) an? (?:\w+ ){0,4}columnist\b|\bwrites an? (?:\w+ ){0,2}column\b"
    r"|\b(?:views|opinions) expressed\b[^.]{0,80}\b(?:own|author|writer|not necessarily)"
    r"|\bthis (?:article|piece) (?:is|represents) (?:an? )?(?:opinion|the views?)\b",
    re.IGNORECASE,
)
_HOLDS_A_VIEW = re.compile(
    r"\b(?:I (?:think|believe|suspect|fear|hope|would have|will not pretend|for one)|in my (?:view|opinion)"
    r"|my own (?:guess|view)|mark my words|if you ask me)\b",
    re.IGNORECASE,
)
_WANTS = re.compile(r"\b(?:should|must|ought to)\b", re.IGNORECASE)
_QUOTED = re.compile(r"“[^”]*”|\"[^\"\n]*\"|‘[^’]*’")
_DIALOGUE = re.compile(r"^\W*(?:Q|A|Question|Answer)\W", re.MULTILINE)
_TOP, _BOTTOM = 400, 400
_FEWEST, _WORDS_FOR_EACH = 2, 150
"""Such phrases at least, and words of the text at most for each of them."""


def opinion_sign(article: Article) -> str:
    """By what an article is told to be an opinion, in a few words; empty for a report, and where it cannot be told."""
    if not _SECTIONS.isdisjoint(sections(article.url)):
        return "by its section"
    if _HEADED.search(article.title) or _speaks_for_itself(article):
        return "by its heading"
    top = article.text[:_TOP].splitlines()[:6]
    if any(_LINE.match(line) or _BYLINE.match(line) for line in (article.subtitle, *top)):
        return "by the line above it"
    if _NOTICE.search(article.text[-_BOTTOM:]):
        return "by the note below it"
    return "by its words" if _argues(article.text) else ""


def _speaks_for_itself(article: Article) -> bool:
    """Whether the heading is the paper's own voice: "The Sun says"."""
    paper = article.source.split()[-1:]
    return bool(paper) and article.title.lower().startswith(
        (f"the {paper[0].lower()} says", f"{paper[0].lower()} says")
    )


def _argues(text: str) -> bool:
    if _DIALOGUE.search(text):
        return False
    own = _QUOTED.sub(" ", text)
    views = [match.lower() for match in _HOLDS_A_VIEW.findall(own)]
    often = len(views) * _WORDS_FOR_EACH >= len(own.split())
    return len(set(views)) >= _FEWEST and often and bool(_WANTS.search(own))
