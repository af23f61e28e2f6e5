"""Any text against the articles: each sentence with the words that support it, or with the reason why none do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from qa.archive import LONGEST_QUESTION, Archive, check_characters
from qa.citations import NumberedSentences, number_sentences
from qa.claims import claims_of
from qa.errors import QuestionError
from qa.records import SUPPORT_ORDER, Check, Citation, Passage, Statement
from qa.revision import Draft
from qa.support import Finding, Support
from qa.verify import SupportCheck
from qa.words import tokens

_PASSAGES = 8
"""Passages looked at for one sentence."""
_LONGEST_WORD = 200
"""Code points, also of a run of Chinese without a comma."""


def check_text(
    text: str,
    archive: Archive,
    check: SupportCheck,
    article_id: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Check:
    """Holds each sentence of a text against the articles, or against one of them.

    A citation's range holds the words that the sentence was held against. Where nothing supports a sentence, its
    citations are the nearest words found. ``progress`` is told how many of how many sentences are done.

    Raises:
        QuestionError: if the text has no sentences, or cannot be written as UTF-8.
        ArticleNotFound: if there is no article of this id.
    """
    check_characters(text, "the text to check")
    claims = claims_of(text)
    if not claims:
        raise QuestionError("the text to check has no sentences; headings, addresses and code are not checked")
    whole = Support(number_sentences(archive.passages_of(article_id)), check) if article_id is not None else None
    citations: dict[tuple[str, int, int], Citation] = {}
    judged: dict[str, Statement] = {}
    statements = []
    for number, claim in enumerate(claims, start=1):
        if claim.words not in judged:
            support = whole or Support(number_sentences(_passages_for(claim.words, archive)), check)
            found = support.look_up(claim.words)
            silent = f"nothing in the article{'' if whole else 's'} speaks of it"
            judged[claim.words] = _footnoted(claim, found, support.numbered, citations, silent)
        statements.append(replace(judged[claim.words], start=claim.start, end=claim.end))
        if progress:
            progress(number, len(claims))
    worst = max((statement.support for statement in statements), key=SUPPORT_ORDER.index)
    return Check(text, worst, tuple(statements), tuple(citations.values()))


def _passages_for(words: str, archive: Archive) -> Sequence[Passage]:
    """Where to look; nowhere for what has no word in it, but letters without end."""
    if all(len(token.text) > _LONGEST_WORD for token in tokens(words)):
        return []
    return archive.retrieve(words[:LONGEST_QUESTION], _PASSAGES).passages


def _footnoted(
    claim: Draft,
    found: Finding,
    numbered: NumberedSentences,
    citations: dict[tuple[str, int, int], Citation],
    silent: str,
) -> Statement:
    numbers = []
    for source in found.sources:
        sentence = numbered[source]
        place = (sentence.article_id, sentence.span.start, sentence.span.end)
        if place not in citations:
            citations[place] = Citation(
                len(citations) + 1,
                sentence.article_id,
                sentence.title,
                sentence.published,
                sentence.span.start,
                sentence.span.end,
                sentence.text,
            )
        numbers.append(citations[place].number)
    support = "unsupported" if found.verdict.support == "uncited" else found.verdict.support
    reason = found.verdict.reason if found.sources else silent
    return Statement(claim.start, claim.end, tuple(numbers), support, reason)
