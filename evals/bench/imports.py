"""What the program loads before it answers, and what that costs.

    python -m evals bench --only imports

Seconds are those of Python's own ``-X importtime``, each module's own, added up by package. ``NEEDED`` says what each
package outside the standard library is there for; ``tests/test_imports.py`` fails where another one is loaded, or where
the modules become more than ``MOST_MODULES``.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from evals.tables import columns

ROOT = Path(__file__).parents[2]
QUESTION = "Where did Lavrov and Rubio meet?"
START = """
import atexit, json, sys
atexit.register(lambda: print("\\nmodules " + json.dumps(list(sys.modules)), file=sys.stderr))
from qa.cli import main
main()
"""
COMMANDS: Mapping[str, Sequence[str]] = MappingProxyType(
    {"help": ("--help",), "ask": ("ask", QUESTION, "--corpus", str(ROOT / "seeds"), "--model", "extractive")}
)
MOST_MODULES: Mapping[str, int] = MappingProxyType({"help": 450, "ask": 1600})
"""Modules loaded at most, the standard library's among them."""
NEVER = ("gradio", "ray", "pandas", "torch", "llama_index", "openai", "transformers", "matplotlib")
"""What no command without a language model loads."""
_CHROMA = "comes with chromadb"
NEEDED: Mapping[str, str] = MappingProxyType(
    {
        "qa": "the program itself",
        "typer": "commands and their options",
        "rich": "terminal output",
        "numpy": "vectors",
        "onnxruntime": "the built-in embedder",
        "tokenizers": "its tokens",
        "chromadb": "passages and their vectors",
        "chromadb_rust_bindings": "its engine",
        "tantivy": "the word index",
        "rapidfuzz": "misspelt words",
        "pydantic_settings": "settings",
        "pydantic": "settings",
        "pydantic_core": "settings",
        "annotated_types": "comes with pydantic",
        "typing_inspection": "comes with pydantic",
        "typing_extensions": "comes with pydantic and chromadb",
        "dotenv": "comes with pydantic-settings",
        "filelock": "one writer of an index at a time",
        "platformdirs": "where an index goes by default",
        "yaml": "front matter",
        "charset_normalizer": "encodings of old text files",
        "nupunkt": "sentence boundaries",
        "click": "comes with typer",
        "shellingham": "comes with typer",
        "annotated_doc": "comes with typer",
        "pygments": "comes with rich",
        "markdown_it": "comes with rich",
        "mdurl": "comes with rich",
        **dict.fromkeys(
            (
                *("attr", "attrs", "google", "grpc", "httpx", "httpcore", "h11", "idna", "anyio", "sniffio", "certifi"),
                *("jsonschema", "jsonschema_specifications", "opentelemetry", "orjson", "overrides", "pybase64"),
                *(
                    "referencing",
                    "rpds",
                    "tenacity",
                    "_brotli",
                    "brotli",
                    "zstandard",
                    "psutil",
                    "importlib_metadata",
                    "zipp",
                ),
            ),
            _CHROMA,
        ),
    }
)
"""What each package outside the standard library is loaded for."""

_LINE = re.compile(r"^import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)", re.MULTILINE)


def loaded(command: Sequence[str]) -> Counter[str]:
    """Microseconds that each module took to load in a new process that runs a command of ``qa``; 1 at least.

    What could not be imported, and what was let go again, is left out.
    """
    with tempfile.TemporaryDirectory() as place:
        index = ["--index", str(Path(place) / "index")] if "ask" in command else []
        if index:
            _run([], [*command, *index])
        told = _run(["-X", "importtime"], [*command, *index])
    known = set(json.loads(told.rpartition("\nmodules ")[2].splitlines()[0]))
    return Counter({name: max(1, int(microseconds)) for microseconds, name in _LINE.findall(told) if name in known})


def _run(options: Sequence[str], command: Sequence[str]) -> str:
    run = [sys.executable, *options, "-c", START, *command]
    return subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True).stderr


def by_package(modules: Mapping[str, int]) -> dict[str, float]:
    """Milliseconds of each top-level package, slowest first; the standard library is one of them."""
    spent: Counter[str] = Counter()
    for name, microseconds in modules.items():
        top = name.partition(".")[0]
        spent["standard library" if is_standard(top) else top] += microseconds
    return {name: microseconds / 1000 for name, microseconds in spent.most_common()}


def is_standard(package: str) -> bool:
    """Whether a top-level module comes with Python."""
    besides = ("__main__", "_distutils_hack", "sitecustomize", "usercustomize")
    return package in sys.stdlib_module_names or package in besides or package.startswith("_sysconfigdata")


def imports() -> dict[str, Any]:
    """For each command, how many modules it loads, and the milliseconds of each package."""
    found = {name: loaded(command) for name, command in COMMANDS.items()}
    return {name: {"modules": len(modules), "packages": by_package(modules)} for name, modules in found.items()}


def table(measured: Mapping[str, Any], shown: int = 12) -> str:
    """The packages that cost most, with what they are for."""
    parts = []
    for name, row in measured.items():
        packages = row["packages"]
        total = sum(packages.values())
        lines = [["package", "ms", "for"]]
        lines += [[package, f"{ms:.0f}", NEEDED.get(package, "")] for package, ms in list(packages.items())[:shown]]
        head = f"qa {name}: {row['modules']} modules, {total:.0f} ms of imports (traced, so slower than they are)"
        parts.append(f"{head}\n\n{columns(lines)}")
    return "\n\n".join(parts)
