"""Outlets side by side: "How do the Herald and the Times differ on the strike?" gets a part for each, of its own words.

Outlets are known by the names that the articles give; one that a question names and no article does is said not to be
there. Only a question that plainly holds outlets against one another is read so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from qa.archive import Archive
from qa.extract import Extraction, extract
from qa.index.lexical import Filter
from qa.overview import of_articles_with
from qa.ranking import within
from qa.retrieve import Retrieved
from qa.sources import label_of
from qa.weights import Weights
from qa.words import fold, is_stop_word

MOST = 4
"""Outlets in one answer at most."""
_SENTENCES = 2
"""Sentences of each outlet at most."""
_NAME = r"[A-Z][\w'’&-]*(?: (?:of |and the )?[A-Z][\w'’&-]*){0,3}"
_PAIR = re.compile(
    rf"\b(?:[Tt]he )?({_NAME}),? (?:and|or|versus|vs\.?|with|from)"
    rf" (?:(?:what |how )?(?:did |does )?)?(?:the )?({_NAME})"
)
_EACH_ASKED = re.compile(
    rf"\b(?:did|does) (?:the )?({_NAME}) [a-z].*?\b(?:and|but) (?:what|how) (?:did|does) (?:the )?({_NAME})"
)
_HELD_TOGETHER = re.compile(
    r"\b(?:differ\w*|compar\w*|disagree\w*|contrast\w*|versus|vs|both|each)\b"
    r"|\b(?:report|reported|say|said|write|wrote|cover|covered|claim|claimed|print|printed|think|thought|give|gave"
    r"|put|make|made|according to)\b",
    re.IGNORECASE,
)
_LEADS = re.compile(
    r"^\W*(?:compare (?:how|what|the (?:coverage|reports?|reporting) of)?|how (?:do|did|does) (?:the )?"
    r"|what (?:do|did|does|is the difference between)(?: the)?|in what (?:way )?(?:do|did)(?: the)?)\s*",
    re.IGNORECASE,
)
_SPEAKING = re.compile(
    r"\b(?:differ|compare|disagree|contrast|report(?:ed)?|cover(?:ed)?|writ(?:e|ten)|wrote|print(?:ed)?|each|both"
    r"|(?:in )?what way|according to(?: the)?|and what (?:did|does|do)(?: the)?|coverage|reports?"
    r"|(?:the )?(?:critics?|reviewers?|columnists?|reporters?|leaders?) (?:of|in)\b)\b",
    re.IGNORECASE,
)
_OF_SAYING = re.compile(
    r"\b(?:(?:did|do|does) )?(?:and )?(?:say|think|thought|make|made|give|gave|put|claim|claimed|tell|told)"
    r"(?: (?:us|readers))? (?:about|of|for|on)\b",
    re.IGNORECASE,
)
_LOOSE = re.compile(r"^(?:(?:and|or|on|about|over|of|in|how|the|with|versus|vs|to|from)\b[\s,]*)+", re.IGNORECASE)
_NAME_BEFORE = re.compile(r"\b([A-Z][\w'’&-]*) $")
_NAME_BEHIND = re.compile(r" [A-Z]")
_LEADS_OUTLETS = re.compile(r"^\W*(?:Compare|Contrast|Put|Set|Hold|Show|Do|Does|Did|How) $")
_PAPER = re.compile(
    r"\b(?:Times|Herald|Post|Gazette|Journal|Tribune|Telegraph|Guardian|Observer|Chronicle|News|Star|Mail|Express|Mirror"
    r"|Sun|Independent|Courier|Echo|Press|Reuters|AP|AFP|BBC|CNN|Review|Standard|Register|Globe|Daily|Weekly|Radio|FM"
    r"|TV|Wire|Today|Bulletin|Dispatch|Examiner|Inquirer|Argus|Record|Sentinel|Ledger|Monitor)\b"
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The ``outlets`` to be held against one another, each by its full name, and what about.

    ``unknown`` are those that no article is of.
    """

    outlets: tuple[str, ...]
    unknown: tuple[str, ...]
    topic: str


@dataclass(frozen=True, slots=True)
class Side:
    """What one outlet says; nothing where its articles hold nothing on the matter."""

    outlet: str
    retrieved: Retrieved
    extraction: Extraction


def may_compare(question: str) -> bool:
    """Whether a question might hold outlets against one another, told from its words alone."""
    return bool(_HELD_TOGETHER.search(question))


def comparison_of(question: str, sources: Sequence[str]) -> Comparison | None:
    """The outlets that a question holds against one another; ``None`` for any other question.

    Args:
        question: as asked.
        sources: the names of all outlets that the articles give.
    """
    if not sources or not may_compare(question):
        return None
    named = _named(question, sources)
    unknown = _unknown_partner(question, named)
    if len(named) + len(unknown) < 2 or not named:
        return None
    topic = _topic(question, [*named.values(), *unknown])
    return Comparison(tuple(named)[:MOST], unknown, topic) if topic else None


def _named(question: str, sources: Sequence[str]) -> dict[str, str]:
    """The outlets that stand in a question, in its order, each with the words that name it."""
    found: list[tuple[int, str, str]] = []
    for source in sources:
        places = (place for name in _names_for(source, sources) for place in _places_of(name, question))
        if place := next(places, None):
            found.append((place.start(), source, place.group()))
    return {source: words for _, source, words in sorted(found)}


def _places_of(name: str, question: str) -> Iterator[re.Match[str]]:
    """Where a question has an outlet's name by itself: no single word inside another name, as in "Times Square"."""
    for place in re.finditer(rf"(?<!\w)(?:[Tt]he )?{re.escape(name)}(?P<of>['’]s)?(?!\w)", question):
        before = _NAME_BEFORE.search(question[: place.start()])
        is_led = before and not (is_stop_word(fold(before[1])) or _LEADS_OUTLETS.match(question[: place.start()]))
        is_followed = not place["of"] and _NAME_BEHIND.match(question[place.end() :])
        if " " in name or not (is_led or is_followed):
            yield place


def _names_for(source: str, sources: Sequence[str]) -> Iterator[str]:
    """The full name, without its article, and its last word where no other outlet has that one."""
    bare = re.sub(r"^[Tt]he ", "", source)
    yield bare
    last = bare.split()[-1]
    if sum(fold(other.split()[-1]) == fold(last) for other in sources) == 1 and last[0].isupper() and len(last) > 2:
        yield last


def _unknown_partner(question: str, named: dict[str, str]) -> tuple[str, ...]:
    """The other name of a pair of which only one is an outlet of the articles: it must look like one, too."""
    if len(named) != 1:
        return ()
    known = next(iter(named.values())).removeprefix("the ").removeprefix("The ").removesuffix("'s")
    for pair in (*_PAIR.finditer(question), *_EACH_ASKED.finditer(question)):
        names = [name.removesuffix("'s") for name in pair.groups()]
        if known in names:
            other = names[1 - names.index(known)]
            return (other,) if _PAPER.search(other) else ()
    return ()


def _topic(question: str, names: Sequence[str]) -> str:
    topic = question
    for name in names:
        topic = re.sub(
            rf"(?:\b[Tt]he )?{re.escape(name.removeprefix('the ').removeprefix('The '))}(?:['’]s)?", " ", topic
        )
    topic = " ".join(_SPEAKING.sub(" ", _LEADS.sub("", topic)).split())
    topic = _OF_SAYING.sub(" ", topic)
    topic = _LOOSE.sub("", " ".join(topic.split()).strip(" ,.;:?!"))
    topic = re.sub(r"(?:\b(?:and|or|on|about|the|of|what|say|said|did|do|does)\b[\s,]*)+$", "", topic).strip(" ,.;:?!")
    return topic if sum(character.isalnum() for character in topic) > 2 else ""


def sides(comparison: Comparison, archive: Archive, passages: int, restrict: Filter, weights: Weights) -> list[Side]:
    """What each outlet says of the matter, in the order of the question."""
    found = []
    for outlet in comparison.outlets:
        retrieved = _about(archive.retrieve(comparison.topic, passages, replace(restrict, sources=(outlet,))))
        extraction = extract(retrieved, archive.index, _SENTENCES, weights)
        sure = max(extraction.confidence, _held(retrieved))
        labelled = tuple(replace(picked, label=label_of(picked.passage)) for picked in extraction.extracts)
        found.append(Side(outlet, retrieved, Extraction(labelled if sure >= weights.answer_above else (), sure)))
    return found


def _about(retrieved: Retrieved) -> Retrieved:
    """The same without articles that lack a name of the matter, where others have it."""
    kept = tuple(of_articles_with(retrieved.question.name_terms, retrieved.candidates))
    return replace(retrieved, candidates=kept, sentences=within(retrieved.sentences, kept)) if kept else retrieved


def _held(retrieved: Retrieved) -> float:
    """How much of the matter one passage holds at most, if that has all its names."""
    question = retrieved.question
    covered = (candidate.evidence.covered for candidate in retrieved.candidates)
    return max((question.share(words) for words in covered if question.name_terms <= words.keys()), default=0.0)


def understood(comparison: Comparison) -> str:
    """How the question was read, in words."""
    return f"{comparison.topic}, by {' and by '.join((*comparison.outlets, *comparison.unknown))}"


def side_by_side(found: Sequence[Side]) -> tuple[Retrieved, Extraction]:
    """What all sides say, one after the other, as one search and one choice of sentences."""
    everything = replace(
        found[0].retrieved, candidates=tuple(candidate for side in found for candidate in side.retrieved.candidates)
    )
    extracts = tuple(picked for side in found for picked in side.extraction.extracts)
    sure = [side.extraction.confidence for side in found if side.extraction.extracts]
    return everything, Extraction(extracts, sum(sure) / len(sure) if sure else 0.0)


def missing(comparison: Comparison, found: Sequence[Side]) -> str:
    """What is not there, in a line; empty where each outlet says something."""
    silent = [side.outlet for side in found if not side.extraction.extracts]
    parts = [f"no article here is of {name}" for name in comparison.unknown]
    parts += [f"nothing of {outlet} on this was found" for outlet in silent]
    return "; ".join(parts)
