"""Every error raised on purpose.

    QAError                     anything a person can put right; one line: what, which, what to do
    +-- SettingsError           an unknown setting, a value out of range, an unreadable settings file
    +-- CorpusError             the folder of articles is missing, empty, or holds the same id twice
    |   +-- ArticleNotFound     no article has this id
    +-- QuestionError           an empty or an over-long question, a range outside its article
    +-- PromptError             a prompt file is malformed, or its variables do not match
    +-- StoreError              the index cannot be used
    |   +-- IndexLocked         another process is writing
    |   +-- IndexStale          made by another recipe or a newer version
    |   +-- IndexDamaged        its files cannot be read back
    |   +-- IndexUnwritable     read-only folder, disk full
    |   +-- IndexUnreachable    the server that holds it does not answer, or not as it should
    +-- ModelError              a language model or an embedder failed; `retryable` says if trying again can help
        +-- BudgetExceeded      the token or money budget of this run is used up

Mistakes of a programmer stay ``ValueError`` and ``TypeError``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa.records import Usage


class QAError(Exception):
    """Base of all errors that are shown to a person as one line, without a traceback."""


class SettingsError(QAError):
    """A setting is unknown, malformed or out of range."""


class CorpusError(QAError):
    """The folder of articles cannot be used as it is."""


class ArticleNotFound(CorpusError):
    """No article of the index has the id asked for."""


class QuestionError(QAError):
    """The question, query or range asked for cannot be answered as it stands."""


class PromptError(QAError):
    """A prompt file is malformed, or its declared, used and given variables differ."""


class StoreError(QAError):
    """The index cannot be used; the children say why."""


class IndexLocked(StoreError):
    """Another process holds the writer's lock."""


class IndexStale(StoreError):
    """The index was made by another recipe, or by a newer version of this program."""


class IndexDamaged(StoreError):
    """Files of the index are missing or unreadable."""


class IndexUnwritable(StoreError):
    """The index folder cannot be written: read-only, or the disk is full."""


class IndexUnreachable(StoreError):
    """The server that holds the index is missing, slow, wrong, or refuses."""


class ModelError(QAError):
    """A language model or an embedding endpoint failed.

    Args:
        message: one line for the person: what failed, which model, what to do.
        retryable: whether the same request may succeed later (rate limit, dropped connection).
        usage: what it cost although nothing came of it, as a model's thinking does; ``None`` for nothing.
    """

    def __init__(self, message: str, *, retryable: bool = False, usage: Usage | None = None) -> None:
        super().__init__(message)
        self.retryable = retryable
        self.usage = usage


class BudgetExceeded(ModelError):
    """The budget of tokens or money given for this run is used up."""
