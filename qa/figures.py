"""The figures of a sentence that answer a question for a number: of all its numbers, those that count what is asked.

"How many people died?" is answered by "31 people died", "killing at least 28" and "the toll rose to 24", by no number
of missing, of houses or of years. What cannot be told for sure is left out: a figure too few is noticed by nobody.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.measures import measured
from qa.verify.quantities import Quantity
from qa.verify.reading import Reading, Word, read
from qa.verify.related import part_of_speech
from qa.words import fold, is_stop_word, stem, tokens


def _stems(words: str) -> frozenset[str]:
    return frozenset(map(stem, words.split()))


STATES = {
    "dead": _stems("dead died dies dying death deaths killed kills killing fatal fatality fatalities perished drowned"),
    "hurt": _stems("hurt injured injures injuring injury injuries wounded wounding wounds hospital"),
    "missing": _stems("missing unaccounted"),
    "held": _stems("arrested arrests arresting detained detains detaining detention"),
    "saved": _stems("rescued rescuing saved survivors survivor survived"),
    "moved": _stems("evacuated evacuating evacuation displaced fled homeless moved"),
    "ill": _stems("infected sick ill sickened hospitalised hospitalized"),
}
"""What may have happened to people who are counted."""
GROWING = frozenset({"dead", "hurt", "held", "saved", "moved", "ill"})
"""Counts that later reports only raise, as a rule."""
SHRINKING = frozenset({"missing"})
"""Counts that later reports lower, as a rule."""
PEOPLE = _stems(
    "people person persons passenger civilian resident man woman victim crew member staff worker inhabitant villager"
    " body human life confirmed official local others"
)
_TOLL = frozenset({"toll"})
_WHEN = _stems("yesterday today tonight monday tuesday wednesday thursday friday saturday sunday last")
_FRAMES = {
    "dead": _TOLL,
    "moved": _stems("leave left home homes driven forced lost"),
    "speed": _stems("fast speed go going drive driving travel travelling"),
    "weight": _stems("heavy weigh weighs"),
    "age": _stems("old age"),
}
"""Further words of questions for a state or a measure."""
_FARTHEST = 12
"""Words between a number and the word that tells what has happened to those it counts."""
_NEAR = 10
"""Words on either side of a number that tell what it is about."""
_DAY = 24 * 60
_SAME_MINUTES = 5
"""How far clock times may lie apart to be told of one moment."""
_PART = re.compile(r"\b(?:another|further|additional|extra|more|other|others|of (?:them|those|whom|the|these))\b")
_OF_THE = re.compile(r"^\s*of (?:the|its|their|his|her|our|these|those) (?:\w+ )??(\w+)")
_TOTAL = re.compile(
    r"\b(?:(?:ris|ros|climb|grow|grew|jump|rais|revis|lower|increas|br[io]\w*ght?|bring)\w* (?:[\w'’]+ ){0,4}?to"
    r"|(?:toll|total|count|number)(?: \w+)? (?:of|at|to|is|was|stood at|stands at|reached)"
    r"|stood at|stands at|in total|altogether)"
    r" (?:about |around |at least |some |nearly |more than |over )?$"
)
"""What stands before a number that counts all, beside others in its sentence that count some."""
_MANY = re.compile(r"\b(?:how many|(?:the )?number of)\s+(.+)", re.IGNORECASE)
_MUCH = re.compile(
    r"\bhow much (?:money|does|did|do|will|would|was|were|is|are|has|have|had)\b"
    r"|\bwhat (?:does|did|do|will|would) .*\bcost\b|\bwhat (?:is|was|were|are) .*\b(?:worth|price|cost)\b",
    re.IGNORECASE,
)
_AGE = re.compile(r"\b(?:how old|(?:what|which) age)\b", re.IGNORECASE)
_LONG = re.compile(r"\bhow long\b", re.IGNORECASE)
_CLOCK = re.compile(
    r"\b(?:at |by |until )?what (?:time|hour)\b(?! (?:period|span|frame|in )| of (?:the )?year)", re.IGNORECASE
)
_MEASURES = (
    ("speed", re.compile(r"\bhow fast\b|\b(?:at )?(?:what|which) speed\b", re.IGNORECASE)),
    ("weight", re.compile(r"\bhow heavy\b|\bhow much\b.*\bweigh|\bwhat\b.*\bweigh", re.IGNORECASE)),
    ("length", re.compile(r"\bhow (?:tall|deep|wide)\b", re.IGNORECASE)),
)
_LEAVING_HOME = re.compile(
    r"\b(?:leave|left|driven from|forced from|forced out of|lost) (?:their |his |her )?homes?\b", re.I
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question wants counted: things by their ``nouns``, people in a ``state``, or a ``measure``.

    The measure of a question for the time of day is "clock".
    """

    state: str = ""
    nouns: frozenset[str] = frozenset()
    measure: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that answers, in the base unit of what it measures.

    ``of`` is what it counts, ``near`` the stems of the words around it.
    """

    value: float
    of: str
    hedge: str
    near: frozenset[str] = frozenset()


def asked_for(question: str) -> Asked | None:
    """What a question wants counted; ``None`` where it wants no number, or where that cannot be told."""
    if _AGE.search(question):
        return Asked(measure="age")
    if _LONG.search(question):
        return Asked(measure="time")
    if _CLOCK.search(question):
        return Asked(measure="clock")
    measure = next((name for name, pattern in _MEASURES if pattern.search(question)), "")
    if measure:
        return Asked(measure=measure)
    stems = {stem(fold(token.text)) for token in tokens(_LEAVING_HOME.sub("evacuated", question))}
    states = [state for state, words in STATES.items() if words & stems or (state == "dead" and _TOLL & stems)]
    counting = _MANY.search(question)
    if len(states) == 1 and (counting or _TOLL & stems):
        return Asked(state=states[0])
    if counting and not states:
        nouns = _leading_nouns(counting[1])[:1]
        return Asked(nouns=frozenset(nouns)) if nouns else None
    return Asked(measure="money") if _MUCH.search(question) and not counting else None


def _leading_nouns(words: str) -> list[str]:
    nouns: list[str] = []
    for token in tokens(words):
        folded = fold(token.text)
        if is_stop_word(folded) or len(nouns) == 2:
            break
        nouns.append(stem(folded))
    return nouns


def may_be_counted(question: str) -> frozenset[str]:
    """The stems of a question for a number that may name what it wants counted: "car", "total" and "pound"."""
    counting = _MANY.search(question)
    nouns = _leading_nouns(counting[1]) if counting else []
    return frozenset(nouns[: 1 if nouns and part_of_speech(nouns[0]) == "n" else 2])


def frame_of(asked: Asked) -> frozenset[str]:
    """The stems of a question that a figure has in its frame, and that no other words have to hold."""
    if not asked.state:
        return asked.nouns | _FRAMES.get(asked.measure, frozenset())
    return PEOPLE | STATES[asked.state] | _FRAMES.get(asked.state, frozenset())


def figures(sentence: str, asked: Asked) -> list[Figure]:
    """The figures of a sentence that count what is asked, in order."""
    reading = read(sentence)
    found: list[Figure] = []
    totals: list[Figure] = []
    for quantity in reading.quantities:
        of = _answers(reading, quantity, asked)
        if of is not None and not _is_part(reading, quantity, asked):
            factor = quantity.unit.factor if quantity.unit and of != "age" else 1.0
            figure = Figure(quantity.value * factor, of, quantity.hedge, _near_words(reading, quantity))
            found.append(figure)
            if asked.state and _is_total(reading, quantity):
                totals.append(figure)
    return totals or found


def single_figure(words: str, asked: Asked) -> Figure | None:
    """The figure of a sentence for what is asked; ``None`` where it gives none, or several."""
    found = figures(words, asked)
    return found[0] if len({(figure.value, figure.of) for figure in found}) == 1 else None


def _near_words(reading: Reading, quantity: Quantity) -> frozenset[str]:
    """Stems of the content words not far from a number, in its sentence."""
    start, end = reading.folded.source_range(quantity.start, quantity.end)
    before = [word for word in reading.words if word.end <= start][-_NEAR:]
    after = [word for word in reading.words if word.start >= end][:_NEAR]
    return frozenset(word.stem for word in (*before, *after) if not word.is_stop)


def agree(one: Figure, other: Figure) -> bool | None:
    """Whether two figures are the same, also rounded; ``None`` where they count different things."""
    if one.of != other.of:
        return None
    if math.isclose(one.value, other.value, rel_tol=1e-9):
        return True
    if one.of == "clock":
        apart = abs(one.value - other.value)
        return min(apart, _DAY - apart) <= _SAME_MINUTES
    rough = {"about", "nearly"} & {one.hedge, other.hedge}
    return _near(one.value, other.value, 0.1 if rough else 0.0) or _is_rounded(one.value, other.value)


def _near(one: float, other: float, share: float) -> bool:
    return abs(one - other) <= share * max(abs(one), abs(other))


def _is_rounded(one: float, other: float) -> bool:
    """Whether the one with fewer digits is the other rounded to them: 1.1 million and 1,098,200."""
    fewer, more = sorted((one, other), key=lambda value: len(f"{value:.10g}".replace(".", "").strip("0")))
    digits = len(f"{fewer:.10g}".replace(".", "").strip("0"))
    return more >= 100 and math.isclose(float(f"{more:.{max(digits, 2)}g}"), fewer, rel_tol=1e-9)


def _answers(reading: Reading, quantity: Quantity, asked: Asked) -> str | None:
    """What the number counts, if it is what is asked."""
    if asked.measure == "clock":
        return "clock" if quantity.kind == "clock" else None
    if quantity.kind != "cardinal":
        return None
    if asked.measure:
        return measured(reading, quantity, asked.measure)
    if quantity.unit is not None:
        return None
    if asked.nouns:
        shared = asked.nouns & (counted_at_once(reading, quantity) | _taken_from(reading, quantity))
        befallen = shared & PEOPLE and _state_of(reading, quantity)
        return min(shared) if shared and not befallen else None
    counts = _counts_people(quantity) or _is_total(reading, quantity)
    if not counts or _state_of(reading, quantity) != asked.state:
        return None
    return asked.state


def counted_at_once(reading: Reading, quantity: Quantity) -> set[str]:
    """What a number counts, as far as no small word stands before it: not the nurses of "six patients to a nurse"."""
    behind = reading.folded.text[quantity.end :].split(maxsplit=2)[:2]
    small = next((place for place, word in enumerate(behind) if is_stop_word(word)), 2)
    return set(quantity.counted[: min(small, 2)])


def _taken_from(reading: Reading, quantity: Quantity) -> set[str]:
    """The things of which a number counts some: "97 of the drones"."""
    things = _OF_THE.match(reading.folded.text[quantity.end :])
    return {stem(things[1])} if things else set()


def _is_total(reading: Reading, quantity: Quantity) -> bool:
    return _TOTAL.search(reading.folded.text[: quantity.start]) is not None


def _counts_people(quantity: Quantity) -> bool:
    known = PEOPLE.union(_WHEN, *STATES.values())
    return not quantity.counted or quantity.counted[0] in known


def _is_part(reading: Reading, quantity: Quantity, asked: Asked) -> bool:
    """Whether it counts only some of them: "three more", "two of them"; of things it may be those that are meant."""
    if asked.nouns & _taken_from(reading, quantity):
        return False
    text = reading.folded.text
    before = text[max(0, quantity.start - 22) : quantity.start].rsplit(None, 2)[-2:]
    after = text[quantity.end : quantity.end + 16]
    hedged = quantity.hedge in ("over", "most") or "than" in before
    return not hedged and (bool(_PART.search(" ".join(before))) or bool(_PART.match(after.strip())))


def _state_of(reading: Reading, quantity: Quantity) -> str:
    """What has happened to those it counts: the nearest word that tells, on its side of the numbers around it."""
    words = reading.words
    start, end = (reading.folded.source_range(quantity.start, quantity.end)) if quantity.end else (0, 0)
    first = next((place for place, word in enumerate(words) if word.end > start), len(words))
    last = next((place for place, word in enumerate(words) if word.start >= end), len(words))
    edges = _numbers_around(reading, quantity)
    best, nearest = "", _FARTHEST + 1.0
    for place in _around(words, first, last, edges):
        state = next((name for name, stems in STATES.items() if words[place].stem in stems), "")
        if not state and words[place].stem in _TOLL:
            state = "dead"
        distance = float(first - place) if place < first else place - last + 0.5
        distance += 4 * abs(words[place].clause - words[min(first, len(words) - 1)].clause)
        if state and distance < nearest:
            best, nearest = state, distance
    return best


def _around(words: Sequence[Word], first: int, last: int, edges: tuple[int, int]) -> Iterator[int]:
    low, high = max(0, first - _FARTHEST), min(len(words), last + _FARTHEST)
    sentence = words[min(first, len(words) - 1)].sentence
    for place in (*range(low, first), *range(last, high)):
        if edges[0] <= words[place].start < edges[1] and words[place].sentence == sentence:
            yield place


def _numbers_around(reading: Reading, quantity: Quantity) -> tuple[int, int]:
    """Where the number before ends and the next one begins, in the text itself."""
    before = [reading.folded.source_range(q.start, q.end)[1] for q in reading.quantities if q.end <= quantity.start]
    after = [reading.folded.source_range(q.start, q.end)[0] for q in reading.quantities if q.start >= quantity.end]
    return max(before, default=0), min(after, default=len(reading.text))
