"""Saved conversations. They live in the person's own browser, so nobody else who uses the page sees them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from qa.page.conversation import Conversation, to_saved
from qa.page.markup import Html, element
from qa.page.words import day, shortened

KEY = "news-qa-conversations"
MOST = 30
MOST_CHARACTERS = 2_000_000
"""Browsers keep about five million; older conversations go first."""

Saved = list[dict[str, Any]]


def remember(saved: object, conversation: Conversation) -> Saved:
    """The saved conversations with this one as it is now, newest first."""
    others = [item for item in _sound(saved) if item["id"] != conversation.id]
    if not conversation.turns:
        return others
    conversation.id = conversation.id or secrets.token_hex(8)
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    kept = [{**to_saved(conversation), "moment": moment}, *others][:MOST]
    while len(kept) > 1 and len(json.dumps(kept)) > MOST_CHARACTERS:
        kept.pop()
    return kept


def forget(saved: object, id_: str) -> Saved:
    """The saved conversations without one."""
    return [item for item in _sound(saved) if item["id"] != id_]


def find(saved: object, id_: str) -> dict[str, Any] | None:
    """One of them."""
    return next((item for item in _sound(saved) if item["id"] == id_), None)


def history_list(saved: object, current: str) -> Html:
    """The list to choose from."""
    kept = _sound(saved)
    if not kept:
        return element("p", "Conversations are kept in this browser and listed here.", class_="qa-small")
    return element("ul", *(_entry(item, current) for item in kept), class_="qa-history")


def _entry(item: dict[str, Any], current: str) -> Html:
    questions = _questions(item)
    first = shortened(questions[0], 70) if questions else "Empty"
    count = f"{len(questions)} questions" if len(questions) != 1 else "1 question"
    return element(
        "li",
        element(
            "button",
            element("bdi", first),
            element("span", f"{day(str(item.get('moment', '')))} · {count}", class_="qa-when"),
            type="button",
            class_="qa-source",
            data_event="reopen",
            data_id=item["id"],
            aria_current="true" if item["id"] == current else None,
        ),
        element(
            "button",
            "Delete",
            type="button",
            class_="qa-action",
            data_event="forget",
            data_id=item["id"],
            aria_label=f"Delete conversation: {first}",
        ),
    )


def _questions(item: dict[str, Any]) -> Sequence[str]:
    return [str(turn["answer"]["question"]) for turn in item["turns"]]


def _sound(saved: object) -> Saved:
    """What comes from a browser may be anything; only what looks like saved conversations stays."""
    if not isinstance(saved, list):
        return []
    return [item for item in saved if isinstance(item, dict) and _is_sound(item)]


def _is_sound(item: dict[str, Any]) -> bool:
    turns = item.get("turns")
    return (
        isinstance(item.get("id"), str)
        and isinstance(turns, list)
        and all(isinstance(turn, dict) and isinstance(turn.get("answer"), dict) for turn in turns)
        and all("question" in turn["answer"] for turn in turns)
    )
