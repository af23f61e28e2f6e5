"""What of a model's output a person may see: no reasoning, and whole characters.

Reasoning is what stands between ``<think>`` and ``</think>`` (also ``thinking``, ``thought``, ``reasoning``, in any
case). Tags nest; what follows one that is never closed is not shown. Where only the end tag comes, as from servers
whose chat template writes the start tag itself, all text before it was reasoning. A stream cannot know that beforehand
and cannot wait for ever, so such text is passed on and taken back by `Retract` when the end tag arrives.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAMES = ("think", "thinking", "thought", "reasoning")
_TAG = re.compile(rf"<(/?)(?:{'|'.join(_NAMES)})>", re.IGNORECASE | re.ASCII)
_LONGEST_TAG = max(map(len, _NAMES)) + len("</>")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_LONE = re.compile(r"[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]")


@dataclass(frozen=True, slots=True)
class Retract:
    """All text passed on so far is void; the answer begins anew."""


class VisibleText:
    """Filters a stream. Whatever its cuts, the text that remains at the end is the same."""

    def __init__(self) -> None:
        self._held = ""
        self._half = ""
        self._depth = 0

    def feed(self, delta: str) -> list[str | Retract]:
        """What can be shown now that ``delta`` has arrived; an unfinished tag is held back."""
        text = self._held + self._whole_characters(delta)
        out: list[str | Retract] = []
        position = 0
        for tag in _TAG.finditer(text):
            self._pass_on(text[position : tag.start()], out)
            position = tag.end()
            if not tag[1]:
                self._depth += 1
            elif self._depth:
                self._depth -= 1
            else:
                out.append(Retract())
        end = max(position, _begin_of_unfinished_tag(text))
        self._pass_on(text[position:end], out)
        self._held = text[end:]
        return out

    def finish(self) -> list[str | Retract]:
        """What was held back."""
        out: list[str | Retract] = []
        self._pass_on(self._held + ("\ufffd" if self._half else ""), out)
        self._held = self._half = ""
        return out

    def _pass_on(self, text: str, out: list[str | Retract]) -> None:
        if text and not self._depth:
            out.append(text)

    def _whole_characters(self, delta: str) -> str:
        """Servers that escape JSON may cut an emoji between its two halves; a half alone cannot be printed."""
        text = self._half + delta
        self._half = ""
        if not _SURROGATE.search(text):
            return text
        if "\ud800" <= text[-1] <= "\udbff":
            text, self._half = text[:-1], text[-1]
        return _LONE.sub("\ufffd", text).encode("utf-16-le", "surrogatepass").decode("utf-16-le")


def _begin_of_unfinished_tag(text: str) -> int:
    start = text.rfind("<", max(0, len(text) - _LONGEST_TAG))
    if start < 0:
        return len(text)
    name = text[start + 1 :].removeprefix("/").lower()
    return start if any(known.startswith(name) for known in _NAMES) else len(text)
