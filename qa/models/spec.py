"""Which language model, where, and within what limits. Knows nothing of how to reach it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qa.addresses import check_address, check_key, shown_address
from qa.errors import SettingsError

if TYPE_CHECKING:
    from qa.settings import Settings

OPENAI_URL = "https://api.openai.com/v1"
DEFAULT_OPENAI_MODEL = "gpt-4.1-mini"
"""Small, and answers at once: a reasoning model of that size thinks for seconds before its first word."""


@dataclass(frozen=True)
class ModelSpec:
    """A language model and how to ask it.

    Args:
        name: as the server knows it; or a path ending in ``.gguf``, or ``hf:OWNER/REPOSITORY[/FILE.gguf]``, for a
            model that runs in this process.
        base_url: address of an OpenAI-compatible server, such as ``http://localhost:11434/v1``; ``None`` for OpenAI.
        api_key: never shown; ``None`` where the server asks for none.
        context_window: tokens of prompt and answer together.
        max_tokens: tokens of an answer.
        temperature: 0 for the likeliest words.
        timeout: seconds without a sign of life after which to give up.
        retries: further tries after a rate limit or a dropped connection, before the first word.
        rpm: requests a minute, at most; ``None`` for no limit.
        tpm: tokens a minute, at most, read and written together.

    Raises:
        SettingsError: if the address or the key cannot be one.
    """

    name: str
    base_url: str | None = field(default=None, repr=False)  # may hold a password
    api_key: str | None = field(default=None, repr=False)
    context_window: int = 8192
    max_tokens: int = 512
    temperature: float = 0.0
    timeout: float = 60.0
    retries: int = 3
    rpm: float | None = None
    tpm: float | None = None

    def __post_init__(self) -> None:
        if self.base_url is not None:
            check_address(self.base_url, "base_url")
        if self.api_key is not None:
            check_key(self.api_key, "api_key")

    @property
    def is_local(self) -> bool:
        """Whether the model runs in this process."""
        return self.name.startswith("hf:") or self.name.lower().endswith(".gguf")

    @property
    def url(self) -> str:
        """The address to call, without ``/`` at its end."""
        return (self.base_url or OPENAI_URL).rstrip("/")

    @property
    def label(self) -> str:
        """The model for messages: its name and address, without user name and password."""
        if self.is_local or not self.base_url:
            return f"model {self.name!r}"
        return f"model {self.name!r} at {shown_address(self.url)}"


def choose_model(settings: Settings) -> ModelSpec | None:
    """The language model that the settings ask for, or ``None`` for answers without one.

    ``auto`` takes OpenAI where there is only its key, and no model where there is nothing.

    Raises:
        SettingsError: if a model is named without a server or a key, or a server without a model.
    """
    name = settings.model.strip()
    if name == "extractive":
        return None
    local = ModelSpec(name).is_local
    if local or settings.base_url:
        if name == "auto":
            raise SettingsError(
                "setting 'base_url' is given but no model; name one with --model or QA_MODEL ('extractive' for none)"
            )
        key = None if local else settings.api_key
        return _spec(settings, name, None if local else settings.base_url, key.get_secret_value() if key else None)
    secret = settings.openai_api_key or settings.api_key
    if secret is not None and secret.get_secret_value():
        name = DEFAULT_OPENAI_MODEL if name == "auto" else name
        return _spec(settings, name, settings.openai_base_url or None, secret.get_secret_value())
    if name == "auto":
        return None
    raise SettingsError(
        f"model {name!r} needs OPENAI_API_KEY, or QA_BASE_URL for the server that has it; "
        "'--model extractive' answers without a model"
    )


def _spec(settings: Settings, name: str, base_url: str | None, api_key: str | None) -> ModelSpec:
    return ModelSpec(
        name=name,
        base_url=base_url,
        api_key=(api_key or "").strip() or None,
        context_window=settings.context_window,
        max_tokens=settings.max_tokens,
        temperature=settings.temperature,
        timeout=settings.timeout,
        retries=settings.retries,
        rpm=settings.rpm,
        tpm=settings.tpm,
    )
