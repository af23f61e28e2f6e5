"""Which full stops, question and exclamation marks end a sentence of one paragraph.

Rules and lists of abbreviations, no model: on news they did better than the trained splitters they were measured with
(``python -m evals.bench.sentences``), whose mistakes were mostly ends of sentences missed after short words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_STOP = re.compile(
    r"""(?<![.!?…؟۔।])(?P<stop>[.!?…؟۔।]++)(?P<close>(?:["”’»)\]]|'|\[[^\[\]\n]{1,40}\])*+)(?=\s)"""
    r"""|(?P<wide>[。！？]++[」』”’）]*+)"""
    r"""|(?<=[a-z]{2})[.!?](?P<glued>["”’]?)(?=(?:The|He|She|It|They|But|And|In|On|At|We|This|That|His|Her)\s)"""
)
_NEXT = re.compile(r"""\s+(?P<open>["“‘«(\[—–'`-]*\s?)(?P<first>\S)""")
_LAST_WORD = re.compile(r"[^\s\"“”‘’«»()\[\]/—–]+$")
_NEXT_WORD = re.compile(r"[^\W\d_]+")
_VISIBLE = re.compile(r"\S")
_WORD = re.compile(r"\w")
_LABEL = re.compile(r"\(?(?:\d{1,3}|[A-Za-z]|[ivx]{1,4})[.)]+")
_INITIALS = re.compile(r"[A-ZÀ-ÖØ-ÞĀ-ſ](?:\.-?[A-ZÀ-ÖØ-ÞĀ-ſ])*|(?:[a-z]\.)+[a-z]")
_SAID = re.compile(
    r"(?:[A-Z][\w.'’-]+\s+){1,4}(?:said|asked|wrote|replied|added|shouted|wondered|told|says|asks|cried|joked)\b"
    r"(?!\s+(?:he|she|it|they|that|the|his|her|their)\b)"
)
_PRONOUN = re.compile(r"(?:He|She|They|We|It|The|I|You)\b")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Abbreviations, lower case, without the last full stop, by what may follow them. Titles and places count only with a
# capital: a patient may fall ill, a hand may wash.
_TITLES = _words(
    "mr mrs ms messrs mme mlle dr prof sen sens rep reps gov govs gen lt col sgt det capt maj adm cmdr cpl pvt brig "
    "rev hon pres supt insp fr msgr atty ald asst assoc dist assn natl intl pseud"
)
_NEVER_LAST = _words("v vs e.g i.e cf viz esp incl approx ca resp")
_BEFORE_NUMBER = _words("no nos p pp pg vol vols fig figs art sec ch para par c b d r fl ed eds")
_DATES = _words("jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri")
_PLACES = _words(
    "st ft mt ala ariz ark calif colo conn del fla ga ill ind kan ky la mass md mich minn miss mo mont neb nev okla "
    "ore pa tenn tex va vt wash wis wyo ont que ave blvd rd dept est univ bldg hwy"
)
_NAMES = _DATES | _PLACES
_RARELY_LAST = _words("u.s u.k e.u u.n u.s.a u.a.e ph.d m.d b.a m.a seq")
_OFTEN_LAST = _words("inc ltd corp co cos bros llc l.l.c plc jr sr a.m p.m etc al esq")
_CONTINUES = _words(
    "ET EST EDT CT CST CDT MT MST MDT PT PST PDT GMT BST UTC CET Eastern Central Pacific Monday Tuesday Wednesday "
    "Thursday Friday Saturday Sunday Chief President Chairman Chairwoman CEO CFO Executive Vice Class Co Ltd Inc"
)
_ABROAD = _words(
    "bzw bspw evtl ggf inkl nr hr str usw sog vgl sra sras srta dra avda pág núm гг тыс млн млрд руб им ул стр рис "
    "кв т.е т.д т.п н.э z.b d.h u.a o.ä i.d.r"
)
"""Abbreviations of other languages that rarely end a sentence; none of them is an English word."""
_BEFORE_ORDINAL = re.compile(r"\b(?:am|vom|zum|bis|der|dem|den|ab|seit|od|dne)\s+\d{1,2}$")
_SHOUTED_NAMES = _words("yahoo jeopardy oklahoma panic wham joomla")
_STARTERS = _words(
    "The This That These Those He She It They We You His Her Its Their Our My But And Or So Yet Nor If When While "
    "After Before Since Although Though Because As At In On By For From With Without Under During Until Once There "
    "Here What Who Why How Where Which Not No Nobody None Some Many Most All Both Each Every Another Other Others One "
    "Two Three Now Then Today Also However Meanwhile Instead Even Only Just Later Last Among According Despite About "
    "Over Between Thus Hence Therefore Moreover Furthermore Nevertheless Such Several Unlike Finally Is Are Was Were "
    "Did Does Do Has Have Had Can Could Should Would"
)


def sentence_starts(paragraph: str) -> Iterator[int]:
    """Where the second and later sentences of a paragraph start, in code points; a line break is white space."""
    return _Paragraph(paragraph).starts()


class _Paragraph:
    """One paragraph, in which a line break is white space like any other."""

    def __init__(self, text: str) -> None:
        self.text = text

    def starts(self) -> Iterator[int]:
        """Offsets at which the second and later sentences start."""
        start = 0
        first_word = self._word_from(0)
        for match in _STOP.finditer(self.text):
            if first_word >= match.end() or not self._ends_sentence(match, start, first_word):
                continue
            following = _VISIBLE.search(self.text, match.end())
            if following is None:
                return
            start = following.start()
            first_word = self._word_from(start)
            yield start

    def _word_from(self, start: int) -> int:
        match = _WORD.search(self.text, start)
        return match.start() if match else len(self.text)

    def _ends_sentence(self, match: re.Match[str], start: int, first_word: int) -> bool:
        if match["wide"] or match["glued"] is not None:
            return True
        following = _NEXT.match(self.text, match.end())
        if following is None or following["first"].islower() or following["first"] in ",;:.!?…)]}":
            return False
        if self._is_aside(match, following, start):
            return False
        if match.end() - first_word < 8 and _LABEL.fullmatch(self.text, first_word, match.end("stop")):
            return False
        if match["stop"] == ".":
            return self._full_stop_ends(match, following)
        return not self._goes_on_after_shout(match, following)

    def _is_aside(self, match: re.Match[str], following: re.Match[str], start: int) -> bool:
        """Whether the stop is inside brackets that were opened in the midst of the sentence."""
        if self._starter_at(following.start("first")):
            return False
        for opening, closing in ("()", "[]"):
            if match["close"].endswith(closing) and not match["close"][-2:-1].isalnum():
                opened = self.text.rfind(opening, max(start, match.start() - 300), match.start())
                return opened > start
        return False

    def _goes_on_after_shout(self, match: re.Match[str], following: re.Match[str]) -> bool:
        """“Is it?” Smith asked; Yahoo! News."""
        first = following.start("first")
        if match["close"][-1:] in {"”", '"', "’"} and match["close"]:
            return bool(_SAID.match(self.text, first)) and not _PRONOUN.match(self.text, first)
        return self._word_before(match).lower() in _SHOUTED_NAMES and not self._starter_at(first)

    def _full_stop_ends(self, match: re.Match[str], following: re.Match[str]) -> bool:
        word = self._word_before(match)
        bare = word.lower()
        first = following.start("first")
        capital = word[:1].isupper()
        if bare in _NEVER_LAST or bare in _ABROAD or (capital and bare in _TITLES):
            return False
        if following["first"].isdigit() and (bare in _BEFORE_NUMBER or (capital and bare in _DATES)):
            return False
        if self._starter_at(first):
            return True
        if bare in _OFTEN_LAST:
            return self._next_word(first) not in _CONTINUES
        if bare in _RARELY_LAST or (capital and bare in _NAMES):
            return False
        if len(word) == 1 and (word.isupper() or self._single_letter_follows(first)):
            return False
        if _BEFORE_ORDINAL.search(self.text, max(0, match.start() - 12), match.start()):
            return False
        return not (_INITIALS.fullmatch(word) or _may_be_short_for_something(word))

    def _single_letter_follows(self, first: int) -> bool:
        """Whether the next word is one letter with a full stop, too: "z. B.", "т. е."."""
        return self.text[first : first + 1].isalpha() and self.text[first + 1 : first + 2] == "."

    def _word_before(self, match: re.Match[str]) -> str:
        before = self.text[max(0, match.start() - 40) : match.start()]
        found = _LAST_WORD.search(before.removesuffix(" "))  # tokenised text has "Mr . Smith"
        return found.group() if found else ""

    def _next_word(self, first: int) -> str:
        found = _NEXT_WORD.match(self.text, first)
        return found.group() if found else ""

    def _starter_at(self, first: int) -> bool:
        """Whether a word stands here that opens sentences and is not part of a name."""
        word = self._next_word(first)
        if word in {"A", "An", "I"}:
            after = self.text[first + len(word) : first + len(word) + 2]
            return after[:1].isspace() and after[1:].islower()
        return word in _STARTERS


def _may_be_short_for_something(word: str) -> bool:
    """Short with an inner full stop, or without a vowel: ``Hwy``, ``Litt.D``; not ``yard`` or ``NBC``."""
    if not 1 < len(word) <= 6 or not word.replace(".", "").isalpha():
        return False
    vowels = any(letter in "aeiou" for letter in unicodedata.normalize("NFD", word.lower()))
    return "." in word or (not vowels and word.isascii() and word[1:].islower())
