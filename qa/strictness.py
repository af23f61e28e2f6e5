"""The check of what a language model writes: ``qa.verify``, with less taken on trust.

A person who drafts a text repeats and rewords; a model may also put words together that stand in no sentence so. What
it writes counts as supported only where nearly all of it is met. A bare "24." says no more than its question, so the
cited text must speak of what was asked; "Yes." can be held against nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.verify import Evidence, SupportCheck, Verdict, assess, verify
from qa.verify.related import part_of_speech
from qa.words import is_stop_word, stem, tokens

LEAST = 0.7
"""The score from which a statement of a model is supported; chosen by reading what a very small model wrote."""

_OPENING = re.compile(
    r"(?:here is )?(?:the |my )?(?:final |correct )?(?:answer|response)(?: is)?\s*[:,]?\s+", re.IGNORECASE
)
_VERB = re.compile(
    r"\b(?:am|is|are|was|were|be|been|has|have|had|do|does|did|will|would|can|could|may|might|must|shall|should)\b|n['’]t\b",
    re.IGNORECASE,
)
_SAYS_LITTLE = Verdict("partial", "it says too little to be checked by itself", 0.3)


def check_of_writing(question: str) -> SupportCheck:
    """The check of what a model writes in answer to a question."""
    asked = _stems(question)

    def check(statement: str, evidence: Sequence[Evidence]) -> Verdict:
        if not evidence:
            return verify(statement, evidence)
        opening = _OPENING.match(statement)
        claim = statement[opening.end() :] if opening else statement
        if not _stems(claim):
            return _SAYS_LITTLE
        verdict = _strict(claim, evidence)
        if verdict.support == "supported" and _is_fragment(claim):
            return _with_question(verdict, asked, evidence)
        return verdict

    return check


def _strict(claim: str, evidence: Sequence[Evidence]) -> Verdict:
    verdict = verify(claim, evidence)
    if verdict.support != "supported" or verdict.score >= LEAST:
        return verdict
    _, coverage = assess(claim, evidence)
    missing = f"{coverage.missing!r} is not" if coverage and coverage.missing else "not all of it is"
    return Verdict("partial", f"{missing} in the cited text", verdict.score)


def _with_question(verdict: Verdict, asked: dict[str, str], evidence: Sequence[Evidence]) -> Verdict:
    """The verdict on a fragment: it stands only if the text around it speaks of at least half of what was asked."""
    around = _stems(" ".join(f"{one.title} {one.context} {one.text}" for one in evidence))
    unmet = [word for form, word in asked.items() if form not in around]
    if 2 * len(unmet) <= len(asked):
        return verdict
    return Verdict("partial", f"the cited text does not speak of {max(unmet, key=len)!r}", min(verdict.score, 0.4))


def _stems(text: str) -> dict[str, str]:
    """Content words by their stem."""
    words = (token.text for token in tokens(text))
    return {stem(word.lower()): word for word in words if not is_stop_word(word.lower())}


def _is_fragment(claim: str) -> bool:
    """Whether nothing in it is a verb."""
    return not _VERB.search(claim) and not any(part_of_speech(form) == "v" for form in _stems(claim))
