"""Acronyms that an article explains: "the Union of Nurses and Carers (UNC)", "the ISD (Inspectorate for Dam Safety)".

A question may use one form and a report the other; where any article gives both, each stands for the other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from qa.words import is_stop_word

_ACRONYM = re.compile(r"(?<![\w.])[A-Z](?:[A-Z]{1,5}|(?:\.[A-Z]){1,5}\.?)(?![\w-])")
_CONNECTOR = r"(?:of|and|for|the|on|in|to|de|du|des|&)"
_NAME = rf"(?:[A-Z][\w'’-]+)(?: (?:{_CONNECTOR} ){{0,2}}[A-Z][\w'’-]+){{1,6}}"
_FULL_FIRST = re.compile(rf"(?P<full>{_NAME}) ?\(\W{{0,2}}(?P<short>[A-Z][A-Za-z.]{{1,9}})\W{{0,2}}\)")
_SHORT_FIRST = re.compile(rf"\b(?P<short>[A-Z][A-Z.]{{1,9}}) \(\W{{0,2}}(?:the )?(?P<full>{_NAME})\W{{0,2}}\)")
_ANY_NAME = re.compile(rf"\b{_NAME}")
_FEWEST = 3


def acronyms_in(text: str) -> list[str]:
    """The acronyms of a text, without dots; none where all of it is in capitals."""
    if text.isupper():
        return []
    return list(dict.fromkeys(found.replace(".", "") for found in _ACRONYM.findall(text)))


def long_names_in(text: str) -> list[str]:
    """Names of three words or more, for which a report may have an acronym."""
    names = (match.group() for match in _ANY_NAME.finditer(text))
    return list(dict.fromkeys(name for name in names if len(name.split()) >= _FEWEST))


def other_forms(
    question: str,
    terms: Callable[[str], Sequence[str]],
    frequency: Callable[[str], int],
    texts_with: Callable[[str], Iterable[str]],
) -> dict[str, tuple[str, ...]]:
    """Words that stand for those of a question: an acronym for the name in full, its first and rarest for that.

    Args:
        question: names them.
        terms: splits a text into words as they are indexed.
        frequency: in how many passages a word stands.
        texts_with: texts of the articles with some words.
    """
    forms: dict[str, tuple[str, ...]] = {}
    for acronym in acronyms_in(question):
        for short, full in explained(texts_with(acronym)):
            if short.lower() == acronym.lower():
                words = [term for word in full.split() if not is_stop_word(word.lower()) for term in terms(word)]
                known = [term for term in words if frequency(term)]
                forms |= {term: tuple(terms(acronym)) for term in {*known[:1], *sorted(known, key=frequency)[:1]}}
    for name in long_names_in(question):
        for short, full in explained(texts_with(name)):
            if full.lower() in name.lower():
                forms |= {term: tuple(terms(full)) for term in terms(short)}
    return forms


def explained(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each acronym that a text explains, with the name in full."""
    for text in texts:
        for form in (_FULL_FIRST, _SHORT_FIRST):
            for match in form.finditer(text):
                short = match["short"].replace(".", "")
                full = _fitting(short, match["full"].split())
                if full:
                    yield short, full


def _fitting(short: str, words: list[str]) -> str:
    """The last words whose initials are the letters of the acronym, small words counted or not; else nothing."""
    for start in range(len(words) - 1):
        kept = words[start:]
        if is_stop_word(kept[0].lower()):
            continue
        initials = "".join(word[0] for word in kept)
        weighty = "".join(word[0] for word in kept if not is_stop_word(word.lower()))
        if short.lower() in (initials.lower(), weighty.lower()):
            return " ".join(kept)
    return ""
