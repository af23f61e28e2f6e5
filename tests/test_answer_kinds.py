"""Questions that plainly ask for a number or a name are not answered by sentences that have none."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.answer_kinds import may_answer
from tests.reports import assistant_over, report


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("How many cars crossed the Tamm bridge on Monday?", "The Tamm bridge was closed for two hours on Monday."),
        ("How many trucks used the road?", "The road is 12 kilometres long and has two lanes."),
        ("How many trucks used the road?", "There are 14 bridges along the road."),
        ("How many trucks used the road?", "3. The road is used by trucks."),
        ("What did the ferry cost to build?", "The ferry sails four times a week."),
        ("How much does the mayor earn?", "The mayor was elected by 31 votes in 2030."),
        ("How much did they pay for the stage?", "The stage was built in three days by 12 carpenters."),
        ("How old is Anna Berg?", "Anna Berg has been the mayor of Tolle for a while."),
        ("How long was the power off in Tolle?", "The power was off in Tolle."),
        ("At what time did the bridge fall?", "The bridge fell without a warning."),
        ("Who won the Tolle regatta?", "The Tolle regatta was put off."),
        ("Who succeeded Anna Berg as mayor?", "Anna Berg, the mayor, said on Monday that the bridge was safe."),
        ("What is the name of the ship that stands in for the Swift?", "The Swift is replaced in October by a ferry."),
        ("What were the names of the two people who died?", "Two people died on Friday in the fire in the mill."),
        ("Which company will build the pier?", "The pier will be built by whoever offers most, the city council said."),
    ],
)
def test_what_is_asked_for_is_missing(question: str, sentence: str) -> None:
    assert not may_answer(question, [sentence])


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("How many cars crossed the bridge?", "On Monday 4,100 cars crossed it."),
        ("How many cars crossed the bridge?", "The company's count was 4,100, not 3,900 as it had said."),
        ("How many cars crossed the bridge?", "No cars crossed it all day."),
        ("How many cars crossed the bridge?", "Dozens of old cars did."),
        ("How many cars crossed the bridge?", "Some 12 per cent of all did."),
        ("How many vehicles crossed the bridge?", "On Monday 4,100 cars crossed it."),
        ("How many cars crossed the bridge?", "Some 4,000 vehicles use it each day."),
        ("How many homes were destroyed?", "The fire destroyed 340 buildings."),
        ("How many travellers were stuck?", "About 600 people were stuck."),
        ("How many catholicoses are there?", "There are two catholicoi."),
        ("How many total pounds were found?", "Divers found 105 kg (231 lb) of it."),
        ("How many times a year does it meet?", "The council meets twice a year."),
        ("How many days did it take?", "It was over in a week."),
        ("What did the ferry cost?", "The ferry cost 4 million dorins."),
        ("What did the ferry cost?", "It was bought for 800 tallen."),
        ("What did the ferry cost?", "It was 2.4 billion in the end."),
        ("What did the ferry cost?", "It cost twice as much as the old one."),
        ("What did the ferry cost?", "The ferry was free."),
        ("How much did the fund hold at the end?", "The fund stood at 618,000 dorins."),
        ("How much did inflation rise?", "It rose by 0.4 percentage points."),
        ("How old is the brooch?", "The ninth-century brooch was found in a field."),
        ("How old is Anna Berg?", "Berg, 52, smiled."),
        ("How long was the power off?", "It was off from 02:14 to 02:31."),
        ("How long will the minister stay?", "He will stay until the election."),
        ("At what time did the bridge fall?", "It fell at 6.40 a.m."),
        ("At what time did the bridge fall?", "It fell on Monday."),
        ("At what time did the bridge fall?", "It fell shortly before six."),
        ("At what time in history was the empire strongest?", "It was strongest under Sultan Murad."),
        ("Who won the regatta?", "Ottavia Lind came in first."),
        ("Who won the regatta?", "Those of the Swift did, by a minute."),
        ("Who won the regatta?", "A schoolteacher's crew did, by a minute."),
        ("Who succeeded Anna Berg as mayor?", "Anna Berg's deputy took over."),
        ("How many of the nurses came?", "Two thirds came back."),
        ("How many goals did Lind score?", "Lind scored twice."),
        ("How many votes did she get?", "She won by 31-24."),
        ("How many cars crossed the bridge?", "It was a dozen old cars."),
        ("What did the ferry cost?", "It cost as much as a small island."),
        ("How many ships were there?", "The tide carried off 31. Nobody drowned."),
        ("How many ships were there?", "港口有四艘船。"),
        ("Who won the regatta?", "Победила Анна."),
        ("Who wrote the letter?", "A guard did."),
        ("Who is Anna Berg?", "Anna Berg is the mayor."),
        ("What is the name of the ship?", "The ferry Swift sails twice a day."),
        ("What is the name of the study of meaning?", "The study of meaning is called semantics."),
        ("Which company built the pier?", "The pier is the work of Stane & Sons."),
        ("Which colour has the pier?", "It is green."),
        ("When did it open, and how many people came?", "It opened on Monday."),
        ("Was it good?", "It was."),
    ],
)
def test_doubt_is_for_the_sentence(question: str, sentence: str) -> None:
    assert may_answer(question, [sentence])


def test_one_sentence_of_several_is_enough() -> None:
    assert may_answer("What did the ferry cost?", ["The ferry sails at noon.", "It cost 3 million crowns."])
    assert not may_answer("What did the ferry cost?", [])


@pytest.mark.parametrize("text", ["", " ", "|", "1.", "1. ", "\u0130\u0301 5", "five", "5" * 5000, "\U0001f6a2" * 2000])
def test_nasty_sentences_are_read(text: str) -> None:
    for question in ("How many ships are there?", "What did it cost?", "How old is it?", "Who won it?"):
        assert may_answer(question, [text]) in (True, False)
        assert may_answer(question, [text, "Ottavia Lind, 52, won 3 ships and 4 million crowns."])


FERRY = report("The ferry Swift has two decks and sails to Tolle four times a week.", published="2031-03-02")
PRICE = report("The ferry Swift cost 9 million crowns to build.", published="2031-03-04")


def test_near_is_no_answer(tmp_path: Path) -> None:
    question = "What did the ferry Swift cost to build?"
    with assistant_over(tmp_path, {"ferry.md": FERRY}) as assistant:
        with_nothing = assistant.ask(question)
        assert with_nothing.status == "abstained"
        assert with_nothing.passages, "what was read is told"
        (tmp_path / "corpus" / "price.md").write_text(PRICE, "utf-8")
        assistant.sync()
        answer = assistant.ask(question)
    assert answer.status == "answered"
    assert "9 million crowns" in answer.text
