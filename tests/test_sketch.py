"""Copies told by what the index keeps of a text: cut, changed a little, in other letters; never by a shared quote."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.index.sketch import is_copy, sketch_of

WORDS = [
    f"{first}{second}" for first in "ba ko li mu ne po ra su ti vo".split() for second in "den lar mit nos".split()
]


def text_of(seed: int, count: int) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=count))


@given(st.integers(0, 10_000), st.integers(150, 900), st.floats(0.5, 1.0))
def test_a_text_that_was_cut_by_half_is_a_copy(seed: int, count: int, share: float) -> None:
    whole = text_of(seed, count)
    part = " ".join(whole.split()[: int(count * share)])
    assert is_copy(sketch_of(whole), sketch_of(part))
    assert is_copy(sketch_of(part), sketch_of(whole))


@pytest.mark.slow
@given(st.integers(0, 10_000), st.integers(60, 900))
def test_other_texts_are_none_though_they_share_a_quote(seed: int, count: int) -> None:
    quote = text_of(seed + 1_000_000, count // 15)
    one, other = (f"{text_of(seed + more, count)} {quote} {text_of(seed + more + 1, count)}" for more in (0, 20_000))
    assert not is_copy(sketch_of(one), sketch_of(other))


@given(st.integers(0, 10_000))
def test_one_word_in_fifteen_may_be_another(seed: int) -> None:
    words = text_of(seed, 300).split()
    changed = ["anders" if place % 15 == 7 else word for place, word in enumerate(words)]
    assert is_copy(sketch_of(" ".join(words)), sketch_of(" ".join(changed)))


def test_case_signs_and_line_ends_do_not_matter() -> None:
    text = text_of(7, 120)
    printed = text.upper().replace(" ", ",\r\n", 40)
    assert sketch_of(printed) == sketch_of(text)


@pytest.mark.parametrize("text", ["", "İ", "three words only", "🙂 🙂 🙂 🙂 🙂", text_of(3, 12), "\ud800 " * 9])
def test_what_has_few_words_is_no_copy_of_anything(text: str) -> None:
    assert not is_copy(sketch_of(text), sketch_of(text))
    assert not is_copy(sketch_of(text), sketch_of(text_of(4, 200)))


@pytest.mark.slow
def test_a_megabyte_leaves_no_more_than_a_page() -> None:
    long = text_of(5, 200_000)
    assert len(sketch_of(long)) == len(sketch_of(text_of(6, 2_000))) <= 512
