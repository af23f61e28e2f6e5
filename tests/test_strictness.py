"""What a language model writes is held to more than what a person writes."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.records import SUPPORT_ORDER
from qa.strictness import check_of_writing
from qa.verify import Evidence, verify

RESIGNED = Evidence("The mayor of Lyon, Ana Ruiz, resigned on Monday after a dispute over the tram budget.", "Mayor")
REPAIRS = Evidence("Repairs of the bridge cost $2.4 million and took eleven months.", "Old bridge")
BOOK = Evidence("The influential 1961 book The Death and Life of American Cities criticised large projects.")
ROOTS = Evidence("The success of the American book Roots, published in 1976, led to interest in history.")
CRATE = Evidence("Missing were a baby, who was passed from boat to boat in a crate, and a driver nobody knew.")
LETTER = Evidence("Renn beat the acting mayor, Hal Orsted, of the Harbour List. The Post saw a letter from Kestner.")
FIGHT = Evidence("Kestner, 52, said he would fight the allegations.")
BRIDGES = Evidence("Bridges were constructed then, and Istanbul was connected to the European network in the 1880s.")
COUNTY = Evidence("The county sheriff was abolished and replaced with state marshals, which have districts.")
TWO_STEPS = Evidence("Ana Ruiz became mayor in 2020. She resigned on Monday after a dispute over the trams.", "Lyon")
SHARE = Evidence("It is estimated that 60% of the disease burden will occur in South Asia.", "Heart disease")
KING = Evidence("Thaddeus, a bishop, came to Edessa, where he converted the daughter of the king, Sanatruk.", "Edessa")
SCREEN = Evidence("The first film screening in Turkey was at Yildiz Palace in 1896.", "Istanbul")
GROWTH = Evidence("The population of Salem went from 100,000 in 1700 to 250,000 in 1725 and 375,000 in 1750.")
CANCELLED = Evidence("The contract for the repair of the mole, awarded on 2 May, is cancelled.")
STUDIES = Evidence("The studies were performed in 1949 by Jerry Morris and were published in 1958.")
LOADED = Evidence("“The Skerry Maid was not overloaded. She was turned into the sea.", "What the report says")
MACHINE = Evidence(
    "Twenty-two metres below the market of Brannick, the machine that is digging the tunnel has stopped."
)
TRADE = Evidence(
    "Thornton noted that several factors made Europeans likely to develop commerce.", "Atlantic slave trade"
)
HARD = Evidence("Measuring decentralization is difficult because studies use different definitions.")
QUESTION = "When did the mayor of Lyon resign?"

check = check_of_writing(QUESTION)


@pytest.mark.parametrize(
    ("statement", "evidence"),
    [
        ("The mayor of Lyon resigned on Monday.", [RESIGNED]),
        ("Ana Ruiz resigned after a dispute over the tram budget.", [RESIGNED]),
        ("The answer is: Ana Ruiz resigned on Monday.", [RESIGNED]),
        ("Ana Ruiz resigned on Monday, and repairs of the bridge took eleven months.", [RESIGNED, REPAIRS]),
        ("The mayor resigned on Monday after a dispute, while repairs cost $2.4 million.", [RESIGNED, REPAIRS]),
        ("On Monday.", [RESIGNED]),
        ("Ana Ruiz resigned on Monday after a dispute over the trams.", [TWO_STEPS]),
        ("Istanbul was connected to the European network in the 1880s.", [BRIDGES]),
        ("The county sheriff was abolished and replaced with state marshals.", [COUNTY]),
        ("Missing were a baby and a driver nobody knew.", [CRATE]),
        ("Kestner said he would fight the allegations.", [FIGHT]),
        ("The king was Sanatruk.", [KING]),
        ("The vote took 57% of 40 hours to count.", [Evidence("The vote took 57% of 40 hours to count, not 60%.")]),
        ("The machine has stopped 22 metres below the market.", [MACHINE]),
        ("“The Skerry Maid was not overloaded.”", [LOADED]),
        ("The report says that the Skerry Maid was not overloaded.", [LOADED]),
        ("The studies were published in 1958.", [STUDIES]),
        ("In 1949 the studies were performed by Jerry Morris.", [STUDIES]),
        ("The first film screening was at Yildiz Palace.", [SCREEN]),
        ("Additionally, the article states that the contract for the repair of the mole is cancelled.", [CANCELLED]),
    ],
)
def test_what_stands_there_is_supported(statement: str, evidence: list[Evidence]) -> None:
    assert check(statement, evidence).support == "supported"


@pytest.mark.parametrize(
    ("statement", "evidence", "reason"),
    [
        ("Ana Ruiz resigned on Monday because she was ill.", [RESIGNED], "'ill'"),
        ("The popular mayor of Lyon resigned on Monday after a scandal.", [RESIGNED], "'popular'"),
        ("The Death and Life of American Cities was published in 1976.", [BOOK, ROOTS], "put together"),
        ("The mayor of Lyon took eleven months.", [RESIGNED, REPAIRS], "put together"),
        ("A baby was passed from boat to boat in a crate with a driver from boat to boat in a crate.", [CRATE], "once"),
        ("The Post saw a letter from Hal Orsted of the Harbour List.", [LETTER], "put together"),
        ("Kestner said he would fight the allegations again.", [FIGHT], "'again'"),
        ("Bridges were connected to the European network in the 1880s.", [BRIDGES], "'connected' of 'Istanbul'"),
        ("The county sheriff has districts.", [COUNTY], "'districts' of 'marshals'"),
        ("Ana Ruiz became mayor on Monday.", [TWO_STEPS], "something else"),
        ("Ana Ruiz became mayor after a dispute over the trams.", [TWO_STEPS], "put together"),
        ("The king was Thaddeus.", [KING], "does not say that 'king' is 'Thaddeus'"),
        ("The first film screening was the 1896 screening at Yildiz Palace in Istanbul.", [SCREEN], "put together"),
        ("The contract for the repair of the mole will be cancelled.", [CANCELLED], "'will'"),
        ("The studies were published in 1949 by Jerry Morris.", [STUDIES], "by 'published'"),
        ("The Skerry Maid was not overloaded.", [LOADED], "quotation marks"),
        ("The machine is digging a tunnel of 22 metres.", [MACHINE], "'22 metres' is said of something else"),
        ('The report says: "The report says."', [LOADED], "too little"),
        ("Yes.", [RESIGNED], "too little"),
        ("It did.", [RESIGNED], "too little"),
        ("The answer is: the mayor of Lyon.", [RESIGNED], "too little"),
        ("Eleven months.", [REPAIRS], "does not speak of"),
    ],
)
def test_what_only_seems_to_stand_there_is_partial(statement: str, evidence: list[Evidence], reason: str) -> None:
    verdict = check(statement, evidence)
    assert verdict.support == "partial"
    assert reason in verdict.reason


def test_a_statement_without_end_is_judged_soon() -> None:
    began = time.monotonic()
    verdict = check("The mayor of Lyon said that the mayor is ill and " * 1000, [RESIGNED, REPAIRS])
    assert verdict.support != "supported"
    assert check("Ana Ruiz resigned on Monday and " * 100, [RESIGNED]).support == "partial"
    assert time.monotonic() - began < 5


def test_without_evidence_nothing_is_cited() -> None:
    assert check("The mayor resigned.", []).support == "uncited"
    assert check("Yes.", []).support == "uncited"


@pytest.mark.slow
@given(
    st.lists(
        st.sampled_from([*RESIGNED.text.split(), *REPAIRS.text.split(), ", ", " and ", "Yes", "9", "is", ":"]),
        max_size=14,
    ),
    st.lists(st.sampled_from([RESIGNED, REPAIRS, BOOK, ROOTS]), min_size=1, max_size=3, unique=True),
)
def test_it_is_never_more_generous_than_the_plain_check(words: list[str], evidence: list[Evidence]) -> None:
    statement = " ".join(words)
    strict, plain = check(statement, evidence), verify(statement, evidence)
    assert SUPPORT_ORDER.index(strict.support) >= SUPPORT_ORDER.index(plain.support) or strict.support == "partial"
    assert (strict.reason == "") == (strict.support == "supported")
    assert 0 <= strict.score <= 1


@pytest.mark.parametrize(
    ("question", "fragment", "evidence", "reason"),
    [
        ("What share of deaths from heart disease does obesity account for?", "60%", SHARE, "does not speak of"),
        ("Which part of the disease burden will Europe have?", "60%", SHARE, "'Europe'"),
        ("What was the population of Salem in 1750?", "250,000", GROWTH, "more than one"),
        ("When did the population of Salem reach 100,000?", "In 1725.", GROWTH, "more than one"),
        ("What made Europeans likely to develop commerce?", "Atlantic slave trade", TRADE, "not in the cited text"),
        ("What is difficult to measure?", "difficult to measure", HARD, "too little"),
        ("What is difficult to measure?", "It is difficult to measure.", HARD, "too little"),
    ],
)
def test_a_fragment_must_answer_what_was_asked(question: str, fragment: str, evidence: Evidence, reason: str) -> None:
    verdict = check_of_writing(question)(fragment, [evidence])
    assert verdict.support != "supported"
    assert reason in verdict.reason


def test_a_fragment_that_answers_is_supported() -> None:
    assert (
        check_of_writing("How much of the disease burden will South Asia have?")("60%", [SHARE]).support == "supported"
    )
