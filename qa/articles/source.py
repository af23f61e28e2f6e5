"""One file of the corpus, as the readers are given it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SourceFile:
    """``path`` to open it; ``name`` is its path in the corpus, the id of the article where the file is one."""

    path: Path
    name: str
