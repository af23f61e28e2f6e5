"""Address and key of a server: checked before use, and shown without what is secret; the sections of an article's."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

from qa.errors import SettingsError


def check_address(url: str, setting: str) -> None:
    """Refuse what no request can be sent to.

    Args:
        url: such as ``http://localhost:11434/v1``.
        setting: where it was given, for the message.

    Raises:
        SettingsError: unless it is an absolute address of ``http`` or ``https``.
    """
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets of IPv6, a port that is no number
        sound = False
    if not sound or any(char.isspace() or not char.isprintable() for char in url):
        raise SettingsError(
            f"setting {setting!r} {shown_address(url)!r} is no address; write it like http://localhost:11434/v1"
        )


def check_key(key: str, setting: str) -> None:
    """Refuse what cannot stand in a header, such as a key that was copied with a line break or a typographic dash.

    Raises:
        SettingsError: which does not show the key.
    """
    if not key.isascii() or not key.isprintable() or " " in key:
        raise SettingsError(f"setting {setting!r} holds characters that no key has; copy the key again")


def shown_address(url: str) -> str:
    """``url`` without user name, password and query."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment=""))


def sections(url: str) -> list[str]:
    """The parts of an address behind the server's name, in lower case: "opinion", "2031" and so on."""
    return re.split(r"[/?#]", url.lower().partition("://")[2])[1:]
