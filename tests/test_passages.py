"""Passages tile the article, sentences tile the passages, whatever the text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.index.prepare import prepare
from qa.passages import LONGEST, TARGET_LENGTH, passage_sentences
from qa.records import Article, Span
from qa.sentences import sentence_spans

NASTY = {
    "empty": "",
    "one letter": "a",
    "white space": " \n\t \n ",
    "line breaks": "\n" * 500,
    "carriage returns": "One.\r\nTwo.\r\n\r\nThree.\r\n",
    "dotted capital": "İstanbul İSKİ said İt. İİİ. It went on.",
    "emoji": "👩‍👩‍👧 met. 🇫🇷 won! 👍🏽 Then 💥.",
    "combining marks": "Cafe\u0301 Zoe\u0308 said. A\u0300\u0301\u0302 then.",
    "right to left": "قال الرئيس. וכך היה. He said \u202bשלום\u202c.",
    "surrogate": "Half \ud83d a pair. Another \udc00.",
    "controls": "A\x00B.\x0bC.\x0cD.\x85E.\u2028F.\u2029G.",
    "byte order marks": "\ufeffOne. \ufeffTwo.",
    "no full stop": "word " * 5000,
    "no space": "x" * 20_000,
    "tiny sentences": "A. " * 4000,
    "headlines": "Mayor resigns\n\nCouncil votes\n\nTram delayed\n\n" * 200,
}

texts = st.one_of(
    st.text(max_size=400),
    st.lists(
        st.sampled_from(
            ["The mayor resigned. ", "U.S. ", "“Yes,” he said.\n\n", "\r\n", "İ", "👩‍👧", "e\u0301", " ", "\n", "5.3%"]
        ),
        max_size=400,
    ).map("".join),
)


def groups(text: str) -> list[tuple[Span, ...]]:
    return passage_sentences(text, sentence_spans(text))


def assert_tiles(text: str, found: list[tuple[Span, ...]]) -> None:
    sentences = [span for group in found for span in group]
    assert sentences == sentence_spans(text)
    assert all(group for group in found)
    end = 0
    for span in sentences:
        assert span.start == end
        end = span.end
    assert end == len(text)
    assert "".join(text[group[0].start : group[-1].end] for group in found) == text


@given(texts)
def test_passages_tile_any_text(text: str) -> None:
    assert_tiles(text, groups(text))


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
def test_passages_tile_nasty_texts(text: str) -> None:
    assert_tiles(text, groups(text))


@pytest.mark.slow
@given(st.lists(st.integers(1, 3 * LONGEST), max_size=60))
@settings(max_examples=60)
def test_only_a_single_long_sentence_exceeds_the_longest_passage(lengths: list[int]) -> None:
    text, sentences = "", []
    for length in lengths:
        sentences.append(Span(len(text), len(text) + length))
        text += "x" * (length - 1) + " "
    found = passage_sentences(text, sentences)
    assert [span for group in found for span in group] == sentences
    assert all(len(group) == 1 or group[-1].end - group[0].start <= LONGEST for group in found)


def test_passages_of_an_ordinary_article_are_of_even_length() -> None:
    text = "".join(
        f"Sentence number {number} of this article tells a little more of the story. " for number in range(200)
    )
    lengths = [group[-1].end - group[0].start for group in groups(text)]
    assert len(lengths) > 5
    assert all(0.7 * TARGET_LENGTH <= length <= 1.3 * TARGET_LENGTH for length in lengths)


def test_a_passage_rather_ends_with_its_paragraph() -> None:
    sentence = "The council voted for the new tram on Monday after a long debate. "
    paragraph = (sentence * 15).rstrip() + "\n\n"
    found = groups(paragraph * 6)
    ends = {group[-1].end for group in found[:-1]}
    assert ends
    assert all(end % len(paragraph) == 0 for end in ends)


@given(texts, st.text(max_size=30))
def test_a_prepared_article_can_be_put_together_again(text: str, title: str) -> None:
    article = Article("a.txt", text, title, published="2024-03-04")
    prepared = prepare(article, "a.txt", 1)
    assert "".join(passage.text for passage in prepared.passages) == text
    for passage in prepared.passages:
        assert text[passage.start : passage.end] == passage.text
        assert [span.of(text) for span in passage.sentences] == [
            passage.text[span.start - passage.start : span.end - passage.start] for span in passage.sentences
        ]
    assert prepared.entry.length == len(text)
    assert prepared.entry.passage_ids() == [passage.id for passage in prepared.passages]


def test_the_same_text_always_gives_the_same_passages() -> None:
    text = NASTY["headlines"] + NASTY["tiny sentences"]
    assert groups(text) == groups(text)


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    ["word " * 200_000, "x" * 1_000_000, "A. " * 333_333, "He said so.\n" * 83_000, "\n" * 1_000_000],
    ids=["words", "one word", "tiny sentences", "short lines", "line breaks"],
)
def test_a_megabyte_takes_bounded_time(text: str) -> None:
    sentences = sentence_spans(text)
    started = time.process_time()
    found = passage_sentences(text, sentences)
    seconds = time.process_time() - started
    assert sum(len(group) for group in found) == len(sentences)
    assert "".join(text[group[0].start : group[-1].end] for group in found) == text
    assert seconds < 30
