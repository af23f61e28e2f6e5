"""Articles from PDF files. A page holds lines, not text: lines are joined to paragraphs again, and words at line ends.

A hyphen at a line end goes only where the document writes the whole word elsewhere.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from qa.articles.canonical import canonical, one_line
from qa.articles.fields import Fields, article
from qa.articles.heading import read_head
from qa.articles.opening import read_whole
from qa.articles.reports import Findings, Refused
from qa.articles.source import SourceFile
from qa.records import Article
from qa.sentences.paragraphs import paragraph_spans

if TYPE_CHECKING:
    from pypdf import PdfReader

_MOST_PAGES = 2000
_MOST_OPERATIONS = 200_000
"""Drawing operations of one page; a page of a newspaper has some ten thousand, a picture that draws itself no end."""
_MOST_IN_ALL = 5_000_000
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\u00a0": " "}
)
_PAGE_NUMBER = re.compile(r"\s*(?:page\s+)?[-–—]?\s*\d{1,4}\s*[-–—]?(?:\s*(?:of|/)\s*\d{1,4})?\s*", re.IGNORECASE)
_HYPHEN_AT_END = re.compile(r"(\w+)-\n[ \t]*([a-zß-öø-ÿ]\w*)")
_WORD = re.compile(r"\w+(?:-\w+)*")
_FILE_NAME = re.compile(r"\.\w{2,5}$|^Microsoft |^untitled", re.IGNORECASE)


def read_pdf(file: SourceFile, findings: Findings) -> Iterator[Article]:
    """The one article of a PDF file; one that is encrypted or scanned is refused."""
    data = read_whole(file.path)
    if not data.strip():
        raise Refused("empty")
    pages, written_title = _pages(data, findings)
    text = canonical(_paragraphs(_without_running_lines(pages)), findings)
    if not text.strip():
        raise Refused("no text in its pages; scanned pages need text recognition first")
    head = read_head(text)
    yield article(file, text, Fields(title=_title(written_title, text)).or_else(head), findings)


def _pages(data: bytes, findings: Findings) -> tuple[list[str], str]:
    """The text of each page, and the title that the file gives itself."""
    from io import BytesIO

    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        # Fed any bytes, a parser fails in any way.
        reader = PdfReader(BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise Refused("encrypted; save it without a password")
        count = len(reader.pages)
        title = str((reader.metadata and reader.metadata.title) or "")
    except Refused:
        raise
    except Exception as error:
        raise Refused(f"not a PDF that can be read: {type(error).__name__}: {one_line(str(error))[:100]}") from error
    drawn = _Drawn()
    pages = [_page(reader, number, drawn, findings) for number in range(min(count, _MOST_PAGES))]
    if count > _MOST_PAGES:
        findings.add(f"only the first {_MOST_PAGES:,} of {count:,} pages are read")
    without = sum(not page.strip() for page in pages)
    if 0 < without < len(pages):
        findings.add(f"{without:,} of {len(pages):,} pages hold no text; they may be scanned")
    return pages, title


class _Drawn:
    """Counts the drawing operations of a file while its text is read, and ends what would not end."""

    def __init__(self) -> None:
        self._of_page = self._in_all = 0

    def begin_page(self) -> None:
        """Begins to count anew, if there is any room left."""
        if self._in_all > _MOST_IN_ALL:
            raise Refused(f"more than {_MOST_IN_ALL:,} drawing operations; the pages after that are not read")
        self._of_page = 0

    def __call__(self, *_: object) -> None:
        self._of_page += 1
        self._in_all += 1
        if self._of_page > _MOST_OPERATIONS:
            raise Refused(f"a page has more than {_MOST_OPERATIONS:,} drawing operations and is left out")


def _page(reader: PdfReader, number: int, drawn: _Drawn, findings: Findings) -> str:
    try:
        drawn.begin_page()
        text = _extracted(reader, number, drawn)
    except Refused as refusal:
        findings.add(str(refusal))
        return ""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_LIGATURES).strip()


def _extracted(reader: PdfReader, number: int, drawn: _Drawn) -> str:
    try:
        return reader.pages[number].extract_text(visitor_operand_before=drawn)
    except Refused:
        raise
    except Exception as error:
        raise Refused(f"page {number + 1} cannot be read: {type(error).__name__}") from error


def _without_running_lines(pages: Sequence[str]) -> list[str]:
    """The pages without their numbers, and without a line that stands at the same edge of most of them."""
    split = [page.split("\n") for page in pages if page]
    if len(split) < 2:
        return ["\n".join(lines) for lines in split]
    for edge in (0, -1):
        common = Counter(lines[edge].strip() for lines in split)
        for lines in split:
            line = lines[edge].strip()
            repeated = common[line] >= 3 and common[line] > len(split) / 2
            if len(lines) > 1 and (repeated or _PAGE_NUMBER.fullmatch(line)):
                del lines[edge]
    return ["\n".join(lines) for lines in split]


def _paragraphs(pages: Sequence[str]) -> str:
    text = "\n".join(pages).replace("\u00ad\n", "")
    words = {word.lower() for word in _WORD.findall(_HYPHEN_AT_END.sub(" ", text))}

    def joined(found: re.Match[str]) -> str:
        whole, hyphenated = f"{found[1]}{found[2]}", f"{found[1]}-{found[2]}"
        return whole if whole.lower() in words and hyphenated.lower() not in words else hyphenated

    text = _HYPHEN_AT_END.sub(joined, text)
    if not text.strip():
        return ""
    return "\n\n".join(paragraph for span in paragraph_spans(text) if (paragraph := " ".join(span.of(text).split())))


def _title(written: str, text: str) -> str:
    """The title a file gives itself, where the text begins with it or it cannot be the name of a draft."""
    written = one_line(written)
    if written and written.casefold() in one_line(text[:2000]).casefold():
        return written
    return "" if _FILE_NAME.search(written) or len(written.split()) < 3 or read_head(text).title else written
