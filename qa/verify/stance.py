"""Whether a verb of speech is kept: who denied something has not said it, what was suspected is not confirmed.

"Ostrov said that a lorry had struck a pillar" and "Ostrov denied that a lorry had struck a pillar" share all words but
one. Verbs of speech are held against one another where most of what they report is the same. What is itself put with a
"not", or as a lie, is left to the check of yes and no.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qa.records import Support
from qa.verify.alignment import Match
from qa.verify.asides import before_that
from qa.verify.attribution import SPEAKING, Report, reports
from qa.verify.polarity import is_negation
from qa.verify.reading import Pool, Reading, Word
from qa.verify.verdicts import Finding

_STANCES = {
    **dict.fromkeys("deny doubt reject refut disput dismiss rebut contradict".split(), "denying"),
    **dict.fromkeys("confirm prov verify establish discov conclud determin admit acknowledg conced".split(), "knowing"),
    **dict.fromkeys("find show reveal".split(), "knowing"),
    **dict.fromkeys("suspect speculat assum guess wond".split(), "guessing"),
    **dict.fromkeys("hop wish".split(), "hoping"),
    **dict.fromkeys("fear worry".split(), "fearing"),
    **dict.fromkeys("claim alleg believ think argu contend insist maintain suggest predict".split(), "claiming"),
}
"""Stems of verbs of speech and belief -> how their speaker stands to what he reports; any other says it."""
_FEELINGS = frozenset({"guessing", "hoping", "fearing"})
_UNSURE = _FEELINGS | {"claiming"}
_ONLY_WITH_THAT = frozenset("reject refut disput dismiss rebut contradict find show prov establish".split())
"""Verbs that report only what follows as a clause: who rejected a plan has denied nothing."""
_OF_DENIALS = frozenset(stem for stem, stance in _STANCES.items() if stance == "denying") | {"denial", "rejection"}
_SOMEBODY = frozenset("he she they who".split())
_UNTRUE = frozenset(
    "false wrong untrue lie lies baseless unfounded nonsense incorrect mistaken invented fabricated".split()
)
_FEWEST = 2
_BEFORE = 3
"""Words before a verb among which a "not" belongs to it."""
_FAR = 60
"""Words behind a verb that may belong to what it reports."""
_VERBS = SPEAKING | frozenset(_STANCES)


def stance_findings(statement: Reading, pool: Pool, matches: Sequence[Match]) -> Iterator[Finding]:
    """What speaks against the verbs of speech of a statement."""
    theirs = [(other, _stance(pool.words, other)) for other in reports(pool.words, _VERBS)]
    if not theirs:
        return
    met = {match.place: match.places for match in matches if match.is_met}
    for report in reports(statement.words, _VERBS):
        mine = _stance(statement.words, report)
        if not mine or (mine == "denying" and _may_have_denied(statement.words, report, pool)):
            continue
        places = {place for said in report.places for place in met.get(said, ())}
        least = max(_FEWEST, len(report.places) // 2)
        same = [(other, stance) for other, stance in theirs if len(other.places & places) >= least]
        names = _names(statement.words, report)
        same = [(other, stance) for other, stance in same if names & _names(pool.words, other)] or same
        verdicts = [_against(mine, stance) for _, stance in same]
        if same and all(verdicts):
            support: Support = "partial" if "partial" in verdicts else "unsupported"
            yield Finding(support, f"the cited text says {same[0][0].verb!r}, the statement {report.verb!r}")
            return


def _may_have_denied(words: Sequence[Word], report: Report, pool: Pool) -> bool:
    """Whether the cited text tells of a denial that may be the speaker's: one beside his name, or a "he" or "she"."""
    denials = {word.sentence for word in pool.words if word.stem in _OF_DENIALS}
    names = _names(words, report)
    beside = (word.folded for word in pool.words if word.sentence in denials)
    return bool(denials) and (not names or any(word in names or word in _SOMEBODY for word in beside))


def _names(words: Sequence[Word], report: Report) -> set[str]:
    return {words[i].folded for i in report.speaker if words[i].capital}


def _against(mine: str, theirs: str) -> Support | None:
    """What a stance of the statement is worth where the cited text has another; nothing where it may stand."""
    if not theirs or mine == theirs:
        return None
    if "denying" in (mine, theirs) or (mine == "knowing" and theirs in _UNSURE):
        return "unsupported"
    return "partial" if mine in _FEELINGS or theirs in _FEELINGS else None


def _stance(words: Sequence[Word], report: Report) -> str:
    """How the speaker stands to what is reported; empty where that is not for the verb to tell."""
    if report.at is None or report.at >= len(words):
        return ""
    verb = words[report.at]
    if any(is_negation(word) for word in words[max(0, report.at - _BEFORE) : report.at]):
        return ""
    behind = words[report.at + 1 : report.at + 1 + _FAR]
    if any(is_negation(word) or word.folded in _UNTRUE for word in behind if word.sentence == verb.sentence):
        return ""
    if verb.stem in _ONLY_WITH_THAT and not before_that(words, report.at):
        return ""
    return _STANCES.get(verb.stem, "saying")
