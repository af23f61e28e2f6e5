"""Articles from web pages: the main content without menus, notices and comments."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

from qa.articles.canonical import canonical
from qa.articles.encodings import byte_order_mark, decode
from qa.articles.fields import Fields, article, fields_from
from qa.articles.opening import read_whole
from qa.articles.reports import Findings, Refused
from qa.articles.source import SourceFile
from qa.records import Article

_LONGEST = 20_000_000
"""Code points of a page; the parser takes no more."""

_MOST_TAGS = 100_000
"""Far more than any article has; a parser takes ten seconds or so for them."""
_LONG_TAG = re.compile(r"<([A-Za-z][\w:-]*)\s[^<>]{8000,}>")
"""Pictures written out, or thousands of attributes, for which parsers take time in the square of their number."""

_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]+)""", re.IGNORECASE
)
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")


def read_page(file: SourceFile, findings: Findings) -> Iterator[Article]:
    """The one article of a web page."""
    html = _XML_DECLARATION.sub("", _decode_page(read_whole(file.path), findings)).replace("\x00", "\ufffd")
    if len(html) > _LONGEST:
        raise Refused(f"longer than {_LONGEST:,} characters as a web page")
    if html.count("<") > _MOST_TAGS:
        raise Refused(f"more than {_MOST_TAGS:,} tags in the page")
    text, fields = _extract(_LONG_TAG.sub(r"<\1>", html), findings)
    text = canonical(text, findings)
    if not text.strip():
        raise Refused("no article text in the page")
    yield article(file, text, fields, findings)


def _decode_page(data: bytes, findings: Findings) -> str:
    """As UTF-8 if it is; else as the page says; else as its bytes suggest."""
    declared = _DECLARED.search(data[:4096])
    if declared and byte_order_mark(data) is None:
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            pass
        name = declared[1].decode("ascii")
        # Browsers read what pages call latin-1 as windows-1252, and so do pages' authors.
        name = "cp1252" if name.lower() in ("iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii") else name
        try:
            text = data.decode(name)
        except (LookupError, ValueError):
            return decode(data, findings)
        findings.add(f"not UTF-8: read as {name.lower()}, as the page says")
        return text
    return decode(data, findings)


def _extract(html: str, findings: Findings) -> tuple[str, Fields]:
    from trafilatura import bare_extraction, html2txt
    from trafilatura.settings import Document

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    logging.getLogger("htmldate").setLevel(logging.CRITICAL)
    try:
        # Fed any bytes, a parser fails in any way.
        page = bare_extraction(
            html,
            with_metadata=True,
            include_comments=False,
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
        page = page if isinstance(page, Document) else None
        text = (page.text if page else None) or ""
        if not text.strip():
            text = html2txt(html)
            if text.strip():
                findings.add("its main content could not be told from the rest; all of the page is read")
    except Exception as error:
        raise Refused(f"the page cannot be parsed: {type(error).__name__}: {error}") from error
    if not page:
        return text, Fields()
    named = {
        "title": page.title,
        "subtitle": page.description,
        "published": page.date,
        "source": page.sitename,
        "url": page.url,
    }
    return text, fields_from(named)
