"""How fast the built-in embedder is, against a bare onnxruntime loop, and how near to another export of its model.

    python -m evals.bench.embedding
    python -m evals.bench.embedding --model FOLDER --reference FOLDER

The first form embeds 256 texts of 20 to 150 words (cut, by a seeded choice, from the articles of ``evals/corpora``)
and single questions. The bare loop has nothing but tokenizers, onnxruntime and numpy: texts sorted by length, padded
batches of 8, all threads on one batch, mean pooling. Both take turns, so that a busy machine slows both.

The second form needs no clock: cosines of ``--model`` (default: built in) to ``--reference``, and of a text embedded
alone to the same text in a padded batch of 8.
"""

from __future__ import annotations

import argparse
import random
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.speed import timed
from qa.embedders.model_files import built_in_files, files_in
from qa.embedders.onnx import OnnxEmbedder

CORPORA = Path(__file__).parents[1] / "corpora"
TEXTS = 256
SHORTEST, LONGEST = 20, 150
BATCH = 8
QUESTION = "Who resigned as mayor of the city on Monday?"

Vectors = NDArray[np.float32]


def sample_texts(folder: Path = CORPORA, seed: int = 0) -> list[str]:
    """TEXTS runs of SHORTEST to LONGEST words of the articles below ``folder``, the same for the same seed."""
    words = [word for path in sorted(folder.rglob("*.md")) for word in path.read_text(encoding="utf-8").split()]
    if len(words) <= LONGEST:
        raise SystemExit(f"{str(folder)!r} holds too few words; give a folder of .md articles with --texts")
    chance = random.Random(seed)
    texts = []
    for _ in range(TEXTS):
        start = chance.randrange(len(words) - LONGEST)
        texts.append(" ".join(words[start : start + chance.randint(SHORTEST, LONGEST)]))
    return texts


class BareLoop:
    """The least code that embeds with onnxruntime: sorted by length, padded batches, mean pooling."""

    def __init__(self, folder: Path | None, threads: int) -> None:
        import onnxruntime  # type: ignore[import-untyped, unused-ignore]
        from tokenizers import Tokenizer

        files = built_in_files() if folder is None else files_in(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session: Any = onnxruntime.InferenceSession(str(files.model), options, providers=["CPUExecutionProvider"])
        self.names = {given.name for given in self.session.get_inputs()}
        self.tokenizer = Tokenizer.from_file(str(files.tokenizer))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(files.positions)

    def embed(self, texts: Sequence[str], batch: int = BATCH) -> Vectors:
        """Unit vectors (len(texts), dimension)."""
        ids = [encoding.ids for encoding in self.tokenizer.encode_batch(list(texts))]
        order = sorted(range(len(ids)), key=lambda number: len(ids[number]))
        rows: list[Any] = [None] * len(ids)
        for start in range(0, len(ids), batch):
            chosen = order[start : start + batch]
            for number, row in zip(chosen, self._run([ids[number] for number in chosen]), strict=True):
                rows[number] = row
        return np.stack(rows)

    def _run(self, ids: list[list[int]]) -> Vectors:
        longest = max(map(len, ids))
        padded = np.array([row + [0] * (longest - len(row)) for row in ids])
        mask = np.array([[1] * len(row) + [0] * (longest - len(row)) for row in ids])
        given = {"input_ids": padded, "attention_mask": mask, "token_type_ids": np.zeros_like(padded)}
        hidden = self.session.run(None, {name: given[name] for name in self.names})[0]
        pooled = (hidden * mask[..., None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        vectors: Vectors = pooled / np.linalg.norm(pooled, axis=1, keepdims=True)
        return vectors


def measure_speed(texts: list[str], threads: int, rounds: int) -> None:
    """Prints texts a second, the ratio of both, and the time of one question."""
    embedder, bare = OnnxEmbedder(threads=threads), BareLoop(None, threads)

    def ours() -> object:
        return embedder.embed_queries(texts)

    def theirs() -> object:
        return bare.embed(texts)

    ours(), theirs()
    pairs = [(timed(ours), timed(theirs)) for _ in range(rounds)]
    print(f"{len(texts)} texts of {SHORTEST}-{LONGEST} words, {threads} threads, best of {rounds} rounds")
    for name, times in zip(("embedder", "bare loop"), zip(*pairs, strict=True), strict=True):
        print(f"  {name:10} {len(texts) / min(times):6.0f} texts/s")
    print(f"  embedder / bare loop: median {statistics.median(their / our for our, their in pairs):.2f}")
    for name, one in (
        ("embedder", lambda: embedder.embed_queries([QUESTION])),
        ("bare loop", lambda: bare.embed([QUESTION])),
    ):
        print(f"  {name:10} {1000 * statistics.median(timed(one) for _ in range(100)):6.2f} ms for one question")


def measure_nearness(texts: list[str], model: Path | None, reference: Path) -> None:
    """Prints cosines of the model's vectors to those of the reference, and to its own in batches."""
    bare = BareLoop(model, 1)
    alone = bare.embed(texts, batch=1)
    for name, others in (
        (f"to {str(reference)!r}", BareLoop(reference, 1).embed(texts, batch=1)),
        (f"alone to in a batch of {BATCH}", bare.embed(texts)),
    ):
        cosines = (alone * others).sum(axis=1)
        same = int((alone == others).all(axis=1).sum())
        print(
            f"cosine {name}: mean {cosines.mean():.4f}, least {cosines.min():.4f}; same to the bit: {same}/{len(texts)}"
        )


def main() -> None:
    """Reads the command line and prints the figures."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.embedding", description=__doc__.partition("\n")[0])
    parser.add_argument("--texts", type=Path, default=CORPORA, help="folder of .md articles to cut texts from")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--model", type=Path, default=None, help="folder of the model to compare; default: built in")
    parser.add_argument("--reference", type=Path, default=None, help="folder of the model to compare with")
    arguments = parser.parse_args()
    texts = sample_texts(arguments.texts)
    if arguments.reference is None:
        measure_speed(texts, arguments.threads, arguments.rounds)
    else:
        measure_nearness(texts, arguments.model, arguments.reference)


if __name__ == "__main__":
    main()
