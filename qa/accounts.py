"""Whether two sentences give different accounts of what is asked: the gate was open, the gate was shut.

Precise rather than sensitive, and by the words of the question alone: what it asks about is said by one and denied by
the other, or the other says its opposite of the same thing, or another name or day stands in the place asked for. A
sentence that says both, that only supposes, or that speaks of something else beside the question contradicts nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date

from qa.question import Question
from qa.verify.alignment import MEANS_THE_SAME
from qa.verify.dates import parse_published, resolve
from qa.verify.names import name_key, names_of
from qa.verify.opposites import are_opposite
from qa.verify.polarity import cues, is_negation
from qa.verify.reading import Reading, Word, read
from qa.verify.related import relation
from qa.words import stem

_DENIALS = frozenset(["deny", "fail"])
_TELLING = frozenset(
    "say tell report claim state call name happen mak do get giv find accord paper newspaper article know think".split()
)
"""Stems of a question that stand for what is said of anything."""
_TIMES = frozenset("day night week month year hour minute time today yesterday".split())
_SHARED = 2
"""Words of the question of which both sentences have to speak beside the matter, where it has so many."""
_FAR = 7
"""Words on either side of one that tell what it is said of."""
_NEAR = 3
"""Words between a name and the verb of which it is the subject, and content words that stand near another."""
_WHO = re.compile(r"^\W*who (?!(?:is|are|was|were|said|says|did|does|do|has|have|had)\b)", re.IGNORECASE)
_SUPPOSING = frozenset("if whether could may might would should unless reportedly allegedly".split())
_PERIODS = frozenset(["before", "after", "until", "since"])


@dataclass(frozen=True, slots=True)
class Account:
    """A sentence read as an account: the day of its report tells what "on Wednesday" is."""

    reading: Reading
    published: date | None
    title: Reading

    @classmethod
    def of(cls, words: str, published: str | None, title: str = "") -> Account:
        """The account that a sentence gives; ``title`` is the headline of its article."""
        return cls(read(words), parse_published(published), read(title))


def matters_of(question: Question) -> frozenset[str]:
    """The stems of a question that say what it asks about, without names."""
    return frozenset(question.stems) - {stem(name) for name in question.names} - _TELLING


def differ(question: Question, one: Account, other: Account) -> str:
    """By what two accounts of what is asked exclude one another, in a word; empty where they do not."""
    matters = matters_of(question)
    if any(_is_denied(matter, question, one.reading, other.reading) for matter in matters):
        return "denied"
    if _is_ruled_out(question, one, other):  # the other way round, what is shown says itself what it excludes
        return "denied"
    if _WHO.search(question.text) and _another_subject(question, matters, one.reading, other.reading):
        return "name"
    if question.expected == "time" and _another_day(question, one, other):
        return "day"
    return ""


def _is_denied(matter: str, question: Question, one: Reading, other: Reading) -> bool:
    mine, theirs = _stand(matter, one), _stand(matter, other)
    if mine is None or theirs is None or mine.is_said == theirs.is_said:
        return False
    if _names_apart(one, mine.place, other, theirs.place):
        return False
    rest = question.stems.keys() - _TIMES - {matter}
    shared = rest & _company(one, mine.place) & _company(other, theirs.place)
    if len(shared) < min(_SHARED, max(1, len(rest))):
        return False
    if not mine.by_opposite and not theirs.by_opposite:
        return True
    return any(
        side & other_side & rest
        for side, other_side in zip(_sides(one, mine.place), _sides(other, theirs.place), strict=True)
    )


def _sides(reading: Reading, place: int) -> tuple[set[str], set[str]]:
    """The few content words before a word, and those behind it, in its clause."""
    clause = [
        (number, word.stem)
        for number, word in enumerate(reading.words)
        if word.clause == reading.words[place].clause and not word.is_stop
    ]
    before = [key for number, key in clause if number < place][-_NEAR:]
    return set(before), {key for number, key in clause if number > place and number <= place + 2 * _NEAR}


def _is_ruled_out(question: Question, one: Account, other: Account) -> bool:
    """Whether one sentence answers with what the other says was not so: "after a fall", "and not after a fall"."""
    wanted = frozenset(question.stems) - _TELLING
    if len(wanted) < 2 or not all(wanted <= account.reading.stems | account.title.stems for account in (one, other)):
        return False
    if not wanted & one.reading.stems & other.reading.stems:
        return False
    stands = [_stand(matter, one.reading) for matter in _contrasted(other.reading) - wanted]
    return any(stand is not None and stand.is_said for stand in stands)


def _contrasted(reading: Reading) -> set[str]:
    """What a sentence says was not so, in contrast to what was: "and not after a fall", ", not a fall"."""
    words, found = reading.words, set[str]()
    for place, word in enumerate(words[1:], start=1):
        if word.folded == "not" and (word.after_comma or words[place - 1].folded in ("and", "but")):
            following = next((other.stem for other in words[place + 1 : place + 4] if not other.is_stop), "")
            found.add(following)
    return {one for one in found if sum(word.stem == one for word in words) == 1}


def _names_apart(one: Reading, place: int, other: Reading, other_place: int) -> bool:
    """Whether it is said of one name and of another."""
    mine, theirs = (_names_around(*where) for where in ((one, place), (other, other_place)))
    return bool(mine) and bool(theirs) and mine.isdisjoint(theirs)


def _names_around(reading: Reading, place: int) -> set[str]:
    clause = reading.words[place].clause
    return {name_key(word) for run in names_of(reading) for word in run if word.clause == clause}


@dataclass(frozen=True, slots=True)
class _Stand:
    """Whether a sentence says or denies a matter, where, and whether in the words of its opposite."""

    is_said: bool
    place: int
    by_opposite: bool = False


def _stand(matter: str, reading: Reading) -> _Stand | None:
    """``None`` where a sentence says nothing of a matter, both, or that it may be."""
    words = reading.words
    denied, near_denial = _denied_places(words)
    found = []
    for place, word in enumerate(words):
        if word.is_stop:
            continue
        if word.stem == matter or relation(word.stem, matter) in MEANS_THE_SAME:
            found.append(_Stand(place not in denied, place))
        elif are_opposite(word.stem, matter):
            found.append(_Stand(place in denied, place, by_opposite=True))
    unclear = any(_is_supposed(words, stand.place) or stand.place in near_denial for stand in found)
    return None if unclear or len({stand.is_said for stand in found}) != 1 else found[0]


def _denied_places(words: Sequence[Word]) -> tuple[set[int], set[int]]:
    """The words that are plainly denied, first behind "not" or "denied", and those of which it cannot be told."""
    denied: set[int] = set()
    near: set[int] = set()
    for cue in cues(words):
        if cue.kind == "not":
            plain = is_negation(words[cue.place]) or words[cue.place].stem in _DENIALS
            denied ^= set(cue.governed[:1] if plain else ())
            near |= set(cue.governed)
    return denied, near - denied


def _is_supposed(words: Sequence[Word], place: int) -> bool:
    clause = [word for word in words[max(0, place - _FAR) : place] if word.clause == words[place].clause]
    return any(word.folded in _SUPPOSING for word in clause) or any(
        cue.kind != "not" and place in cue.governed for cue in cues(words)
    )


def _company(reading: Reading, place: int) -> set[str]:
    """What a word is said of: the content words around it in its clause."""
    words = reading.words
    around = words[max(0, place - _FAR) : place + _FAR + 1]
    own = [word for word in around if word.clause == words[place].clause and not word.is_stop]
    return {key for word in own for key in (name_key(word), word.stem)}


def _another_subject(question: Question, matters: Set[str], one: Reading, other: Reading) -> bool:
    """Whether another name stands before the verb of a question for who did something, all else being said by both."""
    verb = next((stem(word.folded) for word in read(question.text).words[1:] if not word.is_stop), "")
    wanted = frozenset(question.stems) - _TELLING
    if verb not in matters or len(wanted) < 2 or not (wanted <= one.stems and wanted <= other.stems):
        return False
    mine, theirs = _subjects(one, verb), _subjects(other, verb)
    if len(mine) != 1 or len(theirs) != 1:
        return False
    return not mine[0] & _keys(other) and not theirs[0] & _keys(one)


def _subjects(reading: Reading, verb: str) -> list[frozenset[str]]:
    denied = set[int]().union(*_denied_places(reading.words))
    runs = names_of(reading)
    found = []
    for place, word in enumerate(reading.words):
        if word.stem == verb and not word.is_stop and place not in denied and not _is_supposed(reading.words, place):
            found += [frozenset(map(name_key, run)) for run in runs if _is_just_before(reading, run, place)]
    return found


def _is_just_before(reading: Reading, run: Sequence[Word], place: int) -> bool:
    between = [word for word in reading.words[:place] if word.start >= run[-1].end]
    return (
        run[-1].end <= reading.words[place].start
        and len(between) <= _NEAR
        and all(word.is_stop for word in between)
        and run[-1].clause == reading.words[place].clause
    )


def _keys(reading: Reading) -> set[str]:
    return {name_key(word) for word in reading.words}


def _another_day(question: Question, one: Account, other: Account) -> bool:
    """Whether both say all of the question and each gives a single day or time of day, and not the same."""
    wanted = frozenset(question.stems) - _TELLING - {"day", "date", "time", "year", "month"}
    if len(wanted) < 2 or not (wanted <= one.reading.stems and wanted <= other.reading.stems):
        return False
    mine, theirs = set(_days(one)), set(_days(other))
    return len(mine) == len(theirs) == 1 and mine != theirs


def _days(account: Account) -> Iterator[date]:
    """The days that a sentence names; a period before or after one is no day."""
    for day in account.reading.dates:
        full = resolve(day, account.published)
        before = account.reading.folded.text[: day.start].split()[-1:]
        if full.year and full.month and full.day and not _PERIODS & set(before):
            yield date(full.year, full.month, full.day)
