"""The text of an answer as it grows: words, footnote marks, and white space that may still have to go."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.citations.visible import Retract

_NOT_BULLET = re.compile(r"[^\s*•>#_-]")
_SPACE = 64
_BEFORE_NOTHING = frozenset(".,;:!?)”’…。，")


@dataclass(frozen=True, slots=True)
class TextPiece:
    """Words of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Marker:
    """A footnote mark: ``text[start:end] == f"[{number}]"``, and the sentence number it stands for.

    ``start`` and ``end`` count code points of the answer's text (since the last `Retract`).
    """

    number: int
    source: int
    start: int
    end: int

    @property
    def text(self) -> str:
        """The mark as the reader sees it."""
        return f"[{self.number}]"


Piece = TextPiece | Marker | Retract
"""What a stream is handed over in."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A model's answer with its own footnotes.

    ``sources[n - 1]`` is the sentence number behind footnote ``n``. ``dropped`` counts citations of sentences that do
    not exist.
    """

    text: str
    markers: tuple[Marker, ...]
    sources: tuple[int, ...]
    dropped: int


class AnswerText:
    """Collects an answer and hands it over in pieces. Leading and trailing white space goes."""

    def __init__(self) -> None:
        self.dropped = 0
        self.line_begun = False
        """Whether the line we are in holds more than a bullet and white space."""
        self._pieces: list[TextPiece | Marker] = []
        self._handed_over = 0
        self._length = 0
        self._footnotes: dict[int, int] = {}  # sentence number -> footnote number, in order of first use
        self._space = ""
        self._just_dropped = False

    def write(self, text: str) -> None:
        """Add words as they are."""
        if not text:
            return
        self._settle_space(text[0])
        self._note_line(text)
        text = self._space + text
        words = text.rstrip()
        space = text[len(words) :]
        if not self._length:
            words = words.lstrip()
            space = space if words else ""
        if len(space) > _SPACE:
            words, space = words + space[:-_SPACE], space[-_SPACE:]
        self._space = space
        self._append(words)

    def mark(self, source: int) -> None:
        """Add a footnote mark for a sentence number."""
        if self._length:
            self._append(self._space)
        self._space = ""
        self._just_dropped = False
        number = self._footnotes.setdefault(source, len(self._footnotes) + 1)
        marker = Marker(number, source, self._length, self._length + len(f"[{number}]"))
        self._pieces.append(marker)
        self._length = marker.end
        self.line_begun = True

    def drop(self, count: int) -> None:
        """Leave out citations of ``count`` unknown sentences that stood here alone."""
        self.dropped += count
        self._just_dropped = True

    def hand_over(self) -> list[TextPiece | Marker]:
        """The pieces since last time, neighbouring words joined."""
        fresh: list[TextPiece | Marker] = []
        words: list[str] = []
        for piece in self._pieces[self._handed_over :]:
            if isinstance(piece, TextPiece):
                words.append(piece.text)
                continue
            if words:
                fresh.append(TextPiece("".join(words)))
                words = []
            fresh.append(piece)
        if words:
            fresh.append(TextPiece("".join(words)))
        self._handed_over = len(self._pieces)
        return fresh

    def rewritten(self) -> Rewritten:
        """All of it."""
        return Rewritten(
            "".join(piece.text for piece in self._pieces),
            tuple(piece for piece in self._pieces if isinstance(piece, Marker)),
            tuple(self._footnotes),
            self.dropped,
        )

    def _append(self, words: str) -> None:
        if words:
            self._pieces.append(TextPiece(words))
            self._length += len(words)

    def _settle_space(self, after: str) -> None:
        """The space before a citation that was dropped goes with it; a mark and ``(`` would make a link."""
        if self._just_dropped:
            self._just_dropped = False
            if after.isspace() or after in _BEFORE_NOTHING:
                self._space = ""
        elif after == "(" and not self._space and self._pieces and isinstance(self._pieces[-1], Marker):
            self._space = " "

    def _note_line(self, text: str) -> None:
        line = text.rfind("\n") + 1
        if line:
            self.line_begun = False
        if not self.line_begun and _NOT_BULLET.search(text, line):
            self.line_begun = True


def find_markers(text: str, count: int) -> tuple[Marker, ...]:
    """The marks ``[1]`` to ``[count]`` of a text that was not rewritten here; ``source`` is the number itself."""
    found = re.finditer(r"\[([1-9]\d{0,5})\]", text)
    return tuple(Marker(int(m[1]), int(m[1]), m.start(), m.end()) for m in found if int(m[1]) <= count)
