"""Reports that give different figures for one thing: both are shown, footnoted; copies and updates are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.figures import agree, asked_for, figures
from qa.records import Answer
from tests.reports import assistant_over, report

FERRY = (
    "2031-03-05",
    "Ledger",
    "Ferry sinks",
    "The ferry Skerry Maid sank off Tolley. Officials said 24 people had died.",
)
QUESTION = "How many people died on the Skerry Maid?"


def ask(place: Path, reports: list[tuple[str, str, str, str]], question: str = QUESTION) -> Answer:
    place.mkdir(exist_ok=True)
    files = {
        f"{number}.md": report(text, title=title, source=source, published=day)
        for number, (day, source, title, text) in enumerate(reports)
    }
    with assistant_over(place, files) as assistant:
        answer = assistant.ask(question)
        for citation in answer.citations:
            assert assistant.article(citation.article_id).text[citation.start : citation.end] == citation.quote
    for statement in answer.statements:
        assert statement.citations, "each side has its footnote"
    return answer


def test_both_figures_are_shown_with_outlet_day_and_footnote(tmp_path: Path) -> None:
    gull = (
        "2031-03-05",
        "Gull",
        "Ferry of doom",
        "A staggering 31 were killed when the Skerry Maid went down off Tolley.",
    )
    answer = ask(tmp_path, [FERRY, gull])
    assert "another figure, " in answer.text.lower()
    assert {"24", "31"} <= {word for word in answer.text.replace(".", " ").split() if word.isdigit()}
    for source in ("Ledger", "Gull"):
        assert f"{source}, 5 March 2031: " in answer.text
    assert len({citation.article_id for citation in answer.citations}) == 2


def test_an_earlier_hour_is_an_earlier_report(tmp_path: Path) -> None:
    evening = ("2031-03-04T20:45:00", *FERRY[1:])
    morning = ("2031-03-04T06:10:00", "Wire", "Sinking", "Nine people died when the Skerry Maid sank off Tolley.")
    assert "another figure" not in ask(tmp_path, [evening, morning]).text.lower()


def test_outlets_that_say_the_same_stand_beside_one_statement(tmp_path: Path) -> None:
    radio = (
        "2031-03-05",
        "Radio",
        "Toll of ferry",
        "The death toll of the Skerry Maid off Tolley stood at 24, police said.",
    )
    answer = ask(tmp_path, [FERRY, radio])
    assert "another figure" not in answer.text.lower()
    assert any(len(statement.citations) == 2 for statement in answer.statements)
    assert "5 March 2031; another report says the same: " in answer.text


def test_outlets_that_say_the_same_without_a_figure_are_named_too(tmp_path: Path) -> None:
    first = ("2031-04-22", "Ledger", "Mayor goes", "Mayor Ivo Kestner resigned over the terrace affair on Tuesday.")
    wire = (
        "2031-04-22",
        "Wire",
        "Kestner",
        "On Tuesday Ivo Kestner resigned as mayor over the affair of the terrace at his house.",
    )
    answer = ask(tmp_path, [first, wire], "Why did mayor Ivo Kestner resign over the terrace affair?")
    assert "; another report says the same: " in answer.text
    assert len(answer.statements[0].citations) == 2


def test_prices_and_speeds_may_differ_for_a_week_and_a_month_in_the_question_is_no_name(tmp_path: Path) -> None:
    charge = (
        "2034-09-04",
        "Wire",
        "Fesk on trial",
        "The car of Dorian Fesk went at 112 kilometres an hour, says the charge.",
    )
    expert = (
        "2034-09-08",
        "Courier",
        "Two witnesses",
        "An expert for Dorian Fesk put the speed of the car at 84 kilometres an hour, far below the charge.",
    )
    answer = ask(tmp_path, [charge, expert], "How fast was the car of Fesk going in September, as the charge has it?")
    assert "Another figure, " in answer.text
    assert {"112", "84"} <= set(answer.text.split())


@pytest.mark.slow
@pytest.mark.parametrize(
    "other",
    [
        ("2031-03-05", "Gull", "Sinking", "The Skerry Maid sank off Tolley. 31 people are missing."),
        ("2031-03-05", "Gull", "Bus crash", "Twelve people died when a bus crashed near Merrin."),
        ("2031-03-04", "Gull", "Sinking", "At least nine people died when the Skerry Maid sank off Tolley."),
        ("2031-03-25", "Gull", "Sinking", "31 people died when the Skerry Maid sank off Tolley."),
        ("2031-03-05", "Ledger", "Sinking", "31 people died when the Skerry Maid sank off Tolley, it is now known."),
        ("2031-03-05", "Gull", "Sinking", "Another 31 people died in other wrecks beside the Skerry Maid off Tolley."),
        ("2031-03-05", "Gull", "Sinking", "About 25 people died when the Skerry Maid sank off Tolley."),
    ],
    ids=["missing", "elsewhere", "earlier", "weeks later", "the same outlet", "others", "rounded"],
)
def test_other_numbers_are_no_disagreement(tmp_path: Path, other: tuple[str, str, str, str]) -> None:
    assert "another figure" not in ask(tmp_path, [FERRY, other]).text.lower()


def test_a_copy_with_another_figure_is_told(tmp_path: Path) -> None:
    copy = (FERRY[0], "Gull", FERRY[2], FERRY[3].replace("24", "34"))
    assert "another figure, " in ask(tmp_path, [FERRY, copy]).text.lower()


AGENCY = (
    "The harbour office opened the inquiry after a request by the families, whose lawyer complained twice in public. "
    "Divers found the bow door at a depth of ninety metres and will lift it next month if the weather allows them to. "
    "A tug has been hired for that, and the harbour of Tolley will be closed to pleasure boats for three days in May."
)


def test_an_agency_report_printed_again_confirms_nothing_though_a_sentence_was_rewritten(tmp_path: Path) -> None:
    wire = (*FERRY[:1], "Wire", "Ferry", f"{FERRY[3]} {AGENCY}")
    printed = (*FERRY[:1], "Post", "Sunk", f"The death toll of the Skerry Maid off Tolley stood at 24. {AGENCY}")
    radio = (*FERRY[:1], "Radio", "Toll", "On the Skerry Maid off Tolley 24 people died, say police.")
    assert "says the same" not in ask(tmp_path / "both", [wire, printed]).text
    assert "; another report says the same: " in ask(tmp_path / "three", [wire, printed, radio]).text


def test_an_agency_report_with_another_figure_is_told_once(tmp_path: Path) -> None:
    wire, printed = (
        (*FERRY[:1], source, title, f"Thirty-one people died on the Skerry Maid, {who} said. {AGENCY}")
        for source, title, who in (("Wire", "Toll of the Skerry Maid", "police"), ("Post", "Thirty-one", "detectives"))
    )
    assert ask(tmp_path, [FERRY, wire, printed]).text.lower().count("another figure, ") == 1


def test_a_copy_is_one_source(tmp_path: Path) -> None:
    copy = (FERRY[0], "Gull", FERRY[2], FERRY[3] + " Nobody on land was hurt.")
    answer = ask(tmp_path, [FERRY, copy])
    assert all(len(statement.citations) == 1 for statement in answer.statements)
    assert "says the same" not in answer.text


@pytest.mark.parametrize(
    ("question", "sentence", "values"),
    [
        (QUESTION, "The toll rose to 24 on Wednesday and 11 people were still missing.", [24]),
        (QUESTION, "It killed 31 and injured 11 people.", [31]),
        (QUESTION, "Two of them died.", []),
        (QUESTION, "40 houses were damaged, and in 2031 few died.", []),
        ("How old was she when she died?", "She has died after a fall, aged 83, 61 years after her debut.", [83]),
        ("How old is Tilda Renn?", "Tilda Renn, who is 41 years old, leads the council.", [41]),
        ("How old is Tilda Renn?", "Renn, a 41-year-old nurse, has led it for 12 years.", [41]),
        ("How many lorries were on board?", "She was carrying nine lorries and 48 cars.", [9]),
        ("How much did the roof cost?", "The roof cost 3.1 million euros and took 12 weeks.", [3_100_000]),
        ("How long did the talks last?", "The talks lasted 90 minutes and 12 people took part.", [5400]),
    ],
)
def test_only_figures_that_answer_count(question: str, sentence: str, values: list[float]) -> None:
    asked = asked_for(question)
    assert asked is not None
    assert [figure.value for figure in figures(sentence, asked)] == values


@pytest.mark.parametrize(
    "question", ["Where did they meet?", "Who died?", "How many of the dead and the injured were there?"]
)
def test_what_wants_no_single_count_is_left_alone(question: str) -> None:
    assert asked_for(question) is None


def test_rounded_and_hedged_figures_agree() -> None:
    asked = asked_for(QUESTION)
    assert asked is not None
    one, about, least = (figures(f"{words} people died.", asked)[0] for words in ("31", "About 30", "At least 28"))
    assert agree(one, about) is True
    assert agree(one, least) is False


STRIKE = (
    "2034-06-12",
    "Radio",
    "Nurses' strike",
    "The health ministry said 5,200 nurses joined the strike at hospitals in Peldria on Monday. "
    "The nurses' union told us that 9,000 nurses joined the strike in Peldria. "
    "It rained all day, and the hospitals were quiet.",
)


def test_two_people_in_one_article_are_two_sides(tmp_path: Path) -> None:
    answer = ask(tmp_path, [STRIKE], "How many nurses joined the strike in Peldria?")
    assert "another figure, radio, 12 june 2034: " in answer.text.lower()
    assert "5,200" in answer.text
    assert "9,000" in answer.text


def test_one_person_in_one_article_is_one_side(tmp_path: Path) -> None:
    corrected = STRIKE[3].replace("The nurses' union told us", "Later the health ministry said")
    answer = ask(tmp_path, [(*STRIKE[:3], corrected)], "How many nurses joined the strike in Peldria?")
    assert "another figure" not in answer.text.lower()
