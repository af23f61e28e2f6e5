"""The architecture as rules: who may import whom, what stays out of a quick start, how long a module may be."""

from __future__ import annotations

import ast
import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import qa

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "qa"
MODULES = sorted(PACKAGE.rglob("*.py"))

ROWS = [
    "errors recent records words",
    "kept",
    "addresses cluster days depth events hub news_words passages prompts rates sentences settings weights verify",
    "periods",
    "articles citations embedders injection logs measures minilm models question trace",
    "accounts acronyms advertisements figures headings opinion reading reply spelling",
    "conversation evidence index interaction judge loop parts quoting revision strictness support",
    "claims fusion inferred_times ranking review",
    "retrieve",
    "archive excerpts neighbours",
    "occasions",
    "calendar_days timing",
    "dated retold",
    "timely",
    "checking doctor extract particulars",
    "story",
    "answer_kinds compared overview sources steps",
    "denials",
    "disagreement",
    "changes corrections decompose holders labels later newest outlets timeline",
    "extractive",
    "answer_cache compose other_figures",
    "batch written",
    "batch_async",
    "answer_recipe",
    "assistant",
    "engines llamaindex page tables",
    "cli",
]
"""A module or package imports only from rows above its own; ``batch`` and others know later ones as types alone."""

LONGEST = 300

HEAVY = ("chromadb", "llama_index", "gradio", "numpy", "onnxruntime", "openai", "tantivy", "trafilatura")

EDGES = {
    "chromadb": ("qa.index", "qa.llamaindex"),
    "tantivy": ("qa.index",),
    "sqlite3": ("qa.index", "qa.kept"),
    "llama_index": ("qa.models", "qa.llamaindex"),
    "gradio": ("qa.page",),
    "typer": ("qa.cli",),
    "rich": ("qa.cli",),
    "onnxruntime": ("qa.embedders", "qa.minilm"),
    "pypdf": ("qa.articles",),
    "trafilatura": ("qa.articles",),
    "ray": ("qa.cluster",),
    "pyarrow": ("qa.tables",),
}
"""Libraries that only some packages know."""


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


@cache
def imports_of(path: Path, *, types: bool = False) -> frozenset[str]:
    """Names of the modules that a module imports anywhere in it; those for types alone only if ``types``."""
    return frozenset(_imported(tree_of(path), path, types))


def _imported(node: ast.AST, path: Path, types: bool) -> Iterator[str]:
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test) and not types:
        return
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"{path} imports relatively"
        assert node.module is not None
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names if _is_module(node.module, alias.name))
    for child in ast.iter_child_nodes(node):
        yield from _imported(child, path, types)


def _is_module(package: str, name: str) -> bool:
    place = ROOT.joinpath(*package.split("."), name)
    return place.with_suffix(".py").is_file() or (place / "__init__.py").is_file()


def part_of(module: str) -> str:
    """The module or package directly below ``qa``."""
    return module.split(".")[1] if "." in module else ""


def row_of(part: str) -> int:
    for number, row in enumerate(ROWS):
        if part in row.split():
            return number
    raise AssertionError(f"qa.{part} is in no row of the table in {Path(__file__).name}; put it where it belongs")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_imports_only_from_rows_above(path: Path) -> None:
    own = part_of(name_of(path))
    if not own:
        return
    for module in sorted(imports_of(path)):
        other = part_of(module) if module.split(".")[0] == "qa" else ""
        if other and other != own:
            assert row_of(other) < row_of(own), f"{name_of(path)} imports {module}, which is not above it"


def test_the_table_names_nothing_that_is_gone() -> None:
    named = {part for row in ROWS for part in row.split()}
    assert named == {part_of(name_of(path)) for path in MODULES} - {""}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_the_package_knows_neither_the_page_nor_the_evaluations(path: Path) -> None:
    assert not {module.split(".")[0] for module in imports_of(path, types=True)} & {"app", "evals", "tests"}


@pytest.mark.parametrize("library", EDGES)
def test_a_library_is_known_only_at_its_edge(library: str) -> None:
    knows = {
        name_of(path)
        for path in MODULES
        if any(module.split(".")[0] == library for module in imports_of(path, types=True))
    }
    assert knows, f"nobody imports {library} any more; take it out of the list"
    assert {name for name in knows if not name.startswith(EDGES[library])} == set()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_is_short(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) < LONGEST


def public_definitions(path: Path) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]]:
    for node in tree_of(path).body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or node.name.startswith("_"):
            continue
        yield node.name, node
        if isinstance(node, ast.ClassDef):
            for child in node.body:
                if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) and not child.name.startswith("_"):
                    yield f"{node.name}.{child.name}", child


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_everything_public_says_what_it_is(path: Path) -> None:
    tree = tree_of(path)
    assert ast.get_docstring(tree), f"{path} has no docstring"
    assert [name for name, node in public_definitions(path) if not ast.get_docstring(node)] == []


@pytest.mark.parametrize("name", qa.__all__)
def test_every_name_on_offer_is_there(name: str) -> None:
    assert getattr(qa, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        qa.no_such_name  # noqa: B018


@pytest.mark.slow
@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_can_be_imported_alone_and_offers_what_it_lists(path: Path) -> None:
    if path.name == "export.py" and path.parent.name == "minilm":
        pytest.skip("a script that needs torch")
    module = importlib.import_module(name_of(path))
    assert [name for name in getattr(module, "__all__", ()) if not hasattr(module, name)] == []


def modules_after(code: str) -> set[str]:
    """Top-level modules that a fresh interpreter has loaded after running some code."""
    told = (
        f"{code}\nimport sys, json; print('\\n' + json.dumps(sorted({{name.split('.')[0] for name in sys.modules}})))"
    )
    process = subprocess.run(
        [sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    return set(json.loads(process.stdout.splitlines()[-1]))


HELP = """
import sys
sys.argv = ["qa", {arguments}]
from qa.cli import main
try:
    main()
except SystemExit as stop:
    assert not stop.code, stop.code
"""


@pytest.mark.parametrize(
    "code",
    [
        "import qa",
        "import qa; qa.Answer, qa.Span, qa.QAError",
        HELP.format(arguments='"--help"'),
        HELP.format(arguments='"ask", "--help"'),
    ],
    ids=["import", "records", "help", "ask help"],
)
def test_a_quick_start_loads_nothing_heavy(code: str) -> None:
    assert modules_after(code) & set(HEAVY) == set()


def test_errors_and_records_need_the_standard_library_only() -> None:
    loaded = modules_after("import qa.errors, qa.records")
    assert loaded - {"qa"} <= set(sys.stdlib_module_names) | {"__main__"} | modules_after("")


@pytest.mark.slow
def test_an_answer_without_a_model_needs_neither_llama_index_nor_a_client(tmp_path: Path) -> None:
    code = (
        "import qa\n"
        f"assistant = qa.open({str(ROOT / 'seeds')!r}, index={str(tmp_path / 'index')!r}, model='extractive')\n"
        "assert assistant.ask('Where did Lavrov and Rubio meet?').status == 'answered'"
    )
    assert modules_after(code) & {"llama_index", "gradio", "openai"} == set()
