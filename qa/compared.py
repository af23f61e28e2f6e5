"""Two things held against one another, without a model: "Which cost more, the Oak bridge or the Elm bridge?".

Each is looked up by itself, and its best sentence shown; the reader compares. Only where the question plainly names
two things and what they are compared in, where both are found, and where the answer did not speak of both anyway:
asking other questions part by part was measured to find less.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from qa.archive import Archive
from qa.extract import Extract, Extraction, extract
from qa.figures import Asked, asked_for, figures
from qa.index.lexical import Filter
from qa.weights import Weights
from qa.words import content_stems

_THING = r"(?:the |a |an |his |her |its )?[^\s,;?]+(?: [^\s,;?]+){0,4}?"
_MORE = r"(?:more|less|fewer|most|least|better|worse|first|last|later|[a-z]{3,}ier|[a-z]{2,}(?<!oth)(?<!eith)er)"
_CHOICE = re.compile(
    rf"^\W*(?P<asks>(?:which|who|whose|what)\b[^?,;]*\b{_MORE}\b[^?,;]*)[,:;]"
    rf" (?P<one>{_THING}) or (?P<other>{_THING})\?*$",
    re.IGNORECASE,
)
_VERB_FIRST = re.compile(
    rf"^\W*(?P<verb>did|do|does|was|were|is|are|has|have|will) (?P<one>{_THING}) or (?P<other>{_THING})"
    rf" (?P<rest>[^?,;]*\b{_MORE}\b[^?,;]*)\?*$",
    re.IGNORECASE,
)
_DIFFERENCE = re.compile(
    rf"^\W*(?:how (?:do|did|does) (?P<one>{_THING}) and (?P<other>{_THING}) (?:differ|compare)"
    rf"|what (?:is|was) the difference between (?P<first>{_THING}) and (?P<second>{_THING}))"
    r"(?: (?:on|in|about|over|regarding|as to) (?P<topic>[^?]+))?\?*$",
    re.IGNORECASE,
)
_MEASURES = (
    (re.compile(r"\b(?:older|younger|oldest|youngest)\b"), "How old {verb} {thing}?"),
    (re.compile(r"\b(?:cost\w* (?:more|less)|(?:more|less) expensive|cheaper|dearer)\b"), "How much did {thing} cost?"),
    (re.compile(r"\b(?:first|last|earlier|later|sooner)\b"), "When {verb} {thing} {rest}?"),
    (re.compile(r"\b(?:longer|shorter)\b"), "How long {verb} {thing} {rest}?"),
    (re.compile(r"\b(?:more|fewer|less|most|fewest|least) (?=[a-z]{3,})"), "How many {rest} {verb} {thing}?"),
)
_ASKING = re.compile(
    r"^\W*(?:(?:which|who|whose|what)\b(?: of the (?:two|three)?(?: [a-z]+s)?)?|did|does|do)\s*", re.IGNORECASE
)
_VERB = re.compile(r"\b(?:is|are|was|were|did|does|do|has|have|will)\b", re.IGNORECASE)
_COMPARING = re.compile(rf"\b{_MORE}\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Things:
    """The two things that a question compares, and the question for each."""

    names: tuple[str, str]
    questions: tuple[str, str]


def things_of(question: str) -> Things | None:
    """What a question compares; ``None`` where it does not plainly name two things and in what."""
    choice, verb_first, difference = (form.match(question) for form in (_CHOICE, _VERB_FIRST, _DIFFERENCE))
    if choice:
        names, asks = (choice["one"], choice["other"]), _ASKING.sub("", choice["asks"])
    elif verb_first:
        names, rest = _with_shared_noun(verb_first["one"], verb_first["other"], verb_first["rest"])
        asks = f"{verb_first['verb']} {rest}"
    elif difference:
        names = (difference["one"] or difference["first"], difference["other"] or difference["second"])
        topic = difference["topic"] or ""
        return _things(names, (f"{names[0]} {topic}".strip(), f"{names[1]} {topic}".strip())) if topic else None
    else:
        return None
    return _things(names, (_asked(asks, names[0]), _asked(asks, names[1])))


def _with_shared_noun(one: str, other: str, rest: str) -> tuple[tuple[str, str], str]:
    """The two names, the second with the noun that the first ends with: "the Oak bridge or the Elm" and "bridge"."""
    noun, _, after = rest.partition(" ")
    return ((one, f"{other} {noun}"), after) if noun == one.split()[-1] and after else ((one, other), rest)


def _things(names: tuple[str, str], questions: tuple[str, str]) -> Things | None:
    own = [content_stems(name) for name in names]
    return Things(names, questions) if own[0] - own[1] and own[1] - own[0] else None


def _asked(asks: str, thing: str) -> str:
    """The question for one of two things: how old, how much, when, or in the words of the question."""
    found = _VERB.search(asks)
    verb = found.group() if found else ""
    rest = " ".join(_COMPARING.sub(" ", _VERB.sub(" ", asks)).split())
    form = next((form for measure, form in _MEASURES if measure.search(asks)), "{verb} {thing} {rest}")
    return " ".join(form.format(verb=verb, thing=thing, rest=rest).split()).replace(" ?", "?")


def with_both_things(
    extraction: Extraction, things: Things, archive: Archive, passages: int, restrict: Filter, weights: Weights
) -> Extraction:
    """The best sentence for each of the things before the others, where the answer does not speak of both anyway."""
    sure_above = weights.answer_above
    if extraction.confidence >= sure_above and _speak_of_both(extraction.extracts, things):
        return extraction
    found = []
    for name, question in zip(things.names, things.questions, strict=True):
        retrieved = archive.retrieve(question, passages, restrict)
        choice = extract(retrieved, archive.index, 3, weights)
        best = _best_of(name, things, asked_for(question), choice) if choice.confidence >= sure_above else None
        if best is None:
            return extraction
        found.append(best)
    (first, sure), (second, also_sure) = found
    shown = list(_each_once([first, second, *extraction.extracts[:1]]))
    return Extraction(tuple(shown), max(extraction.confidence, min(sure, also_sure)))


def _best_of(name: str, things: Things, asked: Asked | None, choice: Extraction) -> tuple[Extract, float] | None:
    """The first sentence that speaks of one thing, and gives the figure that is asked; with how sure the choice is."""
    own = _own_stems(name, things)
    for picked in choice.extracts:
        if own <= content_stems(f"{picked.passage.title} {picked.quote}") and (
            asked is None or figures(picked.quote, asked)
        ):
            return replace(picked, label=name), choice.confidence
    return None


def _own_stems(name: str, things: Things) -> frozenset[str]:
    """What tells one thing from the other."""
    other = things.names[1 - things.names.index(name)]
    return frozenset(content_stems(name) - content_stems(other))


def _speak_of_both(extracts: Sequence[Extract], things: Things) -> bool:
    told = content_stems(" ".join(extract.quote for extract in extracts))
    return all(_own_stems(name, things) <= told for name in things.names)


def _each_once(extracts: Sequence[Extract]) -> Iterator[Extract]:
    seen = set()
    for picked in extracts:
        if picked.place not in seen:
            seen.add(picked.place)
            yield picked
