"""What is known about an article besides its text, and the names under which files give it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qa.articles.canonical import one_line
from qa.articles.dates import date_in_name, read_date
from qa.articles.reports import Findings
from qa.articles.source import SourceFile
from qa.records import Article

_NAMES = {
    "title": "title headline",
    "subtitle": "subtitle subheading description deck dek standfirst summary",
    "published": "published date published_at published_on publication_date date_published pubdate publishdate posted",
    "source": "source outlet publisher publication newspaper site sitename site_name",
    "url": "url link permalink canonical canonical_url source_url",
}
FIELD_OF = {name: field for field, names in _NAMES.items() for name in names.split()}
"""The field of ``Fields`` that a name in a file stands for."""


@dataclass(frozen=True, slots=True)
class Fields:
    """Fields as a file gives them; ``published`` is not read as a date yet."""

    title: str = ""
    subtitle: str = ""
    published: str = ""
    source: str = ""
    url: str = ""

    def or_else(self, other: Fields) -> Fields:
        """These fields, with those of ``other`` where these are empty."""
        return Fields(*(getattr(self, name) or getattr(other, name) for name in self.__slots__))


def fields_from(pairs: Mapping[str, object]) -> Fields:
    """The fields among named values; the first of several names for one field wins, a link is never an outlet."""
    found: dict[str, str] = {}
    for name, value in pairs.items():
        field = FIELD_OF.get(name.strip().lower().replace("-", "_").replace(" ", "_"))
        if field is None or not isinstance(value, str) or not value.strip():
            continue
        if field == "source" and "://" in value:
            field = "url"
        if field != "url" or " " not in value.strip():
            found.setdefault(field, one_line(value))
    return Fields(**found)


def published_date(written: str, findings: Findings, where: str = "") -> str | None:
    """The date that a file gives, in ISO form; one that cannot be read for certain is noted."""
    published = read_date(written)
    if published is None and written.strip():
        findings.add(f"{where}published {one_line(written)[:40]!r} is no date that can be read for certain")
    return published


def article(file: SourceFile, text: str, fields: Fields, findings: Findings) -> Article:
    """The article of a file that holds one; a date that the file does not give is taken from its name."""
    return Article(
        id=file.name,
        text=text,
        title=fields.title,
        subtitle=fields.subtitle,
        published=published_date(fields.published, findings) or date_in_name(file.name),
        source=fields.source,
        url=fields.url,
    )
