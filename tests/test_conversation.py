"""Follow-up questions made to stand alone, with a model and without."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.conversation import MOST_TURNS, condense, resolve
from qa.models import Delta, Finish, Text
from qa.prompts import Message, estimate_tokens, load_prompt
from qa.records import Turn, Usage

PESKOV = Turn("What did Dmitry Peskov say about the economy?", "Peskov said that it has adjusted to the conflict [1].")
MAYOR = Turn("Who is the mayor of Lyon?", "Ana Ruiz is the mayor of Lyon [1].")
ROOM = 2000


class Rewriter:
    """A model that replies with one text and remembers what it was told."""

    name = "rewriter"

    def __init__(self, reply: str) -> None:
        self.reply = reply
        self.prompts: list[str] = []

    def stream(self, messages: Sequence[Message]) -> Iterator[Delta]:
        self.prompts.append("\n".join(message.content for message in messages))
        for start in range(0, len(self.reply), 3):
            yield Text(self.reply[start : start + 3])
        yield Finish("stop", Usage(7, 3, 1))

    def astream(self, messages: Sequence[Message]) -> AsyncIterator[Delta]:
        raise NotImplementedError


def condensed(question: str, reply: str, history: Sequence[Turn] = (MAYOR,), room: int = ROOM) -> tuple[str, Usage]:
    return condense(question, history, Rewriter(reply), load_prompt("condense"), room)


# --- with a model


@pytest.mark.parametrize(
    "reply",
    [
        "When was Ana Ruiz elected mayor of Lyon?",
        "Reply: When was Ana Ruiz elected mayor of Lyon?\n",
        '"When was Ana Ruiz elected mayor of Lyon?"',
        "<think>She is Ana Ruiz.</think>When was Ana Ruiz\nelected mayor of Lyon?",
        "She is Ana Ruiz.</think>When was Ana Ruiz elected mayor of Lyon?",
    ],
)
def test_the_models_question_is_taken(reply: str) -> None:
    assert condensed("When was she elected?", reply) == ("When was Ana Ruiz elected mayor of Lyon?", Usage(7, 3, 1))


@pytest.mark.parametrize("reply", [" ", "?!", "…", "Ana Ruiz is " + "very " * 300 + "old.", "<think>hm"])
def test_a_reply_of_no_use_leaves_the_question(reply: str) -> None:
    assert condensed("When was she elected?", reply) == ("When was she elected?", Usage(7, 3, 1))


def test_only_the_last_turns_are_told_and_cut() -> None:
    model = Rewriter("Who?")
    history = [Turn(f"Question {number}?", "word " * 5000) for number in range(10)]
    condense("And then?", history, model, load_prompt("condense"), 10_000)
    (prompt,) = model.prompts
    assert [number for number in range(10) if f"Question {number}?" in prompt] == list(range(10 - MOST_TURNS, 10))
    assert estimate_tokens(prompt) < 1500


@pytest.mark.parametrize("room", [300, 400, 600])
def test_the_oldest_turns_go_where_there_is_no_room(room: int) -> None:
    model = Rewriter("Who?")
    history = [Turn(f"Question {number}?", "word " * 100) for number in range(4)]
    condense("And then?", history, model, load_prompt("condense"), room)
    for prompt in model.prompts:
        assert estimate_tokens(prompt) <= room
        assert "Question 3?" in prompt
        assert "Question 0?" not in prompt


def test_without_room_for_a_turn_the_model_is_not_asked() -> None:
    assert condensed("And then?", "Who?", room=20) == ("And then?", Usage())


# --- without


@pytest.mark.parametrize(
    ("question", "history", "wanted"),
    [
        ("And what did he say about sanctions?", [PESKOV], "Dmitry Peskov"),
        ("What did he say next?", [PESKOV], "Dmitry Peskov"),
        ("Why?", [PESKOV], "Dmitry Peskov"),
        ("When was she elected?", [MAYOR], "Lyon"),
        ("And the bridge?", [MAYOR], "mayor"),
        ("When did it happen?", [MAYOR, PESKOV], "Dmitry Peskov"),
        ("What was her time?", [Turn("who won?", "Åsa Ångström won the race [1].")], "Åsa Ångström"),
        ("And the runner-up?", [Turn("Who won the race in İzmir?", "Åsa did [1].")], "İzmir"),
        ("Where did he meet Rubio?", [PESKOV], "Dmitry Peskov"),
    ],
)
def test_a_follow_up_gets_the_names_it_leaves_out(question: str, history: list[Turn], wanted: str) -> None:
    resolved = resolve(question, history)
    assert resolved.startswith(question)
    assert wanted in resolved.removeprefix(question)


@pytest.mark.parametrize(
    "question",
    [
        "Where did Lavrov meet Rubio?",
        "How much did the repairs of the bridge cost?",
        "What did Peskov say about it?",
        "What did Peskov say when he left?",
    ],
)
def test_a_question_that_names_what_it_asks_about_is_left_alone(question: str) -> None:
    assert resolve(question, [MAYOR]) == question


def test_nothing_to_refer_to_changes_nothing() -> None:
    assert resolve("And then?", []) == "And then?"
    assert resolve("Why?", [Turn("?", "")]) == "Why?"


def test_names_of_the_answer_help_where_the_question_had_none() -> None:
    assert "Ana Ruiz" in resolve("Why did she go?", [Turn("who resigned?", "Ana Ruiz resigned on Monday [1].")])


def test_a_chain_of_follow_ups_goes_back_to_the_last_names() -> None:
    history = [PESKOV, Turn("Why?", "Because of sanctions [1].")]
    assert "Peskov" in resolve("And when?", history)


@given(st.text(max_size=80), st.lists(st.builds(Turn, st.text(max_size=60), st.text(max_size=60)), max_size=6))
def test_any_words_can_be_resolved(question: str, history: list[Turn]) -> None:
    resolved = resolve(question, history)
    assert resolved.startswith(question)
    assert len(resolved) <= len(question) + 700
