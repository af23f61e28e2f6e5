"""A model's answer as statements that can be checked, changed or dropped, and put together again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa.citations import Rewritten, build_statements, without_markers
from qa.records import Statement
from qa.verify import Verdict

UNJUDGED = Verdict("uncited", "nothing is cited", 0.0)


@dataclass(frozen=True, slots=True)
class Draft:
    """One statement on its way into the answer.

    ``words`` are without footnote marks. ``sources`` are sentence numbers. ``start`` and ``end`` are its range in the
    model's text, ``gap`` what stands there before it; ``changed`` says that its words or sources are no longer those
    written there.
    """

    words: str
    sources: tuple[int, ...]
    start: int
    end: int
    gap: str
    verdict: Verdict = UNJUDGED
    changed: bool = False

    @property
    def stands(self) -> bool:
        """Whether the evidence says it, at least in part."""
        return self.verdict.support in ("supported", "partial")

    def with_verdict(self, sources: Sequence[int], verdict: Verdict) -> Draft:
        """The same words with other sources."""
        return replace(
            self, sources=tuple(sources), verdict=verdict, changed=self.changed or tuple(sources) != self.sources
        )


@dataclass(frozen=True, slots=True)
class Assembled:
    """An answer's text, its statements, and the sentence number behind each footnote, from 1."""

    text: str
    statements: tuple[Statement, ...]
    sources: tuple[int, ...]


def drafts(written: Rewritten) -> list[Draft]:
    """The statements of a model's answer, not yet judged."""
    found = []
    before = 0
    for statement in build_statements(written.text, written.markers):
        inside = [marker for marker in written.markers if statement.start <= marker.start < statement.end]
        shifted = [replace(m, start=m.start - statement.start, end=m.end - statement.start) for m in inside]
        found.append(
            Draft(
                words=without_markers(written.text[statement.start : statement.end], shifted),
                sources=tuple(dict.fromkeys(marker.source for marker in inside)),
                start=statement.start,
                end=statement.end,
                gap=written.text[before : statement.start],
            )
        )
        before = statement.end
    return found


def assemble(written: Rewritten, kept: Sequence[Draft]) -> Assembled:
    """The answer made of the drafts that are kept, footnotes numbered by first use.

    What stands between two statements, such as a bullet, stays where the second one stays.
    """
    text, statements, numbers = "", [], dict[int, int]()
    for draft in kept:
        text += (draft.gap or " ") if text else draft.gap.lstrip()
        start = len(text)
        text += _marked(draft, numbers) if draft.changed else _renumbered(written, draft, numbers)
        citations = tuple(numbers[source] for source in draft.sources)
        support, reason = draft.verdict.support, draft.verdict.reason
        statements.append(Statement(start, len(text), citations, support, reason))
    return Assembled(text, tuple(statements), tuple(numbers))


def _marked(draft: Draft, numbers: dict[int, int]) -> str:
    marks = "".join(f"[{numbers.setdefault(source, len(numbers) + 1)}]" for source in draft.sources)
    return f"{draft.words} {marks}" if marks else draft.words


def _renumbered(written: Rewritten, draft: Draft, numbers: dict[int, int]) -> str:
    parts, place = [], draft.start
    for marker in written.markers:
        if draft.start <= marker.start < draft.end:
            parts += [written.text[place : marker.start], f"[{numbers.setdefault(marker.source, len(numbers) + 1)}]"]
            place = marker.end
    return "".join([*parts, written.text[place : draft.end]])
