"""Renumbers the citations of a model's answer while it streams.

The model cites sentence numbers, ``... on Monday [17].``; the reader sees footnotes numbered by first use, ``[1]``.
How a bracket is read is told in `qa.citations.notation`. These are decisions:

- Unknown numbers are dropped and counted, with the space before them. A bracket of nothing but unknown numbers stays as
  text where it may belong to the text: if they look like years or labels (``[2023]``, ``[#12]``), or if nothing stands
  before it on its line. All other brackets (``[sic]``, ``[Moscow’s]``) are text.
- Code keeps its brackets: between single backticks on one line, and between fences of three or more. A backtick that
  is not closed on its line, or only more than `_CODE` code points after a bracket, was none of code.
- An unfinished bracket with a number in it, at the end of the output, is dropped and counted: it may be a cut ``[17]``.
- Web addresses go, as `qa.citations.addresses` tells.
- White space at both ends goes. A marker is never left standing before ``(``, where the two would make a link.

Held back are at most an unfinished bracket or tag, what may become an address, and white space. Time is linear in the
output.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from qa.citations.addresses import NoAddresses
from qa.citations.notation import CLOSERS, OPENERS, Reading, can_continue, read_bracket
from qa.citations.pieces import AnswerText, Piece, Rewritten
from qa.citations.visible import Retract, VisibleText

_SPECIAL = re.compile(rf"[`{re.escape(OPENERS)}]")
_OPENERS = re.compile(rf"[{re.escape(OPENERS)}]+")
_CODE_STOP = re.compile(r"[`\n]")
_TICKS = re.compile(r"`+")
_CODE = 200


class MarkerRewriter:
    """Feed it a model's output in pieces of any size; the cuts change nothing in the result.

    Args:
        known: the sentence numbers that stand for something.
    """

    def __init__(self, known: Iterable[int]) -> None:
        self._known = sorted(set(known))
        self._visible = VisibleText()
        self._start_anew()

    def feed(self, delta: str) -> list[Piece]:
        """What can be shown now; the texts of all pieces since the last `Retract`, joined, are the answer so far."""
        return self._take_all(self._visible.feed(delta))

    def finish(self) -> list[Piece]:
        """What was held back. Call it once, at the end."""
        pieces = self._take_all(self._visible.finish())
        self._take(self._words.finish())
        if self._code_held:
            self._give_up_code()
        if self._held:
            self._drop_or_keep_unfinished()
        return pieces + self._answer.hand_over()

    def result(self) -> Rewritten:
        """The answer so far."""
        return self._answer.rewritten()

    def _start_anew(self) -> None:
        self._answer = AnswerText()
        self._words = NoAddresses()
        self._held = ""  # an unfinished bracket
        self._ticks = 0  # backticks just passed, not yet followed by anything else
        self._ticks_begin_line = False
        self._fence = 0  # backticks that opened the fence we are in
        self._in_code = False  # between single backticks
        self._code_held = ""  # a bracket in there, and what follows it

    def _take_all(self, visible: Iterable[str | Retract]) -> list[Piece]:
        retracted: list[Piece] = []
        for part in visible:
            if isinstance(part, Retract):
                retracted = [part]
                self._start_anew()
            else:
                self._take(self._words.feed(part))
        return retracted + self._answer.hand_over()

    def _take(self, text: str) -> None:
        position = 0
        while position < len(text):
            position = self._step(text, position)

    def _step(self, text: str, position: int) -> int:
        if text[position] == "`" and not self._held and not self._code_held:
            return self._pass_ticks(text, position)
        if self._ticks:
            self._judge_ticks()
        if self._code_held:
            return self._read_code(text, position)
        if self._held:
            return self._read_bracket(text, position)
        return self._read_text(text, position)

    def _read_text(self, text: str, position: int) -> int:
        found = (_CODE_STOP if self._fence else _SPECIAL).search(text, position)
        if self._in_code:
            line_end = text.find("\n", position, found.start() if found else len(text))
            if line_end >= 0:
                self._in_code = False
                self._answer.write(text[position : line_end + 1])
                return line_end + 1
        end = found.start() if found else len(text)
        if found and text[end] == "\n":
            end += 1
        self._answer.write(text[position:end])
        if found and text[found.start()] in OPENERS:
            if self._in_code:
                self._code_held = text[end]
            else:
                self._held = text[end]
            end += 1
        return end

    # --- code ---

    def _pass_ticks(self, text: str, position: int) -> int:
        if not self._ticks:
            self._ticks_begin_line = not self._answer.line_begun
        run = _TICKS.match(text, position)
        end = run.end() if run else position + 1
        self._answer.write(text[position:end])
        self._ticks += end - position
        return end

    def _judge_ticks(self) -> None:
        ticks, self._ticks = self._ticks, 0
        if self._fence:
            if self._ticks_begin_line and ticks >= self._fence:
                self._fence = 0
        elif ticks >= 3 and self._ticks_begin_line:
            self._fence = ticks
            self._in_code = False
        elif ticks == 1:
            self._in_code = not self._in_code

    def _read_code(self, text: str, position: int) -> int:
        room = position + _CODE - len(self._code_held)
        stop = _CODE_STOP.search(text, position, room)
        end = stop.start() if stop else min(room, len(text))
        self._code_held += text[position:end]
        if stop and stop[0] == "`":
            held, self._code_held = self._code_held, ""
            self._answer.write(held)
        elif stop or len(self._code_held) >= _CODE:
            self._give_up_code()
        return end

    def _give_up_code(self) -> None:
        held, self._code_held = self._code_held, ""
        self._in_code = False
        self._take(held)

    # --- brackets ---

    def _read_bracket(self, text: str, position: int) -> int:
        char = text[position]
        depth = 2 if self._held[1:2] and self._held[1] in OPENERS else 1
        closed = self._held[-1] in CLOSERS
        if char in CLOSERS:
            self._held += char
            if closed or depth == 1:
                self._resolve(self._held)
            return position + 1
        if closed:
            self._resolve_inner_only()
            return position
        if char in OPENERS:
            return self._read_openers(text, position)
        if can_continue(self._held[depth:], char):
            self._held += char
            return position + 1
        self._release()
        return position

    def _read_openers(self, text: str, position: int) -> int:
        run = _OPENERS.match(text, position)
        end = run.end() if run else position + 1
        if self._held.strip(OPENERS) or len(self._held) > 2:
            self._release()
        openers = self._held + text[position:end]
        self._held = openers[-2:]
        self._answer.write(openers[:-2])
        return end

    def _resolve(self, bracket: str) -> None:
        self._held = ""
        inside = bracket.strip(OPENERS + CLOSERS)
        reading = read_bracket(inside, self._known)
        if reading is None or self._belongs_to_text(reading):
            self._answer.write(bracket)
            return
        if not reading.known:
            self._answer.drop(reading.unknown)
            return
        self._answer.dropped += reading.unknown
        for source in reading.known:
            self._answer.mark(source)

    def _resolve_inner_only(self) -> None:
        """``[[3]`` and then no second closing bracket: only the inner pair is one."""
        held, self._held = self._held, ""
        self._answer.write(held[0])
        self._resolve(held[1:])

    def _belongs_to_text(self, reading: Reading) -> bool:
        return not reading.known and (reading.may_be_text or not self._answer.line_begun)

    def _release(self) -> None:
        held, self._held = self._held, ""
        self._answer.write(held)

    def _drop_or_keep_unfinished(self) -> None:
        held = self._held
        if held[-1] in CLOSERS:
            self._resolve_inner_only()
        elif any(char.isdecimal() for char in held):
            self._held = ""
            self._answer.drop(1)
        else:
            self._release()
