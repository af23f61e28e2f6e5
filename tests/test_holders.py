"""Who holds an office: the newest report that names somebody comes first, the older one is said to be older."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.holders import named_holder, office_of
from tests.reports import assistant_over, report, reports_of

REPORTS = reports_of(
    {
        "old.md": (
            "2032-04-18",
            "Ostrov's party loses",
            "The Civic Party of the interior minister of Calder, Lena Ostrov, lost Sunday's general election.",
        ),
        "new.md": (
            "2032-05-02",
            "Bridge to be rebuilt",
            "Calder's new interior minister, Pavel Dunn, said on Sunday that the bridge would be rebuilt by 2034.",
        ),
        "former.md": (
            "2032-06-10",
            "Inquiry accuses Ostrov",
            "An inquiry in Calder accused the former interior minister, Lena Ostrov, of having ignored warnings.",
        ),
    }
)


@pytest.mark.parametrize(
    "question",
    [
        "Who is the interior minister of Calder?",
        "Who is Calder's interior minister?",
        "Who's the current interior minister of Calder",
        "Who is now the interior minister in Calder?",
    ],
)
def test_who_holds_it_today_comes_first_and_whoever_did_is_said_to_be_of_before(tmp_path: Path, question: str) -> None:
    with assistant_over(tmp_path, REPORTS) as assistant:
        answer = assistant.ask(question)
        first, *others = answer.text.split("\n")
        assert first.startswith("As of 2 May 2032: Calder's new interior minister, Pavel Dunn")
        old = [line for line in others if "The Civic Party" in line]
        assert all(line.startswith("Earlier, another report, 18 April 2032: ") for line in old)
        for citation in answer.citations:
            assert assistant.article(citation.article_id).text[citation.start : citation.end] == citation.quote


def test_an_older_holder_is_said_to_be_one(tmp_path: Path) -> None:
    with assistant_over(tmp_path, {name: REPORTS[name] for name in ("old.md", "new.md")}) as assistant:
        lines = assistant.ask("Who is Calder's interior minister?").text.split("\n")
        assert [line.partition(":")[0] for line in lines] == [
            "As of 2 May 2032",
            "Earlier, another report, 18 April 2032",
        ]


def test_the_day_before_a_sentence_is_that_of_its_report(tmp_path: Path) -> None:
    """Also where a still newer report names the same holder."""
    words = (
        "It rained for three hours on two bishops, a band from Calder, nine sheep, forty children with flags, and "
        "the interior minister, Pavel Dunn, when the dam was opened after years of delay and of quarrels over its cost."
    )
    again = report(words, title="Dam opened", published="2032-07-01")
    with assistant_over(
        tmp_path, {"old.md": REPORTS["old.md"], "new.md": REPORTS["new.md"], "a.md": again}
    ) as assistant:
        answer = assistant.ask("Who is the interior minister of Calder?")
        assert answer.citations[0].article_id == "new.md"
        assert answer.text.startswith("As of 2 May 2032: ")


def test_who_held_it_is_no_question_for_today(tmp_path: Path) -> None:
    with assistant_over(tmp_path, REPORTS) as assistant:
        assert "As of" not in assistant.ask("Who was the interior minister of Calder in April 2032?").text


def test_one_holder_in_all_reports_is_labelled_nothing(tmp_path: Path) -> None:
    same = {
        name: text.replace("Pavel Dunn", "Lena Ostrov").replace("new ", "")
        for name, text in REPORTS.items()
        if name != "former.md"
    }
    with assistant_over(tmp_path, same) as assistant:
        text = assistant.ask("Who is the interior minister of Calder?").text
        assert "Lena Ostrov" in text
        assert "Earlier" not in text


@pytest.mark.parametrize(
    ("question", "office"),
    [
        ("Who is the mayor of Port Hessel?", "mayor"),
        ("Who is the head of the Inspectorate?", "head"),
        ("Who is Port Hessel's acting harbour master?", "harbour master"),
        ("Who is Pavel Dunn?", None),
        ("Who was the mayor of Port Hessel?", None),
        ("Who is the mayor of Port Hessel accused of having paid?", None),
        ("Who is the man fined in Dravik in 2019?", None),
        ("who is the prime minister", "prime minister"),
    ],
)
def test_what_office_is_asked_for(question: str, office: str | None) -> None:
    assert office_of(question) == office


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("The mayor, Asta Renn, said so.", "Asta Renn"),
        ("Mayor Asta Renn said so.", "Asta Renn"),
        ("They met the mayor, Asta Renn.", "Asta Renn"),
        ("Asta Renn, the mayor of Port Hessel, said so.", "Asta Renn"),
        ("Asta Renn, 51, was sworn in.", None),
        ("Asta Renn became the city's first female mayor on Monday.", "Asta Renn"),
        ("Asta Renn was elected mayor.", "Asta Renn"),
        ("Ivo Kestner, the former mayor, said so.", None),
        ("The former mayor, Ivo Kestner, said so.", None),
        ("The then mayor Ivo Kestner said so.", None),
        ("The deputy mayor, Hal Orsted, said so.", None),
        ("The mayor said that Hal Orsted would come.", None),
        ("The mayors Asta Renn and Hal Orsted met.", None),
    ],
)
def test_whom_a_sentence_calls_the_holder(words: str, name: str | None) -> None:
    assert named_holder(words, "mayor") == name
