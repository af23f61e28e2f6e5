"""The check of what a language model writes: ``qa.verify``, with less taken on trust.

A person who drafts a text repeats and rewords; a model may also put words together that stand in no sentence so. What
it writes counts as supported only

- where nearly all of it is met,
- in one place, or clause by clause in several: words gathered from here and there may say anything,
- where it says something: "Yes." can be held against nothing, and a bare "24." only against text that speaks of what
  was asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from qa.verify import Evidence, SupportCheck, Verdict, assess, verify
from qa.verify.related import part_of_speech
from qa.words import is_stop_word, stem, tokens

LEAST = 0.8
"""The score from which a statement of a model is supported; chosen by reading what a very small model wrote."""

_OPENING = re.compile(
    r"(?:here is )?(?:the |my )?(?:final |correct )?(?:answer|response)(?: is)?\s*[:,]?\s+", re.IGNORECASE
)
_VERB = re.compile(
    r"\b(?:am|is|are|was|were|be|been|has|have|had|do|does|did|will|would|can|could|may|might|must|shall|should)\b"
    r"|n['’]t\b",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(
    r"[,;:]\s+(?:(?:and|but|while|whereas|although|though)\s+)?|\s+(?:and|but|while|whereas)\s+|\s+[–—]\s+"
    r"|(?<=[a-z\d][.!?])\s+(?=[A-Z])"
)
_SAYS_LITTLE = Verdict("partial", "it says too little to be checked by itself", 0.3)
_BELOW = 0.4


def check_of_writing(question: str) -> SupportCheck:
    """The check of what a model writes in answer to a question."""
    asked = _stems(question)

    def check(statement: str, evidence: Sequence[Evidence]) -> Verdict:
        if not evidence:
            return verify(statement, evidence)
        opening = _OPENING.match(statement)
        claim = statement[opening.end() :] if opening else statement
        said = _stems(claim)
        if not said:
            return _SAYS_LITTLE
        verdict = _in_one_place(claim, evidence)
        if verdict.support == "supported" and _first_verb(claim) is None:
            return _with_question(verdict, said, asked, evidence)
        return verdict

    return check


def _in_one_place(claim: str, evidence: Sequence[Evidence]) -> Verdict:
    verdict = _strict(claim, evidence)
    if verdict.support != "supported" or len(evidence) == 1:
        return verdict
    clauses = list(_clauses(claim))
    for parts in ([claim], clauses):
        if all(any(_strict(part, [one]).support == "supported" for one in evidence) for part in parts):
            return verdict
    return Verdict("partial", "the cited texts say it only when put together", min(verdict.score, _BELOW))


def _strict(claim: str, evidence: Sequence[Evidence]) -> Verdict:
    verdict = verify(claim, evidence)
    if verdict.support != "supported" or verdict.score >= LEAST:
        return verdict
    _, coverage = assess(claim, evidence)
    missing = f"{coverage.missing!r} is not" if coverage and coverage.missing else "not all of it is"
    return Verdict("partial", f"{missing} in the cited text", verdict.score)


def _clauses(claim: str) -> Iterator[str]:
    """The parts of a sentence that say something; a part without a verb is said of the subject before it."""
    subject, start = "", 0
    for end in [*(found.span() for found in _CLAUSE_END.finditer(claim)), (len(claim), len(claim))]:
        part = claim[start : end[0]]
        verb = _first_verb(part)
        if verb is None and not subject and end[0] < len(claim):
            continue
        if verb:
            subject = part[:verb].strip() or subject
        if _stems(part):
            yield part if verb is not None else f"{subject} {part}"
        start = end[1]


def _first_verb(part: str) -> int | None:
    """Where the first verb of a part begins."""
    found = _VERB.search(part)
    places = [token.start for token in tokens(part) if part_of_speech(stem(token.text.lower())) == "v"]
    return min([*places, *([found.start()] if found else [])], default=None)


def _with_question(
    verdict: Verdict, said: dict[str, str], asked: dict[str, str], evidence: Sequence[Evidence]
) -> Verdict:
    """The verdict on a fragment: it must tell something, and the text must speak of at least half of what was asked."""
    if not said.keys() - asked.keys():
        return _SAYS_LITTLE
    around = _stems(" ".join(f"{one.title} {one.text}" for one in evidence))
    unmet = [word for form, word in asked.items() if form not in around]
    if 2 * len(unmet) <= len(asked):
        return verdict
    return Verdict("partial", f"the cited text does not speak of {max(unmet, key=len)!r}", min(verdict.score, _BELOW))


def _stems(text: str) -> dict[str, str]:
    """Content words by their stem."""
    words = (token.text for token in tokens(text))
    return {stem(word.lower()): word for word in words if not is_stop_word(word.lower())}
