"""Names of systems -> what is asked, with the recipe that tells its answers from those of any other system.

``default`` is the assistant as it is shipped; the others are in ``evals.baselines``. Corpora and indexes are kept in a
cache, one folder per set of articles, so that runs share them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from evals.baselines import BASELINES, NEED_A_MODEL, open_baseline
from evals.cases import CaseError
from evals.datasets import Dataset
from evals.runs import Asked
from qa.errors import QAError

if TYPE_CHECKING:
    from qa.models import ChatModel
    from qa.settings import Settings

DEFAULT = "default"
SYSTEMS = (DEFAULT, *BASELINES)
_ROOT = Path(__file__).parents[1]
_CODE = ("qa/**/*.py", "qa/**/*.txt*", "prompts/*.md", "evals/baselines/*")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class System:
    """What is asked; ``recipe`` changes whenever its answers might, ``close`` lets go of a language model."""

    name: str
    asked: Asked
    recipe: Mapping[str, Any]
    close: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Options:
    """How systems are opened.

    Args:
        cache: folder for corpora and indexes.
        settings: fields of ``qa.settings.Settings`` that differ from the default, such as ``model``.
        replies: a recording of a model's replies, if one is used.
        mode: whether the recording is written or played back.
        command: that writes the recording.
        progress: told how much of the articles is indexed.
    """

    cache: Path
    settings: Mapping[str, Any] = field(default_factory=dict)
    replies: Path | None = None
    mode: Literal["record", "replay"] = "record"
    command: str = ""
    progress: Progress = lambda done, total: None


def default_cache() -> Path:
    """Where corpora and indexes lie if nothing else is said."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("news-qa", appauthor=False)) / "evals"


def open_system(name: str, dataset: Dataset, options: Options) -> System:
    """The system called ``name`` over the articles of ``dataset``, its index brought up to date.

    Raises:
        CaseError: if there is no such system.
        QAError: if the settings, the articles or the index cannot be used, or a model is needed and there is none.
    """
    if name not in SYSTEMS:
        raise CaseError(f"unknown system {name!r}; give one of {', '.join(SYSTEMS)}")
    place = options.cache / dataset.digest[:16]
    settings = _settings(dataset.corpus_folder(place), place / "index", options)
    recipe: dict[str, Any] = {"system": name, "corpus_sha256": dataset.digest, "code": code_digest()}
    if name != DEFAULT:
        model = _model(settings, options, needed=True) if name in NEED_A_MODEL else None
        baseline = open_baseline(name, dataset, model)
        return System(name, baseline, recipe | ({"model": model.name} if model else {}), _closing(model))
    from qa.assistant import Assistant

    given = _model(settings, options)
    assistant = Assistant(settings, model=given)
    assistant.sync(progress=options.progress)
    recipe |= {"model": assistant.model_name, "recipe": assistant.recipe}
    return System(name, assistant, recipe, _closing(given) if given else assistant.close)


def _closing(model: ChatModel | None) -> Callable[[], None]:
    close: Callable[[], None] = getattr(model, "close", lambda: None)
    return close


@cache
def code_digest() -> str:
    """Of everything in the repository that decides answers: nobody has to remember to raise a version."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in _CODE for path in _ROOT.glob(pattern) if path.is_file()):
        digest.update(path.relative_to(_ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _settings(corpus: Path, index: Path, options: Options) -> Settings:
    """The settings of a run: without ``model``, no model, whatever the environment says, so that runs compare."""
    from qa.settings import load_settings

    return load_settings(**{"model": "extractive", **options.settings, "corpus": corpus, "index": index})


def _model(settings: Settings, options: Options, *, needed: bool = False) -> ChatModel | None:
    """The model that a recording stands for or is made from; ``None`` leaves it to the assistant, unless ``needed``."""
    if settings.model == "extractive" or not (needed or options.replies):
        return None
    from evals.replies import RecordingModel, ReplayingModel
    from qa.models.chat import open_model
    from qa.models.spec import choose_model

    parameters = {"temperature": settings.temperature, "max_tokens": settings.max_tokens}
    if options.replies and options.mode == "replay":
        if settings.model == "auto":
            raise QAError("a recording is played back for one model; name it with --model")
        return ReplayingModel(settings.model, options.replies, parameters, options.command)
    spec = choose_model(settings)
    if spec is None:
        return None
    model = open_model(spec)
    return RecordingModel(model, options.replies, parameters) if options.replies else model


def parse_settings(pairs: list[str]) -> dict[str, str]:
    """``NAME=VALUE`` pairs as settings; the assistant checks names and values.

    Raises:
        QAError: if one has no ``=``.
    """
    for pair in pairs:
        if "=" not in pair:
            raise QAError(f"setting {pair!r} has no value; write it as NAME=VALUE, such as passages=12")
    return {name.strip(): value.strip() for name, _, value in (pair.partition("=") for pair in pairs)}
