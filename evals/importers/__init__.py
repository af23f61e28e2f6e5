"""Public question sets, read from local files into articles and gold cases. Nothing is downloaded.

Every range is checked against the words it stands for; a file that does not fit is refused with the id of the case.
``FORMATS`` names the importers; each takes the path to a file or a folder.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from evals.importers.beir import import_beir
from evals.importers.chroma import import_chroma
from evals.importers.clapnq import import_clapnq
from evals.importers.imported import Imported, write_corpus
from evals.importers.multihop_rag import import_multihop_rag
from evals.importers.plain import import_plain
from evals.importers.rgb import import_rgb
from evals.importers.squad import import_squad

FORMATS: Mapping[str, Callable[[Path], Imported]] = MappingProxyType(
    {
        "beir": import_beir,
        "chroma": import_chroma,
        "clapnq": import_clapnq,
        "multihop-rag": import_multihop_rag,
        "plain": import_plain,
        "rgb": import_rgb,
        "squad": import_squad,
    }
)

__all__ = [
    "FORMATS",
    "Imported",
    "import_beir",
    "import_chroma",
    "import_clapnq",
    "import_multihop_rag",
    "import_plain",
    "import_rgb",
    "import_squad",
    "write_corpus",
]
