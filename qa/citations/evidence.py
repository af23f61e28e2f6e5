"""The numbered sentences a model is shown, and the exact range that each number stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from qa.citations.quoting import quoted, random_fence
from qa.prompts import estimate_tokens
from qa.records import Citation, Passage, Span
from qa.sentences import trimmed

_GAP = "..."


@dataclass(frozen=True, slots=True)
class NumberedSentence:
    """One sentence: ``text == article.text[span.start:span.end]``, without white space around it.

    ``follows`` says that the number before stands for the sentence just before this one in the same article.
    """

    number: int
    article_id: str
    span: Span
    text: str
    title: str = ""
    published: str | None = None
    follows: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class NumberedSentences:
    """Sentences numbered 1 to n, those of one article together and in the order of its text.

    ``omitted`` counts the sentences that did not fit the budget.
    """

    sentences: tuple[NumberedSentence, ...]
    omitted: int = 0

    def __len__(self) -> int:
        return len(self.sentences)

    def __iter__(self) -> Iterator[NumberedSentence]:
        return iter(self.sentences)

    def __getitem__(self, number: int) -> NumberedSentence:
        if number not in self.numbers:
            raise KeyError(number)
        return self.sentences[number - 1]

    @property
    def numbers(self) -> range:
        """The numbers that stand for something."""
        return range(1, len(self.sentences) + 1)

    def evidence(self, fence: str) -> str:
        """The block for the prompt: headings and ``[17] sentence`` lines between two lines ``fence``.

        Article text is made harmless by `quoted`; the numbers are the only way back to it.
        """
        lines = [fence]
        before: NumberedSentence | None = None
        for sentence in self.sentences:
            if before is None or before.article_id != sentence.article_id:
                lines.append(_heading(sentence, fence))
            elif not sentence.follows:
                lines.append(_GAP)
            lines.append(f"[{sentence.number}] {quoted(sentence.text, fence)}")
            before = sentence
        return "\n".join([*lines, fence])

    def citations(self, sources: Iterable[int]) -> tuple[Citation, ...]:
        """The footnotes of an answer: ``sources`` are sentence numbers in the order in which they are shown, from 1.

        Raises:
            KeyError: for a number that stands for nothing.
        """
        return tuple(self._citation(shown, self[source]) for shown, source in enumerate(sources, 1))

    def _citation(self, shown: int, sentence: NumberedSentence) -> Citation:
        return Citation(
            number=shown,
            article_id=sentence.article_id,
            title=sentence.title,
            published=sentence.published,
            start=sentence.span.start,
            end=sentence.span.end,
            quote=sentence.text,
        )


def number_sentences(
    passages: Sequence[Passage], *, budget: int | None = None, count_tokens: Callable[[str], int] = estimate_tokens
) -> NumberedSentences:
    """Number the sentences of ``passages``, best article first.

    Args:
        passages: what was retrieved; rank is by ``score``, highest first, and by place among equals.
        budget: tokens that `NumberedSentences.evidence` may take. Whole sentences are left out until it fits: the last
            one of the lowest-ranked passage first, and at once one that does not fit on its own.
        count_tokens: number of tokens of a text; of two texts together never more than of each added up.
    """
    candidates = list(_candidates(sorted(passages, key=lambda passage: -passage.score)))
    kept = candidates if budget is None else _fitting(candidates, budget, count_tokens)
    order: dict[str, int] = {}
    for one in kept:
        order.setdefault(one.passage.article_id, len(order))
    kept = sorted(kept, key=lambda one: (order[one.passage.article_id], one.tile))
    numbered = tuple(
        one.numbered(number, one.follows(before))
        for number, before, one in zip(count(1), [None, *kept], kept, strict=False)
    )
    return NumberedSentences(numbered, omitted=len(candidates) - len(kept))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence before it has a number; ``tile`` is its range with the white space around it, ``span`` without."""

    passage: Passage
    tile: Span
    span: Span

    @property
    def text(self) -> str:
        return self.passage.sentence_text(self.span)

    def follows(self, before: _Candidate | None) -> bool:
        return (
            before is not None
            and before.passage.article_id == self.passage.article_id
            and before.tile.end == self.tile.start
        )

    def numbered(self, number: int, follows: bool) -> NumberedSentence:
        passage = self.passage
        return NumberedSentence(
            *(number, passage.article_id, self.span, self.text, passage.title, passage.published, follows),
            source=passage.source,
        )


def _candidates(passages: Iterable[Passage]) -> Iterator[_Candidate]:
    seen: set[tuple[str, Span]] = set()
    for passage in passages:
        for tile in passage.sentences:
            words = trimmed(passage.text, tile.shift(-passage.start))
            if words is not None and (passage.article_id, tile) not in seen:
                seen.add((passage.article_id, tile))
                yield _Candidate(passage, tile, words.shift(passage.start))


def _fitting(candidates: list[_Candidate], budget: int, count_tokens: Callable[[str], int]) -> list[_Candidate]:
    fence = random_fence()
    room = left = budget - 2 * count_tokens(fence + "\n")
    kept: list[_Candidate] = []
    headed: set[str] = set()
    for one in candidates:
        passage = one.passage
        cost = count_tokens(f"[{len(candidates)}] {quoted(one.text, fence)}\n")
        if not one.follows(kept[-1] if kept else None):
            cost += count_tokens(_GAP + "\n")
        if passage.article_id not in headed:
            cost += count_tokens(_heading(passage, fence) + "\n")
        if cost > room:
            continue
        if cost > left:
            break
        left -= cost
        kept.append(one)
        headed.add(passage.article_id)
    return kept


def _heading(of: NumberedSentence | Passage, fence: str) -> str:
    """The headline, with outlet and day as far as they are known: reports that differ are told apart by them."""
    words = quoted(of.title, fence) or "Untitled"
    known = ", ".join(part for part in (quoted(of.source, fence), (of.published or "")[:10]) if part)
    return f"# {words} ({known})" if known else f"# {words}"
