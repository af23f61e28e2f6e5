"""An assistant without a language model over a few reports that a test writes down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import qa
from qa.assistant import Assistant


def report(text: str, **fields: str) -> str:
    """A Markdown file with its front matter; fields that are empty are left out."""
    head = "".join(f"{name}: {value}\n" for name, value in fields.items() if value)
    return f"---\n{head}---\n{text}\n"


def reports_of(written: Mapping[str, tuple[str, str, str]]) -> dict[str, str]:
    """Such files by name, each written down as its day, its title and its text."""
    return {name: report(text, title=title, published=day) for name, (day, title, text) in written.items()}


@contextmanager
def assistant_over(place: Path, files: Mapping[str, str]) -> Iterator[Assistant]:
    """The assistant over ``files``, which are written below ``place`` and indexed there."""
    (place / "corpus").mkdir()
    for name, content in files.items():
        (place / "corpus" / name).write_text(content, "utf-8")
    with closing(qa.open(place / "corpus", index=place / "index", model="extractive")) as opened:
        yield opened
