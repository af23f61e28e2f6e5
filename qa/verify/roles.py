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
    doer: frozenset[str]
    verb: str
    done_to: frozenset[str]
    shown: str

    def is_of(self, doer: frozenset[str], verb: str, done_to: frozenset[str]) -> bool:
        """Whether it is the same verb, between names that share a word with these."""
        return self.verb == verb and bool(self.doer & doer) and bool(self.done_to & done_to)


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
        doer, done_to = (after, before) if _is_passive(words, i, after) else (before, after)
        shown = f"{words[before].text} ... {verb.text} ... {words[after].text}"
        yield _Deed(_name(words, doer), verb.stem, _name(words, done_to), shown)


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


def _name(words: Sequence[Word], place: int) -> frozenset[str]:
    """All words of the name that a word is part of: it may stand for it, as "Smith" for "John Smith"."""
    start = end = place
    while start > 0 and _go_together(words[start - 1], words[start]):
        start -= 1
    while end + 1 < len(words) and _go_together(words[end], words[end + 1]):
        end += 1
    return frozenset(canonical(word.folded) for word in words[start : end + 1])


def _go_together(word: Word, following: Word) -> bool:
    both = word.capital and following.capital and not (word.is_stop or following.is_stop)
    return both and word.clause == following.clause and not following.after_comma


def role_findings(statement: Reading, pool: Pool) -> Iterator[Finding]:
    """What speaks against who did what to whom."""
    mine = [deed for deed in _deeds(statement.words) if not deed.doer & deed.done_to]
    theirs = [*_deeds(pool.words)] if mine else []
    for deed in mine:
        if any(other.is_of(deed.doer, deed.verb, deed.done_to) for other in theirs):
            continue
        swapped = next((other for other in theirs if other.is_of(deed.done_to, deed.verb, deed.doer)), None)
        if swapped is not None:
            yield Finding("unsupported", f"the cited text says {swapped.shown!r}, the other way round")
            return
