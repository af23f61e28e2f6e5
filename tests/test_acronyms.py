"""An acronym and the name in full stand for one another where an article gives both."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.acronyms import acronyms_in, explained
from qa.assistant import Assistant
from tests.reports import assistant_over, reports_of

_REPORTS = {
    "strike.md": (
        "2034-06-12",
        "Nurses walk out",
        "The Union of Nurses and Carers (UNC) says one post in five is vacant.",
    ),
    "deal.md": ("2034-06-27", "A deal", "UNC members have until July 8 to vote on the result of the talks."),
    "dam.md": ("2034-03-08", "A dam fails", "The ISD (Inspectorate for the Safety of Dams) passed the dam in October."),
    "later.md": ("2034-04-04", "Commission", "Judge Torsk blamed the Inspectorate for a visit of one day to the dam."),
    "other.md": ("2034-05-01", "Carers", "Nurses from abroad need a permit, the ministry of labour said."),
}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The Union of Nurses and Carers (UNC) is on strike.", [("UNC", "Union of Nurses and Carers")]),
        ("Members of the Ess Port Company (EPC) met.", [("EPC", "Ess Port Company")]),
        ("The ISD (Inspectorate for the Safety of Dams) met.", [("ISD", "Inspectorate for the Safety of Dams")]),
        ("Médecins Sans Frontières (MSF) left.", [("MSF", "Médecins Sans Frontières")]),
        ("The Port Authority (in liquidation) met.", []),
        ("Marta Rysk (PSO) spoke.", []),
        ("İ (İ) (A)", []),
    ],
)
def test_what_an_article_explains(text: str, found: list[tuple[str, str]]) -> None:
    assert list(explained([text])) == found


@given(st.text(alphabet="ABC abc.()of&İ", max_size=80))
def test_any_text_is_read(text: str) -> None:
    assert all(short and full for short, full in explained([text]))


def test_a_question_in_capitals_has_no_acronyms() -> None:
    assert acronyms_in("WHO WON?") == []
    assert acronyms_in("What did the U.N. and the UNC say?") == ["UN", "UNC"]


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with assistant_over(tmp_path_factory.mktemp("acronyms"), reports_of(_REPORTS)) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "article"),
    [
        ("Until when can members of the Union of Nurses and Carers vote?", "deal.md"),
        ("Who blamed the ISD?", "later.md"),
    ],
)
def test_a_report_with_the_other_form_answers(assistant: Assistant, question: str, article: str) -> None:
    answer = assistant.ask(question)
    assert answer.status == "answered"
    assert answer.citations[0].article_id == article
