"""The sentences of a text from elsewhere that claim something.

Left out: addresses, code, front matter, headings, header rows of tables, and the footnote marks of whoever wrote the
text. A heading that is a whole sentence, or has a footnote, claims something like any other sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from qa.citations import Marker, Rewritten
from qa.citations.notation import CLOSERS, LONGEST, OPENERS, read_bracket
from qa.revision import Draft, drafts

_NUMBERS = range(1000)
"""What is taken for a footnote number of whoever wrote the text, and for no part of its words; ``[2024]`` is none."""
_MARK_UP = re.compile(
    r"(?<=\])\(\s*(?:https?://|www\.|mailto:|[./#])[^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)"
    r"|^```[^\n]*\n(?:(?!^```).*\n)*^```[^\n]*$"
    r"|https?://[^\s<>()\"]*[^\s<>()\".,;:!?'*_]"
    r"|\A---[ \t]*\n[\w-]+:.*\n(?:(?:[\w-]+:|[ \t-]).*\n)*?---[ \t]*$",
    re.MULTILINE,
)
_VISIBLE = re.compile(r"\S")
_OPEN, _CLOSE = re.escape(OPENERS), re.escape(CLOSERS)
_SIGN = re.compile(rf'["“”\n]|[{_OPEN}]{{1,2}}([^\n{_OPEN}{_CLOSE}]{{1,{LONGEST}}})[{_CLOSE}]{{1,2}}')
_OF_FILE = re.compile(r"\d+:(?=\d+†)")
"""``【4:0†source】``: of which message, which footnote."""
_GOES_ON = re.compile(r"[ \t]*\w")
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+\S")
_UNDERLINE = re.compile(r" {0,3}(?:={2,}|-{2,})\s*")
_TABLE_RULE = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?")
_AFTER_STOP = " \t\r#*_\"'”’)»]"
_STOPS = (".", "!", "…", "。", "！")


def claims_of(text: str) -> list[Draft]:
    """The statements of a text, in order: ranges of it, words without its footnote marks; none where it states none."""
    plain = _without_headings(_MARK_UP.sub(lambda found: _blank(found[0]), text))
    return drafts(Rewritten(plain, tuple(_marks(plain)), (), 0))


def _blank(text: str) -> str:
    return _VISIBLE.sub(" ", text)


def _without_headings(text: str) -> str:
    lines = text.split("\n")
    return "\n".join(_blank(line) if _is_heading(lines, number) else line for number, line in enumerate(lines))


def _is_heading(lines: Sequence[str], number: int) -> bool:
    """Whether a line only names what stands below it."""
    line = lines[number]
    below = lines[number + 1] if number + 1 < len(lines) else ""
    alone = number == 0 or not lines[number - 1].strip()
    looks_so = (
        bool(_HEADING.match(line))
        or (alone and bool(_UNDERLINE.fullmatch(below)))
        or ("|" in line and bool(_TABLE_RULE.fullmatch(below.strip())))
    )
    return looks_so and not line.rstrip(_AFTER_STOP).endswith(_STOPS) and not any(_marks(line))


def _marks(text: str) -> Iterator[Marker]:
    """The footnote marks of a text. A bracket inside a quotation, before more of its words, belongs to them."""
    quoting = False
    for sign in _SIGN.finditer(text):
        if sign[1] is None:
            quoting = sign[0] == "“" or (sign[0] == '"' and not quoting)
            continue
        reading = read_bracket(_OF_FILE.sub("", sign[1]), _NUMBERS)
        if reading and reading.known and not reading.unknown and not (quoting and _GOES_ON.match(text, sign.end())):
            yield Marker(reading.known[0], reading.known[0], sign.start(), sign.end())
