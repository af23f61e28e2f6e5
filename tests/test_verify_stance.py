"""Verbs of speech are kept: who denied has not said, what is suspected is not confirmed, what is feared not told."""

from __future__ import annotations

import pytest

from qa.verify import Evidence, verify

SAYS = "The interior minister, Lena Ostrov, {} on Monday that the bridge in Varno was unsafe."
STATES = "Ostrov {} that the bridge in Varno was unsafe."


def judged(cited: str, statement: str) -> str:
    return verify(statement, [Evidence(cited, published="2032-03-01")]).support


@pytest.mark.parametrize("verb", ["said", "claimed", "warned", "announced", "believed", "confirmed", "feared", "hoped"])
def test_who_denied_or_doubted_did_not_say_it_and_the_other_way_round(verb: str) -> None:
    for denying in ("denied", "doubted"):
        assert judged(SAYS.format(denying), STATES.format(verb)) == "unsupported"
        assert judged(SAYS.format(verb), STATES.format(denying)) == "unsupported"


@pytest.mark.parametrize("unsure", ["claimed", "alleged", "suspected", "feared", "hoped", "believed", "predicted"])
@pytest.mark.parametrize("sure", ["confirmed", "admitted", "found", "proved"])
def test_what_is_claimed_or_suspected_is_not_known(unsure: str, sure: str) -> None:
    assert judged(SAYS.format(unsure), STATES.format(sure)) == "unsupported"


@pytest.mark.parametrize("feeling", ["suspected", "feared", "hoped"])
def test_a_fear_a_hope_and_a_guess_are_not_words_that_were_said(feeling: str) -> None:
    for verb in ("said", "claimed", "announced"):
        assert judged(SAYS.format(feeling), STATES.format(verb)) == "partial"
        assert judged(SAYS.format(verb), STATES.format(feeling)) == "partial"


@pytest.mark.parametrize(
    "verb",
    "said claimed alleged denied suspected feared hoped believed predicted warned confirmed admitted found announced"
    " doubted".split(),
)
def test_the_verb_itself_stands(verb: str) -> None:
    assert judged(SAYS.format(verb), STATES.format(verb)) == "supported"


@pytest.mark.parametrize(
    ("cited", "statement"),
    [
        ("Ostrov said on Monday that the bridge was unsafe.", "Ostrov warned that the bridge was unsafe."),
        ("Ostrov claimed that the bridge was unsafe.", "Ostrov said that the bridge was unsafe."),
        ("Ostrov said that the bridge was unsafe.", "Ostrov admitted that the bridge was unsafe."),
        ('Ostrov rejected the accusation as "a lie for the next election".', "Ostrov said the accusation was a lie."),
        (
            "The lorry firm Hask denied that its vehicle had touched the bridge.",
            "Hask denied touching the bridge.",
        ),
        ("The minister did not deny that he took money.", "The minister did not deny that he took money."),
        (
            "He denied it, but said the bridge would be closed on Monday.",
            "He denied it, but said that the bridge would be closed on Monday.",
        ),
        ("Ostrov rejected a plan to close the bridge.", "Ostrov rejected a plan to close the bridge."),
    ],
)
def test_what_means_the_same_stands(cited: str, statement: str) -> None:
    assert judged(cited, statement) == "supported"


def test_whose_denial_it_is_does_not_matter_for_what_another_said() -> None:
    cited = (
        "Ostrov said that a lorry had struck a pillar. The lorry firm Hask denied that its lorry had struck a pillar."
    )
    assert judged(cited, "Ostrov said that a lorry had struck a pillar.") == "supported"
    assert judged(cited, "Hask denied that its lorry had struck a pillar.") == "supported"
    assert judged(cited, "Ostrov denied that a lorry had struck a pillar.") != "supported"


@pytest.mark.parametrize("text", ["", "said", "denied that", "denied that denied that denied", "that", "🌉 İ denied"])
def test_nasty_texts_are_judged(text: str) -> None:
    assert judged(text, "Ostrov denied that the bridge was unsafe.") == "unsupported"
    assert judged("Ostrov denied that the bridge was unsafe.", text) in ("unsupported", "partial", "supported")
