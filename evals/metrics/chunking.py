"""Scores of Chroma's chunking benchmark, for standing beside its published table.

Smith and Troynikov 2024, "Evaluating Chunking Strategies for Retrieval". Chunks of other corpora count as read; chunks
that overlap are paid for twice, as there. Its ranges have closed ends only where two just touch, which adds nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evals.metrics.ranges import Range, merge, overlap, size


@dataclass(frozen=True, slots=True)
class ChunkScores:
    """Recall, precision and IoU of one question."""

    recall: float
    precision: float
    iou: float


def chunk_scores(retrieved: Sequence[Range], references: Sequence[Range]) -> ChunkScores | None:
    """Recall, precision and IoU over characters of the chunks ``retrieved``; ``None`` without references.

    recall = found / sum of references, precision = found / sum of chunks, IoU = found / (sum of chunks + not found).
    """
    if not references:
        return None
    gold, chunks = merge(references), merge(retrieved)
    found = overlap(gold, chunks)
    read = sum(end - start for _, start, end in retrieved)
    wanted = sum(end - start for _, start, end in references)
    return ChunkScores(found / wanted, found / read if read else 0.0, found / (read + size(gold) - found))


def precision_omega(chunks: Sequence[Range], references: Sequence[Range]) -> float | None:
    """Precision if exactly the chunks that touch a reference were retrieved; ``None`` without references.

    The union of those chunks, and of reference text in no chunk, is the denominator.
    """
    if not references:
        return None
    gold = merge(references)
    touching = merge(chunk for chunk in chunks if overlap(merge([chunk]), gold))
    found = overlap(gold, touching)
    return found / (size(touching) + size(gold) - found)
