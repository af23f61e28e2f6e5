"""Whether two names have changed places around the same verb: who did what to whom.

Only order is looked at: in an active clause the doer stands before the verb, in a passive one ("was hit by") after it.
Verbs that hold both ways ("met", "talked with") are left alone. This finds plain swaps, not more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from qa.verify.names import canonical
from qa.verify.reading import Pool, Reading, Word
from qa.verify.related import part_of_speech
from qa.verify.verdicts import Finding

_BOTH_WAYS = frozenset(
    "meet talk speak discuss agre negotiat marry join play match debat fac cooperat trad differ".split(" ")
)
_BE = frozenset(["is", "are", "was", "were", "be", "been", "being", "get", "got"])
_REACH = 9


class _Deed(NamedTuple):
    doer: str
    verb: str
    done_to: str
    shown: str


def _deeds(words: Sequence[Word]) -> Iterator[_Deed]:
    """Pairs of name-like words around a verb, the doer first."""
    for i, verb in enumerate(words):
        if verb.is_stop or verb.capital or verb.stem in _BOTH_WAYS or not _is_verb(verb):
            continue
        if i and words[i - 1].folded in {"a", "an", "the"}:
            continue
        before = _nearest(words, i, -1)
        after = _nearest(words, i, 1)
        if before is None or after is None:
            continue
        first, second = words[before], words[after]
        passive = _is_passive(words, i, after)
        doer, done_to = (second, first) if passive else (first, second)
        yield _Deed(
            canonical(doer.folded),
            verb.stem,
            canonical(done_to.folded),
            f"{first.text} ... {verb.text} ... {second.text}",
        )


def _is_verb(word: Word) -> bool:
    return part_of_speech(word.stem) == "v" or (word.folded != word.stem and word.folded.endswith("ed"))


def _is_passive(words: Sequence[Word], verb: int, after: int) -> bool:
    helped = any(word.folded in _BE for word in words[max(0, verb - 2) : verb])
    return any(word.folded == "by" for word in words[verb + 1 : after]) and (
        helped or words[verb].folded.endswith("ed")
    )


def _nearest(words: Sequence[Word], at: int, step: int) -> int | None:
    """The nearest capitalised word of the same sentence on one side, without another verb between."""
    i = at + step
    while 0 <= i < len(words) and abs(i - at) <= _REACH and words[i].sentence == words[at].sentence:
        if words[i].capital and not words[i].is_stop:
            return i
        i += step
    return None


def role_findings(statement: Reading, pool: Pool) -> Iterator[Finding]:
    """What speaks against who did what to whom."""
    mine = [deed for deed in _deeds(statement.words) if deed.doer != deed.done_to]
    if not mine:
        return
    theirs = {(deed.doer, deed.verb, deed.done_to): deed for deed in _deeds(pool.words)}
    for deed in mine:
        swapped = theirs.get((deed.done_to, deed.verb, deed.doer))
        if swapped is not None and (deed.doer, deed.verb, deed.done_to) not in theirs:
            yield Finding("unsupported", f"the cited text says {swapped.shown!r}, the other way round")
            return
