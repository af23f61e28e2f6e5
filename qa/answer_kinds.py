"""Whether sentences hold the kind of thing that a question plainly asks for: a number that could be it, or a name.

Sentences about the same things are found for nearly every question, also for one that no article answers: "What did the
ferry cost to build?" finds the ferry, and no sum of money. Where the kind of thing is missing there is no answer. All
doubt is for the sentences: a number may stand without what it counts, and what is counted may have another name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.figures import PEOPLE, Asked, asked_for, counted_at_once, may_be_counted
from qa.measures import SPENDING
from qa.parts import parts_of
from qa.verify.names import is_calendar_word, is_title, names_of
from qa.verify.quantities import Quantity
from qa.verify.reading import Reading, read
from qa.verify.related import is_word, relation
from qa.verify.units import UNITS
from qa.words import content_stems, fold, is_stop_word, stem, tokens

_OF_MONEY = re.compile(
    r"\b(?:costs?|prices?|priced|pays?|paid|paying|earn\w*|worth|spen[dt]\w*|fines?|fined|salary|wages?|fees?|charged?"
    r"|s[eo]ld|sell)\b",
    re.IGNORECASE,
)
_MONEY_IN_WORDS = re.compile(
    r"\b(?:free|unpaid|nothing|millions?|billions?|thousands?|fortune|as much)\b", re.IGNORECASE
)
_CURRENCIES = frozenset(map(stem, "crown mark krone guilder thaler ducat dinar dirham taka baht riyal".split()))
_LEAST_SUM = 100
"""From here on a bare number may be a sum of money although no word says so."""
_UNIT_STEMS = frozenset(map(stem, UNITS))
_TIMES = stem("times")
_NEAR = frozenset({"same", "derived", "synonym", "narrower", "broader"})
_KINDS = tuple(
    frozenset(map(stem, kind.split()))
    for kind in (
        "home homes house houses building property dwelling flat apartment household",
        "troops soldier personnel fighter recruit serviceman",
        "plane aircraft jet airliner flight",
        "car vehicle lorry truck van",
        "job post position vacancy staff employee worker",
        "missile rocket projectile shell bomb drone",
        "ship boat vessel ferry",
        "school college classroom",
        "vote ballot seat",
    )
)
"""Things that reports count under several names."""
_BEGUN = 6
"""Letters that two words have to share at their beginning to be taken for forms of one."""
_COUNTS_IN_WORDS = re.compile(
    r"\b(?:no|none|nobody|dozens?|hundreds?|thousands?|scores|several|both|couple|pair|few|many|most|all|every|each|any"
    r"|single|only|half|third|quarter|majority|minority)\b(?P<behind>(?:\W+\w+){0,4})",
    re.IGNORECASE,
)
_NOBODY = re.compile(r"\b(?:none|nobody)\b", re.IGNORECASE)
_WORD_BEHIND = re.compile(r"[\s-]*([^\W\d_]+)")
_LIST_MARK = re.compile(r"^\s*\(?\d{1,3}[.)]\s")
_OTHER_SCRIPT = re.compile(r"[^\W\d_A-Za-zÀ-ɏ]")
"""A letter that is not Latin: numbers and names are not read in such sentences."""
_TIME_IN_WORDS = re.compile(
    r"\b(?:until|since|years?|months?|weeks?|days?|hours?|minutes?|seconds?|decades?|centur\w+|life|forever|always"
    r"|overnight|morning|noon|midday|afternoon|evening|night|midnight|dawn|dusk|sunrise|sunset|moments?|young|old|born"
    r"|long|short|briefly|permanently)\b",
    re.IGNORECASE,
)
_PERSONS = frozenset(
    map(
        stem,
        """
        deputy vice assistant successor predecessor brother sister son daughter wife husband father mother cousin uncle
        aunt friend colleague rival outsider newcomer veteran amateur student pupil teacher engineer lawyer doctor
        nurse judge minister officer guard banker farmer builder driver sailor rower runner swimmer writer poet novelist
        actor singer team crew club side nobody man woman boy girl couple pair
        """.split(),
    )
)
"""Words for somebody whose name is not told."""
_ASKS_NAMES = re.compile(
    r"^\W*what (?:is|was|are|were) the (?:(?:full|first|last|real) )?names? of (?:the|this|that|these|those|both)"
    r"(?: \w+)?? (?:\w+ )?"
    r"(?:people|persons?|m[ae]n|wom[ae]n|boys?|girls?|child(?:ren)?|ships?|boats?|vessels?|ferry|ferries"
    r"|company|companies|town|village|street|hotel|newspaper|paper|party|lawyers?|doctors?|victims?|winners?)\b",
    re.IGNORECASE,
)
_ASKS_WHO = re.compile(
    r"^\W*who (?:has |have |had |will |is going to |was |were )?"
    r"(?:succeed\w*|replac\w+|won|wins?|beat|bec[ao]me|(?:elected|appointed|named|chosen)(?= (?:as|to|the)\b))\b",
    re.IGNORECASE,
)
_ASKS_WHICH = re.compile(
    r"^\W*(?:(?:at|in|from|to|by|for|with) )?(?:which|what) (?:company|firm|newspaper|prison|party|bank|airline"
    r"|university|politician|minister)\b",
    re.IGNORECASE,
)


def may_answer(question: str, sentences: Sequence[str]) -> bool:
    """Whether any of the sentences has a number or a name that could be what the question asks for.

    True for questions that ask for nothing of the kind or for several things, and for sentences in other scripts.
    """
    if parts_of(question) or any(_OTHER_SCRIPT.search(sentence) for sentence in sentences):
        return True
    asked = asked_for(question)
    if asked is not None and not asked.state:
        return any(_may_give(sentence, asked, question) for sentence in sentences)
    if _ASKS_WHO.match(question):
        return any(_has_other_name(question, one) or _has_other_person(question, one) for one in sentences)
    if _ASKS_NAMES.match(question) or _ASKS_WHICH.match(question):
        return any(_has_other_name(question, sentence) for sentence in sentences)
    return True


def _may_give(sentence: str, asked: Asked, question: str) -> bool:
    """Whether a sentence may give the number asked for."""
    reading = read(_LIST_MARK.sub("", sentence))
    numbers = [one for one in reading.quantities if one.kind != "ordinal"]
    if asked.nouns:
        nouns = may_be_counted(question)
        return any(_may_count(reading, number, nouns) for number in numbers) or _counts_in_words(sentence, nouns)
    if asked.measure == "money":
        if not _OF_MONEY.search(question) or _MONEY_IN_WORDS.search(sentence):
            return True
        return any(_may_be_money(reading, number) for number in numbers)
    return bool(reading.quantities or reading.dates or _TIME_IN_WORDS.search(sentence))


def _may_count(reading: Reading, number: Quantity, nouns: frozenset[str]) -> bool:
    """Whether a number may count things of that name."""
    if nouns & _UNIT_STEMS or number.kind in ("fraction", "score"):
        return True
    if number.kind == "multiple":
        return _TIMES in nouns or reading.folded.text[number.start : number.end] in ("once", "twice")
    if number.unit is not None:
        return number.unit.dimension == "percent"
    following = _word_behind(reading, number)
    if not number.counted or not following or is_stop_word(following):
        return True
    counted = counted_at_once(reading, number)
    return number.counted[0] in PEOPLE or any(_may_be_same(word, noun) for word in counted for noun in nouns)


def _may_be_same(word: str, noun: str) -> bool:
    """Whether two stems may name the same: begun alike ("catholicos", "catholicoi"), or one a kind of the other."""
    if word[:_BEGUN] == noun[:_BEGUN] or relation(word, noun) in _NEAR:
        return True
    return any(word in kind and noun in kind for kind in _KINDS)


def _may_be_money(reading: Reading, number: Quantity) -> bool:
    """Whether a number may be a sum of money: of a currency, also one that nobody knows, or of nothing."""
    if number.kind != "cardinal":
        return number.kind == "multiple"
    if number.unit is not None:
        return number.unit.dimension.startswith("money:") or number.unit.dimension == "percent"
    following = _word_behind(reading, number)
    if not following or is_stop_word(following):
        return number.value >= _LEAST_SUM or not SPENDING.isdisjoint(reading.stems)
    named = stem(following)
    return named in _CURRENCIES or not is_word(named)


def _word_behind(reading: Reading, number: Quantity) -> str:
    """The word right behind a number; empty where there is none."""
    found = _WORD_BEHIND.match(reading.folded.text, number.end)
    return found[1] if found else ""


def _counts_in_words(sentence: str, nouns: frozenset[str]) -> bool:
    """Whether the sentence counts them without a number: "no children", "dozens of houses", "nobody"."""
    behind = (found["behind"] for found in _COUNTS_IN_WORDS.finditer(sentence))
    counted = any(stem(fold(word.text)) in nouns for words in behind for word in tokens(words))
    return counted or _NOBODY.search(sentence) is not None


def _has_other_name(question: str, sentence: str) -> bool:
    """Whether a sentence names somebody or something whose name has no word of the question."""
    asked = {_plain(token.text) for token in tokens(question)}
    for run in names_of(read(sentence)):
        own = [word for word in (_plain(word.text) for word in run) if not (is_title(word) or is_calendar_word(word))]
        if own and asked.isdisjoint(own):
            return True
    return False


def _has_other_person(question: str, sentence: str) -> bool:
    """Whether a sentence has a word for somebody that the question has not: "his deputy"."""
    return not _PERSONS.isdisjoint(content_stems(sentence) - content_stems(question))


def _plain(word: str) -> str:
    return re.sub(r"['’]s?$", "", fold(word)).strip(".")
