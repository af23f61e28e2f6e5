"""The check of what a language model writes: ``qa.verify``, with less taken on trust.

A person who drafts a text repeats and rewords; a model may also put words together that stand in no sentence so. What
it writes counts as supported only

- where nearly all of it is met, small words ("again", "only") included,
- in one sentence, or clause by clause in several: words gathered from here and there may say anything. The sentences
  before it may tell who or what it speaks of, no more,
- where words stand side by side that belong together there (``qa.verify.joins``),
- where it says something: "Yes." can be held against nothing, and a bare "24." only against text that speaks of what
  was asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, pairwise

from qa.sentences import sentence_spans
from qa.verify import Evidence, SupportCheck, Verdict, assess, verify, without_preamble
from qa.verify.comparison import has_rivals
from qa.verify.joins import join_findings
from qa.verify.names import name_findings
from qa.verify.nearness import nearness_findings
from qa.verify.quotations import unquoted_findings
from qa.verify.reading import Pool, Reading
from qa.verify.related import can_be_verb, part_of_speech
from qa.verify.small_words import small_word_findings
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
    r"|(?:(?<=[a-z]{4}[.!?])|(?<=\d[.!?]))\s+(?=[A-Z])"
)
_RELATIVE = re.compile(r"\s*(?:who|which|that)\s*", re.IGNORECASE)
_POINTS_BACK = re.compile(
    r"\b(?:he|she|it|they|him|her|them|his|hers|its|their|this|that|these|those|such|there|who)\b|^\W*the\b",
    re.IGNORECASE,
)
_PRONOUNS = frozenset("he she it they who which that".split())
_BEFORE_NOUNS = frozenset("to a an the his her its their our my of by for in on at with from and or".split())
_BEFORE = 2
_FEW = 3
"""Words of which none is taken for a verb: "Atlantic slave trade"."""
_ASKS_FOR = frozenset(
    "name type kind sort percentage number amount year date day time person people group organization word term".split()
)
"""Words that say what kind of answer a question wants; a text that answers need not have them."""
_CLOSER_LOOKS = (small_word_findings, join_findings, nearness_findings)
_MARKS = " \"'“”‘’"
_OF_SOURCES = frozenset(map(stem, "article context passage report reports say source state statement text".split()))
_SAYS_LITTLE = Verdict("partial", "it says too little to be checked by itself", 0.3)
_BELOW = 0.4


def check_of_writing(question: str) -> SupportCheck:
    """The check of what a model writes in answer to a question."""
    asked = {form: word for form, word in _stems(question).items() if word.lower() not in _ASKS_FOR}

    def check(statement: str, evidence: Sequence[Evidence]) -> Verdict:
        if not evidence:
            return verify(statement, evidence)
        opening = _OPENING.match(statement)
        stated = statement[opening.end() :] if opening else statement
        claim = without_preamble(without_preamble(stated).strip(_MARKS))
        if _says_little(claim, asked):
            return _SAYS_LITTLE
        verdict = _in_one_place(claim, evidence)
        if verdict.support != "supported":
            return verdict
        for finding in unquoted_findings(stated, evidence):
            return Verdict(finding.support, finding.reason, min(verdict.score, _BELOW))
        if _subject(claim) is None:
            return _with_question(claim, verdict, asked, evidence)
        return verdict

    return check


def _says_little(claim: str, asked: dict[str, str]) -> bool:
    """Whether a claim has no word of content but those of the question, which it puts to nothing."""
    subject = _subject(claim)
    said = _stems(claim).keys() - _OF_SOURCES
    return not said - (asked if not subject or not _stems(subject) else {}).keys()


def _in_one_place(claim: str, evidence: Sequence[Evidence]) -> Verdict:
    verdict = _strict(claim, evidence)
    if verdict.support != "supported" or assess(claim, evidence)[1] is None:
        return verdict
    places = list(chain.from_iterable(_places(one) for one in evidence))
    for parts in ([claim], list(_clauses(claim))):
        if all(any(_stands_in(part, place) for place in places) for part in parts):
            return verdict
    return Verdict("partial", "the cited texts say it only when put together", min(verdict.score, _BELOW))


def _places(evidence: Evidence) -> Iterator[Evidence]:
    """The sentences of a cited text, each with those before it as its context; the whole text, if it is one."""
    spans = sentence_spans(evidence.text)
    for i, span in enumerate(spans):
        before = evidence.text[spans[max(0, i - _BEFORE)].start : span.start]
        context = before if i else evidence.context
        yield replace(evidence, text=evidence.text[span.start : span.end].strip(), context=context.strip())


def _stands_in(clause: str, place: Evidence) -> bool:
    """Whether one sentence says it; headline and sentences before may tell who or what it speaks of, no more."""
    alone = replace(place, context="")
    untitled = replace(alone, title="")
    subject = _subject(clause)
    if subject is None:
        return _is_met(clause, untitled)
    said = clause[len(subject) :]
    if not _is_met(said, alone) or any(name_findings(Reading(said), Pool([untitled]))):
        return False
    if _is_met(clause, alone):
        return True
    points_back = bool(place.context and _POINTS_BACK.search(place.text))
    return points_back and _is_met(clause, replace(alone, text=f"{place.context} {place.text}"))


def _is_met(clause: str, place: Evidence) -> bool:
    return _strict(clause, [place], is_clause=True).support == "supported"


def _strict(claim: str, evidence: Sequence[Evidence], *, is_clause: bool = False) -> Verdict:
    verdict = verify(claim, evidence, is_clause=is_clause)
    if verdict.support != "supported":
        return verdict
    _, coverage = assess(claim, evidence)
    if coverage is None:
        return verdict
    if verdict.score < LEAST:
        missing = f"{coverage.missing!r} is not" if coverage.missing else "not all of it is"
        return Verdict("partial", f"{missing} in the cited text", verdict.score)
    for finding in chain.from_iterable(look(claim, evidence) for look in _CLOSER_LOOKS):
        return Verdict(finding.support, finding.reason, min(verdict.score, _BELOW))
    return verdict


def _clauses(claim: str) -> Iterator[str]:
    """The parts of a sentence that say something; one without a subject is said of the subject before it."""
    subject, start = "", 0
    for end in [*(found.span() for found in _CLAUSE_END.finditer(claim)), (len(claim), len(claim))]:
        part = claim[start : end[0]]
        own = _subject(part) or ""
        if _RELATIVE.fullmatch(own):
            own = ""
        if not own and not subject and end[0] < len(claim):
            continue
        if _stems(part):
            yield part if own else f"{subject} {part}".strip()
        subject = own.strip() or subject
        start = end[1]


def _subject(part: str) -> str | None:
    """What stands before the verb that is said of it; ``None`` where there is no such verb: "on Monday", "to pay"."""
    words = tokens(part)
    for before, word in pairwise(words):
        helps = _VERB.fullmatch(word.text)
        if helps or (len(words) > _FEW and _is_finite(before.text, word.text)):
            return part[: word.start]
    return None


def _is_finite(before: str, word: str) -> bool:
    form = stem(word.lower())
    if not word.islower() or word.endswith("ing") or before.lower() in _BEFORE_NOUNS or not can_be_verb(form):
        return False
    named = (before[0].isupper() and word.endswith("s")) or before.lower() in _PRONOUNS
    plural = before.endswith("s") and not word.endswith("s")
    return part_of_speech(form) == "v" or word.endswith("ed") or named or plural


def _with_question(claim: str, verdict: Verdict, asked: dict[str, str], evidence: Sequence[Evidence]) -> Verdict:
    """The verdict on a fragment: one text must speak of nearly all that was asked, of names and numbers at any rate."""
    if all(has_rivals(claim, one.text) for one in evidence):
        return Verdict("partial", "the cited text has more than one that it could be", min(verdict.score, _BELOW))
    unmet = min((_unmet(asked, one) for one in evidence), key=len)
    names = [word for word in unmet if word[0].isupper() or word[0].isdigit()]
    if asked and not names and 4 * len(unmet) <= len(asked):
        return verdict
    missing = f"the cited text does not speak of {max(names or unmet, key=len)!r}" if unmet else _SAYS_LITTLE.reason
    return Verdict("partial", missing, min(verdict.score, _BELOW))


def _unmet(asked: dict[str, str], evidence: Evidence) -> list[str]:
    around = _stems(f"{evidence.title} {evidence.text}")
    return [word for form, word in asked.items() if form not in around]


def _stems(text: str) -> dict[str, str]:
    """Content words by their stem."""
    words = (token.text for token in tokens(text))
    return {stem(word.lower()): word for word in words if not is_stop_word(word.lower())}
