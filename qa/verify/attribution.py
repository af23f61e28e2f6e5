"""Whether what somebody said, wrote or believes has become a fact, or has changed its speaker.

"Trump said Russia is a paper tiger" supports "Trump called Russia a paper tiger", not "Russia is a paper tiger". What
stands under a verb of speech or belief, after "according to", beside "allegedly" or in quotation marks belongs to its
speaker. Verbs that vouch for what follows ("confirmed", "found") and media that report ("the BBC reported") do not
count.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from qa.records import Support
from qa.verify.alignment import Match
from qa.verify.asides import after_an_aside, before_that, is_passive
from qa.verify.names import canonical
from qa.verify.reading import CLAUSE_OPENERS, Pool, Reading, Word
from qa.verify.verdicts import Finding

_SAYING = frozenset(
    """
    say tell stat add not remark write tweet post comment explain describ call label dub characteriz characteris
    predict forecast estimat expect warn urg testify reply respond answer declar emphasiz emphasis stress
    underscor
    """.split()
)
_CLAIMING = frozenset(
    """
    claim alleg assert insist argu suggest contend maintain accus believ think suspect deny fear hop purport
    profess speculat imply assum feel consider charg
    """.split()
)
_VOUCHING = frozenset(
    """
    announc reveal report affirm confirm disclos acknowledg admit indicat show find propos promis vow pledg agre
    learn know publish read writ
    """.split()
)
"""Verbs that vouch for what follows: they attribute it in a statement, but take nothing away from it in a source."""
_ALSO_DEEDS = frozenset("learn know publish read writ".split())
"""Verbs that report only before "that" or quoted words: who wrote a book has said nothing."""
_HEARSAY = frozenset(
    "allegedly reportedly purportedly supposedly apparently alleged purported supposed suspected".split(" ")
)
_MEDIA = frozenset("report media news agency press newspaper broadcaster".split(" "))
_OFFICIALS = frozenset(
    """
    official agency court study report scientist research firefighter doctor medic bureau data survey
    statement spokesman spokeswoman spokesperson polic prosecutor investigat militar army minist govern company
    department
    """.split()
)
"""Stems of speakers who speak for an office: to leave them out is no more than imprecise."""
_PRONOUNS = frozenset("he she they i we who".split(" "))
_NAMING = frozenset("called dubbed labelled labeled considered declared described".split(" "))
_TELLING = frozenset("that of as to".split(" "))
_AFTER_AGENT = _TELLING | frozenset("in on at between from for during after before when while and with".split(" "))
_AGENT_WORDS, _QUOTED_WORDS, _SHARE = 8, 4, 0.75
_CLAUSE_WORDS = 4
"""Words of a clause, at least, that is judged by itself."""
_FAR = 60
"""Words at most from a verb of speech to what it reports."""


@dataclass(slots=True)
class Report:
    """What somebody is said to have said; places are indexes into the words around, ``at`` is that of the verb."""

    speaker: list[int]
    places: set[int] = field(default_factory=set)
    is_claim: bool = False
    verb: str = ""
    at: int | None = None


SPEAKING = _SAYING | _CLAIMING | _VOUCHING
"""Stems of the verbs that give a statement to somebody."""


def reports(words: Sequence[Word], verbs: frozenset[str] = _SAYING | _CLAIMING) -> list[Report]:
    """What is reported in ``words`` under one of the ``verbs`` (stems), and by whom."""
    found: list[Report] = []
    for start, end in _sentences(words):
        found.extend(_in_sentence(words, start, end, verbs))
    return found


def _sentences(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    start = 0
    for i in range(1, len(words) + 1):
        if i == len(words) or words[i].sentence != words[start].sentence:
            yield start, i
            start = i


def _in_sentence(words: Sequence[Word], start: int, end: int, verbs: frozenset[str]) -> Iterator[Report]:
    sentence_start, sentence_end = start, end
    for i in range(start, end):
        word = words[i]
        start, end = max(sentence_start, i - _FAR), min(sentence_end, i + _FAR)
        if word.folded == "according" and i + 1 < end and words[i + 1].folded == "to":
            yield _according_to(words, start, i, end)
        elif word.folded in _HEARSAY and not before_that(words, i):
            yield Report([], _content(words, i + 1, min(end, i + 6)), is_claim=True, verb=word.text)
        elif word.stem in verbs and _is_speech(words, i):
            yield _said(words, start, i, end)
    quoted = [i for run in _quoted_runs(words, sentence_start, sentence_end) for i in run]
    if len(quoted) >= _QUOTED_WORDS:
        yield Report([], {i for i in quoted if not words[i].is_stop}, is_claim=True, verb="quotation marks")


def _quoted_runs(words: Sequence[Word], start: int, end: int) -> Iterator[list[int]]:
    """Words in quotation marks, run by run, without names and titles ("Gone with the Wind")."""
    for quoted, run in groupby(range(start, end), key=lambda i: words[i].quoted):
        places = list(run)
        if quoted and not all(words[i].capital or words[i].is_stop for i in places):
            yield places


def _is_speech(words: Sequence[Word], i: int) -> bool:
    word = words[i]
    if word.is_stop:
        return False
    before = words[i - 1].folded if i else ""
    following = words[i + 1].folded if i + 1 < len(words) else ""
    if word.folded in {"state", "states"} and following != "that":
        return False
    if word.folded in _NAMING and (is_passive(words, i) or _is_plain(words, i - 1)):
        return False
    if word.stem == "expect" and following == "to":
        return False
    if word.stem in _ALSO_DEEDS and following != "that" and not (following and words[i + 1].quoted):
        return False
    if before in {"the", "a", "an", "this", "that", "its", "their", "his", "her", "of", "no", "any", "to"}:
        return False
    return not (word.folded == "not" or (word.capital and not word.initial))


def _is_plain(words: Sequence[Word], i: int) -> bool:
    """Whether a word is a lower-case word with content: "a company" in "a company called Acme"."""
    return i >= 0 and not words[i].is_stop and not words[i].capital and not words[i].folded.endswith("ly")


def _content(words: Sequence[Word], start: int, end: int) -> set[int]:
    return {i for i in range(start, end) if not words[i].is_stop}


def _according_to(words: Sequence[Word], start: int, at: int, end: int) -> Report:
    clause = words[at].clause
    stop = (i for i in range(at + 3, end) if words[i].clause != clause or words[i].after_comma)
    speaker_end = next(stop, min(end, at + 7))
    speaker = [i for i in range(at + 2, speaker_end) if not words[i].is_stop]
    places = _content(words, start, at) or _content(words, speaker_end, end)
    return Report(speaker, places - set(speaker), verb="according to")


def _said(words: Sequence[Word], start: int, verb: int, end: int) -> Report:
    """What a verb of speech reports: the words after it, or before it where it closes the sentence."""
    is_claim = words[verb].stem in _CLAIMING
    if verb + 1 < end and words[verb + 1].folded == "by":
        return _said_by(words, start, verb, end)
    if verb + 1 < end and words[verb + 1].after_comma and words[verb + 1].quoted:
        speaker = [i for i in range(max(start, verb - 12), verb) if words[i].capital]
        return Report(speaker, _content(words, verb + 1, end), is_claim, words[verb].text, verb)
    clause_start = next((i for i in range(verb, start - 1, -1) if words[i].clause != words[verb].clause), start - 1) + 1
    after = _content(words, verb + 1, end)
    subject = [
        i for i in range(max(clause_start, verb - 8), verb) if not words[i].is_stop or words[i].folded in _PRONOUNS
    ]
    if is_claim and is_passive(words, verb):
        before = _content(words, clause_start, verb) or _content(words, start, verb)
        return Report([], before | after, is_claim, words[verb].text, verb)
    if not subject and (speaker := after_an_aside(words, start, verb, end)):
        return Report(speaker, after, is_claim, words[verb].text, verb)
    inverted = not subject and verb > start
    begins_anew = words[clause_start].folded in CLAUSE_OPENERS or words[min(verb + 1, end - 1)].folded == "that"
    closes = clause_start > start and not begins_anew and not words[verb].folded.endswith("ing")
    if closes and (inverted or len(after) <= 3):
        speaker = subject or sorted(_content(words, verb + 1, min(end, verb + 7)))
        return Report(speaker, _content(words, start, clause_start), is_claim, words[verb].text, verb)
    return Report(subject, after, is_claim, words[verb].text, verb)


def _said_by(words: Sequence[Word], start: int, verb: int, end: int) -> Report:
    """What a verb of speech in the passive reports: what its agent is followed by, else what stands before it."""
    stop = (i for i in range(verb + 3, end) if words[i].after_comma or words[i].folded in _AFTER_AGENT)
    agent_end = next(stop, min(end, verb + 2 + _AGENT_WORDS))
    speaker = [i for i in range(verb + 2, agent_end) if not words[i].is_stop]
    clause_start = next((i for i in range(verb, start, -1) if words[i - 1].clause != words[verb].clause), start)
    places = _content(words, clause_start, verb)
    if agent_end < end and words[agent_end].folded in _TELLING:
        places |= _content(words, agent_end, end)
    return Report(speaker, places, words[verb].stem in _CLAIMING, words[verb].text, verb)


def _is_taken_on(words: Sequence[Word], report: Report) -> bool:
    """Whether a medium reports it as a fact: "state media said", not "reports suggested" or "a report of Amnesty"."""
    if report.is_claim or not any(words[i].stem in _MEDIA for i in report.speaker):
        return False
    return report.at is not None or not any(words[i].capital for i in report.speaker)


def attribution_findings(statement: Reading, pool: Pool, matches: Sequence[Match]) -> Iterator[Finding]:
    """What speaks against who said it."""
    theirs = [report for report in reports(pool.words) if not _is_taken_on(pool.words, report)]
    if not theirs:
        return
    mine = reports(statement.words, SPEAKING)
    yield from _lost(pool, mine, theirs, matches)
    yield from _moved(statement, pool, mine, theirs, matches)


def _lost(pool: Pool, mine: Sequence[Report], theirs: Sequence[Report], matches: Sequence[Match]) -> Iterator[Finding]:
    """Words that only a report has in the cited text, and none in the statement: all of it, or a clause of it."""
    owned = [other for other in theirs if other.is_claim or _is_personal(pool.words, other)]
    kept = [report for report in mine if not (report.speaker and _is_reported(pool, report, matches, owned))]
    reported_here = {place for report in kept for place in (*report.places, *report.speaker)}
    bare = [
        match
        for match in matches
        if match.is_met and match.place not in reported_here and match.word.stem not in SPEAKING
    ]
    clauses: dict[int, list[Match]] = defaultdict(list)
    for match in bare:
        clauses[match.word.clause].append(match)
    longer = [clause for clause in clauses.values() if len(clause) >= _CLAUSE_WORDS]
    for part, least in ((bare, _SHARE), *((clause, 1.0) for clause in longer)):
        owners = _owners(pool, part, theirs)
        if len(owners) >= max(min(2, len(part)), least * len(part)) > 0:
            owner = next((owner for owner in owners if owner.is_claim), owners[0])
            is_somebodys = owner.is_claim or _is_personal(pool.words, owner)
            if is_somebodys or len(part) > 1:  # "it is estimated" says a figure as well as anything
                support: Support = "unsupported" if is_somebodys else "partial"
                yield Finding(support, f"the cited text does not say this itself: it stands under {owner.verb!r}")
                return


def _is_reported(pool: Pool, report: Report, matches: Sequence[Match], owned: Sequence[Report]) -> bool:
    """Whether its verb stands itself in what the cited text only reports: "Yelash claimed that Carter denied"."""
    verb = [match for match in matches if match.place == report.at]
    places = {p for match in verb for p in match.places if pool.words[p].stem == match.word.stem}
    return bool(places) and all(any(place in other.places for other in owned) for place in places)


def _owners(pool: Pool, matches: Sequence[Match], theirs: Sequence[Report]) -> list[Report]:
    """The reports under which words stand that stand nowhere else; one for each such word."""
    main = _main_sentence(pool, matches)
    owners: list[Report] = []
    for match in matches:
        places = [place for place in match.places if pool.words[place].sentence == main] or match.places
        holders = [next((report for report in theirs if place in report.places), None) for place in places]
        if all(holder is not None for holder in holders):
            owners.extend(holder for holder in holders[:1] if holder is not None)
    return owners


def _main_sentence(pool: Pool, matches: Sequence[Match]) -> int:
    """The number of the cited sentence that has most of the words."""
    count = Counter(s for match in matches for s in {pool.words[place].sentence for place in match.places})
    return count.most_common(1)[0][0] if count else -1


def _is_personal(words: Sequence[Word], report: Report) -> bool:
    """Whether the speaker is a person who speaks for nobody else: "Trump said", not "police said"."""
    speaker = [words[i] for i in report.speaker]
    return any(word.capital or word.folded in _PRONOUNS for word in speaker) and not any(
        word.stem in _OFFICIALS for word in speaker
    )


def _moved(
    statement: Reading, pool: Pool, mine: Sequence[Report], theirs: Sequence[Report], matches: Sequence[Match]
) -> Iterator[Finding]:
    said_by = [_names(pool.words, other.speaker) for other in theirs]
    for report in mine:
        names = _names(statement.words, report.speaker)
        if not names:
            continue
        places = {place for match in matches if match.place in report.places and match.is_met for place in match.places}
        least = max(2, len(report.places) // 2)
        owners = [
            speakers
            for other, speakers in zip(theirs, said_by, strict=True)
            if other.speaker and len(other.places & places) >= least
        ]
        if owners and all(owner and not owner & names for owner in owners):
            speaker = " ".join(sorted(owners[0]))
            yield Finding("unsupported", f"the cited text gives this to {speaker!r}")


def _names(words: Sequence[Word], places: Sequence[int]) -> set[str]:
    return {canonical(words[i].folded) for i in places if words[i].capital and words[i].folded not in _PRONOUNS}
