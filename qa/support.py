"""Holds statements against the sentences they cite, and finds better ones where those do not say it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from qa.citations import NumberedSentences
from qa.records import SUPPORT_ORDER
from qa.verify import Evidence, SupportCheck, Verdict, select_evidence
from qa.words import content_stems

MOST_SOURCES = 3
"""Sentences at most that are looked up for one statement."""
_BEFORE = 2
_ARTICLES_TRIED = 3
_POINTER = re.compile(r"\b(?:he|she|it|they|him|her|them|his|its|their|this|that|these|those|both)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Finding:
    """The sentences, by number, that were taken for a statement, and what they say to it."""

    sources: tuple[int, ...]
    verdict: Verdict

    @property
    def rank(self) -> tuple[int, float]:
        """Smaller is better."""
        return SUPPORT_ORDER.index(self.verdict.support), -self.verdict.score

    @property
    def stands(self) -> bool:
        """Whether the sentences say it, at least in part."""
        return self.verdict.support in ("supported", "partial")


def _speaks_of(evidence: Evidence, words: str) -> bool:
    """Whether a cited text has a word of the statement, or points to what its headline names."""
    text = f"{evidence.context} {evidence.text}"
    return bool(content_stems(text) & content_stems(words) or _POINTER.search(text))


class Support:
    """Judges statements by a set of numbered sentences.

    Args:
        numbered: the sentences that can be cited.
        check: decides whether cited words support a statement.
    """

    def __init__(self, numbered: NumberedSentences, check: SupportCheck) -> None:
        self.numbered = numbered
        self.check = check

    def judge(self, words: str, sources: Sequence[int]) -> Finding:
        """What the sentences ``sources`` say to a statement without its footnote marks.

        The sentences before them only tell who is meant. Where the statement takes more than that from there, they
        become sources too, if it stands with them.
        """
        found = self._judge(words, sources, _BEFORE)
        if not found.stands:
            return found
        alone = self._judge(words, sources, 0)
        if alone.verdict.support == "supported" or alone.verdict.support == found.verdict.support:
            return found
        for grown in self._grown(sources):
            told = self._judge(words, grown, 0)
            if told.verdict.support == found.verdict.support:
                return told
        return alone

    def _judge(self, words: str, sources: Sequence[int], before: int) -> Finding:
        evidence = list(self._evidence(sources, before))
        verdict = self.check(words, evidence)
        if verdict.support in ("supported", "partial") and not any(_speaks_of(one, words) for one in evidence):
            untitled = self.check(words, [replace(one, title="") for one in evidence])
            if untitled.support not in ("supported", "partial"):
                verdict = Verdict("unsupported", "only the headline says it", untitled.score)
        return Finding(tuple(sources), verdict)

    def _grown(self, sources: Sequence[int]) -> Iterator[list[int]]:
        """The sources with the sentence before each, and with two."""
        grown = sorted(set(sources))
        for _ in range(_BEFORE):
            earlier = {number - 1 for number in grown if self.numbered[number].follows}
            if earlier <= set(grown):
                return
            grown = sorted({*grown, *earlier})
            if len(grown) > MOST_SOURCES:
                return
            yield grown

    def look_up(self, words: str) -> Finding:
        """The sentences that speak best for a statement: of one article if one says it, else of several."""
        texts = [sentence.text for sentence in self.numbered]
        chosen = [index + 1 for index in select_evidence(words, texts, MOST_SOURCES * 2)]
        best: Finding | None = None
        for sources in self._selections(words, chosen):
            found = self.judge(words, sorted(sources))
            best = found if best is None or found.rank < best.rank else best
            if best.verdict.support == "supported":
                return self._without_idle(words, best)
        return best or Finding((), self.check(words, []))

    def _selections(self, words: str, chosen: Sequence[int]) -> Iterator[list[int]]:
        articles = list(dict.fromkeys(self.numbered[number].article_id for number in chosen))
        if chosen:
            yield [chosen[0]]
        for article_id in articles[:_ARTICLES_TRIED]:
            own = [sentence for sentence in self.numbered if sentence.article_id == article_id]
            found = select_evidence(words, [sentence.text for sentence in own], MOST_SOURCES)
            yield [own[index].number for index in found]
        if len(articles) > 1:
            yield list(chosen[:MOST_SOURCES])

    def _without_idle(self, words: str, finding: Finding) -> Finding:
        """The same finding without sentences that it stands without."""
        kept = finding
        for source in finding.sources:
            fewer = [other for other in kept.sources if other != source]
            if fewer and (found := self.judge(words, fewer)).verdict.support == "supported":
                kept = found
        return kept

    def _evidence(self, sources: Sequence[int], before: int) -> Iterator[Evidence]:
        """Neighbouring sentences go together: what one begins the next may end. ``before`` limits their context."""
        known = sorted(set(sources))
        while known:
            run = [known.pop(0)]
            while known and known[0] == run[-1] + 1 and self.numbered[known[0]].follows:
                run.append(known.pop(0))
            first = self.numbered[run[0]]
            text = " ".join(self.numbered[number].text for number in run)
            yield Evidence(text, first.title, first.published, self._context(run[0], before))

    def _context(self, number: int, limit: int) -> str:
        before: list[str] = []
        while len(before) < limit and self.numbered[number].follows:
            number -= 1
            before.insert(0, self.numbered[number].text)
        return " ".join(before)
