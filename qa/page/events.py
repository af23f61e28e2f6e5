"""Clicks on the page's HTML: how they reach the server, and what they carry. A browser may send anything."""

from __future__ import annotations

import gradio as gr

from qa.records import Span

_WIRING = """
const events = [%s];
element.addEventListener("click", (click) => {
  const source = click.target.closest("[data-event]");
  if (!source || source.disabled || !events.includes(source.dataset.event)) return;
  const {event, turn, number, article, start, end, id, question, vote} = source.dataset;
  trigger(event, {turn, number, article, start, end, id, question, vote});
});
"""


def wiring(*names: str) -> str:
    """JavaScript for an HTML component: a click on an element with ``data-event`` becomes the event of that name."""
    return _WIRING % ", ".join(f'"{name}"' for name in names)


def number_in(event: gr.EventData, name: str) -> int:
    """A number of a click; -1, which stands for nothing, where there is none."""
    try:
        return int(str((event._data or {})[name]))
    except (KeyError, TypeError, ValueError):
        return -1


def text_in(event: gr.EventData, name: str) -> str:
    """A text of a click; empty where there is none."""
    data = event._data if isinstance(event._data, dict) else {}
    value = data.get(name)
    return value if isinstance(value, str) else ""


def span_in(event: gr.EventData) -> Span | None:
    """The range of a click, if it has one."""
    start, end = number_in(event, "start"), number_in(event, "end")
    return Span(start, end) if 0 <= start < end else None
