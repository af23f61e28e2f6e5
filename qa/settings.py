"""Settings: what a person can choose, from flags, environment and file, checked once.

Order: flag > environment (``QA_*``) > ``qa.toml`` in the current folder > default. Unknown keys are errors, in the
file and in the environment. This is the only module that reads the environment.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from qa.errors import SettingsError
from qa.records import Usage

SETTINGS_FILE = "qa.toml"
ENVIRONMENT_PREFIX = "QA_"

_SECRET = ("key", "token", "headers")
"""Parts of the names of settings whose values no message shows."""


class Settings(BaseSettings):
    """Everything that can be set. Each field is a flag, ``QA_<FIELD>`` or a key of ``qa.toml``."""

    model_config = SettingsConfigDict(
        env_prefix=ENVIRONMENT_PREFIX, toml_file=SETTINGS_FILE, extra="forbid", frozen=True, validate_default=True
    )

    corpus: Path = Path("seeds")
    """Folder of articles."""
    index: Path | None = None
    """Folder of the index; by default one folder per corpus below the user's data folder."""

    model: str = "auto"
    """Language model: ``auto``, ``extractive``, a model's name, a ``.gguf`` file or an ``hf:`` reference."""
    base_url: str | None = None
    """Address of an OpenAI-compatible server, such as ``http://localhost:11434/v1``."""
    api_key: SecretStr | None = Field(None, validation_alias=AliasChoices("api_key", "QA_API_KEY"))
    """Key for ``base_url``."""
    openai_api_key: SecretStr | None = Field(
        None, validation_alias=AliasChoices("openai_api_key", "QA_OPENAI_API_KEY", "OPENAI_API_KEY")
    )
    """Key for OpenAI; enough on its own to choose it."""
    openai_base_url: str | None = Field(
        None, validation_alias=AliasChoices("openai_base_url", "QA_OPENAI_BASE_URL", "OPENAI_BASE_URL")
    )
    """Address that stands for OpenAI's own, where its clients are told of one: a gateway, as a rule."""
    context_window: int = Field(8192, ge=512)
    """Tokens the model takes in and gives out together."""
    max_tokens: int = Field(512, ge=16)
    """Tokens the model may write."""
    temperature: float = Field(0.0, ge=0, le=2)
    timeout: float = Field(60.0, gt=0)
    """Seconds to wait for a model's next words."""
    retries: int = Field(3, ge=0, le=10)
    """Further tries after a rate limit or a dropped connection."""
    rpm: float | None = Field(None, gt=0)
    """Requests a minute that the model is sent at most, by all who ask it from here together."""
    tpm: float | None = Field(None, gt=0)
    """Tokens a minute that the model reads and writes at most."""
    prompt_price: float | None = Field(None, ge=0)
    """Price of a million tokens that the model reads, in any currency; both together price answers."""
    completion_price: float | None = Field(None, ge=0)
    """Price of a million tokens that the model writes."""
    prompts: Path | None = None
    """Folder of prompt files that replace the built-in ones of the same name."""
    unsupported: Literal["mark", "drop"] = "mark"
    """What happens to a sentence that its citations do not support and that could not be mended."""
    judge: bool = False
    """Whether the language model gives a second opinion on each sentence that the rules find supported."""

    embedder: str = "minilm"
    """``minilm`` (built in), a folder with an ONNX model, or ``endpoint:MODEL``."""
    embedder_url: str | None = None
    """Address of the embedding endpoint; ``base_url`` if empty."""
    embedder_key: SecretStr | None = None
    """Key of the embedding endpoint, where it has an address of its own."""

    cache: Path | None = None
    """Folder that keeps answers and embeddings, so that nothing is paid for twice; none by default.

    Processes of one machine may share it; it grows until it is removed, which can be done at any time."""
    ray_address: str | None = Field(None, validation_alias=AliasChoices("ray_address", "QA_RAY_ADDRESS", "RAY_ADDRESS"))
    """Ray cluster for ``--engine ray``; without it, Ray is started on this machine."""

    chroma_url: str | None = None
    """Address of a Chroma server that holds the index for any number of machines, such as ``http://localhost:8000``."""
    chroma_token: SecretStr | None = None
    """Sent to it as ``X-Chroma-Token``, as Chroma Cloud wants it."""
    chroma_headers: SecretStr | None = None
    """Further headers for it, one a line: ``Authorization: Bearer ...``."""
    chroma_tenant: str = Field("default_tenant", min_length=1)
    chroma_database: str = Field("default_database", min_length=1)
    chroma_collection: str | None = None
    """Name of the index on the server; the name of the corpus folder if empty."""
    chroma_timeout: float = Field(10.0, gt=0)
    """Seconds to wait for an answer of the server."""

    preset: Literal["fast", "balanced", "best"] = "balanced"
    """How many passages and sentences are looked at for a question: ``qa.depth.DEPTHS``."""
    passages: int = Field(8, ge=1, le=100)
    """Passages read for one answer; a language model is shown the best sentences of twice as many."""
    evidence_tokens: int = Field(1750, ge=100)
    """Tokens of article text that a language model is shown at most."""
    sentences: int = Field(3, ge=1, le=20)
    """Most sentences in an answer without a language model."""

    log: Literal["off", "json"] = "off"
    """``json``: a line of JSON on stderr for each question, with the time of each stage, and for what goes wrong."""
    otel: bool = False
    """Whether traces are also handed to OpenTelemetry (extra ``otel``)."""

    def price(self, usage: Usage) -> float | None:
        """What some use of the model cost; ``None`` where a price is not known."""
        if self.prompt_price is None or self.completion_price is None:
            return None
        spent = usage.prompt_tokens * self.prompt_price + usage.completion_tokens * self.completion_price
        return spent / 1_000_000

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags, then environment, then ``qa.toml``."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    def index_folder(self) -> Path:
        """Where the index of this corpus lies."""
        if self.index is not None:
            return self.index
        import platformdirs

        corpus = self.corpus.resolve()
        mark = hashlib.sha256(str(corpus).encode("utf-8", "surrogatepass")).hexdigest()[:8]
        return Path(platformdirs.user_data_dir("news-qa", appauthor=False)) / f"{corpus.name or 'root'}-{mark}"


def load_settings(**flags: Any) -> Settings:
    """The settings in force; ``flags`` that are ``None`` count as not given.

    Raises:
        SettingsError: for an unknown key, a bad value or an unreadable ``qa.toml``, in one line.
    """
    _refuse_unknown_environment()
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        raise SettingsError(_in_one_line(error)) from error
    except (OSError, ValueError) as error:
        raise SettingsError(f"{SETTINGS_FILE} cannot be read: {error}; mend or remove it") from error


def recipe_digest(parts: Mapping[str, Any]) -> str:
    """Twelve hexadecimal digits that change whenever one of ``parts`` does."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:12]


def _refuse_unknown_environment() -> None:
    known = {ENVIRONMENT_PREFIX + name.upper() for name in Settings.model_fields}
    for name in sorted(os.environ):
        if name.startswith(ENVIRONMENT_PREFIX) and name not in known:
            raise SettingsError(f"unknown setting {name!r} in the environment{_suggestion(name, known)}")


def _suggestion(name: str, known: set[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else "; unset it, or see the list of settings in the README"


def _in_one_line(error: ValidationError) -> str:
    lines = []
    for problem in error.errors():
        name = ".".join(str(part) for part in problem["loc"]) or "settings"
        if problem["type"] == "extra_forbidden":
            lines.append(f"unknown setting {name!r}{_suggestion(name, set(Settings.model_fields))}")
        else:
            shown = "" if any(word in name for word in _SECRET) else f" {problem.get('input')!r}"
            lines.append(f"setting {name!r} has a bad value{shown}: {problem['msg'].lower()}")
    return "; ".join(lines)
