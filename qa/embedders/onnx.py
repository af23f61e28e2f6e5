"""Embeds texts with a local ONNX model; the built-in one by default.

Each text is a forward pass of its own on one thread, several texts side by side. That is as fast as padded batches
(`python -m evals.bench.embedding`), and a text's vectors depend on nothing but the text: an index built in another
order, or in two goes, is the same to the bit.

A passage and its sentences come from one pass ("late chunking", Günther et al. 2024, arXiv:2409.04701): a sentence's
vector is the mean of its tokens' vectors, which have seen the whole passage.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from qa.embedders.interface import PassageInput, PassageVectors, Vectors, replace_lone_surrogates, unit_length
from qa.embedders.model_files import ModelFiles, built_in_files, files_in
from qa.errors import SettingsError
from qa.recent import Recent
from qa.records import Span

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_MOST_THREADS = 4
"""Used unless the caller says otherwise: an assistant is rarely alone on its machine."""
_KEPT = 256
"""Questions and sentences whose tokens' vectors are kept for the next time, about 70 kB each."""
_LONGEST_KEPT = 600
"""Code points; longer texts would fill the memory."""

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class _Model:
    session: Any
    tokenizer: Tokenizer
    inputs: frozenset[str]
    output: str

    def run(self, ids: Sequence[int]) -> Vectors:
        """Vectors of one input: (len(ids), dimension)."""
        row = np.array([ids], dtype=np.int64)
        given = {"input_ids": row, "attention_mask": np.ones_like(row), "token_type_ids": np.zeros_like(row)}
        feed = {name: given[name] for name in self.inputs}
        vectors: Vectors = self.session.run([self.output], feed)[0][0].astype(np.float32, copy=False)
        return vectors


@dataclass(frozen=True, slots=True)
class _Reading:
    """A text as the model reads it: its own vector, and its tokens' without the special ones."""

    text: Vectors
    tokens: Vectors
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


class OnnxEmbedder:
    """Embeds with a local ONNX model. Safe to use from several threads at once.

    Args:
        folder: a model's folder, see ``qa.embedders.model_files``; ``None`` for the built-in model.
        threads: texts embedded side by side; by default the number of processors, at most four.

    Raises:
        SettingsError: if files are missing; if they are broken, when the first text is embedded.
    """

    def __init__(self, folder: Path | None = None, threads: int | None = None) -> None:
        if threads is not None and threads < 1:
            raise ValueError(f"threads must be at least 1, got {threads}")
        self._files = built_in_files() if folder is None else files_in(folder)
        self._threads = threads or min(os.cpu_count() or 1, _MOST_THREADS)
        self._lock = threading.Lock()
        self._model: _Model | None = None
        self._kept: Recent[str, _Reading] = Recent(_KEPT)
        self._dimension = self._files.dimension

    @property
    def name(self) -> str:
        """Part of the index recipe."""
        return self._files.name

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        if self._dimension is None:
            self._dimension = int(self._read("").text.shape[0])
        return self._dimension

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """One row of unit length for each of ``texts``: (len(texts), dimension)."""
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        prompt = self._files.query_prompt
        return np.stack(self._side_by_side(lambda text: self._read_once(prompt + text).text, texts))

    def embed_passages(self, passages: Sequence[PassageInput]) -> list[PassageVectors]:
        """Vectors of each passage and of its sentences, in order.

        A passage longer than the model's input is read in parts of even length; a sentence without any token has its
        passage's vector.
        """
        return self._side_by_side(self._embed_passage, passages)

    def token_vectors(self, texts: Sequence[str]) -> list[tuple[list[tuple[int, int]], Vectors]]:
        """For each text the ranges of its tokens and their vectors (tokens, dimension), of unit length.

        For late interaction (Khattab and Zaharia 2020, arXiv:2004.12832). Special tokens are left out.
        """
        longest_first = sorted(range(len(texts)), key=lambda place: -len(texts[place]))
        found = self._side_by_side(self._embed_tokens, [texts[place] for place in longest_first])
        return [vectors for _, vectors in sorted(zip(longest_first, found, strict=True), key=lambda pair: pair[0])]

    def _embed_passage(self, passage: PassageInput) -> PassageVectors:
        prefix = self._files.passage_prompt + passage.prefix
        reading = self._read(prefix + passage.text)
        return PassageVectors(reading.text, _sentence_vectors(reading, passage.sentences, len(prefix)))

    def _embed_tokens(self, text: str) -> tuple[list[tuple[int, int]], Vectors]:
        reading = self._read_once(text)
        ranges = list(zip(reading.starts.tolist(), reading.ends.tolist(), strict=True))
        return ranges, unit_length(reading.tokens)

    def _read_once(self, text: str) -> _Reading:
        reading = self._kept.get(text)
        if reading is None:
            reading = self._read(text)
            if len(text) <= _LONGEST_KEPT:
                self._kept.put(text, reading)
        return reading

    def _read(self, text: str) -> _Reading:
        model = self._loaded()
        encoding = model.tokenizer.encode(replace_lone_surrogates(text))
        ids, special = encoding.ids, np.array(encoding.special_tokens_mask, dtype=bool)
        own = np.flatnonzero(~special)
        first, last = (int(own[0]), int(own[-1]) + 1) if own.size else (len(ids), len(ids))
        opening, closing = ids[:first], ids[last:]
        parts = _even_parts(ids[first:last], self._files.positions - len(opening) - len(closing))
        results = [model.run([*opening, *part, *closing]) for part in parts]
        offsets = np.array(encoding.offsets, dtype=np.int64).reshape(-1, 2)[first:last]
        pooled = np.concatenate([result[:1] if self._files.pooling == "first" else result for result in results])
        return _Reading(
            text=unit_length(pooled.mean(axis=0)),
            tokens=np.concatenate([row[len(opening) : len(row) - len(closing)] for row in results]),
            starts=offsets[:, 0],
            ends=offsets[:, 1],
        )

    def _loaded(self) -> _Model:
        if self._model is None:
            with self._lock:
                if self._model is None:
                    self._model = _load(self._files)
        return self._model

    def _side_by_side(self, work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
        if self._threads == 1 or len(items) < 2:
            return [work(item) for item in items]
        pool = ThreadPoolExecutor(min(self._threads, len(items)), thread_name_prefix="embed")
        try:
            return list(pool.map(work, items))
        finally:
            pool.shutdown(cancel_futures=True)


def _even_parts(ids: list[int], longest: int) -> list[list[int]]:
    """``ids`` in order, in as few parts as the limit allows, of even length; one empty part if there are none."""
    count = max(1, -(-len(ids) // longest))
    ends = [len(ids) * number // count for number in range(count + 1)]
    return [ids[start:end] for start, end in pairwise(ends)]


def _sentence_vectors(reading: _Reading, sentences: Sequence[Span], shift: int) -> Vectors:
    # A token belongs to the sentence of its last character: some tokenizers count the space before a word to it.
    last = np.maximum(reading.ends - 1, reading.starts) - shift
    owner = np.searchsorted([sentence.start for sentence in sentences], last, side="right") - 1
    vectors = np.empty((len(sentences), len(reading.text)), np.float32)
    for number in range(len(sentences)):
        own = reading.tokens[owner == number]
        vectors[number] = unit_length(own.mean(axis=0)) if len(own) else reading.text
    return vectors


def _load(files: ModelFiles) -> _Model:
    import onnxruntime  # type: ignore[import-untyped, unused-ignore]
    from tokenizers import Tokenizer

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4  # what is wrong is raised, in one line
    try:
        tokenizer = Tokenizer.from_file(str(files.tokenizer))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        session = onnxruntime.InferenceSession(str(files.model), options, providers=["CPUExecutionProvider"])
        model = _Model(session, tokenizer, frozenset(i.name for i in session.get_inputs()), _token_output(session))
        model.run(tokenizer.encode("a").ids)
    except Exception as error:  # both libraries raise bare `Exception` for broken files
        reason = " ".join(str(error).split())
        raise SettingsError(
            f"embedder {str(files.model.parent)!r} cannot be used: {reason}; export the model and its tokenizer again"
        ) from error
    return model


def _token_output(session: Any) -> str:
    """The output that holds token vectors [batch, tokens, dimension]."""
    wide: list[str] = [output.name for output in session.get_outputs() if len(output.shape) == 3]
    for name in ("last_hidden_state", "token_embeddings", *wide):
        if name in wide:
            return name
    raise ValueError("it has no output of token vectors [batch, tokens, dimension]")
