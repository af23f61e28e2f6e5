"""Answers questions about a folder of news articles; every sentence is footnoted to the exact words it came from.

    import qa
    assistant = qa.open("seeds")
    answer = assistant.ask("Where did Lavrov and Rubio meet?")

Names are imported when they are first used, so that ``import qa`` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from qa.assistant import Assistant
    from qa.errors import QAError
    from qa.records import Answer, Article, Check, Citation, Passage, Span, Statement, Turn, Usage
    from qa.settings import Settings

__version__ = "0.1.0"

_HOMES = {
    "Answer": "qa.records",
    "Article": "qa.records",
    "Assistant": "qa.assistant",
    "Check": "qa.records",
    "Citation": "qa.records",
    "Passage": "qa.records",
    "QAError": "qa.errors",
    "Settings": "qa.settings",
    "Span": "qa.records",
    "Statement": "qa.records",
    "Turn": "qa.records",
    "Usage": "qa.records",
}

__all__ = [
    "Answer",
    "Article",
    "Assistant",
    "Check",
    "Citation",
    "Passage",
    "QAError",
    "Settings",
    "Span",
    "Statement",
    "Turn",
    "Usage",
    "open",
]


def open(corpus: str | Path = "seeds", *, sync: bool = True, **settings: Any) -> Assistant:
    """Opens an assistant over a folder of articles, its index brought up to date.

    Args:
        corpus: folder of articles.
        sync: whether to bring the index up to date first; otherwise it is used as it is.
        settings: any field of ``Settings``, such as ``model`` or ``index``.

    Raises:
        QAError: if the settings, the folder or the index cannot be used.
    """
    from qa.assistant import Assistant
    from qa.settings import load_settings

    assistant = Assistant(load_settings(corpus=corpus, **settings))
    if sync:
        assistant.sync()
    return assistant


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'qa' has no attribute {name!r}")
