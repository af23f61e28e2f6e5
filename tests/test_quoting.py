"""How much is quoted with a sentence so that it can be read alone."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import qa
from qa.quoting import MOST_BEFORE, MOST_BEHIND, quotations, readable
from qa.sentences import sentence_spans

SIREN = (
    "The town hall has a siren on its roof. “There was no siren. None. What woke me was the dog,” said Ida Brenn,"
    " who kept the bakery. The mayor would not speak."
)


def shown(text: str, wanted: str) -> str:
    spans = sentence_spans(text)
    place = next(number for number, span in enumerate(spans) if wanted in span.of(text))
    return readable(text, spans, place).of(text).strip()


@pytest.mark.parametrize("wanted", ["There was no siren", "None", "the dog"])
def test_quoted_words_are_shown_with_who_says_them(wanted: str) -> None:
    assert shown(SIREN, wanted) == (
        "“There was no siren. None. What woke me was the dog,” said Ida Brenn, who kept the bakery."
    )


def test_a_sentence_beside_a_quotation_stands_alone() -> None:
    assert shown(SIREN, "The mayor") == "The mayor would not speak."
    assert shown(SIREN, "on its roof") == "The town hall has a siren on its roof."


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        (
            'Eskil Varn sat on the sea wall. "There was a man at the wheel. I knew him," he said.',
            "at the wheel",
            'Eskil Varn sat on the sea wall. "There was a man at the wheel. I knew him," he said.',
        ),
        (
            'The engineer, Lorcan Mews, shrugged. "It was in the programme," he said. "The river was in another."',
            "The river",
            'The engineer, Lorcan Mews, shrugged. "It was in the programme," he said. "The river was in another."',
        ),
        (
            '"We have waited," said Tom Ashby, of the union. "We will not wait again." The minister left.',
            "have waited",
            '"We have waited," said Tom Ashby, of the union. "We will not wait again."',
        ),
        (
            'The "Tern" is a brooch. "We have waited," said Tom Ashby.',
            "brooch",
            'The "Tern" is a brooch.',
        ),
        (
            "Transport Minister Rafael Quintero resigned. In a letter to the president he took the blame.",
            "letter",
            "Transport Minister Rafael Quintero resigned. In a letter to the president he took the blame.",
        ),
        (
            "Transport Minister Rafael Quintero resigned. In a letter Ana Ruiz said he had taken the blame.",
            "letter",
            "In a letter Ana Ruiz said he had taken the blame.",
        ),
        (
            'Governor Jana Havelkova cut the rate. "Nobody should read this as a start," she said. It is one decision.',
            "one decision",
            'Governor Jana Havelkova cut the rate. "Nobody should read this as a start," she said. It is one decision.',
        ),
        (
            "Rain fell on the quay all day. “They were drumming on saucepans,” said Pia Loam.",
            "saucepans",
            "“They were drumming on saucepans,” said Pia Loam.",
        ),
        (
            "Der Bürgermeister Jan Holm schwieg lange. „Es gab keine Sirene. Keine“, sagte er dann.",
            "keine Sirene",
            "„Es gab keine Sirene. Keine“, sagte er dann.",
        ),
        (
            "Le maire se tut. « Il n'y avait pas de sirène. Aucune », dit Ida Brenn.",
            "Aucune",
            "« Il n'y avait pas de sirène. Aucune », dit Ida Brenn.",
        ),
        (
            "The committee heard from the mayor. She answered the letter. She called it “casual”.",
            "casual",
            "The committee heard from the mayor. She answered the letter. She called it “casual”.",
        ),
    ],
)
def test_who_speaks_is_found_before_the_quotation_or_behind_it(text: str, wanted: str, expected: str) -> None:
    assert shown(text, wanted) == expected


def test_the_middle_of_a_long_speech_is_not_made_longer_at_its_end() -> None:
    speech = "“" + " ".join(f"We voted {number} times on the quay that year." for number in range(20)) + "”"
    assert shown(f"The chair spoke. {speech} The chair sat down.", "voted 6 ") == (
        "We voted 6 times on the quay that year."
    )


def test_a_quotation_goes_on_in_the_next_paragraph() -> None:
    text = "“We voted for the quay.\n\n“And we paid for it,” said Ana Ruiz.\n"
    assert shown(text, "We voted") == text.strip()
    assert shown(text, "And we paid") == text.strip()


def test_a_forgotten_mark_reaches_no_further_than_its_paragraph() -> None:
    text = "“We voted for the quay.\n\nThe mayor, “Ana”, paid for it.\n"
    assert shown(text, "We voted") == "“We voted for the quay."
    assert shown(text, "The mayor") == "The mayor, “Ana”, paid for it."


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("He is 6'2\" tall. Nobody minds.", []),
        ("and paid,” she said. “No.”", ["and paid,”", "“No.”"]),
        ("“A ‘B’ C” and\n“D", ["“A ‘B’ C”"]),
        ("„A“ and «B» and “C”", ["„A“", "«B»", "“C”"]),
        ("no marks at all", []),
        ("", []),
    ],
)
def test_quotations(text: str, found: list[str]) -> None:
    assert [span.of(text) for span in quotations(text)] == found


PIECES = st.sampled_from([*"aB .?!\n\r“”„«»\"'’(5", "He said. ", " she said. ", "😀", "İ", "e\u0301", "ש"])
ANY_TEXT = st.lists(PIECES, max_size=200).map("".join)


@given(ANY_TEXT)
@example("“\n„“")
def test_quotations_are_apart_and_in_order(text: str) -> None:
    found = list(quotations(text))
    assert all(0 <= span.start < span.end <= len(text) for span in found)
    for span in found:  # into another paragraph only where that opens with a mark, too
        later = [paragraph.strip() for paragraph in span.of(text).split("\n")[1:]]
        assert all(not paragraph or paragraph[0] in '“„«"' for paragraph in later)
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))


@given(ANY_TEXT)
def test_what_is_shown_are_whole_sentences_around_the_one_wanted(text: str) -> None:
    spans = sentence_spans(text)
    for place, span in enumerate(spans):
        found = readable(text, spans, place)
        assert found.start <= span.start
        assert span.end <= found.end
        assert found.start in {one.start for one in spans}
        assert found.end in {one.end for one in spans}
        first = next(number for number, one in enumerate(spans) if one.start == found.start)
        last = next(number for number, one in enumerate(spans) if one.end == found.end)
        assert place - first <= 3 * MOST_BEFORE
        assert last - place <= MOST_BEHIND


def test_an_answer_says_whose_the_quoted_words_are(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "siren.txt").write_text(SIREN, encoding="utf-8")
    assistant = qa.open(tmp_path / "articles", index=tmp_path / "index", model="extractive")
    answer = assistant.ask("Was there a siren?")
    quoted = next(citation.quote for citation in answer.citations if "no siren" in citation.quote)
    assert quoted.startswith("“There was no siren.")
    assert "said Ida Brenn" in quoted
    assert SIREN[answer.citations[0].start : answer.citations[0].end] == answer.citations[0].quote
