"""A question with a step between, without a model: "How old is the captain whom the inquiry criticises?".

Somebody is not named but told by what he did. The sentence that tells of it gives his name, and what is asked is looked
up by that name. Only where a sentence that names him speaks of what the first one leaves open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, pairwise

from qa.archive import Archive
from qa.extract import Extract, Extraction, extract_of, sentences_of
from qa.figures import Asked, asked_for, figures
from qa.index.lexical import Filter
from qa.question import Expected, expected_kind
from qa.ranking import RankedSentence
from qa.reading import ReadSentence
from qa.retrieve import Retrieved
from qa.verify.names import is_nation, is_title, names_of
from qa.verify.reading import read
from qa.words import content_stems, fold, stem, tokens

_TOLD_BY = re.compile(
    r"^(?P<asks>.*?)\b(?:the|that|an?) (?:[a-z][\w'’-]* ){1,4}?(?:(?:to|of|by|for|with|about) )?(?:who|whom|whose)\b"
    r"(?P<rest>.+)$",
    re.IGNORECASE,
)
_LOOKED_AT, _WORDS, _NAMES = 5, 2, 4
"""Sentences in which a name is looked for, the words they have of what he is told by, and names that are tried."""
_HALF = 0.5
_IN_KIND = ("time", "duration", "amount", "place")
_BEFORE_AGE = r"[^.;:]{0,30}?\b\d{1,3}\b"


def two_steps(
    extraction: Extraction, retrieved: Retrieved, archive: Archive, passages: int, restrict: Filter, sure: float
) -> Extraction | None:
    """The sentence that gives the name and the one that answers by it; ``None`` where there are no such two.

    Args:
        extraction: the sentences chosen for the question as it is.
        retrieved: what was found for it.
        archive: is searched for the name.
        passages: that are looked through for it.
        restrict: which articles count.
        sure: how sure the two are.
    """
    told = _TOLD_BY.match(retrieved.question.text)
    if told is None:
        return None
    for bridge, name in islice(_named(told, retrieved, archive), _NAMES):
        further = _asked_by_name(told, name, bridge.quote)
        found = archive.retrieve(further, passages, restrict, look_again=False)
        second = _answer_of(further, name, bridge, found)
        made = extract_of(second, archive.index, 0.0) if second else None
        if made:
            return Extraction((bridge, made), max(extraction.confidence, sure))
    return None


def _named(told: re.Match[str], retrieved: Retrieved, archive: Archive) -> Iterator[tuple[Extract, str]]:
    """Each name of a bridge, once, with the first bridge that has it."""
    seen: set[str] = set()
    for bridge in _bridges(told["rest"], retrieved, archive):
        for name in _names_in(bridge.quote, told.string):
            if name not in seen:
                seen.add(name)
                yield bridge, name


def _bridges(rest: str, retrieved: Retrieved, archive: Archive) -> Iterator[Extract]:
    """Those of the first sentences found that have words of what he is told by, as they are quoted."""
    wanted = content_stems(rest)
    for sentence in retrieved.sentences[:_LOOKED_AT]:
        made = extract_of(sentence, archive.index, 0.0)
        if made and len(wanted & content_stems(made.quote)) >= min(_WORDS, len(wanted)):
            yield made


def _names_in(quote: str, question: str) -> Iterator[str]:
    """The people of a sentence that a question does not name: of two words, or behind a title ("Mr Brode")."""
    asked = {fold(token.text) for token in tokens(question)}
    reading = read(quote)
    titled = {behind.start for word, behind in pairwise(reading.words) if is_title(word.folded)}
    for run in names_of(reading):
        words = [word for word in run if not is_title(word.folded)][-2:]
        is_person = len(words) == 2 or (len(words) == 1 and words[0].start in titled)
        if is_person and not is_nation(words[-1].folded) and not any(word.folded in asked for word in words):
            yield " ".join(re.sub(r"['’]s$", "", word.text) for word in words)


def _asked_by_name(told: re.Match[str], name: str, bridge: str) -> str:
    """The question with the name in place of what told him, and without the words that the first sentence has."""
    known = content_stems(bridge)
    rest = [token.text for token in tokens(told["rest"]) if stem(fold(token.text)) not in known]
    return f"{told['asks']}{name} {' '.join(rest)}?"


def _answer_of(further: str, name: str, bridge: Extract, found: Retrieved) -> RankedSentence | None:
    """The sentence that names him and has most of what is asked; not the one that gave the name."""
    last, asked, kind = name.split()[-1], asked_for(further), expected_kind(further)
    wanted = content_stems(further) - content_stems(name) - content_stems(bridge.quote)
    best: tuple[int, RankedSentence] | None = None
    for candidate in found.candidates:
        for sentence in sentences_of(candidate):
            text = sentence.text
            shared = len(wanted & content_stems(text))
            if not re.search(rf"\b{re.escape(last)}\b", text) or text.strip() in bridge.quote:
                continue
            if asked is not None and asked.measure == "age":
                fits = bool(figures(text, asked) and re.search(rf"\b{re.escape(last)}\b{_BEFORE_AGE}", text))
            else:
                fits = shared >= max(1, _HALF * len(wanted)) and _is_in_kind(text, kind, asked)
            if fits and (best is None or shared > best[0]):
                best = shared, sentence
    return best[1] if best else None


def _is_in_kind(text: str, kind: Expected, asked: Asked | None) -> bool:
    """Whether a sentence could hold an answer of the kind, and gives the figure where one is asked for."""
    in_kind = kind not in _IN_KIND or ReadSentence(text, ()).sign(kind, frozenset()) > 0
    return in_kind and (asked is None or bool(figures(text, asked)))
