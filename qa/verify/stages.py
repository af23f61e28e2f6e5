"""Whether a matter has got as far as a statement says: charged is not convicted, hurt is not dead, proposed not passed.

Such words are near in meaning and stand in the same reports, so that a statement with the wrong one has nearly all its
words in the cited text. It is held against the words of the other stages: where the cited text has one of those, and
none of the statement's own stage, the statement says too much or too little.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from qa.verify.reading import Pool, Reading, Word
from qa.verify.verdicts import Finding
from qa.words import stem


def _stems(words: str) -> frozenset[str]:
    return frozenset(map(stem, words.split()))


_LADDERS: tuple[tuple[frozenset[str], ...], ...] = (
    (
        _stems("accused charged suspected indicted alleged arrested investigated prosecuted"),
        _stems("guilty convicted sentenced"),
        _stems("acquitted exonerated"),
    ),
    (_stems("injured wounded hurt"), _stems("killed died dead death deaths fatal fatally")),
    (
        _stems("candidate nominated nominee shortlisted contender"),
        _stems("elected re-elected won winner appointed inaugurated"),
    ),
    (
        _stems("proposed proposal draft considering planned plans"),
        _stems("approved adopted passed ratified enacted signed"),
        _stems("rejected vetoed defeated scrapped"),
    ),
)
"""Stages of a matter, each the words that tell it."""
_OFFICES = frozenset(
    """
    president minister secretary senator representative governor mayor chancellor premier chief director chairman
    chairwoman ceo leader deputy captain commissioner king queen pope judge ambassador spokesman spokeswoman head coach
    """.split()
)
_HOLDS = re.compile(r"\b(?:is|remains|is still|is now)\b")
_LEFT = re.compile(
    r"\b(?:former|ex-?|resign(?:s|ed|ing)?|stepp?(?:ed|ing|s)? down|quit|ousted|deposed|sacked|dismissed|outgoing"
    r"|succeeded by|replaced by|was replaced|left office)\b",
    re.IGNORECASE,
)


def stage_findings(statement: Reading, pool: Pool) -> Iterator[Finding]:
    """What speaks against how far the statement says a matter has got."""
    yield from _wrong_stage(statement.words, pool)
    yield from _no_longer(statement, pool)


def _wrong_stage(words: Sequence[Word], pool: Pool) -> Iterator[Finding]:
    stated = {word.stem: word for word in words}
    for ladder in _LADDERS:
        for stage in ladder:
            own = [stated[form] for form in stage if form in stated]
            if not own or not stage.isdisjoint(pool.stems) or not stage.isdisjoint(pool.stems_around):
                continue
            others = frozenset().union(*ladder) - stage
            if not others.isdisjoint(stated):
                continue  # the statement tells more than one stage: "charged, but not convicted"
            told = next((word for word in pool.words if word.stem in others), None)
            if told is not None:
                yield Finding("unsupported", f"the cited text says {told.text!r}, not {own[0].text!r}")


def _no_longer(statement: Reading, pool: Pool) -> Iterator[Finding]:
    """An office that the statement gives to somebody, and that the cited text says was left."""
    text = statement.folded.text
    if not _HOLDS.search(text) or _LEFT.search(text):
        return
    offices = {word.folded for word in statement.words} & _OFFICES
    for reading in pool.cited:
        left = _LEFT.search(reading.folded.text)
        if left and offices & {word.folded for word in reading.words}:
            yield Finding("unsupported", f"the cited text says {left.group()!r} of the {min(offices)}")
            return
