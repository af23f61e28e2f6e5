"""Does the cited text say what the statement says? A deterministic gate, offline, about a millisecond a statement.

Rules veto: quantities and dates by value, names, quoted words, yes and no, opposites, who said it, who did it to
whom. A small table of weights judges the content words that are left. It does not reason, and knows nothing beyond
the cited text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise

from qa.records import SUPPORT_ORDER
from qa.verify.alignment import Match, align
from qa.verify.attribution import attribution_findings
from qa.verify.comparison import date_findings, quantity_findings
from qa.verify.coverage import Coverage, Rarity, measure, plain_rarity, probability
from qa.verify.directions import direction_findings
from qa.verify.names import name_findings
from qa.verify.opposites import opposite_findings
from qa.verify.polarity import polarity_findings
from qa.verify.quotations import quotation_findings
from qa.verify.reading import Pool, Reading
from qa.verify.rewording import Rewording, closest_sentence, rewording_findings
from qa.verify.roles import role_findings
from qa.verify.select import select_evidence
from qa.verify.stages import stage_findings
from qa.verify.stance import stance_findings
from qa.verify.verdicts import Evidence, Finding, SupportCheck, Verdict, worst
from qa.words import fold

__all__ = ["Evidence", "SupportCheck", "Verdict", "select_evidence", "verify", "without_preamble", "worst"]

_SUPPORTED, _PARTIAL = 0.5, 0.25
_SOURCES = "article|articles|text|passage|source|sources|resources|context|report|document"
_PREAMBLE = re.compile(
    r"\s*(?:(?:in addition|additionally|finally|lastly|furthermore|moreover|meanwhile|however|also|overall),? )?"
    rf"(?:according to the (?:{_SOURCES}), "
    rf"|(?:(?:the|one|some|other|another|more|many|several|additional|these) )*(?:{_SOURCES}) "
    r"(?:also )?(?:states?|says?|mentions?|notes?|reports?|claims?) (?:that )?)?",
    re.IGNORECASE,
)
_HEARSAY = re.compile(
    r"\W*(?:[a-z ]{2,15}, )?(?:(?:some|several|many|other|more|additional) ){0,2}(?:sources|resources|reports) "
    r"(?:also )?(?:state|say|mention|note|claim)\b",
    re.IGNORECASE,
)
"""What gives a statement to somebody, without a name: it takes nothing from a text that names an authority."""
_MORE_THAN_ONE = re.compile(r"[.!?]\W*\s\W*\w")
_EDGES = " .,;:!?\"'()"


def verify(
    statement: str, evidence: Sequence[Evidence], *, rarity: Rarity = plain_rarity, is_clause: bool = False
) -> Verdict:
    """Whether the cited words, taken together, say what the statement says.

    Args:
        statement: a sentence of an answer, without its footnote numbers; of several, each may be judged by itself.
        evidence: what it cites; none gives ``"uncited"``.
        rarity: the weight of a word's stem, where statistics of a corpus are at hand.
        is_clause: that the statement is cut out of another, which may say elsewhere who said it.
    """
    if not evidence:
        return Verdict("uncited", "nothing is cited", 0.0)
    whole = _judged(statement, evidence, rarity, is_clause)
    if whole.support == "supported" or not _MORE_THAN_ONE.search(statement):
        return whole
    reading, pool = Reading(statement), Pool(evidence)
    if any(attribution_findings(reading, pool, align(reading, pool))):  # which a short part may be too short to show
        return whole
    apart = worst(_judged(part, evidence, rarity, is_clause) for part in _sentences(statement))
    return apart if apart.support == "supported" else whole


def _sentences(statement: str) -> Iterator[str]:
    """The sentences of a statement; one that ends inside quotation marks goes on with the next."""
    start = 0
    for before, word in pairwise(Reading(statement).words):
        if word.initial:
            gap = statement[before.end : word.start]
            end = before.end + 1 + max(gap.rfind(" "), gap.rfind("\n"))
            part = statement[start:end]
            if part.count('"') % 2 == 0 and part.count("“") == part.count("”"):
                yield part
                start = end
    yield statement[start:]


def _judged(statement: str, evidence: Sequence[Evidence], rarity: Rarity, is_clause: bool) -> Verdict:
    findings, coverage = assess(statement, evidence, rarity=rarity, is_clause=is_clause)
    if coverage is None:
        return Verdict("supported")
    score = probability(coverage.features)
    found = max(findings, key=lambda finding: SUPPORT_ORDER.index(finding.support), default=None)
    if found is not None and (found.support == "unsupported" or score >= _PARTIAL):
        return Verdict(found.support, found.reason, min(score, 0.4 if found.support == "partial" else 0.1))
    if score >= _SUPPORTED:
        return Verdict("supported", "", score)
    reason = f"{coverage.missing!r} is not in the cited text"
    return Verdict("partial" if score >= _PARTIAL else "unsupported", reason, score)


def assess(
    statement: str, evidence: Sequence[Evidence], *, rarity: Rarity = plain_rarity, is_clause: bool = False
) -> tuple[list[Finding], Coverage | None]:
    """What ``verify`` decides on: all findings, and the coverage (``None`` for whole sentences cited word for word)."""
    reading, pool = Reading(statement), Pool(evidence)
    if not reading.words or _is_verbatim(reading, pool):
        return [], None
    plain = without_preamble(statement)
    reading = reading if plain == statement else Reading(plain)
    if not reading.words:
        return [], None
    matches, rewording = align(reading, pool), closest_sentence(reading, pool)
    coverage = measure(reading, matches, pool, rewording, rarity)
    findings = [*_findings(reading, pool, matches, rewording)]
    if not is_clause:
        findings.extend(stance_findings(reading, pool, matches))
        told = attribution_findings(reading, pool, matches)
        hearsay = _HEARSAY.match(statement)
        findings.extend(finding for finding in told if not (hearsay and finding.support == "partial"))
    return findings, coverage


def _findings(reading: Reading, pool: Pool, matches: Sequence[Match], rewording: Rewording | None) -> Iterator[Finding]:
    yield from quantity_findings(reading, pool)
    yield from direction_findings(reading, pool)
    yield from date_findings(reading, pool)
    yield from name_findings(reading, pool)
    yield from quotation_findings(reading, pool)
    if rewording is not None:
        yield from rewording_findings(reading, pool, rewording)
    else:
        yield from polarity_findings(reading, pool, matches)
        yield from opposite_findings(reading, pool, matches)
    yield from role_findings(reading, pool)
    yield from stage_findings(reading, pool)


def without_preamble(statement: str) -> str:
    """The statement without words that only tie it to others or to its source: "In addition, the article says"."""
    preamble = _PREAMBLE.match(statement)
    return statement[preamble.end() :] if preamble else statement


def _is_verbatim(statement: Reading, pool: Pool) -> bool:
    """Whether the statement is a run of whole sentences of one cited text, typography aside."""
    wanted = statement.folded.text.strip(_EDGES)
    return any(_holds_sentences(reading, wanted) for reading in pool.cited)


def _holds_sentences(reading: Reading, wanted: str) -> bool:
    starts = [word.start for word in reading.words]
    start = reading.folded.text.find(wanted)
    while start >= 0:
        first, last = reading.folded.source_range(start, start + len(wanted))
        if _begins_at(reading, starts, first) and _ends_at(reading, starts, last):
            return True
        start = reading.folded.text.find(wanted, start + 1)
    return False


def _begins_at(reading: Reading, starts: Sequence[int], place: int) -> bool:
    """Whether the first word from a place on begins a sentence, and no word reaches over the place."""
    index = bisect_left(starts, place)
    inside = index > 0 and reading.words[index - 1].end > place
    return not inside and index < len(starts) and reading.words[index].initial


def _ends_at(reading: Reading, starts: Sequence[int], place: int) -> bool:
    """Whether the last word before a place ends a sentence; of a word reaching over it only marks may be left."""
    index = bisect_left(starts, place)
    before = reading.words[index - 1]
    inside = before.end > place and fold(reading.text[place : before.end]).strip(_EDGES)
    return not inside and (index == len(starts) or reading.words[index].initial)
