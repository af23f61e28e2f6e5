"""Where a text that was found stands in its article, white space aside."""

from __future__ import annotations

from collections.abc import Sequence

Bounds = tuple[int, int]
_LOST = "\ufffd"
"""What is left of a character that was cut through, as at the ends of a chunk of tokens."""


class Places:
    """Finds texts in one article.

    Args:
        text: of the article.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._marks: tuple[str, Sequence[int]] | None = None

    def of(self, found: str) -> Bounds | None:
        """The range where ``found`` stands first; ``None`` where it does not, or where it is blank."""
        wanted = found.strip().strip(_LOST).strip()
        if not wanted:
            return None
        start = self._text.find(wanted)
        if start >= 0:
            return start, start + len(wanted)
        dense, places = self._dense()
        sought = "".join(wanted.split())
        start = dense.find(sought)
        return None if start < 0 else (places[start], places[start + len(sought) - 1] + 1)

    def _dense(self) -> tuple[str, Sequence[int]]:
        """The text without white space, and where each of its characters stands."""
        if self._marks is None:
            places = [place for place, character in enumerate(self._text) if not character.isspace()]
            self._marks = "".join(self._text[place] for place in places), places
        return self._marks
