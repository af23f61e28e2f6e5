"""What a question asks for."""

from __future__ import annotations

import pytest

from qa.question import Question, inverse_frequency, understand

COUNTS = {"minister": 40, "resign": 3, "mayor": 10}


def terms(text: str) -> list[str]:
    return [word.strip(".,?!").lower() for word in text.split()]


def ask(text: str) -> Question:
    return understand(text, terms, lambda term: COUNTS.get(term, 0), 100)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Who resigned?", "person"),
        ("When did the mayor resign?", "time"),
        ("Where did they meet?", "place"),
        ("In which city did they meet?", "place"),
        ("How long did it last?", "duration"),
        ("How many people died?", "amount"),
        ("Why did the mayor resign?", "reason"),
        ("What did the mayor say?", "speech"),
        ("What did the mayor call the plan?", "naming"),
        ("What did the mayor buy?", "other"),
        ("paper tiger", "other"),
    ],
)
def test_the_kind_of_answer(text: str, expected: str) -> None:
    assert ask(text).expected == expected


def test_question_words_carry_no_weight_and_rare_words_most() -> None:
    question = ask("When did the minister resign?")
    assert set(question.weights) == {"minister", "resign"}
    assert question.weights["resign"] > question.weights["minister"]


def test_a_question_of_stop_words_keeps_its_words() -> None:
    assert ask("Who is he?").weights


def test_names_are_the_capitalised_words_after_the_first() -> None:
    question = ask("Did Rubio meet Lavrov?")
    assert question.names == {"rubio", "lavrov"}


def test_rarity_falls_with_frequency_and_stays_positive() -> None:
    values = [inverse_frequency(count, 100) for count in (0, 1, 10, 100)]
    assert values == sorted(values, reverse=True)
    assert values[-1] > 0


def test_in_a_tiny_corpus_no_word_is_common() -> None:
    assert inverse_frequency(2, 2) > inverse_frequency(60, 100)


@pytest.mark.parametrize(("asked", "printed"), [("Kiev", "kyiv"), ("Zelensky", "zelenskyy"), ("Bombay", "mumbai")])
def test_one_name_in_another_spelling_stands_for_it(asked: str, printed: str) -> None:
    question = ask(f"When did {asked} make the news?")
    assert question.held([printed]) == {asked.lower(): 0.8}
    assert question.held(["paris"]) == {}
