"""What the program loads before it answers: nothing that is not needed, and no more of it than the budget."""

import pytest

from evals.bench.imports import COMMANDS, MOST_MODULES, NEEDED, NEVER, by_package, is_standard, loaded, table

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_loads_what_it_needs_and_no_more_than_its_budget(name: str) -> None:
    modules = loaded(COMMANDS[name])
    packages = {module.partition(".")[0] for module in modules}
    assert not packages & set(NEVER)
    assert {package for package in packages if not is_standard(package)} <= set(NEEDED)
    assert len(modules) <= MOST_MODULES[name]
    assert len(modules) > 100, "the trace of imports was not read"


def test_the_time_of_modules_is_added_up_by_package_slowest_first() -> None:
    found = by_package({"json": 1000, "json.decoder": 500, "chromadb": 2000, "chromadb.api": 1500, "re": 250})
    assert found == {"chromadb": 3.5, "standard library": 1.75}
    assert list(found) == ["chromadb", "standard library"]


def test_the_table_says_what_each_package_is_for() -> None:
    shown = table({"ask": {"modules": 900, "packages": {"chromadb": 310.0, "standard library": 100.4}}})
    assert "qa ask: 900 modules, 410 ms" in shown
    assert "passages and their vectors" in shown
