"""What stands just before a passage, from a real index."""

from __future__ import annotations

from pathlib import Path

import qa
from qa.neighbours import passage_before, with_lead_ins

FILLER = "The harbour board met in the old town hall and heard from many people about the plan for the quay. "


def opened(tmp_path: Path) -> qa.Assistant:
    text = (
        FILLER * 12
        + "Ana Ruiz, the mayor, spoke last of all.\n\n"
        + "She warned that the quay would flood. "
        + FILLER * 12
    )
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "quay.txt").write_text(text, encoding="utf-8")
    return qa.open(tmp_path / "articles", index=tmp_path / "index", model="extractive")


def test_a_passage_that_refers_back_brings_what_stands_before(tmp_path: Path) -> None:
    assistant = opened(tmp_path)
    retrieved = assistant.archive.retrieve("Who warned that the quay would flood?", 1)
    article = assistant.article("quay.txt")
    for candidate in retrieved.candidates:
        before = passage_before(candidate, assistant.archive.index)
        assert (before is None) == (candidate.passage.start == 0)
        assert before is None or before.end == candidate.passage.start
    for lead_in in with_lead_ins(retrieved, assistant.archive.index).lead_ins:
        assert article.text[lead_in.start : lead_in.end] == lead_in.text
        assert lead_in.sentences[-1].end == lead_in.end == retrieved.candidates[0].passage.start
        assert len(lead_in.sentences) <= 2


def test_the_first_passage_has_nothing_before_it(tmp_path: Path) -> None:
    assistant = opened(tmp_path)
    retrieved = assistant.archive.retrieve("harbour board", 10)
    first = next(candidate for candidate in retrieved.candidates if candidate.passage.start == 0)
    assert passage_before(first, assistant.archive.index) is None
    assert retrieved.lead_ins == ()
