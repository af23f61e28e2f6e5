"""Tokens have exact places, folding knows its way back, stems put inflections of a word together."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.words import fold, fold_with_offsets, is_stop_word, stem, tokens

TEXTS = st.text(max_size=200) | st.text(
    alphabet=st.sampled_from("abZ19.,'’ \n\r\t\u00a0éİıßﬁ½Øæ—…“”\u200b\u0301\u202e👍"), max_size=80
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The U.S. won 9-0 at 6 p.m.", ["The", "U.S.", "won", "9", "0", "at", "6", "p.m."]),
        ("It cost $1,500.50, not 4.75.", ["It", "cost", "1,500.50", "not", "4.75"]),
        ("Ana's well-known 21st B2B firm", ["Ana's", "well", "known", "21st", "B2B", "firm"]),
        ("don’t stop", ["don’t", "stop"]),
        ("E\u0301mile 5km", ["E\u0301mile", "5km"]),
        ("İstanbul мир مرحبا 東京", ["İstanbul", "мир", "مرحبا", "東京"]),
        ("👍 — “…”", []),
        ("", []),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert [token.text for token in tokens(text)] == expected


@given(TEXTS)
def test_tokens_have_exact_places_in_order(text: str) -> None:
    end = 0
    for token in tokens(text):
        assert token.start >= end
        assert text[token.start : token.end] == token.text != ""
        end = token.end


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“It’s”  a\r\n\tTEST…", '"it\'s" a test...'),
        ("Café São Łódź Ørsted", "cafe sao lodz orsted"),
        ("5–4 — 9‑0", "5-4 - 9-0"),
        ("ﬁre Straße", "fire strasse"),
        ("½ is ½", "½ is ½"),
        ("co\u00adop\u200beration", "cooperation"),
        ("İ", "i"),
    ],
)
def test_folding(text: str, expected: str) -> None:
    assert fold(text) == expected
    assert fold_with_offsets(text).text == expected


@given(TEXTS)
def test_both_ways_of_folding_agree_and_lead_back(text: str) -> None:
    folded = fold_with_offsets(text)
    assert folded.text == fold(text)
    assert len(folded.offsets) == len(folded.text)
    assert list(folded.offsets) == sorted(folded.offsets)
    for i, place in enumerate(folded.offsets):
        assert folded.source_range(i, i + 1) == (place, place + 1)
        assert folded.text[i] in fold(text[place]) + " "


def test_a_folded_range_stands_for_its_source() -> None:
    text = "He   said “Ça va…” loudly"
    folded = fold_with_offsets(text)
    start = folded.text.index('"ca va..."')
    first, last = folded.source_range(start, start + len('"ca va..."'))
    assert text[first:last] == "“Ça va…”"


@pytest.mark.parametrize(
    "words",
    [
        "win wins won winning",
        "ban bans banned banning",
        "study studies studied studying",
        "say says said saying",
        "rise rises rose risen rising",
        "man men",
        "child children child's",
        "box boxes",
        "church churches",
        "agree agrees agreed agreeing",
        "kill kills killed killing",
        "derail derails derailed",
        "leave leaves left leaving",
        "vote votes voted voting",
    ],
)
def test_inflections_share_a_stem(words: str) -> None:
    assert len({stem(word) for word in words.split()}) == 1


@pytest.mark.parametrize(
    "words",
    [
        "nation national",
        "organ organise",
        "policy police",
        "universe university",
        "new news",
        "sing single",
        "wing win",
        "bus business",
        "general generation",
    ],
)
def test_other_words_have_other_stems(words: str) -> None:
    first, second = words.split()
    assert stem(first) != stem(second)


@given(st.text(max_size=30))
def test_a_stem_is_never_longer_by_much_and_never_fails(word: str) -> None:
    assert len(stem(fold(word))) <= len(fold(word)) + 2


def test_stop_words() -> None:
    assert all(is_stop_word(word) for word in "the and not won't he's may".split())
    assert not any(is_stop_word(word) for word in "mayor resigned three fire".split())


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["a", "a ", "A.", "1,", "’a", "e\u0301", "İ", " ", "\u200b"])
def test_a_megabyte_takes_seconds(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    began = time.process_time()
    tokens(text)
    fold_with_offsets(text)
    assert time.process_time() - began < 15


@given(TEXTS)
def test_folding_does_not_depend_on_unicode_composition(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    decomposed = unicodedata.normalize("NFD", composed)
    assert fold(composed) == fold(decomposed)
