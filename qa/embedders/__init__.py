"""Texts to vectors: the built-in model, a local ONNX model, or an endpoint."""

from __future__ import annotations

from pathlib import Path

from qa.embedders.endpoint import EndpointEmbedder
from qa.embedders.interface import Embedder, PassageInput, PassageVectors, Vectors
from qa.embedders.kept import KeptTokenVectors, KeptVectors
from qa.embedders.onnx import OnnxEmbedder
from qa.errors import SettingsError
from qa.kept import Kept

__all__ = [
    "Embedder",
    "EndpointEmbedder",
    "KeptVectors",
    "OnnxEmbedder",
    "PassageInput",
    "PassageVectors",
    "Vectors",
    "open_embedder",
]

_ENDPOINT = "endpoint:"


def open_embedder(
    spec: str, *, base_url: str | None = None, api_key: str | None = None, cache: Path | None = None
) -> Embedder:
    """The embedder that a setting names.

    Args:
        spec: ``minilm`` (built in), a folder with an ONNX model, or ``endpoint:MODEL``.
        base_url: address of the endpoint; ``None`` for OpenAI.
        api_key: key of the endpoint; a server of one's own may need none.
        cache: folder that keeps vectors for the next time; ``None`` for none.

    Raises:
        SettingsError: if ``spec`` names nothing that can be used.
    """
    embedder = _named(spec, base_url, api_key)
    if cache is None:
        return embedder
    kept = Kept(cache / "vectors.sqlite3")
    return KeptTokenVectors(embedder, kept) if isinstance(embedder, OnnxEmbedder) else KeptVectors(embedder, kept)


def _named(spec: str, base_url: str | None, api_key: str | None) -> OnnxEmbedder | EndpointEmbedder:
    if spec == "minilm":
        return OnnxEmbedder()
    if spec.startswith(_ENDPOINT):
        return EndpointEmbedder(base_url, api_key, spec.removeprefix(_ENDPOINT))
    if not spec.strip():
        raise SettingsError(
            "setting 'embedder' is empty; use 'minilm', a folder with an ONNX model or 'endpoint:MODEL'"
        )
    return OnnxEmbedder(Path(spec).expanduser())
