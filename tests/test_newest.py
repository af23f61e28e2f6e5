"""The newest count stands first, however short its sentence; how a count changed is a dated list of its states."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.figures import Asked, asked_for, figures
from tests.reports import assistant_over, report

DAM = {
    "first.md": (
        "2034-03-08",
        "At least nine people were killed on Wednesday when the Ombrey dam in Peldria gave way.",
    ),
    "rise.md": (
        "2034-03-09",
        "The number of people known to have died when the Ombrey dam failed rose to 17 yesterday, with 14 missing.",
    ),
    "last.md": (
        "2034-04-04",
        "Opening the gates in time would have saved the Ombrey dam, a commission said. The final number of dead is 23, "
        "it said. The dam of Lower Ombrey was not hurt.",
    ),
    "other.md": ("2034-05-01", "Two people died when a bus crashed near Kelmund, police said on Monday."),
}


def files(**more: tuple[str, str]) -> dict[str, str]:
    reports = {**DAM, **more}
    return {
        name: report(text, title="News of Ombrey", source=name, published=day) for name, (day, text) in reports.items()
    }


def test_the_final_count_stands_first_with_its_day(tmp_path: Path) -> None:
    with assistant_over(tmp_path, files()) as assistant:
        answer = assistant.ask("How many people died when the Ombrey dam failed?")
    assert answer.text.startswith("As of 4 April 2034: ")
    assert "23" in answer.citations[0].quote
    assert "17" not in answer.text


@pytest.mark.parametrize(("day", "count"), [("9 March 2034", "17"), ("8 March 2034", "nine")])
def test_asked_for_a_day_the_count_of_that_day_is(tmp_path: Path, day: str, count: str) -> None:
    with assistant_over(tmp_path, files()) as assistant:
        answer = assistant.ask(f"How many people had died as of {day} when the Ombrey dam failed?")
    assert count in answer.citations[0].quote


def test_how_a_count_changed_is_told_by_its_states(tmp_path: Path) -> None:
    with assistant_over(tmp_path, files()) as assistant:
        answer = assistant.ask("How did the number of dead of the Ombrey dam change from 8 March to 4 April 2034?")
    lines = answer.text.split("\n")
    assert [line.partition(":")[0] for line in lines] == ["8 March 2034", "9 March 2034", "4 April 2034"]
    assert all(count in line for count, line in zip(("nine", "17", "23"), lines, strict=True))


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("How fast was the car?", Asked(measure="speed")),
        ("At what speed did it go?", Asked(measure="speed")),
        ("How heavy is the satellite?", Asked(measure="weight")),
        ("How much does Heron weigh?", Asked(measure="weight")),
        ("How tall is the wall?", Asked(measure="length")),
        ("How high was inflation?", None),
        ("How far did he go?", None),
        ("How many people had to leave their homes?", Asked(state="moved")),
    ],
)
def test_what_is_asked_for(question: str, asked: Asked | None) -> None:
    assert asked_for(question) == asked


@pytest.mark.parametrize(
    ("question", "sentence", "values"),
    [
        ("How fast was the car?", "It went at 112 kilometres an hour over 3 kilometres.", [112000.0]),
        ("How heavy is it?", "It weighs 212 kilograms and flew 900 kilometres.", [212000.0]),
        ("How tall is the wall?", "The wall is 12 metres high.", [12.0]),
        ("How old is Kerran?", "Dr Kerran, 41, said that Mr Zhelnin is 63.", [41.0, 63.0]),
        ("How old is Kerran?", "On Monday, 41 boats and, 12, again", []),
        ("How many nurses went on strike?", "There were six patients to a nurse and 5,200 nurses out.", [5200.0]),
        ("How many people died?", "The number of people who died rose to 17 yesterday evening.", [17.0]),
    ],
)
def test_the_figures_that_answer(question: str, sentence: str, values: list[float]) -> None:
    asked = asked_for(question)
    assert asked is not None
    assert [figure.value for figure in figures(sentence, asked)] == values
