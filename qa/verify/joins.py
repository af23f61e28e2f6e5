"""Whether words that a statement puts side by side belong together in the cited text.

A statement can be made of nothing but words of one text and still say what the text does not: the subject of one
clause with the verb of the next ("Bridges were built, and the city was connected" to "Bridges were connected"), or one
phrase told of two things. Only order is looked at: a verb's subject is the noun before it, unless that belongs to a
description of the statement's own subject ("the mayor of Lyon resigned"), or only stands for another ("it", "the
song").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from qa.verify.alignment import Match, align
from qa.verify.names import name_key
from qa.verify.reading import Pool, Reading, Word
from qa.verify.related import part_of_speech
from qa.verify.verdicts import Evidence, Finding

_HELPERS = frozenset(
    "am is are was were be been being has have had having do does did will would can could may might must".split(" ")
)
_BEING = frozenset("is are was were".split(" "))
_LONG = 300
"""Words; no sentence of an answer is so long, and pairs of them take time."""
_NEAR = 8
"""Words between two that may stand in one phrase."""
_RELATIVE = frozenset("which who that".split(" "))
_STANDS_FOR_ANOTHER = frozenset("it he she they this these those we i you there".split(" "))
_JOINING = frozenset("and or but then to".split(" "))
_POINTING = frozenset("the this that".split(" "))
_ANTECEDENT = 3
"""Words of content before "which" that may be what it stands for."""
_REPEATED = 4
"""Words of a phrase that is told twice."""


def join_findings(statement: str, evidence: Sequence[Evidence]) -> Iterator[Finding]:
    """What speaks against the way a statement puts words together.

    Args:
        statement: one sentence of an answer, without its footnote numbers.
        evidence: what it cites.
    """
    reading, pool = Reading(statement), Pool(evidence)
    if len(reading.words) > _LONG:
        yield Finding("partial", "it is too long to be one statement")
        return
    matches = align(reading, pool)
    yield from _foreign_subjects(reading, pool, matches)
    yield from _equated(reading, pool, matches)
    yield from _told_twice(reading, pool)


def _foreign_subjects(reading: Reading, pool: Pool, matches: Sequence[Match]) -> Iterator[Finding]:
    """Verbs that have another subject in the cited text."""
    mine = {name_key(word) for word in reading.words}
    for before, match in pairwise(matches):
        if match.relation != "same" or not _begins_predicate(reading.words, before.place, match.place):
            continue
        subjects = [_own_subject(pool.words, place, before) for place in match.places]
        if all(subjects) and not any(name_key(word) in mine for subject in subjects for word in subject):
            yield Finding("partial", f"the cited text says {match.word.text!r} of {subjects[0][0].text!r}")


def _begins_predicate(words: Sequence[Word], before: int, at: int) -> bool:
    """Whether the word ``at`` begins what is said of the word ``before``: a verb, or helpers stand between."""
    if words[at].clause != words[before].clause:
        return False
    between = {word.folded for word in words[before + 1 : at]}
    return bool(between & _HELPERS) or (not between and _is_verb(words[at]))


def _is_verb(word: Word) -> bool:
    return not word.capital and part_of_speech(word.stem) == "v"


def _own_subject(words: Sequence[Word], verb: int, before: Match) -> Sequence[Word]:
    """The subject of a verb in the cited text, nearest word first; empty where it may be the word before it."""
    at, relative, helped = verb - 1, False, _is_verb(words[verb])
    while at >= 0 and words[at].sentence == words[verb].sentence:
        word, following = words[at], words[at + 1]
        if word.folded in _STANDS_FOR_ANOTHER | _JOINING:
            return ()
        if following.clause != word.clause and following.folded not in _RELATIVE:
            return ()
        if not word.is_stop and not word.folded.endswith("ly"):
            break
        relative = relative or word.folded in _RELATIVE
        helped = helped or word.folded in _HELPERS
        at -= 1
    else:
        return ()
    if not helped or _is_verb(words[at]) or _may_be(words, at, before):
        return ()
    content = [word for word in words[max(0, at - _ANTECEDENT * 2) : at + 1] if not word.is_stop]
    return content[::-1][:_ANTECEDENT] if relative else [words[at]]


def _may_be(words: Sequence[Word], subject: int, before: Match) -> bool:
    """Whether a subject in the cited text belongs to the word before the verb in the statement, or stands for it."""
    stands_for_a_name = subject > 0 and words[subject - 1].folded in _POINTING and not words[subject].capital
    if before.word.capital and stands_for_a_name:
        return all(words[place].sentence != words[subject].sentence for place in before.places)
    return any(_describes(words, place, subject) for place in before.places)


def _describes(words: Sequence[Word], subject: int, at: int) -> bool:
    """Whether the words after a subject up to ``at`` only describe it: no verb, no end of a clause."""
    after = words[subject + 1 : at + 1]
    return subject <= at and not any(
        word.clause != words[subject].clause or word.folded in _HELPERS or _is_verb(word) for word in after
    )


def _equated(reading: Reading, pool: Pool, matches: Sequence[Match]) -> Iterator[Finding]:
    """Things that the statement says are one ("the king was Thaddeus"), and the cited text does not."""
    for at, word in enumerate(reading.words):
        if word.folded not in _BEING:
            continue
        clause = [match for match in matches if match.word.clause == word.clause]
        left = [match for match in clause if match.place < at]
        right = [match for match in clause if match.place > at]
        if not left or not right or _is_participle(right[0].word) or right[0].word.folded.endswith("ly"):
            continue
        own = [match for match in right if match.word.stem not in {other.word.stem for other in left}]
        pairs = [
            (p, q)
            for one in left[-2 * _ANTECEDENT :]
            for p in one.places
            for other in own[:_ANTECEDENT]
            for q in other.places
        ]
        if pairs and not any(_are_linked(pool.words, *sorted(pair)) for pair in pairs):
            yield Finding("partial", f"the cited text does not say that {left[-1].word.text!r} is {own[0].word.text!r}")


def _is_participle(word: Word) -> bool:
    return _is_verb(word) or word.folded.endswith("ed")


def _are_linked(words: Sequence[Word], first: int, second: int) -> bool:
    """Whether two words stand in one phrase, side by side, or on two sides of a form of "be"."""
    if words[first].sentence != words[second].sentence:
        return False
    between = words[first + 1 : second]
    helpers = [place for place in range(first + 1, second) if words[place].folded in _HELPERS]
    if any(words[place].folded in _BEING and not _is_participle(_next_content(words, place)) for place in helpers):
        return True
    return not helpers and len(between) <= _NEAR and not any(_is_verb(word) for word in between)


def _next_content(words: Sequence[Word], at: int) -> Word:
    following = (word for word in words[at + 1 :] if not word.is_stop and not word.folded.endswith("ly"))
    return next(following, words[at])


def _told_twice(reading: Reading, pool: Pool) -> Iterator[Finding]:
    """A phrase that a sentence of the statement has twice, the cited text once."""
    theirs = Counter(phrase for _, phrase in _phrases(pool.words))
    mine = Counter((words[0].sentence, phrase) for words, phrase in _phrases(reading.words))
    for words, phrase in _phrases(reading.words):
        told = [word for word in words if not word.is_stop]
        if len(told) < 2 or all(word.capital for word in told):
            continue
        if mine[words[0].sentence, phrase] > max(1, theirs[phrase]):
            text = " ".join(word.text for word in words)
            yield Finding("partial", f"{text!r} stands only once in the cited text")
            return


def _phrases(words: Sequence[Word]) -> Iterator[tuple[Sequence[Word], tuple[str, ...]]]:
    """Runs of words within one sentence, with their stems."""
    for i in range(len(words) - _REPEATED + 1):
        run = words[i : i + _REPEATED]
        if run[0].sentence == run[-1].sentence:
            yield run, tuple(word.stem for word in run)
