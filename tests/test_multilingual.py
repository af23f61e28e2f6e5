"""A folder with a tokenizer for many languages: pieces of a unigram model, with exact ranges whatever the script."""

from __future__ import annotations

import json
import struct
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from evals.bench.multilingual import PROMPTS, Packed, read_packed, tokenizer_of
from qa.embedders import OnnxEmbedder, PassageInput
from qa.records import Span

HIDDEN, INNER = 32, 64
MARKS = {"<s>": 0, "</s>": 2, "<pad>": 1, "<unk>": 3}
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁query", ":", "▁passage", "▁rain", "▁дождь", "雨", "が", "▁मंत्री", "."]
TEXTS = [
    "rain",
    "rain.\nдождь  дождь",
    "雨が rain",
    "मंत्री.",
    "ﾃｽﾄ ① rain",
    "\N{TROPHY} cafe\N{COMBINING ACUTE ACCENT} rain",
    "half \ud83d pair",
]


def packed() -> Packed:
    return Packed({}, {}, [(piece, -1.0 - place / 10) for place, piece in enumerate(PIECES)], MARKS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built-in network with that tokenizer: its numbers mean nothing, its ranges do."""
    place = tmp_path_factory.mktemp("many")
    (place / "model.onnx").symlink_to(Path(str(resources.files("qa.minilm"))) / "model.onnx")
    (place / "tokenizer.json").write_text(json.dumps(tokenizer_of(packed())), encoding="utf-8")
    (place / "config_sentence_transformers.json").write_text(json.dumps({"prompts": PROMPTS}), encoding="utf-8")
    return place


@pytest.mark.parametrize("text", TEXTS)
def test_tokens_have_their_ranges_in_the_text(folder: Path, text: str) -> None:
    ((ranges, vectors),) = OnnxEmbedder(folder).token_vectors([text])
    assert len(ranges) == len(vectors) > 0
    assert all(0 <= start <= end <= len(text) for start, end in ranges)
    assert sorted(ranges) == ranges
    for word in ("rain", "дождь", "雨", "मंत्री"):
        if word in text:
            assert word in [text[start:end].strip() for start, end in ranges]


@pytest.mark.parametrize("text", TEXTS)
def test_each_sentence_has_its_vector(folder: Path, text: str) -> None:
    middle = len(text) // 2
    spans = (Span(0, middle), Span(middle, len(text)))
    (vectors,) = OnnxEmbedder(folder).embed_passages([PassageInput("", text, spans)])
    assert vectors.sentences is not None
    assert np.allclose(np.linalg.norm(vectors.sentences, axis=1), 1, atol=1e-5)


def test_queries_and_passages_begin_as_the_model_wants_it(folder: Path) -> None:
    plain = OnnxEmbedder(folder)
    (passage,) = plain.embed_passages([PassageInput("", "rain", (Span(0, 4),))])
    assert plain.embed_queries(["rain"])[0] @ passage.passage < 0.9999
    (folder / "config_sentence_transformers.json").write_text("{}", encoding="utf-8")
    same = OnnxEmbedder(folder)
    assert same.embed_queries(["query: rain"]).tobytes() == plain.embed_queries(["rain"]).tobytes()
    assert same.name != plain.name


def test_a_packed_network_is_read_by_the_names_of_bert() -> None:
    numbers = np.arange(HIDDEN) % 16
    pairs = bytes(int(low | high << 4) for low, high in zip(numbers[:16], numbers[16:], strict=True))
    block = struct.pack("<e", 0.5) + pairs
    tensors = [("emb.word", block * len(PIECES), HIDDEN * len(PIECES)), ("l0.q.w", block * HIDDEN, HIDDEN * HIDDEN)]
    tensors += [("l0.fo.w", block * (INNER // 32) * HIDDEN, INNER * HIDDEN)]
    tensors += [("l0.aln.w", np.ones(HIDDEN, "<f4").tobytes(), HIDDEN)]
    pieces = [piece.encode() for piece in PIECES]
    ends = np.cumsum([0, *map(len, pieces)])
    head = b"E5S1" + struct.pack("<I7ifi", 1, HIDDEN, 1, 2, INNER, len(PIECES), 16, 1, 1e-12, 32)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, int(ends[-1]))
    head += ends.astype("<u4").tobytes() + np.full(len(PIECES), -1, "<f4").tobytes() + b"".join(pieces)
    head += struct.pack("<iI", 0, 0) + struct.pack("<i", len(tensors))
    place = len(head) + sum(2 + len(name) + 1 + 4 + 16 for name, _, _ in tensors)
    body = b""
    for name, data, count in tensors:
        head += struct.pack("<H", len(name)) + name.encode()
        head += struct.pack("<BIQQ", 1, count, place + len(body), len(data))
        body += data
    found = read_packed(head + body)
    assert found.config["num_hidden_layers"] == 1
    assert [piece for piece, _ in found.pieces] == PIECES
    assert found.marks == MARKS
    expected = (numbers - 8) * 0.5
    assert np.array_equal(found.tensors["embeddings.word_embeddings.weight"][0], expected)
    assert found.tensors["encoder.layer.0.attention.self.query.weight"].shape == (HIDDEN, HIDDEN)
    assert found.tensors["encoder.layer.0.output.dense.weight"].shape == (HIDDEN, INNER)
    assert found.tensors["encoder.layer.0.attention.output.LayerNorm.weight"].shape == (HIDDEN,)


def test_another_file_is_refused() -> None:
    with pytest.raises(SystemExit, match="no packed model"):
        read_packed(b"GGUF")
