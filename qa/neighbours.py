"""What stands just before and behind a passage: sentences that say who "he" is, the end of a quotation."""

from __future__ import annotations

from dataclasses import replace

from qa.index.entries import passage_id
from qa.index.store import Index
from qa.ranking import Candidate
from qa.reading import refers_back
from qa.records import Passage
from qa.retrieve import Retrieved, to_passage

SENTENCES = 2
"""Sentences brought along at most."""
_LOOKED_AT = 4


def passage_before(candidate: Candidate, index: Index) -> Passage | None:
    """The passage before this one in its article; ``None`` at the start of the article."""
    digest, _, ordinal = candidate.id.partition(".")
    if ordinal == "0":
        return None
    return _passage(passage_id(digest, int(ordinal) - 1), index)


def passage_after(candidate: Candidate, index: Index) -> Passage | None:
    """The passage behind this one in its article; ``None`` at the end of the article."""
    digest, _, ordinal = candidate.id.partition(".")
    return _passage(passage_id(digest, int(ordinal) + 1), index)


def _passage(id_: str, index: Index) -> Passage | None:
    found = index.passages([id_]).get(id_)
    return to_passage(found) if found else None


def with_lead_ins(retrieved: Retrieved, index: Index) -> Retrieved:
    """The same with the last sentences before each of the best passages that begins with a word that refers back."""
    held = {(passage.article_id, passage.start) for passage in retrieved.passages}
    lead_ins = []
    for candidate in retrieved.candidates[:_LOOKED_AT]:
        passage = candidate.passage
        if not refers_back(passage.text):
            continue
        before = passage_before(candidate, index)
        if before and (before.article_id, before.start) not in held:
            lead_ins.append(_last_sentences(before, passage.score))
    return replace(retrieved, lead_ins=tuple(lead_ins))


def _last_sentences(passage: Passage, score: float) -> Passage:
    kept = passage.sentences[-SENTENCES:]
    start = kept[0].start
    text = passage.text[start - passage.start :]
    return replace(passage, start=start, text=text, sentences=kept, score=score)
