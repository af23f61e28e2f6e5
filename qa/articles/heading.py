"""The head of a plain text: title, subtitle, and lines such as ``Source: The Post`` or ``By Ana Ruiz``.

Recognised by their shape, in this order of doubt: a line is a title only if it is short, does not end a sentence, and
running text follows. A text broken to a width, or one that starts at once, has none. Nothing is taken out of the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.articles.canonical import one_line
from qa.articles.dates import read_date
from qa.articles.fields import FIELD_OF, Fields, fields_from

_LINES = 40
_LONGEST_LINE = 1000
_LONGEST_TITLE, _LONGEST_SUBTITLE = 200, 300
_RUNNING_TEXT = 200
"""Code points from which a line is running text, however it ends."""
_WIDEST = 130
"""Code points in a line of a text broken to a width."""

_NAMED = re.compile(r"([A-Za-z][A-Za-z _-]{1,20}?)\s*:\s+(\S.{0,499})")
_OTHER_NAMES = frozenset("author authors byline section category language copyright updated last_updated".split())
_DATED = re.compile(r"(published|posted|updated|last updated)(?:\s+on)?:?\s+(.{6,80})", re.IGNORECASE)
_BYLINE = re.compile(r"By [A-Z][\w.'’-]*(?:[ ,]+(?:[A-Z][\w.'’-]*|and|de|van|von|der|of|in|for|the|[&|]))*")
_CLOSING = "\"'”’»)]*_ "
_STOPS = (".", ";", ":", ",", "。", "．", "।", "۔", "-", "–", "—")
_NO_STOP = re.compile(r"(?:…|\.\.\.|(?:\b[A-Z]\.){2,}|\b(?:Inc|Co|Corp|Ltd|Jr|Sr|vs|etc|No|a\.m|p\.m)\.)$")
_ENDS_SENTENCE = re.compile(r"[.!?…。！？।۔؟]$")
_GOES_ON = frozenset("a an the and or of to in on at by for from with as that which who is was were be has had".split())
_STOP_INSIDE = re.compile(r"[a-z)]{3,} ?[.!?][\"”’)]* [A-Z]")
_HEADING = re.compile(r" {0,3}#{1,6}\s+(.+?)[\s#]*")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)\s*")
_MARKUP = re.compile(r"(?<!\\)[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_BULLET = re.compile(r"(?:[-*•–—>|]|#+|\d{1,3}[.)])\s")


def read_head(text: str) -> Fields:
    """The fields that the first lines of a plain text give."""
    return _Head(_first_lines(text)).read()


def read_markdown_head(text: str) -> Fields:
    """The same for Markdown: its first heading is the title."""
    lines = _first_lines(text)
    for number, line in enumerate(lines):
        if found := _HEADING.fullmatch(line):
            title = found[1]
        elif number + 1 < len(lines) and line.strip() and _UNDERLINE.fullmatch(lines[number + 1]):
            title = line
            lines[number + 1] = ""
        elif _is_running_text(_unmarked(line)) and _named(_unmarked(line)) is None:
            break
        else:
            continue
        above: dict[str, str] = {}
        for before in lines[:number]:
            above.update(_named(_unmarked(before)) or {})
        below = [_without_heading(after) for after in lines[number + 1 :]]
        return _Head(below, _unmarked(title)).read().or_else(fields_from(above))
    return _Head([_unmarked(line) for line in lines]).read()


class _Head:
    """Walks down the first lines of a text until its running text begins."""

    def __init__(self, lines: Sequence[str], title: str = "") -> None:
        self.lines = lines
        self.title = title
        self.subtitle = ""
        self.named: dict[str, str] = {}

    def read(self) -> Fields:
        for number, line in enumerate(self.lines):
            if not line.strip() or one_line(line) == self.title:
                continue
            named = _named(line)
            if named is not None:
                self.named = named | self.named
                self.title = self.title or fields_from(self.named).title
            elif not self.title and self._is_title(number):
                self.title = one_line(line)
            elif self.title and not self.subtitle and self._is_subtitle(number):
                self.subtitle = one_line(line)
            else:
                break
        return Fields(title=self.title, subtitle=self.subtitle).or_else(fields_from(self.named))

    def _is_title(self, number: int) -> bool:
        line = self.lines[number].strip()
        return len(line) <= _LONGEST_TITLE and self._is_heading_line(number, running_text_within=3)

    def _is_subtitle(self, number: int) -> bool:
        line = self.lines[number].strip()
        apart = number > 0 and not self.lines[number - 1].strip()
        words = len(line.split())
        enough = words >= (5 if apart else 3) or (words == 1 and len(line) >= 8 and not line.isascii())
        short = len(line) <= _LONGEST_SUBTITLE and not _STOP_INSIDE.search(line)
        return enough and short and self._is_heading_line(number, running_text_within=2)

    def _is_heading_line(self, number: int, running_text_within: int) -> bool:
        line = self.lines[number].strip()
        bare = line.rstrip(_CLOSING)
        if not any(character.isalpha() for character in line) or _BULLET.match(line):
            return False
        if bare.endswith(_STOPS) and not _NO_STOP.search(bare):
            return False
        if bare.rsplit(maxsplit=1)[-1].lower() in _GOES_ON or self._is_broken_to_width(number):
            return False
        return any(_is_running_text(block) for block in self._blocks_after(number)[:running_text_within])

    def _is_broken_to_width(self, number: int) -> bool:
        """Whether the line and those right below it are one paragraph: a line goes on in lower case.

        A first line that ends although the next word would have fitted stands for itself.
        """
        block = []
        for line in self.lines[number:]:
            if not line.strip():
                break
            block.append(line.strip())
        width = max(map(len, block))
        if width > _WIDEST or not any(line[0].islower() for line in block[1:]):
            return False
        next_word = block[1].split(maxsplit=1)[0]
        return block[1][0].islower() or len(block[0]) + 1 + len(next_word) > 0.7 * width

    def _blocks_after(self, number: int) -> list[str]:
        """The lines below, without those that name a field; lines broken to a width are one."""
        blocks: list[str] = []
        joined = False
        for line in self.lines[number + 1 :]:
            words = line.strip()
            if not words or _named(line) is not None:
                joined = False
                continue
            if joined and len(words) <= _WIDEST:
                blocks[-1] += " " + words
            else:
                blocks.append(words)
            joined = not _ENDS_SENTENCE.search(words.rstrip(_CLOSING)) and len(words) <= _WIDEST
        return blocks


def _named(line: str) -> dict[str, str] | None:
    """What a line gives by name, a line that is a date, or a byline; ``None`` if it is neither of these."""
    line = line.strip()
    if found := _NAMED.fullmatch(line):
        name = found[1].strip().lower().replace(" ", "_").replace("-", "_")
        if name in FIELD_OF:
            return {name: found[2]}
        if name in _OTHER_NAMES:
            return {}
    if len(line) <= 100 and read_date(line):
        return {"date": line}
    if (found := _DATED.fullmatch(line)) and read_date(found[2]):
        return {} if "updated" in found[1].lower() else {"date": found[2]}
    return {} if len(line) <= 120 and _BYLINE.fullmatch(line) else None


def _first_lines(text: str) -> list[str]:
    return [line[:_LONGEST_LINE] for line in text.split("\n", _LINES)[:_LINES]]


def _is_running_text(block: str) -> bool:
    ends = _ENDS_SENTENCE.search(block.rstrip(_CLOSING))
    return len(block) >= _RUNNING_TEXT or bool(ends and (" " in block or not block.isascii()))


def _unmarked(line: str) -> str:
    """A line of Markdown as it is shown: without emphasis and link targets."""
    return _MARKUP.sub("", _LINK.sub(r"\1", line)).strip()


def _without_heading(line: str) -> str:
    """The line unmarked; a further heading ends the head, as running text does."""
    return "." if _HEADING.fullmatch(line) else _unmarked(line)
