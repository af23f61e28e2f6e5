"""What is fuzzed: each target takes any bytes and raises ``AssertionError`` where a promise is broken.

They know nothing of the fuzzer, so the tests run them too, over what it found.
"""

from __future__ import annotations

import os
import re
import tempfile
import unicodedata
from collections.abc import Callable
from pathlib import Path

from qa.articles import FileReport, read_file
from qa.articles.kinds import READERS
from qa.citations import (
    Marker,
    MarkerRewriter,
    Retract,
    TextPiece,
    build_statements,
    number_sentences,
    quoted,
    without_markers,
)
from qa.citations.addresses import without_addresses
from qa.citations.notation import read_bracket
from qa.injection import gives_orders, without_orders
from qa.records import Passage, Span
from qa.sentences import sentence_spans

_SUFFIXES = sorted(READERS)
_KNOWN = (1, 2, 3, 5, 8, 13, 21, 40, 1999, 2024)
_FENCE = "=== 0123abcd ==="
_MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
_NUMBERED = re.compile(r"\A\[\d+\] ")


def stream(data: bytes) -> None:
    """The parser of a model's stream: where it is cut changes nothing, and each mark stands where it says."""
    cuts, text = data[:4], data[4:].decode("utf-8", "replace")
    whole = MarkerRewriter(_KNOWN)
    pieces = [*whole.feed(text), *whole.finish()]
    result = whole.result()
    parted = MarkerRewriter(_KNOWN)
    handed, position = [], 0
    for cut in cuts:
        handed += parted.feed(text[position : position + cut])
        position += cut
    handed += [*parted.feed(text[position:]), *parted.finish()]
    assert parted.result() == result, "the cuts changed the result"
    assert _shown(pieces) == _shown(handed) == result.text, "what was handed over is not the result"
    for marker in result.markers:
        assert result.text[marker.start : marker.end] == f"[{marker.number}]"
        assert marker.source in _KNOWN
        assert result.sources[marker.number - 1] == marker.source
    assert without_addresses(result.text) == result.text, "an address is left"
    _statements(result.text, result.markers)


def _shown(pieces: list[TextPiece | Marker | Retract]) -> str:
    text = ""
    for piece in pieces:
        text = "" if isinstance(piece, Retract) else text + piece.text
    return text


def _statements(text: str, markers: tuple[Marker, ...]) -> None:
    before = 0
    for statement in build_statements(text, markers):
        assert before <= statement.start < statement.end <= len(text), "statements overlap"
        before = statement.end
        inside = [m.number for m in markers if statement.start <= m.start < statement.end]
        assert statement.citations == tuple(dict.fromkeys(inside)), "a statement has lost or won a footnote"
    assert len(without_markers(text, markers)) <= len(text)


def articles(data: bytes) -> None:
    """The readers of files: any bytes are an article or a reason, and an article's text can be stored and printed."""
    if not data:
        return
    suffix = _SUFFIXES[data[0] % len(_SUFFIXES)]
    with tempfile.TemporaryDirectory(dir=_MEMORY) as place:
        path = Path(place) / f"a{suffix}"
        path.write_bytes(data[1:])
        reports: list[FileReport] = []
        found = list(read_file(Path(place), path, reports.append))
    assert len(reports) == 1
    assert reports[0].articles == len(found)
    assert found or reports[0].reason, "nothing was read, and nobody is told why"
    assert "\n" not in reports[0].reason
    for article in found:
        assert article.text.strip()
        article.text.encode()
        assert "\x00" not in article.text
        assert "\r" not in article.text
        for line in (article.id, article.title, article.subtitle, article.source, article.url):
            assert "\n" not in line, "a title of several lines"
            line.encode()
        assert article.published is None or re.fullmatch(r"\d{4}(-\d\d){0,2}.*", article.published)
        _passages(article.text, article.title)


def citations(data: bytes) -> None:
    """Numbers and ranges: a number leads to the very words, and no article looks like a part of the prompt."""
    text = data.decode("utf-8", "replace").replace("\x00", "\ufffd")
    title, _, body = text.partition("\n")
    _passages(body, title)
    if len(text) <= 100:
        reading = read_bracket(text, _KNOWN)
        assert reading is None or set(reading.known) <= set(_KNOWN)


def _passages(text: str, title: str) -> None:
    spans = tuple(sentence_spans(text))
    if not spans:
        return
    assert "".join(span.of(text) for span in spans) == text, "sentences do not tile the text"
    moved = tuple(span.shift(7) for span in spans)
    passage = Passage("a", 7, 7 + len(text), text, moved, title)
    kept = without_orders(passage)
    assert set(kept.sentences) <= set(moved)
    assert gives_orders(text) or kept.sentences == moved
    numbered = number_sentences([passage])
    for sentence in numbered:
        assert text[sentence.span.start - 7 : sentence.span.end - 7] == sentence.text
        assert isinstance(sentence.span, Span)
    lines = numbered.evidence(_FENCE).split("\n")
    assert lines[0] == lines[-1] == _FENCE
    assert _FENCE not in lines[1:-1]
    assert sum(bool(_NUMBERED.match(line)) for line in lines) == len(numbered), "a line poses as a sentence"
    for line in lines[1:-1]:
        assert not any(unicodedata.category(char) in ("Cf", "Cs") and char not in "\u200c\u200d" for char in line)
    once = quoted(text, _FENCE)
    assert not re.search(r"\[\s*\d+\s*\]", once), "a number in brackets is left"


TARGETS: dict[str, Callable[[bytes], None]] = {"stream": stream, "articles": articles, "citations": citations}
