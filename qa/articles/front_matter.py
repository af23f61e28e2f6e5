"""The block of named values that may stand above a text: YAML between ``---`` lines, TOML between ``+++`` lines."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from qa.articles.fields import FIELD_OF, Fields, fields_from
from qa.articles.reports import Findings

_FENCES = {
    "---": re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE),
    "+++": re.compile(r"^\+\+\+[ \t]*(?:\n|\Z)", re.MULTILINE),
}
_LONGEST = 65_536
_SIMPLE_LINE = re.compile(r"^([A-Za-z_-]+)[ \t]*[:=][ \t]*(\S.*)$", re.MULTILINE)


def split_front_matter(text: str, findings: Findings) -> tuple[Fields, str]:
    """The fields given above a text, and the text without them.

    A block in which no known name stands is part of the text. A malformed one is read line by line, and noted.

    Args:
        text: canonical.
        findings: of its file.
    """
    first, _, rest = text[:_LONGEST].partition("\n")
    fence = _FENCES.get(first.rstrip())
    closing = fence.search(rest) if fence else None
    if closing is None:
        return Fields(), text
    block = rest[: closing.start()]
    values = _toml(block) if first.startswith("+") else _yaml(block)
    malformed = values is None
    if values is None:
        values = {name: value.strip().strip("\"'") for name, value in _SIMPLE_LINE.findall(block)}
    if not any(str(name).lower() in FIELD_OF for name in values):
        return Fields(), text
    if malformed:
        findings.add("malformed front matter, read line by line")
    fields = fields_from({str(name): _plain(value) for name, value in values.items()})
    return fields, text[len(first) + 1 + closing.end() :]


def _yaml(block: str) -> dict[Any, Any] | None:
    """All values stay strings, so that a date comes as it was written; ``None`` where it is malformed."""
    import yaml

    try:
        values = yaml.load(block, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) else {}


def _toml(block: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(block)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None


def _plain(value: object) -> str:
    return "" if isinstance(value, dict | list) else str(value)
