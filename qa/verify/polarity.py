"""Whether statement and cited text agree on yes and no, on fact and possibility.

Shallow by design: a cue ("not", "may", "failed to") governs the content words that follow it in its clause; what counts
is whether the same words are governed on both sides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qa.verify.alignment import Match
from qa.verify.reading import Pool, Reading, Word
from qa.verify.verdicts import Finding

_NEGATIONS = {
    **dict.fromkeys(("not", "never", "cannot", "neither", "nor", "hardly", "barely", "scarcely"), 4),
    **dict.fromkeys(("no", "none", "nobody", "nothing", "without", "nowhere"), 3),
}
_NEGATING_STEMS = frozenset(["fail", "refus", "deny", "unabl", "unlik", "declin", "unlikely", "except"])
_NOT_NEGATING = {("not", "only"), ("not", "just"), ("no", "doubt"), ("not", "least"), ("no", "1"), ("no", "matter")}
_MODALS = {
    **dict.fromkeys(("may", "might", "could", "possibly", "perhaps", "potentially", "maybe", "likely"), "possible"),
    **dict.fromkeys(("consider", "mull", "weigh", "ponder"), "possible"),
    **dict.fromkeys(("plan", "intend", "aim", "hope", "want", "propos", "seek", "expect", "wish"), "intended"),
    **dict.fromkeys(("will", "would", "shall", "should"), "future"),
}
_SURE_MODALS = frozenset(
    ["likely", "possibly", "potentially", "considering", "planning", "expected", "intends", "hopes"]
)
_REACH = 3
_REACH_OF_VERBS = 4
_FAR = 40


_STRENGTH = {"possible": 1, "intended": 2, "future": 3}


def is_negation(word: Word) -> bool:
    """Whether a word negates by itself: "not", "didn't", "never", "without"."""
    return word.folded.endswith("n't") or (word.folded in _NEGATIONS and word.is_stop) or word.folded == "never"


def turns_round(word: Word) -> bool:
    """Whether a word makes a no of a yes, also as a verb does: "denied", "failed to"."""
    return is_negation(word) or word.stem in _NEGATING_STEMS


def modal_strength(word: Word) -> int:
    """How sure a word makes what follows: 1 possible ("may"), 2 intended ("plans"), 3 future ("will"), 4 a fact."""
    if (not word.is_stop and word.folded not in _SURE_MODALS) or (word.folded == "may" and word.capital):
        return 4
    kind = _MODALS.get(word.folded) or _MODALS.get(word.stem, "")
    return _STRENGTH.get(kind, 4)


class Cue:
    """A negation or modal word and the content words that it governs (indexes into the words it stands among)."""

    __slots__ = ("governed", "kind", "place")

    def __init__(self, kind: str, place: int, governed: list[int]) -> None:
        self.kind, self.place, self.governed = kind, place, governed


def cues(words: Sequence[Word]) -> list[Cue]:
    """The negation and modal cues among ``words``, in order."""
    found = []
    for place, word in enumerate(words):
        following = words[place + 1].folded if place + 1 < len(words) else ""
        if word.folded.endswith("n't"):
            found.append(Cue("not", place, _governed(words, place, 4)))
        elif (word.folded, following) in _NOT_NEGATING:
            continue
        elif word.folded in _NEGATIONS or (word.stem in _NEGATING_STEMS and following != "of"):
            found.append(Cue("not", place, _governed(words, place, _NEGATIONS.get(word.folded, _REACH_OF_VERBS))))
        elif not (word.folded == "may" and word.capital):
            kind = _MODALS.get(word.folded) or _MODALS.get(word.stem)
            if kind is not None and (
                word.is_stop or word.folded == "likely" or following in {"to", "that"} or word.folded.endswith("ing")
            ):
                found.append(Cue(kind, place, _governed(words, place, _REACH)))
    return found


def _governed(words: Sequence[Word], place: int, reach: int) -> list[int]:
    clause, governed = words[place].clause, list[int]()
    for i in range(place + 1, min(len(words), place + _FAR)):
        if words[i].clause != clause or len(governed) == reach:
            break
        if not words[i].is_stop:
            governed.append(i)
    return governed


def negated(found: Sequence[Cue]) -> set[int]:
    """The places that an odd number of negations govern."""
    odd: set[int] = set()
    for cue in found:
        if cue.kind == "not":
            odd ^= set(cue.governed)
    return odd


def polarity_findings(statement: Reading, pool: Pool, matches: Sequence[Match]) -> Iterator[Finding]:
    """What speaks against the yes and no, and the certainty, of the statement."""
    mine, theirs = cues(statement.words), cues(pool.words)
    yield from _added_negation(statement, mine, theirs, matches)
    yield from _dropped_negation(statement, pool, mine, theirs, matches)
    yield from _modality(statement, pool, mine, theirs, matches)


def _added_negation(
    statement: Reading, mine: Sequence[Cue], theirs: Sequence[Cue], matches: Sequence[Match]
) -> Iterator[Finding]:
    denied = negated(theirs)
    places = {match.place: match for match in matches}
    for cue in mine:
        if cue.kind != "not":
            continue
        aligned = [places[i] for i in cue.governed if places[i].places]
        met = [match for match in aligned if any((p in denied) != (match.relation == "opposite") for p in match.places)]
        if not any(match in met for match in aligned[:2]):
            yield Finding("unsupported", f"{statement.words[cue.place].text!r} is not in the cited text")


def _dropped_negation(
    statement: Reading, pool: Pool, mine: Sequence[Cue], theirs: Sequence[Cue], matches: Sequence[Match]
) -> Iterator[Finding]:
    negated_here, negated_there = negated(mine), negated(theirs)
    by_place = {place: match for match in matches for place in match.places if match.is_met}
    for cue in theirs:
        if cue.kind != "not":
            continue
        match = next((by_place[place] for place in cue.governed[:1] if place in by_place), None)
        if match is None or match.place in negated_here:
            continue
        if all(place in negated_there for place in match.places) and _around_is_met(pool, cue, by_place):
            yield Finding("unsupported", f"the cited text says {_phrase(pool, cue)!r}")


def _around_is_met(pool: Pool, cue: Cue, by_place: dict[int, Match]) -> bool:
    """Whether the clause of the cue is one that the statement speaks of: half of its content words are met."""
    clause = [
        place
        for place in range(max(0, cue.place - 12), min(len(pool.words), cue.place + 12))
        if pool.words[place].clause == pool.words[cue.place].clause and not pool.words[place].is_stop
    ]
    return 2 * sum(place in by_place for place in clause) >= len(clause)


def _phrase(pool: Pool, cue: Cue) -> str:
    end = cue.governed[0] if cue.governed else cue.place
    return " ".join(word.text for word in pool.words[cue.place : end + 1])


def _modality(
    statement: Reading, pool: Pool, mine: Sequence[Cue], theirs: Sequence[Cue], matches: Sequence[Match]
) -> Iterator[Finding]:
    cue_at = {cue.governed[0]: cue.place for cue in mine if cue.kind != "not" and cue.governed}
    here: dict[int, int] = {cue.governed[0]: _STRENGTH[cue.kind] for cue in mine if cue.kind != "not" and cue.governed}
    there: dict[int, Cue] = {cue.governed[0]: cue for cue in theirs if cue.kind != "not" and cue.governed}
    for match in matches:
        if not match.is_met:
            continue
        known = [there.get(place) for place in match.places]
        certain = max((4 if cue is None else _STRENGTH[cue.kind] for cue in known), default=4)
        stated = here.get(match.place, 4)
        if stated == certain or (stated == 3 and certain != 1):
            continue
        if certain == 3 and not _is_past(match.word) and stated == 4:
            continue
        if certain < stated:
            cue = next(cue for cue in known if cue is not None)
            yield Finding(
                "unsupported", f"the cited text says {_phrase(pool, cue)!r}, the statement {match.word.text!r}"
            )
        elif not statement.words[cue_at[match.place]].is_stop:
            yield Finding("partial", f"the cited text is surer of {pool.words[match.places[0]].text!r}")


def _is_past(word: Word) -> bool:
    return word.folded.endswith("ed") or (word.folded != word.stem and not word.folded.endswith(("s", "ing", "e")))
