"""Web addresses in what a model writes: they are taken out, since nothing but footnotes may lead out of an answer.

An address in an answer is a way for a poisoned article to send readers, or what they asked, somewhere else. The article
itself still shows its addresses. Of ``https://a.example/b`` stays ``https…``: what is left leads nowhere, and a stream
never has to wait before the first sign of an address.
"""

from __future__ import annotations

import re

LEFT_OUT = "…"
"""Stands for the part of an address that leads somewhere."""
_LONGEST = 4096
_BEFORE = 32
_REST = r"""(?:(?![\[\]()<>"'`|])[!-~])*"""
_SCHEMES = "".join(rf"(?<=\b{name})|" for name in "http https ftp file data javascript vbscript".split())[:-1]
_ADDRESS = re.compile(
    rf"(?<=[a-z0-9])://{_REST}|(?<=\bwww)\.{_REST}|(?:{_SCHEMES}):(?=[^\s:]){_REST}"
    rf"|(?<![\w:/])//(?=[\w-]+\.\w){_REST}"
    rf"|(?<=[a-z0-9-]{{2}})(?:\.[a-z0-9-]{{2,63}}){{0,8}}\.[a-z]{{2,24}}/{_REST}",
    re.IGNORECASE,
)
_SIGN = re.compile("[:/.]")
_WHOLE_SIGN = re.compile(r"[:/]|www\.", re.IGNORECASE)
"""Every address has one of them. Most sentences have none, and searching them for addresses takes a while."""
_UNFINISHED = re.compile(r"[!-~]*\Z")


def without_addresses(text: str) -> str:
    """A text without what in its web addresses leads somewhere."""
    return _from(text, 0) if _WHOLE_SIGN.search(text) else text


def _from(text: str, position: int) -> str:
    """The same from a position on; what stands before is looked at only to tell an address."""
    parts = []
    if _SIGN.search(text, position):
        for address in _ADDRESS.finditer(text, position):
            parts += [text[position : address.start()], LEFT_OUT]
            position = address.end()
    return "".join([*parts, text[position:]])


class NoAddresses:
    """Takes the addresses out of a stream. Whatever its cuts, the text that remains is the same.

    Held back is an unfinished word, from the first sign in it that it may be an address.
    """

    def __init__(self) -> None:
        self._before = ""  # passed on already
        self._held = ""

    def feed(self, text: str) -> str:
        """What can be passed on now."""
        text = self._held + text
        end = _begin_of_unfinished(text)
        passed = self._pass_on(text[:end])
        self._held = text[end:]
        while len(self._held) >= _LONGEST:
            passed += self._pass_on(self._held[:_LONGEST])
            self._held = self._held[_LONGEST:]
        return passed

    def finish(self) -> str:
        """What was held back."""
        held, self._held = self._held, ""
        return self._pass_on(held)

    def _pass_on(self, text: str) -> str:
        seen = self._before + text
        passed = _from(seen, len(self._before))
        self._before = seen[-_BEFORE:]
        return passed


def _begin_of_unfinished(text: str) -> int:
    unfinished = _UNFINISHED.search(text)
    sign = _SIGN.search(text, unfinished.start()) if unfinished else None
    return sign.start() if sign else len(text)
