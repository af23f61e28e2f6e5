"""Refuses every way out of this machine that Python code can take, and notes it in ``TRIED``.

``tests/conftest.py`` puts this folder in front of ``PYTHONPATH``, so that Python loads it by its name, first of all, in
each process that tests start. What native code does is refused by a network namespace alone: ``tests/offline.py``.
"""

from __future__ import annotations

import re
import socket
import sys
from pathlib import Path
from typing import Any

TRIED: list[str] = []
_LOOPBACK = re.compile(
    r"(?:127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+|localhost\.?|0\.0\.0\.0|::|)\Z", re.IGNORECASE
)
_ASKED = ("socket.getaddrinfo", "socket.gethostbyname")
_REACHED = ("socket.connect", "socket.sendto", "socket.sendmsg")


def _own() -> frozenset[str]:
    """This machine's own name and addresses, as Linux tells them."""
    routes = Path("/proc/net/fib_trie")
    told = routes.read_text("ascii", "replace") if routes.exists() else ""
    return frozenset((socket.gethostname(), *re.findall(r"\|-- (\S+)\n\s+/32 host LOCAL", told)))


OWN = _own()


def _is_literal(host: object) -> bool:
    """Whether it is an address in figures, which nobody is asked for."""
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    for read in (socket.inet_aton, lambda text: socket.inet_pton(socket.AF_INET6, text)):
        try:
            return bool(read(name))
        except (OSError, ValueError):
            continue
    return False


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    """Lets through what stays on this machine; an audit hook, which nothing can take away again.

    Raises:
        OSError: for anything else, as if there were no network.
    """
    if event in _ASKED:
        host = "" if _is_literal(arguments[0]) else arguments[0]
    elif event in _REACHED and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    target = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "")
    if not _LOOPBACK.match(target) and target not in OWN:
        TRIED.append(f"{event} {target}")
        raise OSError(f"there is no way out to {target}")


if __name__ == "sitecustomize":
    sys.addaudithook(watch)
