"""Examines settings, articles, index, embedder and model, each on its own, and says which command mends what is wrong.

Nothing is written, apart from what loading a model needs.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.errors import QAError

if TYPE_CHECKING:
    from qa.archive import Archive
    from qa.index.entries import FileEntry
    from qa.index.store import Index
    from qa.settings import Settings

_READ_THROUGH = 2000
"""Articles that are read out of the index and held against what was put in."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing examined: whether it is well, what was found, and what to do about it."""

    name: str
    well: bool
    message: str
    remedy: str = ""


def examine(**flags: Any) -> list[Finding]:
    """Examines everything that a question needs; ``flags`` are those of ``load_settings``."""
    from qa.archive import Archive
    from qa.settings import load_settings

    try:
        settings = load_settings(**flags)
    except QAError as error:
        return [_bad("settings", error, "change or unset it; 'qa ask --help' lists the flags")]
    archive = Archive(settings)
    findings = [Finding("settings", True, _settings(settings))]
    checks: list[tuple[str, Callable[[], Iterator[Finding]]]] = [
        ("articles", lambda: _articles(archive)),
        ("embedder", lambda: _embedder(archive)),
        ("index", lambda: _index(archive, flags)),
        ("prompts", lambda: _prompts(settings)),
        ("model", lambda: _model(settings)),
    ]
    for name, check in checks:
        try:
            findings += check()
        except QAError as error:
            findings.append(_bad(name, error))
    return findings


def _bad(name: str, error: QAError, remedy: str = "") -> Finding:
    message, _, advice = str(error).partition("; ")
    return Finding(name, False, message, remedy or advice)


def _settings(settings: Settings) -> str:
    from qa.addresses import shown_address

    server = f", shared on the Chroma server {shown_address(settings.chroma_url)}" if settings.chroma_url else ""
    return f"corpus '{settings.corpus}', index '{settings.index_folder()}'{server}"


def _articles(archive: Archive) -> Iterator[Finding]:
    from qa.articles import corpus_files

    if _only_asks(archive.settings):
        yield Finding(
            "articles",
            True,
            f"no folder '{archive.settings.corpus}' on this machine: the index on the Chroma server answers",
            "ask with --no-sync here; to index, give the folder of articles with --corpus",
        )
        return
    files = corpus_files(archive.settings.corpus)
    if files:
        yield Finding("articles", True, f"{len(files)} files in '{archive.settings.corpus}'")
    else:
        yield Finding(
            "articles",
            False,
            f"no files in '{archive.settings.corpus}'",
            "put .txt, .md, .html, .pdf, .json or .jsonl files there",
        )


def _only_asks(settings: Settings) -> bool:
    """Whether this machine asks an index that another one writes, whose articles it does not have."""
    return bool(settings.chroma_url) and not settings.corpus.exists()


def _embedder(archive: Archive) -> Iterator[Finding]:
    embedder = archive.embedder
    embedder.embed_queries(["hello"])
    yield Finding("embedder", True, f"{embedder.name}, {embedder.dimension} dimensions")


def _index(archive: Archive, flags: Mapping[str, Any]) -> Iterator[Finding]:
    if not archive.has_index():
        yield Finding("index", False, "there is none yet for these articles and settings", "qa index")
        return
    if signal := _crash_in_opening(flags):
        message = f"opening it crashes the program (signal {signal}): its files are damaged"
        yield Finding("index", False, message, "qa index --rebuild")
        return
    index = archive.index
    if not _only_asks(archive.settings) and (message := _changes(archive)):
        yield Finding("index", False, message, "qa index")
    with index.view() as catalog:
        articles, passages, unswept = catalog.article_count(), catalog.passage_count(), catalog.unswept()
        vectors, words = index.vectors.count(), index.lexical.count()
    if unswept:
        yield Finding("index", False, "its last writer was interrupted; it answers from what was finished", "qa index")
    elif (vectors, words) != (passages, passages):
        message = f"{passages} passages are listed, but {vectors} have vectors and {words} are in the word index"
        yield Finding("index", False, message, "qa index --rebuild")
    elif message := _not_as_indexed(index):
        yield Finding("index", False, message, "qa index --rebuild")
    else:
        yield Finding("index", True, f"{articles} articles, {passages} passages, recipe {index.recipe}")


def _not_as_indexed(index: Index) -> str:
    """What has changed in the files of the index since they were written, in words; nothing where nothing has."""
    from qa.index.soundness import damaged_words, read_through

    if files := damaged_words(index.lexical.folder):
        return f"{len(files)} files of the word index are not as they were written, '{files[0]}' first"
    read, changed = read_through(index, _READ_THROUGH)
    return (
        f"{len(changed)} of {read} articles read are not as they were indexed, {changed[0]!r} first" if changed else ""
    )


def _changes(archive: Archive) -> str:
    """How many files the index has yet to take notice of, in words; nothing where there are none."""
    plan = archive.plan()
    with archive.index.view() as catalog:
        known = catalog.files()
    changed = [path for path, status in plan.changed if not _only_just_read(known, archive, path, status)]
    follows = archive.settings.chroma_url and not known  # another machine writes: this one has never read the files
    if follows or not (changed or plan.gone):
        return ""
    return f"{len(changed)} new or changed files, {len(plan.gone)} gone, since it was made"


def _crash_in_opening(flags: Mapping[str, Any]) -> int:
    """The signal that ends a process which opens the index: native code may crash on damaged files. 0 for none."""
    given = json.dumps({name: str(value) for name, value in flags.items() if value is not None})
    done = subprocess.run([sys.executable, "-m", "qa.doctor", given], capture_output=True, check=False)
    return max(0, -done.returncode)


def _open_index(flags: Mapping[str, Any]) -> None:
    """Opens an index and reads from all its parts; what is only wrong with it is told by the examination itself."""
    from qa.archive import Archive
    from qa.settings import load_settings

    with contextlib.suppress(QAError):
        archive = Archive(load_settings(**flags))
        with archive.index.view() as catalog:
            catalog.passage_count()
            archive.index.vectors.count()
            archive.index.lexical.count()
        archive.retrieve("hello", 1)


def _only_just_read(known: Mapping[str, FileEntry], archive: Archive, path: Path, status: os.stat_result) -> bool:
    """Whether a file is to be read again only because it was read so soon after it had changed."""
    from qa.articles import file_name

    entry = known.get(file_name(archive.settings.corpus, path))
    return entry is not None and entry.modified < 0 and entry.size == status.st_size


def _prompts(settings: Settings) -> Iterator[Finding]:
    from qa.prompts import load_prompt, prompt_names

    for name in prompt_names():
        load_prompt(name, settings.prompts)
    yield Finding("prompts", True, f"from '{settings.prompts}'" if settings.prompts else "the built-in ones")


def _model(settings: Settings) -> Iterator[Finding]:
    from qa.models.spec import choose_model

    spec = choose_model(settings)
    if spec is None:
        message = "none: answers are sentences of the articles, word for word"
        yield Finding("model", True, message, "set OPENAI_API_KEY, or QA_BASE_URL and QA_MODEL, for written answers")
        return
    from qa.models import ping

    answer = ping(spec)
    yield Finding("model", True, f"{spec.label} answers; first words after {answer.seconds:.2f} s")


if __name__ == "__main__":
    _open_index(json.loads(sys.argv[1]))
