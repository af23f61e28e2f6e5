"""Structured logs: a JSON object a line on stderr, and spans for OpenTelemetry; keys are masked in both.

set_up(settings)      what the settings ask for; nothing by default
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from qa.errors import SettingsError
from qa.settings import Settings

MASK = "***"
_TOP = "qa"
_TRACES = "qa.trace"


def set_up(settings: Settings) -> None:
    """Begins to log as the settings say; asked again, it goes on as it is asked now.

    Raises:
        SettingsError: if spans are wanted and OpenTelemetry is not installed.
    """
    top, traces = logging.getLogger(_TOP), logging.getLogger(_TRACES)
    for logger in (top, traces):
        for handler in [one for one in logger.handlers if isinstance(one, Lines | Spans)]:
            logger.removeHandler(handler)
    secrets = secrets_of(settings)
    if settings.log == "json":
        top.addHandler(Lines(secrets))
        top.setLevel(logging.INFO)
        top.propagate = False
    if settings.otel:
        traces.addHandler(Spans(secrets))
        traces.setLevel(logging.INFO)


def secrets_of(settings: Settings) -> list[str]:
    """The values that must be shown nowhere."""
    values = [getattr(settings, name) for name in type(settings).model_fields]
    keys = [value.get_secret_value() for value in values if isinstance(value, SecretStr)]
    addresses = [value for value in values if isinstance(value, str) and "://" in value]
    return [secret for secret in (*keys, *map(_password, addresses)) if secret]


def _password(address: str) -> str:
    try:
        return urlsplit(address).password or ""
    except ValueError:
        return ""


def masked(value: Any, secrets: Iterable[str]) -> Any:
    """A value ready for JSON, each secret in its texts replaced."""
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, MASK)
        return value
    if isinstance(value, dict):
        return {name: masked(item, secrets) for name, item in value.items()}
    return [masked(item, secrets) for item in value] if isinstance(value, list) else value


class Lines(logging.StreamHandler[Any]):
    """Writes each record as a JSON object on a line of stderr."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__(sys.stderr)
        self._secrets = list(secrets)

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told: dict[str, Any] = {"time": moment, "level": record.levelname.lower(), "logger": record.name}
        told["message"] = record.getMessage()
        if trace := getattr(record, "trace", None):
            told["trace"] = trace
        if record.exc_info:
            told["exception"] = logging.Formatter().formatException(record.exc_info)
        return json.dumps(masked(told, self._secrets), ensure_ascii=False, default=str)


class Spans(logging.Handler):
    """Hands each trace on as a span ``qa.question`` with a span for each stage.

    The program's own tracer provider is used; where there is none, spans go where ``OTEL_EXPORTER_OTLP_ENDPOINT`` says.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__()
        self._secrets = list(secrets)
        try:
            from opentelemetry import trace

            _provide(trace)
        except ImportError as error:
            raise SettingsError(
                "setting 'otel' needs OpenTelemetry; install it with: pip install 'news-qa[otel]'"
            ) from error
        self._api = trace
        self._tracer = trace.get_tracer("qa")

    def emit(self, record: logging.LogRecord) -> None:
        """Makes the spans of a trace, after the event."""
        trace = masked(getattr(record, "trace", None), self._secrets)
        if not trace:
            return
        flat = {f"qa.{name}": value for name, value in trace.items() if isinstance(value, str | int | float)}
        start = int(trace["began"] * 1e9)
        question = self._tracer.start_span("qa.question", start_time=start, attributes=flat)
        inside = self._api.set_span_in_context(question)
        for name, seconds in trace["stages"].items():
            stage = self._tracer.start_span(f"qa.{name}", context=inside, start_time=start)
            start += int(seconds * 1e9)
            stage.end(end_time=start)
        question.end(end_time=start)


def _provide(api: Any) -> None:
    """A provider that exports, unless the program has set one."""
    if not isinstance(api.get_tracer_provider(), api.ProxyTracerProvider):
        return
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    api.set_tracer_provider(provider)
