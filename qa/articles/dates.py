"""Dates as news files spell them, to ISO 8601; nothing is guessed."""

from __future__ import annotations

from datetime import date, datetime


def read_date(text: str) -> str | None:
    """The ISO form of a date, with its time where it has one; ``None`` where it cannot be told for certain."""
    text = text.strip()
    try:
        if len(text) <= 10:
            return date.fromisoformat(text).isoformat()
        return datetime.fromisoformat(text).isoformat()
    except ValueError:
        return None
