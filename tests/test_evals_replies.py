"""Recorded replies: what was said once is said again, and what was never said is an error that helps."""

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest
from evals_sample import CASES, DATASET

from evals.baselines import open_baseline
from evals.replies import RecordingModel, ReplayingModel, ReplyMissing, asking, read_replies, reply_key
from evals.runs import predict
from qa.models.deltas import Delta, Finish, Text
from qa.prompts import Message
from qa.records import Usage

QUESTION = [Message("system", "=== 0123abcd ===\nBe brief."), Message("user", "Who? 🛳 \ud800")]
PARAMETERS = {"temperature": 0.0}
COMMAND = "python -m evals record sample --out x"


class Counting:
    """A model whose every reply is another."""

    name = "counting"

    def __init__(self) -> None:
        self.calls = 0

    def stream(self, messages: Sequence[Message]) -> Iterator[Delta]:
        self.calls += 1
        yield Text("Reply ")
        yield Text(f"{self.calls}.")
        yield Finish("stop", Usage(10, 2, 1))

    async def astream(self, messages: Sequence[Message]) -> AsyncIterator[Delta]:
        for delta in self.stream(messages):
            yield delta


def recording(path: Path) -> RecordingModel:
    return RecordingModel(Counting(), path, PARAMETERS)


def replaying(path: Path, name: str = "counting", **parameters: float) -> ReplayingModel:
    return ReplayingModel(name, path, parameters or PARAMETERS, COMMAND)


def said(deltas: Iterator[Delta]) -> str:
    return "".join(delta.text for delta in deltas if isinstance(delta, Text))


def test_a_reply_is_played_back_piece_by_piece_with_its_usage(tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    original = list(recording(path).stream(QUESTION))
    assert list(replaying(path).stream(QUESTION)) == original


def test_asking_the_same_again_in_one_case_gives_the_next_reply(tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    model = recording(path)
    with asking("ferry"):
        first = [said(model.stream(QUESTION)), said(model.stream(QUESTION))]
    assert first == ["Reply 1.", "Reply 2."]
    for _ in range(2):
        with asking("ferry"):
            player = replaying(path)
            assert [said(player.stream(QUESTION)), said(player.stream(QUESTION))] == first


def test_what_is_recorded_is_not_asked_again(tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    said(recording(path).stream(QUESTION))
    model = Counting()
    assert said(RecordingModel(model, path, PARAMETERS).stream(QUESTION)) == "Reply 1."
    assert model.calls == 0


def test_a_miss_names_the_case_and_the_command(tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    said(recording(path).stream(QUESTION))
    with asking("ferry-7"), pytest.raises(ReplyMissing) as missed:
        said(replaying(path).stream([Message("user", "What?")]))
    assert "'ferry-7'" in str(missed.value)
    assert COMMAND in str(missed.value)


@pytest.mark.parametrize(("name", "parameters"), [("other", {"temperature": 0.0}), ("counting", {"temperature": 1.0})])
def test_another_model_or_temperature_is_a_miss(tmp_path: Path, name: str, parameters: dict[str, float]) -> None:
    path = tmp_path / "replies.jsonl"
    said(recording(path).stream(QUESTION))
    with pytest.raises(ReplyMissing):
        said(replaying(path, name, **parameters).stream(QUESTION))


def test_the_random_fence_is_no_part_of_the_key_but_every_other_word_is() -> None:
    def key(text: str, role: str = "user", repeat: int = 0) -> str:
        return reply_key("m", [Message(role, text)], repeat)  # type: ignore[arg-type]

    assert key("=== 00000000 ===\nA [1]") == key("=== ffffffff ===\nA [1]")
    different = {
        key("=== 00000000 ===\nA [1]"),
        key("A [1]"),
        key("A [2]"),
        key("A [1]", "system"),
        key("A [1]", repeat=1),
    }
    assert len(different) == 5


def test_a_recording_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    model = recording(path)
    said(model.stream(QUESTION))
    said(model.stream([Message("user", "What?")]))
    path.write_bytes(path.read_bytes()[:-10])
    assert len(read_replies(path)) == 1
    said(recording(path).stream([Message("user", "What?")]))
    assert len(read_replies(path)) == 2
    path.write_text('{"no": "key"}\n', "utf-8")
    with pytest.raises(ReplyMissing, match="line 1 is damaged"):
        read_replies(path)


def test_a_reply_that_breaks_is_not_recorded(tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    deltas = recording(path).stream(QUESTION)
    next(deltas)
    deltas.close()  # type: ignore[attr-defined]
    assert not path.exists()


def test_no_recording_is_an_error_with_the_command(tmp_path: Path) -> None:
    with pytest.raises(ReplyMissing, match="python -m evals record"):
        replaying(tmp_path / "none.jsonl")


def test_a_run_with_a_model_is_repeated_without_it(tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    recorded = open_baseline("closed-book", DATASET, recording(path))
    answers = [predict(case, recorded, {}).answer["text"] for case in CASES]
    assert len(set(answers)) == len(CASES)
    played = open_baseline("closed-book", DATASET, replaying(path))
    assert [predict(case, played, {}).answer["text"] for case in reversed(CASES)] == answers[::-1]
    keys = [json.loads(line)["case_id"] for line in path.read_text("utf-8").splitlines()]
    assert keys == [case.id for case in CASES]
