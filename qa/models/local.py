"""A language model that runs in this process: llama.cpp, through the wheels of xllamacpp (extra ``local``).

It listens on the loopback interface only, with a key made up for this run, and is then asked like any other server.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qa import hub
from qa.errors import ModelError
from qa.models.spec import ModelSpec

_PREFERRED = ("Q4_K_M", "Q4_K_S", "Q5_K_M", "Q4_0", "Q4_1", "Q8_0")
"""Quantisations, best compromise of size and quality first."""
_MOST_THREADS = 16
"""More wait for memory, not for processors."""
_PATIENCE = 10.0
_INSTALL = "install it with: pip install 'news-qa[local]'"


@dataclass
class LocalServer:
    """A model in memory, and the address that it answers at."""

    url: str
    api_key: str = field(repr=False)
    _server: Any = field(repr=False)

    def close(self) -> None:
        """Unload the model; llama.cpp does so when its last reference goes."""
        self._server = None


def start_local(spec: ModelSpec) -> LocalServer:
    """Load the model of a ``.gguf`` file or an ``hf:`` reference.

    Raises:
        ModelError: if xllamacpp is not installed, or the file is missing, cannot be downloaded or is no model.
    """
    try:
        import xllamacpp  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError as error:
        raise ModelError(f"{spec.label} runs in this process and needs xllamacpp; {_INSTALL}") from error
    path = download(spec.name) if spec.name.startswith("hf:") else Path(spec.name).expanduser()
    _check_file(path, spec)
    key = secrets.token_hex(16)
    try:
        server = xllamacpp.Server(_parameters(xllamacpp.CommonParams(), path, spec, key))
    except RuntimeError as error:
        raise ModelError(
            f"{spec.label} cannot be loaded: {' '.join(str(error).split())}; is the file whole?"
        ) from error
    return LocalServer(f"{server.listening_address}/v1", key, server)


def download(reference: str, endpoint: str | None = None) -> Path:
    """The file that ``hf:OWNER/REPOSITORY[/FILE.gguf]`` names, from the cache or the Hugging Face hub.

    Without a file, the repository's file of a middling quantisation is taken; without a network, among those in the
    cache. A progress bar goes to stderr.

    Args:
        reference: what to fetch.
        endpoint: address of another hub.

    Raises:
        ModelError: if the reference is malformed, or the hub cannot be reached or lacks the file.
    """
    owner, _, rest = reference.removeprefix("hf:").partition("/")
    repository, _, file = rest.partition("/")
    if not (owner and repository):
        raise ModelError(f"{reference!r} is no model reference; write hf:OWNER/REPOSITORY or hf:OWNER/REPOSITORY/FILE")
    try:
        hub.quiet()
        from huggingface_hub import hf_hub_download
    except ImportError as error:
        raise ModelError(f"model {reference!r} needs huggingface-hub; {_INSTALL}") from error
    repo = f"{owner}/{repository}"
    try:
        file = file or _best_file(_files_of(repo, endpoint), reference)
        return Path(hf_hub_download(repo, file, endpoint=endpoint))
    except _hub_errors() as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise ModelError(
            f"model {reference!r} cannot be downloaded: {reason}; check the name and the network, or name a .gguf file",
            retryable=True,
        ) from error


def _files_of(repo: str, endpoint: str | None) -> list[str]:
    from huggingface_hub import HfApi

    try:
        # Not list_repo_files, which tries again for half a minute where there is no network.
        return [file.rfilename for file in HfApi(endpoint=endpoint).model_info(repo, timeout=_PATIENCE).siblings or ()]
    except _hub_errors():
        if cached := _cached_files(repo):
            return cached
        raise


def _cached_files(repo: str) -> list[str]:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        folder = Path(snapshot_download(repo, local_files_only=True))
    except LocalEntryNotFoundError:
        return []
    return [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]


def _hub_errors() -> tuple[type[Exception], ...]:
    from huggingface_hub.errors import HfHubHTTPError

    # Its bases are what the HTTP library raises that this version of huggingface_hub uses.
    return (*(base for base in HfHubHTTPError.__bases__ if issubclass(base, Exception)), OSError, ValueError)


def _best_file(files: list[str], reference: str) -> str:
    models = sorted(file for file in files if file.lower().endswith(".gguf") and "mmproj" not in file.lower())
    if not models:
        raise ModelError(f"model {reference!r} has no .gguf file; name a repository that has")
    for quantisation in _PREFERRED:
        for file in models:
            if quantisation.lower() in file.lower():
                return file
    return models[0]


def _check_file(path: Path, spec: ModelSpec) -> None:
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise ModelError(f"{spec.label} cannot be read: {error.strerror}; check the path") from error
    if magic != b"GGUF":
        raise ModelError(f"{spec.label} is no GGUF file; llama.cpp reads no other kind")


def _threads() -> int:
    """How many to compute with; one processor stays free for the rest of the machine.

    llama.cpp's threads wait for each other at every layer, so that one thread without a processor holds up all: two
    threads on two processors, one of them busy, wrote 3 to 20 times slower than one thread.
    """
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(max(usable - 1, 1), _MOST_THREADS)


def _parameters(parameters: Any, path: Path, spec: ModelSpec, key: str) -> Any:
    parameters.model.path = str(path)
    parameters.n_ctx = spec.context_window
    parameters.n_parallel = 1
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = _threads()
    if hasattr(parameters, "hostnames"):  # since 2026.10
        parameters.hostnames = ["127.0.0.1"]
    else:
        parameters.hostname = "127.0.0.1"
    parameters.port = 0
    parameters.api_keys = [key]
    parameters.ui = False
    parameters.verbosity = 0
    parameters.cache_ram_mib = 0  # else up to 8 GiB of old prompts are kept
    return parameters
