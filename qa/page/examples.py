"""Example questions drawn from the articles at hand: only such as they answer."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator

from qa.assistant import Assistant
from qa.errors import QAError
from qa.index.catalog import Entry

WANTED = 4
_LOOKED_AT = 60
_PERSON = re.compile(r"(?<![.!?“\"] )(?<!^)\b([A-Z][a-z]{2,}(?: [A-Z][a-z]{2,}){1,2})\b")
_SAYING = re.compile(r"\b([A-Z][a-z]{2,} [A-Z][a-z]{2,})[^.!?]{0,40}\b(said|told|denied|announced|warned)\b")
_NUMBER = re.compile(r"\b(\d[\d,]*|[a-z]+) (people|passengers|workers|students|homes|jobs|soldiers|children)\b")


def examples(assistant: Assistant, wanted: int = WANTED) -> list[str]:
    """Questions that the articles answer, of several kinds and from several articles; fewer where there is little."""
    found: list[str] = []
    used: set[str] = set()
    for question, article_id in _candidates(assistant):
        if len(found) == wanted:
            break
        if article_id in used:
            continue
        try:
            passages = assistant.search(question, 3)
        except QAError:
            continue
        if any(passage.article_id == article_id for passage in passages):
            found.append(question)
            used.add(article_id)
    return found


def _candidates(assistant: Assistant) -> Iterator[tuple[str, str]]:
    with assistant.archive.index.view() as catalog:
        entries = catalog.entries(limit=2000)
    chosen = _spread(entries)
    texts = {entry.id: assistant.article(entry.id).text for entry in chosen}
    known = Counter(name for text in texts.values() for name in set(_PERSON.findall(text)))
    makers = (_what_said, _about_title, _who_is)
    for round_ in range(len(chosen)):
        entry = chosen[round_]
        for offset in range(len(makers)):
            maker = makers[(round_ + offset) % len(makers)]
            if question := maker(entry, texts[entry.id], known):
                yield question, entry.id
                break


def _spread(entries: list[Entry]) -> list[Entry]:
    """Some articles from all over the archive; always the same ones for the same archive."""
    mixed = sorted(entries, key=lambda entry: entry.digest)
    return random.Random(0).sample(mixed, min(_LOOKED_AT, len(mixed)))


def _what_said(entry: Entry, text: str, known: Counter[str]) -> str:
    del entry, known
    found = _SAYING.search(text)
    if not found:
        return ""
    verb = {"said": "say", "told": "say", "denied": "deny", "announced": "announce", "warned": "warn of"}[found[2]]
    return f"What did {found[1]} {verb}?"


def _who_is(entry: Entry, text: str, known: Counter[str]) -> str:
    del entry
    names = [name for name in _PERSON.findall(text[:3000]) if known[name] < 20]
    return f"Who is {names[0]}?" if names else ""


def _about_title(entry: Entry, text: str, known: Counter[str]) -> str:
    del text, known
    title = " ".join(entry.title.split()).rstrip(".")
    return f"What is known about “{title}”?" if 15 <= len(title) <= 70 and not title.endswith("?") else ""
