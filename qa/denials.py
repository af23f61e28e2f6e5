"""A claim that is denied a few sentences on is shown with its denial, as in "Lineas Azules denied this".

By words that deny, and only where they point back to the claim or say again what it says: an allegation without the
answer of whom it accuses is half of what the article says.
"""

from __future__ import annotations

import re

from qa.extract import Extract, sentences_of
from qa.question import Question
from qa.ranking import RankedSentence
from qa.records import Passage, Span
from qa.retold import is_headed_as_correction
from qa.retrieve import Retrieved
from qa.sources import speakers
from qa.words import content_stems, fold

_FARTHEST = 3
"""Sentences behind the claim that are looked at."""
_CLAIM = (
    r"(?:claims?|accusations?|allegations?|charges?|reports?|suggestions?|figures?|accounts?|criticisms?|rumou?rs?"
    r"|version|comparison|findings?|conclusions?)"
)
_UNTRUE = (
    r"(?:untrue|not true|not so|false|wrong|invented|made up|speculative|speculation|nonsense|absurd|baseless|unfounded"
    r"|groundless|a lie|lies|fiction|fantasy|misleading|unfair)"
)
_DENIES = re.compile(
    rf"\b(?:den(?:y|ies|ied|ying)\b|(?:reject|dismiss|disput|refut|contest|contradict)(?:s|es|ed|ing)?\b"
    rf"[^.;:]{{0,40}}\b{_CLAIM}|(?:call|describ|dismiss|reject)(?:s|es|ed|ing)?\b[^.;]{{1,40}}\b{_UNTRUE}"
    rf"|(?:this|that|it|they|everyone|everybody|all|{_CLAIM}) (?:is|was|were|are)"
    rf" (?:(?:simply|quite|completely|entirely|all|just) )?{_UNTRUE}(?! to\b| for\b)"
    r"|(?:sa(?:id|ys)|insist(?:s|ed)?)(?: that)? no such \w+)"
)
_POINTS = re.compile(rf"\b(?:this|it|so|such|all of that|{_CLAIM})\b|\bthat(?= (?:is|was)\b|[.,;:]|$)")
_NEAR = 40
"""Characters behind a word that denies within which what it denies is pointed at."""
_CLAUSE = re.compile(r"[,;:]|\.\s")
_SAID_AGAIN = 2
"""Words of a claim that a denial has to say again; one, if the question has it, too."""
_DENIES_NOT = re.compile(
    r"\b(?:not|never|cannot|n't|neither|no longer|did not|does not|do not|nobody|refus\w+ to) (?:\w+ )?den"
)


def denies(words: str) -> bool:
    """Whether a sentence denies something."""
    folded = fold(words)
    return bool(_DENIES.search(folded)) and not _DENIES_NOT.search(folded)


def is_doubted(passage: Passage, sentence: Span) -> bool:
    """Whether what stands behind a sentence says that it is wrong: then it says nothing of its own."""
    behind = next((span for span in passage.sentences if span.start >= sentence.end), None)
    return behind is not None and denies(passage.sentence_text(behind))


def denial_of(claim: Extract, retrieved: Retrieved) -> RankedSentence | None:
    """The sentence behind a claim, in its article, that denies it; ``None`` where there is none."""
    passage = claim.passage
    is_row = claim.core_words.startswith("|")
    if is_row or denies(claim.quote) or is_headed_as_correction(passage.title):
        return None
    candidate = next((one for one in retrieved.candidates if one.passage == passage), None)
    if candidate is None:
        return None
    behind = [span for span in passage.sentences if span.start >= claim.core.end][:_FARTHEST]
    found = (one for one in sentences_of(candidate) if one.span in behind)
    for sentence in sorted(found, key=lambda one: one.position):
        if denies(sentence.text) and _is_about(sentence.text, claim.core_words, retrieved.question):
            return sentence
    return None


def _is_about(denial: str, claim: str, question: Question) -> bool:
    """Whether a denial is of a claim, by somebody else than who makes it."""
    folded = fold(denial)
    denied = _DENIES.search(folded)
    if denied is None or speakers(claim) & speakers(denial):
        return False
    if _POINTS.search(folded[denied.start() :][:_NEAR]):
        return True
    again = content_stems(_CLAUSE.split(folded[denied.end() :], maxsplit=1)[0]) & content_stems(claim)
    return len(again) >= (1 if again & question.stems.keys() else _SAID_AGAIN)
