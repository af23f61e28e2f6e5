"""Which numbers of a sentence count what a question asks for."""

from __future__ import annotations

import pytest

from qa.figures import asked_for, figures, single_figure

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
