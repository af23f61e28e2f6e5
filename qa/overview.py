"""What several reports say of one matter, in the order of their dates: "what happened, in order?".

Without a language model this is a list of verbatim sentences, at most two of an article: its beginning, where the
report says what it reports, and what bears most on the matter.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import replace

import numpy as np

from qa.advertisements import is_advertisement
from qa.dated import names_nothing_else
from qa.evidence import best_of
from qa.extract import Extract, Extraction, extract_of, sentences_of
from qa.figures import asked_for, single_figure
from qa.headings import is_heading
from qa.index.store import Index
from qa.injection import without_orders
from qa.opinion import opinion_sign
from qa.question import Question
from qa.quoting import leaves_open
from qa.ranking import Candidate, RankedSentence
from qa.retold import stands_for_nothing
from qa.retrieve import Retrieved
from qa.story import of_the_story
from qa.timing import reports_within
from qa.verify.dates import parse_published
from qa.verify.reading import read
from qa.words import content_stems

PASSAGES = 24
"""Passages that are looked through."""
MOST = 8
"""Sentences in a list."""
_OF_AN_ARTICLE = 2
_LATEST_MOST, _LATEST_DAYS = 5, 2
"""Sentences that tell the latest at most, and the days that they are of."""
_BEGINNING = 1.0
"""What the first two sentences of an article score more."""
_SECOND = 3.0
"""The second sentence of an article scores no less than the best of all sentences less this."""
_RANK = 0.3
_FIGURE = 1.5
"""What a sentence with a number scores more where it is asked how something changed."""
_FEWEST_WORDS = 5
_DAY = len("2031-03-04")
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
_CHANGES = re.compile(rf"\b{_CHANGING}", re.IGNORECASE)
_INSTRUCTIONS = re.compile(
    rf"\b(?:{_ABOUT}|{_IN_ORDER}|(?:give|tell|show) me|give|put|show|list|describe|explain|trace|recount|outline"
    r"|retrace|for me|please|from the first report to the \w+|over (?:the years|time)|the stations of"
    rf"|how (?:has|have|had|did|does)|how the|what (?:has |have )?(?:happened|changed)|over time|{_CHANGING})\b",
    re.IGNORECASE,
)
_LEFT_OVER = re.compile(r"^(?:(?:a|an|of|to|in|on|at|and)\s+)+", re.IGNORECASE)


_LATEST = re.compile(
    r"^\W*(?:(?:what(?:['’]s| is| are)? |give me |tell me )?(?:the )?(?:very )?(?:latest|newest|most recent)"
    r"(?: (?:news|developments?|reports?|updates?|state of affairs))? (?:on|about|in|with|from|of|regarding|concerning)"
    r"|(?:is there )?any (?:news|updates?) (?:on|about|of|from)|what(?:['’]s| is) new (?:in|with|about|on))\s+"
    r"(?P<topic>[^?]*[^\W\d_][^?]*)",
    re.IGNORECASE,
)


def latest_of(question: str) -> str | None:
    """What a question wants the latest of; ``None`` for any other."""
    found = _LATEST.match(question)
    return found["topic"].strip(" ,.;:!") if found else None


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
    about = reports_within(of_the_story(candidates), asked)
    if not about:
        return Extraction((), 0.0)
    counted = _counted(of_articles_with(question.name_terms, about), asked, most)
    turns = counted or _in_turns(_of_articles(about, most, changing=bool(_CHANGES.search(asked))))
    return _in_order(turns, most, index, question, min(1.0, question.share(found)))


def of_the_time(retrieved: Retrieved, index: Index, asked: str) -> Extraction:
    """What the reports of a time tell: of what a question names besides it, else the beginning of each."""
    return leads(retrieved, index) if names_nothing_else(asked) else overview(retrieved, index)


def _in_order(turns: Sequence[RankedSentence], most: int, index: Index, question: Question, sure: float) -> Extraction:
    """So many of the first sentences that ``most`` of them say different things, by the day of their reports."""
    made: list[Extract] = []
    told: list[Extract] = []
    for taken, sentence in enumerate(turns, start=1):
        extract = extract_of(sentence, index, 0.0)
        made += [extract] if extract else []
        if taken >= min(most, len(turns)):
            told = _each_once(made, question.stems.keys())
        if len(told) >= most:
            break
    return Extraction(tuple(told), sure if told else 0.0)


def _each_once(extracts: Sequence[Extract], known: Set[str]) -> list[Extract]:
    """Sentences by the day of their reports, without those that say again what one before them says."""
    told: list[Extract] = []
    for extract in sorted(extracts, key=lambda one: (one.passage.published or "", *one.place)):
        if not any(_says_the_same(extract.quote, other.quote, known) for other in told):
            told.append(extract)
    return told


def latest(retrieved: Retrieved, index: Index, most: int = _LATEST_MOST) -> Extraction:
    """What the newest reports of a story say, the newest first; how sure: as of an overview."""
    question = retrieved.question
    found = best_of(*(candidate.evidence.covered for candidate in retrieved.candidates))
    if not retrieved.candidates or not question.name_terms <= found.keys():
        return Extraction((), 0.0)
    told = _reports(of_the_story(retrieved.candidates), index)
    days = [(parse_published(one.passage.published), one) for one in told]
    newest = max((day for day, _ in days if day), default=None)
    if newest is None:
        return Extraction((), 0.0)
    recent = [candidate for day, candidate in days if day and (newest - day).days < _LATEST_DAYS]
    made = _in_order(_openings(recent, most), most, index, question, min(1.0, question.share(found)))
    newest_first = sorted(made.extracts, key=lambda extract: extract.passage.published or "", reverse=True)
    return replace(made, extracts=tuple(newest_first))


def _reports(candidates: Sequence[Candidate], index: Index) -> list[Candidate]:
    """Those of reports; all of them where every article is an opinion or an advertisement."""
    by_id = {one.passage.article_id: index.article(one.passage.article_id) for one in candidates}
    others = {id_ for id_, article in by_id.items() if opinion_sign(article) or is_advertisement(article)}
    return [one for one in candidates if one.passage.article_id not in others] or list(candidates)


def _openings(candidates: Sequence[Candidate], most: int) -> list[RankedSentence]:
    """The first sentences of articles, what is quoted in them left out, in turns."""
    by_article: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        by_article.setdefault(candidate.passage.article_id, []).append(candidate)
    turns: list[tuple[int, int, RankedSentence]] = []
    for own in by_article.values():
        scored = sorted(_scored(own), key=lambda one: one.span.start)
        unquoted = [one for one in scored if not _is_quoted(one)]
        turns += [(turn, len(turns), one) for turn, one in enumerate(unquoted[:most])]
    return [one for _, _, one in sorted(turns, key=lambda item: item[:2])[:most]]


def _is_quoted(sentence: RankedSentence) -> bool:
    """Whether a sentence begins inside quotation marks."""
    passage, start = sentence.candidate.passage, sentence.span.start
    return leaves_open(f"{passage.text[: start - passage.start]}{sentence.text.lstrip()[:1]}")


def leads(retrieved: Retrieved, index: Index, most: int = MOST) -> Extraction:
    """The first sentence of each article, each day having one before a day has two; all of it in order."""
    first: dict[str, RankedSentence] = {}
    for candidate in sorted(retrieved.candidates, key=lambda one: (one.passage.article_id, one.passage.start)):
        scored = sorted(_scored([candidate]), key=lambda sentence: sentence.position)
        if scored and candidate.passage.article_id not in first:
            first[candidate.passage.article_id] = scored[0]
    turns = _in_turns([replace(one, score=0.0) for one in first.values()])
    return _in_order(turns[:most], most, index, retrieved.question, 1.0)


def _says_the_same(one: str, other: str, known: Set[str]) -> bool:
    """Whether two quotes share most of what they say of the matter, as reports of one agency do."""
    mine, theirs = content_stems(one) - known, content_stems(other) - known
    return len(mine & theirs) >= _SAME_SHARE * min(len(mine), len(theirs))


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


def _of_articles(candidates: Sequence[Candidate], most: int, *, changing: bool) -> list[RankedSentence]:
    """The best sentences, best first, a few of each article: more of them where there are few articles."""
    scored = sorted(_scored(candidates, _FIGURE if changing else 0.0), key=lambda sentence: -sentence.score)
    articles = len({candidate.passage.article_id for candidate in candidates})
    several = max(_OF_AN_ARTICLE, math.ceil(most / articles))
    kept: list[RankedSentence] = []
    count: Counter[str] = Counter()
    for sentence in scored:
        article = sentence.candidate.passage.article_id
        if count[article] < (several if sentence.score >= scored[0].score - _SECOND else 1):
            count[article] += 1
            kept.append(sentence)
    return kept


def _in_turns(sentences: Sequence[RankedSentence]) -> list[RankedSentence]:
    """Sentences, best first, in another order: the best of each day before a second of any, and so on."""
    turn: Counter[str] = Counter()
    turns = []
    for sentence in sentences:
        day = (sentence.candidate.passage.published or "")[:_DAY]
        turns.append(turn[day])
        turn[day] += 1
    order = sorted(range(len(sentences)), key=lambda place: (turns[place], place))
    return [sentences[place] for place in order]


def _scored(candidates: Sequence[Candidate], figure: float = 0.0) -> list[RankedSentence]:
    """The sentences of passages; ``figure`` is what one with a number scores more."""
    found = []
    for place, candidate in enumerate(candidates):
        scores = candidate.sentence_scores - _RANK * np.log1p(place)
        usable = set(without_orders(candidate.passage).sentences)
        for position, features in enumerate(candidate.evidence.features):
            sentence = RankedSentence(candidate, position, features, float(scores[position]))
            is_short = len(sentence.text.split()) < _FEWEST_WORDS
            if sentence.span not in usable or is_short or is_heading(candidate.passage, position):
                continue
            gain = _BEGINNING if candidate.passage.start == 0 and position < 2 else 0.0
            gain += figure if figure and read(sentence.text).quantities else 0.0
            found.append(replace(sentence, score=sentence.score + gain))
    return found
