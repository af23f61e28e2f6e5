"""Numbers and ranges: sentences are numbered for a model, and the numbers it writes are looked up, never searched.

    number_sentences(passages) -> NumberedSentences          what the model is shown; number -> exact range
    MarkerRewriter(known).feed(delta), .finish(), .result()  what the model writes, renumbered while it streams
    build_statements(text, markers) -> Statement per sentence, with its footnotes

Pure: no files, no network, no model. Whether a cited sentence says what is claimed is the business of `qa.verify`.
"""

from qa.citations.evidence import NumberedSentence, NumberedSentences, number_sentences
from qa.citations.markers import MarkerRewriter
from qa.citations.pieces import Marker, Piece, Rewritten, TextPiece, find_markers
from qa.citations.quoting import quoted, random_fence
from qa.citations.statements import build_statements, without_markers
from qa.citations.visible import Retract, VisibleText

__all__ = [
    "Marker",
    "MarkerRewriter",
    "NumberedSentence",
    "NumberedSentences",
    "Piece",
    "Retract",
    "Rewritten",
    "TextPiece",
    "VisibleText",
    "build_statements",
    "find_markers",
    "number_sentences",
    "quoted",
    "random_fence",
    "without_markers",
]
