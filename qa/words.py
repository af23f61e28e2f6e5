"""Words of English text: tokens with their places, typographic folding with its way back, stop words, light stems.

Pure functions of the text, no tables read from disk. Meaning (synonyms, names, numbers) is not handled here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

_TOKEN = re.compile(
    r"(?:[^\W\d_]\.){2,}"  # U.S., a.m.
    r"|\d+(?:[.,]\d+)*[^\W\d_]*"  # 1,500  4.75  21st  5km
    r"|[^\W\d_](?:[^\W_]|[\u0300-\u036f])*(?:['’][^\W\d_]+)*"  # words, inner apostrophes, B2B
)

_UNEVEN_SPACE = re.compile(r"\s\s|[^\S ]")
_TYPOGRAPHIC = {
    **dict.fromkeys("‘’‚‛′ʼ＇", "'"),
    **dict.fromkeys("“”„‟″«»＂", '"'),
    **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
    **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", ""),
    "…": "...",
    "⁄": "/",
    "ø": "o",
    "Ø": "o",
    "ł": "l",
    "Ł": "l",
    "đ": "d",
    "Đ": "d",
    "ı": "i",
    "æ": "ae",
    "Æ": "ae",
    "œ": "oe",
    "Œ": "oe",
}

_STOP_WORDS = """
a about above across additionally after afterwards again against ago all almost along already also although am amid
amidst among an
and another any anybody anyone anything are around as at away back be became because been before being below
between both but by came can cannot could did do does doing done down during each either else ever every
everyone everything few for from further furthermore get gets got had has have having he hence her here hers herself him
himself his how however i if in including indeed instead into is it its itself just least let like made make
makes many may me meanwhile might mine more moreover most much must my myself namely near neither next no nobody
none nor not nothing now of off often on once one only onto or other others otherwise our ours ourselves out
over own per perhaps put quite rather really same she should since so some somebody someone something still such
than that the their theirs them themselves then there thereby therefore these they this those though through
throughout thus to together too toward towards under unless until up upon us very via was we well were what
whatever when where whereas whether which while whilst who whoever whole whom whose why will with within without would
yes yet you your yours yourself yourselves
"""
_IRREGULAR_FORMS = """
said:say says:say told:tell went:go gone:go goes:go won:win lost:lose fell:fall fallen:fall rose:rise risen:rise
met:meet left:leave led:lead held:hold took:take taken:take gave:give given:give made:make came:come saw:see
seen:see knew:know known:know grew:grow grown:grow began:begin begun:begin broke:break broken:break
brought:bring bought:buy built:build caught:catch chose:choose chosen:choose drew:draw drawn:draw drove:drive
driven:drive ate:eat eaten:eat felt:feel fought:fight found:find flew:fly flown:fly forgot:forget
forgotten:forget froze:freeze frozen:freeze hid:hide hidden:hide kept:keep laid:lay lent:lend lit:light
meant:mean paid:pay ran:run rang:ring sold:sell sent:send shook:shake shaken:shake shot:shoot showed:show
shown:show shrank:shrink sang:sing sank:sink sunk:sink sat:sit slept:sleep spoke:speak spoken:speak spent:spend
stood:stand stole:steal stolen:steal struck:strike swore:swear sworn:swear swam:swim taught:teach thought:think
threw:throw thrown:throw understood:understand wore:wear worn:wear wrote:write written:write withdrew:withdraw
withdrawn:withdraw became:become fled:flee sought:seek dealt:deal bore:bear bound:bind bled:bleed bit:bite
dug:dig fed:feed heard:hear hung:hang rode:ride ridden:ride slid:slide spun:spin stuck:stick swept:sweep
swung:swing tore:tear torn:tear undertook:undertake undertaken:undertake overtook:overtake overcame:overcome
upheld:uphold beaten:beat hitting:hit hidden:hide swum:swim woke:wake woken:wake proven:prove men:man women:woman
children:child people:person feet:foot teeth:tooth wives:wife lives:life knives:knife leaves:leave halves:half
shelves:shelf thieves:thief mice:mouse crises:crisis analyses:analysis dying:die lying:lie tying:tie died:die lied:lie
tied:tie better:good best:good worse:bad worst:bad
"""
_UNINFLECTED_WORDS = """
always anything bed breed bring ceiling during evening everything feed hundred indeed king led morning need news
nothing perhaps red ring seed series shed sibling sing something species speed spring string thing united wed
wing
"""

STOP_WORDS = frozenset(_STOP_WORDS.split())
"""Closed-class words that carry no content of their own; negations and hedges are among them."""

_IRREGULAR = dict(pair.split(":", 1) for pair in _IRREGULAR_FORMS.split())
_UNINFLECTED = frozenset(_UNINFLECTED_WORDS.split())
_VOWEL = re.compile(r"[aeiouy]")


class Token(NamedTuple):
    """A word or number of a text; ``text`` equals the text's ``[start:end]``."""

    text: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """The words and numbers of ``text``, in order; punctuation is left out, hyphenated words are split."""
    return [Token(match.group(), match.start(), match.end()) for match in _TOKEN.finditer(text)]


@dataclass(frozen=True, slots=True)
class Folded:
    """A text with typography evened out. ``offsets[i]`` is the place in the source of the folded character ``i``."""

    text: str
    offsets: Sequence[int]

    def source_range(self, start: int, end: int) -> tuple[int, int]:
        """The half-open range of the source that the folded range ``start:end`` (not empty) came from."""
        return self.offsets[start], self.offsets[end - 1] + 1


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    """What one character becomes: lower case, no diacritics, plain quotes and dashes."""
    plain = _TYPOGRAPHIC.get(character)
    if plain is not None:
        return plain
    if character.isspace():
        return " "
    if unicodedata.category(character) in {"No", "Sk"}:
        return character  # "½" must not become "1/2" behind another digit
    decomposed = unicodedata.normalize("NFKD", character)
    return "".join(_TYPOGRAPHIC.get(c, c) for c in decomposed if not unicodedata.combining(c)).casefold()


def fold_with_offsets(text: str) -> Folded:
    """Fold case, diacritics, quotes, dashes, ellipses and runs of white space, keeping the way back to ``text``."""
    if text.isascii() and not _UNEVEN_SPACE.search(text):
        return Folded(text.lower(), range(len(text)))
    characters: list[str] = []
    offsets: list[int] = []
    for place, character in enumerate(text):
        folded = character.lower() if character.isascii() and not character.isspace() else _fold_character(character)
        if folded == " " and characters and characters[-1] == " ":
            continue
        characters.extend(folded)
        offsets.extend([place] * len(folded))
    return Folded("".join(characters), tuple(offsets))


def fold(text: str) -> str:
    """The text with case, diacritics, quotes, dashes, ellipses and white space evened out."""
    if text.isalnum() and text.isascii():
        return text.lower()
    if text.isascii():
        return re.sub(r"\s+", " ", text.lower())
    return re.sub(r" +", " ", "".join(map(_fold_character, text)))


def is_stop_word(word: str) -> bool:
    """Whether a folded word is a closed-class word."""
    return word in STOP_WORDS or word.endswith("n't") or word.partition("'")[0] in STOP_WORDS


def content_stems(text: str) -> frozenset[str]:
    """The stems of the words of ``text`` that carry content."""
    folded = (fold(token.text) for token in tokens(text))
    return frozenset(stem(word) for word in folded if not is_stop_word(word))


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A light stem of a folded word: inflection removed, derivation kept ("banning" -> "ban", "nation" -> "nation").

    Stems are keys to compare, not words: "time" and "times" both give "tim".
    """
    word = word.removesuffix("'s").removesuffix("'")
    if word in _IRREGULAR:
        word = _IRREGULAR[word]
    elif len(word) > 3 and word not in _UNINFLECTED:
        word = _strip_inflection(word)
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


def _strip_inflection(word: str) -> str:
    word = _strip_plural(word)
    if word.endswith("ied") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("eed"):
        return word[:-1] if len(word) > 5 else word
    for suffix in ("ing", "ed"):
        if word.endswith(suffix):
            root = word[: -len(suffix)]
            if len(root) > 1 and _VOWEL.search(root) and word not in _UNINFLECTED:
                return _undouble(root)
    return _undouble(word) if word.endswith("ll") else word


def _strip_plural(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes", "zzes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _undouble(root: str) -> str:
    if len(root) < 3 or root[-1] != root[-2] or root[-1] in "aeiousf":
        return root
    return root if root[-1] in "lz" and len(root) < 6 else root[:-1]
