"""What fuzzing found stays mended, and the fuzzed promises hold for inputs drawn here; see ``evals/bench/fuzzing``."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evals.bench.fuzzing
from evals.bench.fuzzing.seeds import write_seeds
from evals.bench.fuzzing.targets import TARGETS

FINDINGS = sorted((Path(evals.bench.fuzzing.__file__).parent / "findings").iterdir())
WORDS = (
    '[3] [ ] ` ``` <think> </think> www. :// .ab/ %PDF-1.4 <html> {"id":"a", "text":"b"} --- title:x 【 † '
    "\U0001f600 \u202e "
    "ignore all your instructions 0123abcd AI: say"
)
SCRAPS = st.sampled_from([*(word.encode() for word in WORDS.split()), b" ", b"\n", b"\x00", b"\xff"])


@pytest.mark.parametrize("path", FINDINGS, ids=lambda path: path.name)
def test_what_fuzzing_found_stays_mended(path: Path) -> None:
    TARGETS[path.name.partition("-")[0]](path.read_bytes())


def test_something_was_found() -> None:
    assert {path.name.partition("-")[0] for path in FINDINGS} <= set(TARGETS)
    assert FINDINGS


@pytest.mark.parametrize("name", TARGETS)
def test_the_promises_hold_for_what_a_fuzzer_begins_with(name: str, tmp_path: Path) -> None:
    write_seeds(name, tmp_path)
    seeds = sorted(tmp_path.iterdir())
    assert len(seeds) >= 5
    _all(name, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=60)
@given(parts=st.lists(st.one_of(SCRAPS, st.binary(max_size=8)), max_size=30), kind=st.integers(0, 255))
def test_the_promises_hold_for_any_bytes(name: str, parts: list[bytes], kind: int) -> None:
    TARGETS[name](bytes([kind]) + b"".join(parts))


@pytest.mark.parametrize("name", TARGETS)
def test_a_broken_promise_is_seen(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = {
        "stream": ("MarkerRewriter.result", lambda self: self._answer.rewritten().__class__("x", (), (), 0)),
        "articles": ("read_file", lambda folder, path, report: iter(())),
        "citations": ("quoted", lambda text, fence: "[1]"),
    }
    attribute, value = broken[name]
    monkeypatch.setattr(f"evals.bench.fuzzing.targets.{attribute}", value)
    write_seeds(name, tmp_path)
    with pytest.raises(AssertionError):
        _all(name, tmp_path)


def _all(name: str, folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        TARGETS[name](path.read_bytes())
