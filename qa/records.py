"""The values that travel through the program. Frozen, no I/O, standard library only.

One rule holds for every range here, always: ``article.text[start:end] == quote``. Ranges are half-open and
count Unicode code points of the article's canonical text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Status = Literal["answered", "partial", "abstained", "error"]
Support = Literal["supported", "partial", "unsupported", "uncited"]

SUPPORT_ORDER: tuple[Support, ...] = ("supported", "partial", "uncited", "unsupported")
"""From best to worst; the support of a text is the worst of its statements."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points in a text; never empty.

    Raises:
        ValueError: unless ``0 <= start < end``.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a span needs 0 <= start < end, got {self.start}:{self.end}")

    def of(self, text: str) -> str:
        """The words of ``text`` that this span covers."""
        return text[self.start : self.end]

    def shift(self, by: int) -> Span:
        """The same span, ``by`` code points further on."""
        return Span(self.start + by, self.end + by)


@dataclass(frozen=True, slots=True)
class Article:
    """One news article. ``text`` is canonical: everything cited is a range of it.

    ``id`` is unique in a corpus. ``published`` is an ISO date (``2025-09-24``), with or without a time. ``source`` is
    the outlet's name. Fields the file does not give are empty strings, ``published`` is ``None``.
    """

    id: str
    text: str
    title: str = ""
    subtitle: str = ""
    published: str | None = None
    source: str = ""
    url: str = ""

    @property
    def digest(self) -> str:
        """Identifies this content under this id: 24 hexadecimal digits of a SHA-256."""
        parts = (self.id, self.title, self.subtitle, self.published or "", self.source, self.url, self.text)
        return hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of one article, as retrieved: ``text == article.text[start:end]``.

    ``sentences`` tile the passage in the article's own offsets. ``score`` grows with relevance.
    """

    article_id: str
    start: int
    end: int
    text: str
    sentences: tuple[Span, ...]
    title: str = ""
    published: str | None = None
    source: str = ""
    url: str = ""
    score: float = 0.0

    def sentence_text(self, span: Span) -> str:
        """The words of one of ``sentences``."""
        return self.text[span.start - self.start : span.end - self.start]


@dataclass(frozen=True, slots=True)
class Citation:
    """A footnote: its number in the answer and the exact words it stands for."""

    number: int
    article_id: str
    title: str
    published: str | None
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer: its range in ``Answer.text``, its footnotes, and whether they say so."""

    start: int
    end: int
    citations: tuple[int, ...] = ()
    support: Support = "uncited"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PassageReference:
    """Where a passage that was read for an answer lies; the article holds its words."""

    article_id: str
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Usage:
    """What an answer cost in tokens and calls to a language model; zero without one."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    calls: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.calls + other.calls,
        )


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange of a conversation."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question came to. The same shape for every model, for streams, files and the network.

    ``text`` carries its footnote numbers in square brackets. ``confidence`` is an estimate between 0 and 1 that the
    answer is right. ``error`` is one line: what went wrong when ``status`` is ``"error"``; what is lacking when it is
    ``"partial"`` or ``"abstained"`` and that is known; else ``None``.
    """

    question: str
    status: Status
    text: str
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    passages: tuple[PassageReference, ...] = ()
    confidence: float = 0.0
    model: str = ""
    recipe: str = ""
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0
    error: str | None = None
    id: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain dictionaries and lists, ready for ``json.dumps``; ``from_dict`` is the inverse."""
        data = asdict(self)
        data["statements"] = [{**item, "citations": list(item["citations"])} for item in data["statements"]]
        for name in ("citations", "passages"):
            data[name] = list(data[name])
        return {"id": data.pop("id"), **data}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Answer:
        """The answer that ``to_dict`` was called on.

        Raises:
            TypeError: if a field is missing or unknown.
        """
        fields = dict(data)
        fields["statements"] = tuple(
            Statement(**{**item, "citations": tuple(item["citations"])}) for item in fields.get("statements", ())
        )
        fields["citations"] = tuple(Citation(**item) for item in fields.get("citations", ()))
        fields["passages"] = tuple(PassageReference(**item) for item in fields.get("passages", ()))
        fields["usage"] = Usage(**fields.get("usage", {}))
        return cls(**fields)


@dataclass(frozen=True, slots=True)
class Check:
    """A text held against the articles, sentence by sentence (``qa check``)."""

    text: str
    support: Support
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    id: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain dictionaries and lists, ready for ``json.dumps``."""
        data = asdict(self)
        data["statements"] = [{**item, "citations": list(item["citations"])} for item in data["statements"]]
        data["citations"] = list(data["citations"])
        return {"id": data.pop("id"), **data}
