"""Whether every name of a statement is in the evidence.

A name is a run of capitalised words. "Lavrov" is found in "Sergey Lavrov", "UN" in "United Nations", "Kiev" in "Kyiv",
"Russian" in "Russia". A fuller form may come from the headline or the sentences before, and so may a name that the
cited words only point to ("he", "the minister").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path

from qa.verify.reading import Pool, Reading, Word
from qa.verify.related import is_word
from qa.verify.verdicts import Finding

_CONNECTORS = frozenset(
    ["of", "the", "de", "la", "le", "al", "el", "von", "van", "bin", "der", "den", "di", "da", "du"]
)
_CALENDAR = frozenset(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december jan feb mar apr jun jul aug sept sep oct nov dec am pm a.m. p.m. i
    celsius fahrenheit
    """.split()
)
_TITLES = frozenset(
    """
    mr mrs ms miss dr sir dame lord lady president prime minister secretary senator sen representative rep governor
    gov general gen mayor king queen prince princess pope judge justice chief foreign state chancellor premier
    professor prof captain colonel lieutenant sergeant officer director chairman chairwoman ceo leader deputy vice
    former conservative republican democratic democrat
    """.split()
)
_BRACKETED = re.compile(r"\([^()]*\)")
_LONGEST_INITIALS = 6
POINTERS = frozenset("he she they him her them his hers their theirs it its who whose".split(" "))
"""Words that stand for somebody or something named elsewhere."""


@cache
def _spellings() -> dict[str, str]:
    """Every spelling, adjective and people of the table by its key."""
    table: dict[str, str] = {}
    for line in Path(__file__).with_name("nations.txt").read_text(encoding="utf-8").splitlines():
        key, mark, others = line.partition(" = ")
        if mark and not line.startswith("#"):
            table |= dict.fromkeys([key, *others.split()], key)
    return table


def canonical(word: str) -> str:
    """One form for the spellings and adjectives of a name, given folded: ``"russian"`` -> ``"russia"``."""
    word = word.removesuffix("'s").removesuffix("'")
    known = _spellings().get(word)
    if known is None and word.endswith("."):
        known = _spellings().get(word.rstrip("."))
    return known or (word.replace(".", "") if "." in word else word)


def is_title(folded: str) -> bool:
    """Whether a folded word is a title that stands before names: "mr", "captain"."""
    return folded.rstrip(".") in _TITLES


def is_calendar_word(folded: str) -> bool:
    """Whether a folded word names a month, a day of the week or a part of the day: no name of anybody."""
    return folded in _CALENDAR


def is_nation(word: str) -> bool:
    """Whether a folded word names a nation, its people or its language in any of the spellings known."""
    return word in _spellings()


def names_of(reading: Reading) -> list[tuple[Word, ...]]:
    """The runs of capitalised words that name something; possessives and commas end a run."""
    if _is_headline(reading.words):
        return []
    runs: list[list[Word]] = [[]]
    for i, word in enumerate(reading.words):
        before = reading.words[i - 1] if i else None
        joined = before is not None and _is_joined(before, reading.text[before.end : word.start])
        if _is_name_word(word, reading.words, i):
            if not joined or (runs[-1] and runs[-1][-1].text.endswith(("'s", "’s"))):
                runs.append([])
            runs[-1].append(word)
        elif not (joined and runs[-1] and _connects(reading.words, i)):
            runs.append([])
    return [tuple(run) for run in runs if run]


def _is_joined(before: Word, gap: str) -> bool:
    """Whether a name can go on after a gap: a full stop only follows initials and titles ("J. K.", "St. Mark")."""
    return gap in {" ", "-", " & ", "&"} or (gap == ". " and (len(before.text) <= 3 or before.folded in _TITLES))


def _is_headline(words: Sequence[Word]) -> bool:
    long_words = [word for word in words if len(word.text) > 3]
    return len(long_words) > 3 and sum(word.text.isupper() for word in long_words) > 0.7 * len(long_words)


def _connects(words: Sequence[Word], i: int) -> bool:
    following = words[i + 1] if i + 1 < len(words) else None
    return words[i].folded in _CONNECTORS and following is not None and following.capital and not following.initial


def _is_name_word(word: Word, words: Sequence[Word], i: int) -> bool:
    if not word.capital or word.folded in _CALENDAR or (word.is_stop and not word.text.isupper()):
        return False
    if len(word.text) == 1 and word.folded in {"a", "i"}:
        return False
    if not word.initial:
        return True
    after = words[i + 1] if i + 1 < len(words) else None
    followed = after is not None and after.capital and not after.initial and not after.after_comma
    return followed or word.text[1:] != word.text[1:].lower() or word.folded in _spellings() or not is_word(word.stem)


def is_name_like(word: Word) -> bool:
    """Whether a word by itself looks like part of a name: a capital inside a sentence, or no common word."""
    if not word.capital or word.is_stop or word.folded in _CALENDAR or word.folded in _TITLES:
        return False
    return not word.initial or word.folded in _spellings() or not is_word(word.stem)


def name_key(word: Word) -> str:
    """What names are compared by: one form for spellings and adjectives, else the stem ("Eclipses", "eclipse")."""
    plain = word.folded.removesuffix("'s").removesuffix("'")
    name = canonical(plain)
    return name if name != plain else word.stem


class _Names:
    """The names and words of one text, to look names up in."""

    def __init__(self, reading: Reading) -> None:
        self.words = {name_key(word) for word in reading.words}
        self.runs = [[name_key(word) for word in run] for run in names_of(reading)]
        self.initials = set(_all_initials(reading.words))
        plain = [word for word in reading.words if word.folded not in _CONNECTORS]
        self.sequences = [
            " " + " ".join(map(name_key, words)) + " " for words in (plain, _outside_brackets(reading, plain))
        ]


@lru_cache(maxsize=1024)
def _names_in(reading: Reading) -> _Names:
    return _Names(reading)


class NameIndex:
    """The names and words of several texts."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        self.texts = [_names_in(reading) for reading in readings]

    def has_word(self, word: str) -> bool:
        """Whether a canonical word is there."""
        return any(word in text.words for text in self.texts)

    def has_name(self, word: str) -> bool:
        """Whether a canonical word is there, as such or as initials."""
        return any(word in text.words or word in text.initials for text in self.texts)

    def has_together(self, words: Sequence[str]) -> bool:
        """Whether the words stand in one name, or next to one another."""
        if len(words) == 1:
            return self.has_name(words[0])
        joined, wanted = " " + " ".join(words) + " ", set(words)
        return any(
            any(wanted <= set(run) for run in text.runs) or any(joined in sequence for sequence in text.sequences)
            for text in self.texts
        )


def _all_initials(words: Sequence[Word]) -> Iterator[str]:
    """The initials of every run of two to five words that begins with a capital."""
    for i, word in enumerate(words):
        if word.capital:
            yield from (initials(words[i : i + n]) for n in range(2, 6))


def _outside_brackets(reading: Reading, words: Sequence[Word]) -> list[Word]:
    """The words that stand in no round brackets: a name may go on behind them ("Mehmet (Second) Bridge")."""
    inside = [match.span() for match in _BRACKETED.finditer(reading.text)]
    return [word for word in words if not any(start < word.start < end for start, end in inside)] if inside else []


def initials(words: Sequence[Word]) -> str:
    """The first letters of capitalised words, "un" for "United Nations"; empty where a word has no capital."""
    capitals = [word for word in words if word.folded not in _CONNECTORS]
    return "".join(word.folded[0] for word in capitals) if all(word.capital for word in capitals) else ""


def name_findings(statement: Reading, pool: Pool) -> Iterator[Finding]:
    """What speaks against the names of the statement."""
    names = [run for run in names_of(statement) if not _is_unit(run, statement)]
    if not names:
        return
    cited, wide = NameIndex(pool.cited), NameIndex([*pool.cited, *pool.around])
    points_elsewhere = any(word.folded in POINTERS or word.folded == "the" for word in pool.words)
    for run in names:
        finding = _judge(run, cited, wide, points_elsewhere)
        if finding is not None:
            yield finding


def _is_unit(run: Sequence[Word], statement: Reading) -> bool:
    """Whether it is part of a measure, which is compared by value: "350 MW"."""
    measures = [statement.folded.source_range(q.start, q.end) for q in statement.quantities if q.unit is not None]
    return any(start <= run[0].start and run[-1].end <= end for start, end in measures)


def _judge(run: tuple[Word, ...], cited: NameIndex, wide: NameIndex, points_elsewhere: bool) -> Finding | None:
    text = " ".join(word.text for word in run)
    words = [name_key(word) for word in run if word.folded not in _TITLES and word.folded not in _CONNECTORS]
    words = _contract(words, cited)
    if not words or cited.has_together(words) or _are_two_names(words, cited):
        return None
    missing = [word for word in words if not wide.has_name(word)]
    if missing:
        absent = next(word.text for word in run if name_key(word) == missing[0])
        return Finding("unsupported", f"{absent!r} is not in the cited text")
    head_is_cited = cited.has_name(words[-1])
    if (head_is_cited or points_elsewhere) and (wide.has_together(words) or _all_apart(words, wide)):
        return None
    if all(cited.has_name(word) for word in words):
        return Finding("partial", f"{text!r} does not stand together in the cited text")
    return Finding("unsupported", f"{text!r} is not in the cited text")


def _are_two_names(words: Sequence[str], cited: NameIndex) -> bool:
    """Whether the words are two names that only the statement puts side by side, each of two words or more."""
    return any(cited.has_together(words[:i]) and cited.has_together(words[i:]) for i in range(2, len(words) - 1))


def _all_apart(words: Sequence[str], index: NameIndex) -> bool:
    """Whether each word is a nation or the words are a nation and a name: "Russian Lavrov"."""
    nations = set(_spellings().values())
    rest = [word for word in words if word not in nations]
    return len(rest) < len(words) and (not rest or index.has_together(rest))


def _contract(words: list[str], cited: NameIndex) -> list[str]:
    """The words with those parts as initials that the text has as initials: "UN" for "United Nations"."""
    for start in range(len(words) - 1):
        for end in range(min(len(words), start + _LONGEST_INITIALS), start + 1, -1):
            short = canonical("".join(word[0] for word in words[start:end] if word not in _CONNECTORS))
            if len(short) > 1 and cited.has_word(short) and not all(map(cited.has_word, words[start:end])):
                return [*words[:start], short, *_contract(words[end:], cited)]
    return words
