"""What several reports say of one matter, in the order of their dates: "what happened, in order?".

Without a language model this is a list of verbatim sentences, at most two of an article: its beginning, where the
report says what it reports, and what bears most on the matter.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence, Set

import numpy as np

from qa.evidence import best_of
from qa.extract import Extract, Extraction, extract_of, sentences_of
from qa.figures import asked_for, single_figure
from qa.index.store import Index
from qa.injection import without_orders
from qa.question import Question
from qa.ranking import FOUND_FEATURES, Candidate, RankedSentence
from qa.retold import stands_for_nothing
from qa.retrieve import Retrieved
from qa.timing import reports_within
from qa.words import content_stems

PASSAGES = 24
"""Passages that are looked through."""
MOST = 8
"""Sentences in a list."""
_OF_AN_ARTICLE = 2
_BEGINNING = 1.0
"""What the first two sentences of an article score more."""
_SECOND = 3.0
"""The second sentence of an article scores no less than the best of all sentences less this."""
_RANK = 0.3
_FEWEST_WORDS = 5
_FARTHER, _FEWER = 0.15, 0.55
_COSINE = FOUND_FEATURES.index("cosine")
_SAME_SHARE = 0.7

_IN_ORDER = (
    r"time ?line|chronolog\w+|in (?:the (?:right )?|their |chronological )?(?:order|sequence)(?! to\b)|step by step"
    r"|one after (?:the )?other|sequence of events|course of events|from report to report|from start to finish"
    r"|from (?:the )?beginning to (?:the )?end|from the first [^?]{1,30} to the (?:last|\w+)$"
)
_CHANGING = r"(?:chang|develop|evolv|grow|grew|unfold|progress|rise|rose|fall|fell|shift)\w*"
_ABOUT = (
    r"what (?:do|did|does|have|has) (?:the |these |our )?(?:articles?|papers?|press|reports?|newspapers?|news)"
    r" (?:say|said|report\w*|tell us|write|written) about"
    r"|what (?:is|has been|was) (?:known|said|reported|written) about|tell me (?:more |all |everything )?about"
    r"|(?:give me )?an? (?:overview|summary) of|summari[sz]e|sum up"
)
_ASKS = re.compile(
    rf"\b(?:{_IN_ORDER})\b|^\W*(?:{_ABOUT}|trace|recount|outline|retrace)\b"
    rf"|^\W*(?:describe |tell me |explain |show (?:me )?)?how (?:has|have|had|did|does)?\b[^?]*\b{_CHANGING}"
    r"[^?]*\b(?:over (?:the \w+|time)|since|until|through(?:out)?|from|between|report)\b"
    r"|^\W*what (?:has )?happened\b[^?]*\b(?:between|from)\b[^?]*\b(?:and|to|until)\b"
    r"|^\W*what (?:has |have )?changed\b[^?]*\b(?:over (?:the \w+|time)|since)\b"
    r"|^\W*what (?:has |have )?happened (?:to|in|with|at|on)\b[^?]*\bsince\b",
    re.IGNORECASE,
)
_INSTRUCTIONS = re.compile(
    rf"\b(?:{_ABOUT}|{_IN_ORDER}|(?:give|tell|show) me|give|put|show|list|describe|explain|trace|recount|outline"
    r"|retrace|for me|please|from the first report to the \w+|over (?:the years|time)|the stations of"
    rf"|how (?:has|have|had|did|does)|how the|what (?:has |have )?(?:happened|changed)|over time|{_CHANGING})\b",
    re.IGNORECASE,
)
_LEFT_OVER = re.compile(r"^(?:(?:a|an|of|to|in|on|at|and)\s+)+", re.IGNORECASE)


def topic_of(question: str) -> str | None:
    """What a question wants an overview of; ``None`` for a question that wants one answer."""
    if not _ASKS.search(question):
        return None
    topic = _LEFT_OVER.sub("", " ".join(_INSTRUCTIONS.sub(" ", question).split())).strip(" ,.;:?!")
    return topic if any(character.isalnum() for character in topic) else None


def overview(retrieved: Retrieved, index: Index, most: int = MOST, asked: str = "") -> Extraction:
    """The sentences that tell most of the matter, by date; how sure: the share of the matter's words that is there.

    Args:
        retrieved: what was found for the matter, which names no days (``qa.timing.without_days``).
        index: where it was found.
        most: sentences at most.
        asked: the question, whose days tell which reports count.
    """
    question = retrieved.question
    if not retrieved.candidates:
        return Extraction((), 0.0)
    candidates = retrieved.candidates
    found = best_of(*(candidate.evidence.covered for candidate in candidates))
    if not question.name_terms <= found.keys():
        return Extraction((), 0.0)
    about = reports_within(_about(question, candidates), asked)
    if not about:
        return Extraction((), 0.0)
    chosen = _counted(of_articles_with(question.name_terms, about), asked, most) or _chosen(about, most)
    chosen.sort(key=lambda sentence: (sentence.candidate.passage.published or "", *_place(sentence)))
    extracts: list[Extract] = []
    for sentence in chosen:
        made = extract_of(sentence, index, 1 / len(chosen))
        if made and not any(_says_the_same(made.quote, other.quote, question.stems.keys()) for other in extracts):
            extracts.append(made)
    return Extraction(tuple(extracts), min(1.0, question.share(found)))


def _about(question: Question, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The passages that are nearly as near in meaning as the nearest, or have nearly as many words of the matter.

    One word of it they have to have in any case.
    """
    shares = [question.share(candidate.evidence.covered) for candidate in candidates]
    cosines = [float(candidate.found[_COSINE]) for candidate in candidates]
    nearest, most = max(cosines), max(shares)
    return [
        candidate
        for candidate, cosine, share in zip(candidates, cosines, shares, strict=True)
        if share > 0 and (cosine >= nearest - _FARTHER or share >= _FEWER * most)
    ]


def _says_the_same(one: str, other: str, known: Set[str]) -> bool:
    """Whether two quotes share most of what they say of the matter, as reports of one agency do."""
    mine, theirs = content_stems(one) - known, content_stems(other) - known
    return len(mine & theirs) >= _SAME_SHARE * min(len(mine), len(theirs))


def _place(sentence: RankedSentence) -> tuple[str, int]:
    return sentence.candidate.passage.article_id, sentence.span.start


def of_articles_with(names: Set[str], candidates: Sequence[Candidate]) -> list[Candidate]:
    """The passages of articles of which one has all the names."""
    known = {one.passage.article_id for one in candidates if names <= one.evidence.covered.keys()}
    return [candidate for candidate in candidates if candidate.passage.article_id in known]


def _counted(candidates: Sequence[Candidate], asked: str, most: int) -> list[RankedSentence]:
    """Where it is asked how a count changed: the first report of each figure; nothing where there are not several."""
    count = asked_for(asked)
    if count is None or count.measure:
        return []
    first: dict[float, RankedSentence] = {}
    for candidate in sorted(candidates, key=lambda one: one.passage.published or ""):
        for sentence in sentences_of(candidate):
            figure = single_figure(sentence.text, count)
            if figure and not stands_for_nothing(sentence.text, candidate.passage.title):
                first.setdefault(figure.value, sentence)
    return list(first.values())[:most] if len(first) > 1 else []


def _chosen(candidates: Sequence[Candidate], most: int) -> list[RankedSentence]:
    scored = sorted(_scored(candidates), key=lambda sentence: -sentence.score)
    chosen: list[RankedSentence] = []
    count: Counter[str] = Counter()
    for sentence in scored:
        article = sentence.candidate.passage.article_id
        if len(chosen) == most:
            break
        if count[article] < (_OF_AN_ARTICLE if sentence.score >= scored[0].score - _SECOND else 1):
            count[article] += 1
            chosen.append(sentence)
    return chosen


def _scored(candidates: Sequence[Candidate]) -> list[RankedSentence]:
    found = []
    for place, candidate in enumerate(candidates):
        scores = candidate.sentence_scores - _RANK * np.log1p(place)
        usable = set(without_orders(candidate.passage).sentences)
        for position, features in enumerate(candidate.evidence.features):
            beginning = _BEGINNING if candidate.passage.start == 0 and position < 2 else 0.0
            sentence = RankedSentence(candidate, position, features, float(scores[position]) + beginning)
            if sentence.span in usable and len(sentence.text.split()) >= _FEWEST_WORDS:
                found.append(sentence)
    return found
