"""What a result stands beside: systems that are simple, or ideal, asked the same questions.

``BASELINES`` names them. Each takes a ``Dataset`` and is asked like the assistant; those in ``NEED_A_MODEL`` take a
language model as well. None of them is tuned.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from evals.baselines.quoting import Unstreamed
from qa.errors import QAError

if TYPE_CHECKING:
    from evals.datasets import Dataset
    from qa.models import ChatModel

BASELINES: Mapping[str, str] = MappingProxyType(
    {
        "abstain": "always says that the articles do not tell",
        "lead": "the first three sentences of the article that BM25 finds",
        "bm25": "BM25 over the assistant's passages; the sentence with most of the question's words",
        "dense": "the built-in embedder over the same passages, cosine; the sentence nearest to the question",
        "oracle": "the gold evidence, quoted in whole sentences; silent where there is no answer",
        "llamaindex": "SentenceSplitter 256/20, the built-in embedder, cosine; the best chunk as it is",
        "citation-engine": "LlamaIndex CitationQueryEngine over the same chunks",
        "closed-book": "the language model alone, without articles or citations",
    }
)
NEED_A_MODEL = frozenset({"citation-engine", "closed-book"})
QUICK = ("abstain", "lead", "bm25", "oracle")
"""Those that embed nothing."""


class NeedsModel(QAError):
    """A baseline that writes cannot run without a language model."""


def open_baseline(name: str, dataset: Dataset, model: ChatModel | None = None) -> Unstreamed:
    """The baseline called ``name`` over the articles of ``dataset``.

    Raises:
        NeedsModel: if it writes and there is no model.
        ValueError: if there is no such baseline.
    """
    if name not in BASELINES:
        raise ValueError(f"no baseline {name!r}")
    module = importlib.import_module(f"evals.baselines.{name.replace('-', '_')}")
    if name not in NEED_A_MODEL:
        return Unstreamed(module.open_system(dataset))
    if model is None:
        raise NeedsModel(f"{name} needs a language model; give one with --model, or set QA_MODEL and QA_BASE_URL")
    return Unstreamed(module.open_system(dataset, model))
