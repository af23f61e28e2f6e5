"""Folding and tokens for comparing answers: SQuAD's rules, with what breaks them on news mended.

The official rules (lower case, drop ASCII punctuation, drop articles, collapse whitespace) leave curly quotes and
en dashes in place and turn ``$8.5m`` into ``85m``. Here typography is folded first and numbers stay whole.
"""

from __future__ import annotations

import re
import unicodedata

_TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′´`ʼ", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–−", "-"),
        **dict.fromkeys("—―", " "),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"),
        "⁄": "/",
    }
)
_ARTICLES = frozenset({"a", "an", "the"})
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[.,:/-](?=\d)")
_NEGATIVE = re.compile(r"(?:(?<=\s)|(?<=^)|(?<=\())-(?=[$€£¥]?\d)")
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?!\d|,\d)")
_DECIMAL_ZEROS = re.compile(r"(?<![\d.:/-])(\d+)(?:\.0+|(\.\d*?[1-9])0+)(?!\d|[.,:/-]\d)")
_HELD = {".": "\ue000", ",": "\ue001", ":": "\ue002", "/": "\ue003", "-": "\ue004"}
_RELEASED = {held: mark for mark, held in _HELD.items()}


def fold(text: str) -> str:
    """``text`` in NFKC and case-folded, with plain quotes, dashes and spaces. Offsets are not kept.

    A raised figure or a fraction after a digit is set apart (``1½`` is not 11/2, ``10²`` is not 102).
    """
    apart = "".join(
        f" {mark}" if position and text[position - 1].isdigit() and _is_raised(mark) else mark
        for position, mark in enumerate(text)
    )
    folded = unicodedata.normalize("NFKC", apart).translate(_TYPOGRAPHY).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).replace("\u0307", "").split())


def _is_raised(mark: str) -> bool:
    return unicodedata.decomposition(mark).startswith(("<super>", "<fraction>"))


def answer_tokens(text: str) -> list[str]:
    """The tokens that exact match and F1 compare.

    Articles are dropped unless nothing else is left (``Vitamin A`` keeps to SQuAD, the answer ``A`` stays an answer);
    text that is all punctuation is one token. Empty only for blank text.
    """
    folded = fold(text)
    tokens = _without_punctuation(_plain_numbers(folded)).split()
    return [token for token in tokens if token not in _ARTICLES] or tokens or folded.split()


def _plain_numbers(folded: str) -> str:
    """One spelling of each number: no thousands separators, no zeros at the end of a decimal part."""
    joined = _THOUSANDS.sub(lambda found: found[0].replace(",", ""), folded)
    return _DECIMAL_ZEROS.sub(lambda found: found[1] + (found[2] or ""), joined)


def _without_punctuation(folded: str) -> str:
    held = _BETWEEN_DIGITS.sub(lambda found: _HELD[found[0]], folded)
    held = _NEGATIVE.sub(_HELD["-"], held)
    kept = (_RELEASED.get(mark, mark) for mark in held if mark in _RELEASED or not _is_punctuation(mark))
    return "".join(kept)


def _is_punctuation(mark: str) -> bool:
    return unicodedata.category(mark)[0] in "PS"
