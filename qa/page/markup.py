"""The only place where HTML is made: everything is escaped here, so nothing untrusted can be anything but text.

    element("p", "<b>", class_="note")  ->  <p class="note">&lt;b&gt;</p>

Plain strings are escaped, ``Html`` is taken as it is, and only this module makes ``Html``. Model output, articles,
titles, questions and addresses all go through here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

_VOID = frozenset({"br", "hr", "img", "input"})
_UNSHOWABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# Entities for what means something to a template engine: defence in depth, the page's templates hold no values.
_TEMPLATE = str.maketrans({"{": "&#123;", "}": "&#125;", "$": "&#36;", "`": "&#96;"})


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def escape(text: str) -> Html:
    """Text as HTML shows it, character for character; controls that cannot be shown become a replacement mark."""
    if isinstance(text, Html):
        return text
    return Html(html.escape(_UNSHOWABLE.sub("\ufffd", text), quote=True).translate(_TEMPLATE))


def join(parts: Iterable[str]) -> Html:
    """Parts one after the other, plain ones escaped."""
    return Html("".join(escape(part) for part in parts))


def element(tag: str, *children: str, **attributes: str | int | bool | None) -> Html:
    """One element.

    Args:
        tag: its name.
        children: what is in it; plain strings are escaped.
        attributes: ``class_`` for ``class``, ``data_x`` for ``data-x``. ``None`` and ``False`` leave one out, ``True``
            gives it no value.
    """
    written = "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in _VOID:
        return Html(f"<{tag}{written}>")
    return Html(f"<{tag}{written}>{join(children)}</{tag}>")


def isolated(text: str, **attributes: str | int | bool | None) -> Html:
    """Foreign words within our own: their direction, and tricks with it, end where they end."""
    return element("bdi", text, **attributes)


def link(address: str, *children: str, **attributes: str | int | bool | None) -> Html:
    """A link to another site, followed only by a person's click; just the words unless it is plain http or https."""
    if not is_web_address(address):
        return join(children)
    fixed = {"href": address, "target": "_blank", "rel": "noopener noreferrer nofollow"}
    return element("a", *children, **fixed, **attributes)


def is_web_address(address: str) -> bool:
    """Whether an address is http or https, with a host and without controls, spaces or a password."""
    if re.search(r"[\x00-\x20\x7f\\]", address):
        return False
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False


def _attribute(name: str, value: str | int | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = name.removesuffix("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
