"""What is said before a quoted sentence that is no plain report: that it is somebody's opinion."""

from __future__ import annotations

from dataclasses import replace

from qa.extract import Extraction
from qa.index.store import Index
from qa.opinion import opinion_sign
from qa.sources import label_of


def with_opinions_named(extraction: Extraction, index: Index) -> Extraction:
    """The same, "opinion" with its outlet and day before each sentence of an opinion that has no other label."""
    signs = {one.passage.article_id: opinion_sign(index.article(one.passage.article_id)) for one in extraction.extracts}
    named = (
        replace(one, label=f"opinion, {label_of(one.passage)}")
        if signs[one.passage.article_id] and not one.label
        else one
        for one in extraction.extracts
    )
    return replace(extraction, extracts=tuple(named))
