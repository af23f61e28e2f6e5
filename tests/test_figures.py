"""Which numbers of a sentence count what a question asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.figures import agree, asked_for, figures, single_figure
from tests.reports import assistant_over, report

KILLED = "How many people were killed?"


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        (KILLED, "The number of people killed rose to five after rescuers found three bodies under the rubble.", 5),
        (KILLED, "The death toll stood at 455.", 455),
        (KILLED, "The interior ministry gave a toll of 39.", 39),
        (KILLED, "Two people died and 17 were wounded.", 2),
        ("How many drones were shot down?", "Air defences shot down 97 of the drones.", 97),
        ("How many centres will close?", "It would close two of its centres.", 2),
        ("How many people were hurt?", "Six people were in hospital last night.", 6),
        ("How many people were evacuated?", "About 5,000 people are under evacuation orders.", 5000),
        ("At what time did the dam break?", "The dam broke at 1:40 a.m., 20 minutes after the alarm.", 100),
        ("How many people are missing?", "Nine are still missing and presumed drowned.", 9),
    ],
)
def test_the_figure_that_is_asked_for(question: str, sentence: str, expected: float) -> None:
    asked = asked_for(question)
    assert asked is not None
    found = single_figure(sentence, asked)
    assert found is not None
    assert found.value == expected


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (KILLED, "Two of them had come from Tolley."),
        (KILLED, "Three more bodies were found."),
        (KILLED, "The ferry carried 140 people."),
        ("How many drones were shot down?", "Two of the missiles hit a depot."),
        ("How many people were hurt?", "The hospital has 400 beds."),
        (KILLED, ""),
        (KILLED, "😀 İ \u0301 שלום 7"),
    ],
)
def test_other_numbers_are_none(question: str, sentence: str) -> None:
    asked = asked_for(question)
    assert asked is not None
    assert figures(sentence, asked) == []


def test_clock_times_a_few_minutes_apart_are_of_one_moment() -> None:
    asked = asked_for("At what time did the dam break?")
    assert asked is not None
    found = [figures(f"The dam broke {time} a.m.", asked)[0] for time in ("at 1:40", "at about 1:44", "at 1:50")]
    assert agree(found[0], found[1])
    assert not agree(found[0], found[2])
    late, early = (figures(f"The dam broke at {time}.", asked)[0] for time in ("23:58", "00:01"))
    assert agree(late, early)


def test_two_outlets_with_another_time_of_day_are_both_shown(tmp_path: Path) -> None:
    files = {
        "wire.md": report(
            "The dam at Ombrey broke at 1:40 a.m., police said.", published="2034-03-08", source="Calder Wire"
        ),
        "post.md": report(
            "The dam at Ombrey broke at 2:10 a.m., its operator said.", published="2034-03-09", source="Varno Post"
        ),
    }
    with assistant_over(tmp_path, files) as assistant:
        text = assistant.ask("At what time did the dam at Ombrey break?").text
    assert "1:40" in text
    assert "2:10" in text


def test_a_time_of_day_in_words_stands_first(tmp_path: Path) -> None:
    files = {
        "toll.md": report("The dam at Ombrey broke on Wednesday and killed nine people.", published="2034-03-08"),
        "dam.md": report("The old dam at Ombrey broke shortly after two in the morning.", published="2034-03-09"),
    }
    with assistant_over(tmp_path, files) as assistant:
        answer = assistant.ask("At what time did the dam at Ombrey break?")
    assert answer.citations[0].quote == "The old dam at Ombrey broke shortly after two in the morning."
