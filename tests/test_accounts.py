"""Accounts that exclude one another without a number: both are shown; what only sounds so is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.accounts import Account, differ
from qa.question import Question, understand
from qa.words import fold, stem, tokens
from tests.reports import assistant_over, report

GATE = "Was the lock gate at Tolley open?"
ARREST = "Was the curator arrested?"
DEATH = "How did Edda Varrin die?"
FINAL = "Who won the cup final?"
DATE = "When did mayor Kestner resign?"


def asked(question: str) -> Question:
    return understand(question, lambda text: [stem(fold(token.text)) for token in tokens(text)], lambda _: 1, 10)


def kind(question: str, one: str, other: str) -> str:
    accounts = [Account.of(words, "2031-03-05") for words in (one, other)]
    found = {differ(asked(question), *pair) for pair in (accounts, accounts[::-1])}
    assert len(found) == 1, "it is the same from both sides"
    return found.pop()


@pytest.mark.parametrize(
    ("question", "one", "other", "expected"),
    [
        (GATE, "The lock gate at Tolley was open, a keeper said.", "The lock gate was closed all night.", "denied"),
        (GATE, "The lock gate at Tolley was open.", "The keeper said that the lock gate was not open.", "denied"),
        (ARREST, "The curator has been arrested.", "The curator has not been arrested, police said.", "denied"),
        (ARREST, "Police arrested the curator on Friday.", "Police denied having arrested the curator.", "denied"),
        (FINAL, "Merrin Rovers won the cup final on Sunday.", "Harbour Athletic won the cup final.", "name"),
        (DATE, "Mayor Kestner resigned on Monday.", "Mayor Kestner resigned on 4 March 2031.", "day"),
    ],
)
def test_accounts_that_exclude_one_another(question: str, one: str, other: str, expected: str) -> None:
    assert kind(question, one, other) == expected


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        (GATE, "The lock gate at Tolley was open.", "The lock gate at Tolley stood open all night."),
        (GATE, "The lock gate at Tolley was open.", "The ferry terminal was closed all night."),
        (GATE, "The lock gate at Tolley was open.", "The lock gate may have been closed."),
        (GATE, "The lock gate at Tolley was open.", "The lock gate was open, then closed."),
        (GATE, "The lock gate at Tolley was open.", "Nobody asked whether the lock gate was closed."),
        (ARREST, "The curator has been arrested.", "The thief has not been arrested."),
        (ARREST, "The curator has been arrested.", "Two men were arrested on Friday."),
        (ARREST, "The curator has not been arrested.", "The curator was never arrested."),
        (DEATH, "Edda Varrin has died after a fall.", "Edda Varrin died after a fall, and not in hospital."),
        (DEATH, "Edda Varrin has died after a fall.", "Jorn Aske did not fall when Edda Varrin died."),
        (FINAL, "Merrin Rovers won the cup final on Sunday.", "Rovers won the cup final, the league said."),
        (FINAL, "Merrin Rovers won the cup final.", "Harbour Athletic won the league."),
        (FINAL, "Merrin Rovers won the cup final.", "Harbour Athletic had not won the cup final."),
        (DATE, "Mayor Kestner resigned on Monday.", "Mayor Kestner resigned on 3 March 2031."),
        (DATE, "Mayor Kestner resigned on Monday.", "Mayor Kestner, elected in 2027, resigned."),
        ("Where did the ship sink?", "The ship sank off Tolley.", "The ship sank in the bay of Merrin."),
        (GATE, "", "..."),
    ],
)
def test_what_excludes_nothing(question: str, one: str, other: str) -> None:
    assert kind(question, one, other) == ""


def test_what_says_itself_what_it_excludes_needs_no_other_side() -> None:
    fall, asleep = (
        Account.of(words, "2031-02-22")
        for words in ("Edda Varrin has died after a fall.", "Edda Varrin died asleep, and not after a fall.")
    )
    assert differ(asked(DEATH), fall, asleep) == "denied"
    assert differ(asked(DEATH), asleep, fall) == ""


REPORTS = {
    "gull.md": ("Gull", "Curator held", "The curator Aldo Finch was arrested over the missing brooch on Thursday."),
    "ledger.md": (
        "Ledger",
        "Curator a witness",
        "The curator Aldo Finch has not been arrested over the brooch, police said on Friday.",
    ),
}


def written(changed: dict[str, str]) -> dict[str, str]:
    return {
        name: report(text, title=title, source=changed.get(name, source), published="2031-02-07")
        for name, (source, title, text) in REPORTS.items()
    }


def test_both_accounts_are_shown_with_outlet_day_and_footnote(tmp_path: Path) -> None:
    with assistant_over(tmp_path, written({})) as assistant:
        answer = assistant.ask("Was the curator Aldo Finch arrested over the brooch?")
        for citation in answer.citations:
            assert assistant.article(citation.article_id).text[citation.start : citation.end] == citation.quote
    first, second = answer.text.split("\n")
    assert "7 February 2031: The curator" in first
    assert second.startswith("Another account, ")
    assert {citation.article_id for citation in answer.citations} == set(REPORTS)
    assert all(statement.citations for statement in answer.statements)


def test_one_outlet_does_not_contradict_itself(tmp_path: Path) -> None:
    with assistant_over(tmp_path, written({"gull.md": "Ledger"})) as assistant:
        answer = assistant.ask("Was the curator Aldo Finch arrested over the brooch?")
    assert "account" not in answer.text
