"""Sentences tile any text, end where a reader would end them, and are never very long."""

import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.records import Span
from qa.sentences import LONGEST, sentence_spans, trimmed


def sentences(text: str) -> list[str]:
    return [span.of(text).strip() for span in sentence_spans(text)]


def assert_tiles(text: str) -> None:
    spans = sentence_spans(text)
    assert "".join(span.of(text) for span in spans) == text
    assert [span.start for span in spans] == [0, *(span.end for span in spans[:-1])][: len(spans)]


@pytest.mark.parametrize(
    "marked",
    [
        "Sen. Ana Ruiz, D-Vt., left the U.S. Capitol at 6 p.m. on Jan. 5.|She did not speak.",
        "It rose 4.1 percent to $2.5 billion.|Nobody at No. 10 objected.",
        "J. K. Rowling wrote to Mr. Obama Jr. about it.|He replied.",
        "“We lost.|There is no excuse,” he said.|Nobody argued.",
        "“Are we lost?” he asked.|“No.”|They drove on.",
        "“Are we lost?” Mary Bell asked.|“We are!” shouted Tom.",
        "He moved to the U.S.|The others stayed in Washington, D.C.|They wrote.",
        "Shares of Hale Inc. fell.|So did those of Dray Ltd.|Analysts blamed Oslo.",
        "“Well… maybe,” she said.|“Maybe … not.”|(It was late.)|They slept.",
        "The case, Roe v. Wade, is from 1973.[4]|It stood until 2022.[citation needed]|Then it fell.",
        "He fell ill.|Doctors came.|He lived on St. Mark's Rd. near the park.|Pellegrino did too.",
        "Prices fell.|15 shops closed.|1.2 million people left.",
        "He grew up in the yard.|Élodie did not.|Ängste blieben.",
        "他走了。|她留下。",
        "هل هذا صحيح؟|نعم.",
    ],
)
def test_sentences_end_where_a_reader_would_end_them(marked: str) -> None:
    joiner = "" if "。" in marked else " "
    assert sentences(marked.replace("|", joiner)) == marked.split("|")


def test_a_line_break_ends_a_sentence_without_a_full_stop() -> None:
    text = "Storm hits coast\nThousands without power\nA storm hit the coast. It was large.\n"
    assert sentences(text) == ["Storm hits coast", "Thousands without power", "A storm hit the coast.", "It was large."]


def test_hard_wrapped_lines_are_one_paragraph() -> None:
    text = (
        "Heavy rain closed the coast road between Ardmore and Lisle on\n"
        "Wednesday, stranding about 200 drivers. Crews worked through the\n"
        "night to clear mud from both lanes, said officials in\n"
        "Ardmore.\n"
        "\n"
        "The road reopened at 10:20 a.m. and traffic was moving again by\n"
        "noon, although slowly. More rain is expected.\n"
    )
    assert [" ".join(sentence.split()) for sentence in sentences(text)] == [
        "Heavy rain closed the coast road between Ardmore and Lisle on Wednesday, stranding about 200 drivers.",
        "Crews worked through the night to clear mud from both lanes, said officials in Ardmore.",
        "The road reopened at 10:20 a.m. and traffic was moving again by noon, although slowly.",
        "More rain is expected.",
    ]


def test_a_heading_above_hard_wrapped_lines_stays_apart() -> None:
    text = (
        "ROAD REOPENS\nHeavy rain closed the coast road between Ardmore and Lisle on\n"
        "Wednesday, stranding about 200 drivers who had been on their way\nto a wedding in the next valley.\n"
    )
    assert sentences(text)[0] == "ROAD REOPENS"
    assert len(sentences(text)) == 2


def test_bulleted_lines_stay_apart() -> None:
    text = (
        "The plan has three parts, said the mayor in her speech:\n- close the bridge\n- build a park\n- plant trees\n"
    )
    assert len(sentences(text)) == 4


def test_windows_line_ends_are_white_space() -> None:
    text = "One line.\r\nAnother line\r\n\r\nA third."
    assert sentences(text) == ["One line.", "Another line", "A third."]
    assert_tiles(text)


def test_an_empty_text_has_no_sentences() -> None:
    assert sentence_spans("") == []


def test_white_space_alone_is_one_span_with_nothing_to_cite() -> None:
    assert sentence_spans(" \n\t\n ") == [Span(0, 5)]
    assert trimmed(" \n\t\n ", Span(0, 5)) is None


def test_white_space_belongs_to_the_sentence_before_it_and_at_the_start_to_the_first() -> None:
    text = "\n\n  One. \n\n  Two. "
    assert [span.of(text) for span in sentence_spans(text)] == ["\n\n  One. \n\n  ", "Two. "]


def test_trimming_keeps_the_offsets_of_the_text() -> None:
    text = "One.\n \u00a0Two. \n"
    second = trimmed(text, sentence_spans(text)[1])
    assert second is not None
    assert text[second.start : second.end] == "Two."


@given(st.text(st.sampled_from("aB .!?…\n\r\t\"”“'’()[]1v。İ\u0301🎉\u200d א-,"), max_size=300) | st.text(max_size=300))
def test_sentences_tile_any_text(text: str) -> None:
    assert_tiles(text)


@given(st.text(st.sampled_from("aB .!?\n”“(1"), min_size=1, max_size=200).filter(str.strip))
def test_every_sentence_of_a_text_with_words_has_something_to_cite(text: str) -> None:
    assert all(trimmed(text, span) for span in sentence_spans(text))


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    [
        "x",
        "x,",
        "word ",
        "word, ",
        ".",
        ". ",
        "“",
        "a\u0301",
        "👩\u200d🚀",
        "(a. ",
        "cell | cell | ",
        "a.[1]",
        "A?” Aa ",
        " ",
    ],
)
def test_no_sentence_is_longer_than_the_limit_and_a_megabyte_takes_seconds(unit: str) -> None:
    text = "A" + unit * (1_000_000 // len(unit)) + "z"
    begun = time.process_time()
    spans = sentence_spans(text)
    assert time.process_time() - begun < 3
    assert max(len(span.of(text).strip()) for span in spans) <= LONGEST
    assert sum(span.end - span.start for span in spans) == len(text)


@pytest.mark.slow
def test_a_megabyte_of_news_on_one_line_takes_seconds() -> None:
    text = "Mr. Smith said the U.S. economy grew 3.1 percent on Jan. 5. “Really?” Jones asked. Nobody knew. " * 10_500
    begun = time.process_time()
    assert len(sentence_spans(text)) == 3 * 10_500
    assert time.process_time() - begun < 3


def test_long_sentences_are_cut_after_clauses() -> None:
    text = "one two three four, " * 100
    assert all(piece.endswith(",") and 400 <= len(piece) <= LONGEST for piece in sentences(text)[:-1])


def test_a_letter_and_its_accent_are_never_cut_apart() -> None:
    text = "e\u0301" * 2_000
    assert all(span.of(text)[0] == "e" for span in sentence_spans(text))


def test_importing_it_loads_no_library() -> None:
    command = "import sys, qa.sentences; print([m for m in ('nupunkt', 'llama_index', 'numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
