"""Embeds texts at an OpenAI-compatible `/embeddings` endpoint.

It gives no sentence vectors: that would take a paid call for every sentence.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from qa.addresses import check_address, check_key, shown_address
from qa.embedders.interface import PassageInput, PassageVectors, Vectors, replace_lone_surrogates, unit_length
from qa.errors import ModelError, SettingsError

if TYPE_CHECKING:
    import httpx
    from openai import OpenAI, OpenAIError

OPENAI_URL = "https://api.openai.com/v1"

_BATCH = 64
"""Texts in one request; many servers refuse more."""

_LONGEST_REASON = 200


class EndpointEmbedder:
    """Embeds over HTTP. Safe to use from several threads at once.

    Args:
        base_url: address that ``/embeddings`` is appended to; ``None`` for OpenAI.
        api_key: sent as bearer token; ``None`` for a server that asks for none.
        model: name of the model at that address.
        timeout: seconds to wait for one response.
        retries: further tries after a rate limit, a server's error or a dropped connection.
        dimension: length of the vectors, where it is known; otherwise a first call finds it.

    Raises:
        SettingsError: if no model is named, the address or key cannot be one, or OpenAI is meant and there is no key.
    """

    def __init__(
        self,
        base_url: str | None,
        api_key: str | None,
        model: str,
        *,
        timeout: float = 60.0,
        retries: int = 3,
        dimension: int | None = None,
    ) -> None:
        if not model:
            raise SettingsError("setting 'embedder' names no model; write 'endpoint:' and the model's name")
        if base_url is None and not api_key:
            raise SettingsError(f"embedder 'endpoint:{model}' needs a key for {OPENAI_URL}; set a key or an address")
        self._url, self._key, self._model = base_url or OPENAI_URL, (api_key or "").strip(), model
        check_address(self._url, "embedder_url")
        check_key(self._key, "embedder_key")
        self._timeout, self._retries = timeout, retries
        self._dimension = dimension
        self._lock = threading.Lock()
        self._opened: OpenAI | None = None

    @property
    def name(self) -> str:
        """Part of the index recipe. The address is not: the same model may move."""
        return f"endpoint-{self._model}-{self.dimension}"

    @property
    def dimension(self) -> int:
        """Length of every vector; asks the endpoint if nothing was embedded yet."""
        if self._dimension is None:
            self._dimension = self._request(["dimension"]).shape[1]
        return self._dimension

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """One row of unit length for each of ``texts``: (len(texts), dimension).

        Raises:
            ModelError: if the endpoint cannot be reached, refuses, or sends anything but the vectors asked for.
        """
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        # An empty input is refused by OpenAI.
        inputs = [replace_lone_surrogates(text) or " " for text in texts]
        return np.concatenate([self._embed(inputs[start : start + _BATCH]) for start in range(0, len(inputs), _BATCH)])

    def embed_passages(self, passages: Sequence[PassageInput]) -> list[PassageVectors]:
        """Vectors of each passage with its header, in order; ``sentences`` is ``None``.

        Raises:
            ModelError: as ``embed_queries`` does.
        """
        texts = [passage.prefix + passage.text for passage in passages]
        return [PassageVectors(vector, None) for vector in self.embed_queries(texts)] if texts else []

    def _embed(self, texts: list[str]) -> Vectors:
        vectors, expected = self._request(texts), self._dimension
        if expected is not None and vectors.shape[1] != expected:
            raise ModelError(
                f"{self._subject} sent vectors of length {vectors.shape[1]} instead of {expected}; "
                "the model at this address was changed: index again, or name another model"
            )
        self._dimension = vectors.shape[1]
        return vectors

    def _request(self, texts: list[str]) -> Vectors:
        import openai

        try:
            response = self._client().embeddings.create(model=self._model, input=texts, encoding_format="float")
        except openai.OpenAIError as error:
            raise self._model_error(error) from error
        except ValueError as error:
            raise self._not_vectors("a response that is no JSON") from error
        return self._vectors(response, len(texts))

    def _vectors(self, response: Any, count: int) -> Vectors:
        try:
            items = sorted(response.data, key=lambda item: item.index)
            vectors = np.array([item.embedding for item in items], dtype=np.float32)
        except (AttributeError, TypeError, ValueError) as error:
            raise self._not_vectors("something else") from error
        if vectors.ndim != 2 or len(vectors) != count or vectors.shape[1] == 0:
            raise self._not_vectors(f"an array of shape {vectors.shape}")
        if not np.isfinite(vectors).all() or not vectors.any(axis=1).all():
            raise self._not_vectors("a vector that is zero or not finite")
        return unit_length(vectors)

    def _client(self) -> OpenAI:
        with self._lock:
            if self._opened is None:
                from openai import DefaultHttpxClient, OpenAI

                # The client insists on a key; servers that need none ignore it.
                self._opened = OpenAI(
                    base_url=self._url,
                    api_key=self._key or "none",
                    timeout=self._timeout,
                    max_retries=self._retries,
                    http_client=DefaultHttpxClient(event_hooks={"response": [_stop_at_used_up_quota]}),
                )
                weakref.finalize(self, self._opened.close)
            return self._opened

    @property
    def _subject(self) -> str:
        """The model and its address, without a password that the address may hold."""
        return f"embedding model {self._model!r} at {shown_address(self._url)}"

    def _not_vectors(self, what: str) -> ModelError:
        return ModelError(f"{self._subject} sent {what} instead of one vector for each text; check address and model")

    def _model_error(self, error: OpenAIError) -> ModelError:
        import openai

        subject = self._subject
        if isinstance(error, openai.APITimeoutError):
            return ModelError(f"{subject} sent nothing for {self._timeout:g} s; try again later", retryable=True)
        if isinstance(error, openai.APIConnectionError):
            return ModelError(f"{subject} cannot be reached; check the address and the network", retryable=True)
        if not isinstance(error, openai.APIStatusError):
            return self._not_vectors("something else")
        status = error.status_code
        if status in (401, 403):
            return ModelError(f"{subject} refused the key ({status}); check the key of the embedding endpoint")
        if status == 404:
            return ModelError(f"{subject} was not found (404); check the address, often ending in /v1, and the model")
        if error.code == "insufficient_quota":
            return ModelError(f"{subject} says the account's quota is used up; check its plan and billing")
        if status == 429:
            return ModelError(f"{subject} is over its rate limit (429); try again later", retryable=True)
        if status >= 500:
            return ModelError(f"{subject} failed ({status}); try again later", retryable=True)
        return ModelError(f"{subject} refused the texts ({status}): {self._reason(error)}; check the model's limits")

    def _reason(self, error: OpenAIError) -> str:
        reason = " ".join(str(error).split())
        if self._key:
            reason = reason.replace(self._key, "[key]")
        return reason[:_LONGEST_REASON]


def _stop_at_used_up_quota(response: httpx.Response) -> None:
    """Tell openai's client what it does not look for: that trying again is in vain."""
    if response.status_code == 429:
        response.read()
        if b"insufficient_quota" in response.content:
            response.headers["x-should-retry"] = "false"
