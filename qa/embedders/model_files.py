"""Finds the files of a local embedding model and reads how they are to be used. Runs nothing.

The layout is that of sentence-transformers: `model.onnx` (or `onnx/model.onnx`) and `tokenizer.json`; if present,
`1_Pooling/config.json` (mean or first token), `sentence_bert_config.json` or `config.json` (longest input) and
`config_sentence_transformers.json` (words to put before queries and documents).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Literal

from qa.errors import SettingsError

BUILT_IN_NAME = "minilm-l6-int8/1"
"""The built-in model and how it is used; any change to its vectors must change it."""

MOST_POSITIONS = 512


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A model on disk. ``positions`` is the longest input in tokens; ``dimension`` is ``None`` until it is loaded."""

    name: str
    model: Path
    tokenizer: Path
    pooling: Literal["mean", "first"] = "mean"
    positions: int = MOST_POSITIONS
    query_prompt: str = ""
    passage_prompt: str = ""
    dimension: int | None = None


def built_in_files() -> ModelFiles:
    """The model that comes with the program."""
    folder = Path(str(resources.files("qa.minilm")))
    model, tokenizer = _needed(folder, "model.onnx"), _needed(folder, "tokenizer.json")
    return ModelFiles(BUILT_IN_NAME, model, tokenizer, dimension=384)


def files_in(folder: Path) -> ModelFiles:
    """The model in ``folder``.

    Raises:
        SettingsError: if the folder or one of its files is missing or cannot be used.
    """
    if not folder.is_dir():
        raise SettingsError(f"embedder {str(folder)!r} is no folder; give the folder of an ONNX model, or 'minilm'")
    model, tokenizer = _needed(folder, "model.onnx", "onnx/model.onnx"), _needed(folder, "tokenizer.json")
    prompts = _configuration(folder / "config_sentence_transformers.json").get("prompts") or {}
    return ModelFiles(
        name=_name(folder, model),
        model=model,
        tokenizer=tokenizer,
        pooling=_pooling(folder / "1_Pooling" / "config.json"),
        positions=_positions(folder),
        query_prompt=prompts.get("query") or "",
        passage_prompt=prompts.get("document") or prompts.get("passage") or "",
    )


def _needed(folder: Path, *names: str) -> Path:
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise SettingsError(f"embedder {str(folder)!r} has no {names[0]}; export the model to ONNX into this folder")


def _name(folder: Path, model: Path) -> str:
    """Folder, digest of the model, digest of all else that changes vectors."""
    rest = [folder / "tokenizer.json", *sorted(folder.glob("*config*.json")), folder / "1_Pooling" / "config.json"]
    beside = sorted(path for path in model.parent.glob(f"{model.name}?*") if path.is_file())
    digest = hashlib.sha256()
    for path in (*rest, *beside):
        if path.is_file():
            digest.update(_digest(path).encode())
    return f"{folder.resolve().name}-{_digest(model)[:12]}-{digest.hexdigest()[:8]}"


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SettingsError(f"embedder file {str(path)!r} cannot be read ({error}); check its permissions") from error


def _configuration(path: Path) -> dict[str, Any]:
    """The JSON object in ``path``; empty if there is no such file."""
    if not path.is_file():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"embedder file {str(path)!r} is no readable JSON ({error}); mend or remove it") from error
    if not isinstance(content, dict):
        raise SettingsError(f"embedder file {str(path)!r} holds no JSON object; mend or remove it")
    return content


def _pooling(path: Path) -> Literal["mean", "first"]:
    modes = {key for key, value in _configuration(path).items() if key.startswith("pooling_mode_") and value is True}
    if modes <= {"pooling_mode_mean_tokens"}:
        return "mean"
    if modes == {"pooling_mode_cls_token"}:
        return "first"
    raise SettingsError(
        f"embedder file {str(path)!r} asks for {', '.join(sorted(modes))}; only mean or cls is supported"
    )


def _positions(folder: Path) -> int:
    limits = (
        _configuration(folder / "sentence_bert_config.json").get("max_seq_length"),
        _configuration(folder / "config.json").get("max_position_embeddings"),
    )
    return min([MOST_POSITIONS, *(limit for limit in limits if isinstance(limit, int) and limit > 2)])
