"""Where this program goes by itself: nowhere; and what it is made of."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from evals.bench.supply import ALLOWED, Package, licence_of, locked, packages, tell_vulnerabilities
from evals.bench.vulnerabilities import holds, records, vulnerable
from tests.offline import APART, why_not

ROOT = Path(__file__).parent.parent


def offline(folder: Path, *before: str) -> dict[str, object]:
    """What a process told that could not get out."""
    folder.mkdir()
    kept = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    done = subprocess.run(
        [*before, sys.executable, "-m", "tests.offline_process", str(folder)],
        cwd=ROOT,
        env=kept | {"XDG_DATA_HOME": str(folder / "data")},
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.slow
def test_nothing_but_the_model_is_ever_reached(tmp_path: Path) -> None:
    told = offline(tmp_path / "watched")
    assert told == {"status": "answered", "well": True, "page": "answered", "tried": []}


@pytest.mark.slow
def test_it_works_where_there_is_no_network_at_all(tmp_path: Path) -> None:
    """In a network namespace of its own, so that native code has no way out either."""
    if reason := why_not():
        pytest.skip(f"no network namespaces here: {reason}")
    told = offline(tmp_path / "apart", *APART)
    assert (told["status"], told["page"]) == ("answered", "answered")


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A watch of its own, so that what it notes is no way out of this test."""
    from tests.no_way_out import sitecustomize

    monkeypatch.setattr(sitecustomize, "TRIED", [])
    return sitecustomize.watch


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        ("socket.connect", (None, ("93.184.216.34", 80))),
        ("socket.connect", (None, ("2606:2800:220:1::1", 80, 0, 0))),
        ("socket.connect", (None, ("10.255.0.1", 80))),
        ("socket.sendto", (None, ("93.184.216.34", 53))),
        ("socket.getaddrinfo", ("telemetry.example", 443)),
        ("socket.getaddrinfo", (b"telemetry.example", 443)),
        ("socket.gethostbyname", ("127.0.0.1.example",)),
    ],
)
def test_the_watch_sees_a_way_out(watch: Any, event: str, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(OSError, match="no way out"):
        watch(event, arguments)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost", "", None])
def test_the_watch_lets_pass_what_stays_here(watch: Any, host: str | None) -> None:
    watch("socket.getaddrinfo", (host, 80))
    watch("socket.connect", (None, (host, 80)))
    watch("socket.connect", (None, "/tmp/a.socket"))


def test_tests_and_the_processes_they_start_have_no_way_out() -> None:
    code = "import socket; socket.create_connection(('telemetry.example', 443), 1)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "there is no way out to telemetry.example" in done.stderr
    with pytest.raises(AssertionError, match="reached for"):
        _reach()


def _reach() -> None:
    """What the fixture of all tests does, around a test that reaches out and keeps quiet about it."""
    from tests import conftest

    before = len(conftest.guard.TRIED)
    with contextlib.suppress(OSError):
        socket.create_connection(("telemetry.example", 443), 1)
    tried = conftest.guard.TRIED[before:]
    del conftest.guard.TRIED[before:]
    assert not tried, "reached for " + ", ".join(tried)


def test_all_licences_are_allowed() -> None:
    found = list(packages())
    assert len(found) > 50
    assert [f"{one.name}: {one.licence}" for one in found if not one.is_allowed] == []


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("Apache-2.0", True),
        ("BSD License", True),
        ("GPL-3.0-or-later", False),
        ("GPL-2.0 OR MIT", True),
        ("GNU Lesser General Public License v3 (LGPLv3)", False),
        ("", False),
        ("Something of our own", False),
    ],
)
def test_what_is_allowed(licence: str, allowed: bool) -> None:
    assert Package("x", "1", licence, True).is_allowed is allowed
    assert ALLOWED.search("permitted") is None


def test_the_lock_file_pins_what_is_needed() -> None:
    pins = locked()
    assert len(pins) > 100
    assert {"chromadb", "gradio", "llama-index-core", "openai", "tantivy"} <= set(pins)


def test_each_version_that_is_pinned_counts() -> None:
    """For Python 3.12 some packages are pinned at another version than for 3.11."""
    lines = (Path(__file__).parent.parent / "requirements.lock").read_text("utf-8").splitlines()
    assert sum(map(len, locked().values())) == sum("==" in line.partition(";")[0] for line in lines)
    assert [one.name for one in packages() if one.name == "numpy" and not one.locked] == []


def test_a_licence_is_read_from_the_metadata() -> None:
    from importlib.metadata import distribution

    assert "MIT" in licence_of(distribution("pytest"))


# ---- known vulnerabilities: a made-up record


def record(name: str = "Some_Package", **affected: Any) -> dict[str, Any]:
    told = {"package": {"ecosystem": "PyPI", "name": name}, **affected}
    return {"id": "PYSEC-0-1", "aliases": ["CVE-0-1"], "summary": "A hole.", "affected": [told]}


def ranges(*events: dict[str, str]) -> dict[str, Any]:
    return {"ranges": [{"type": "ECOSYSTEM", "events": list(events)}]}


@pytest.mark.parametrize(
    ("affected", "version", "held"),
    [
        (ranges({"introduced": "0"}, {"fixed": "1.10"}), "1.9", True),
        (ranges({"introduced": "0"}, {"fixed": "1.10"}), "1.10", False),
        (ranges({"introduced": "0"}, {"fixed": "1.10"}), "1.10rc1", True),
        (ranges({"introduced": "0"}, {"fixed": "1.10"}), "1.10.0", False),
        (ranges({"introduced": "2"}), "1!0.1", True),
        (ranges({"introduced": "2.0"}, {"last_affected": "2.3"}), "2.3", True),
        (ranges({"introduced": "2.0"}, {"last_affected": "2.3"}), "2.3.1", False),
        (ranges({"fixed": "2.1"}, {"introduced": "2.0"}, {"fixed": "1.1"}, {"introduced": "0"}), "1.5", False),
        (ranges({"fixed": "2.1"}, {"introduced": "2.0"}, {"fixed": "1.1"}, {"introduced": "0"}), "2.0.5", True),
        ({"versions": ["1.0", "1.1"]}, "1.1.0", True),
        ({"versions": ["1.0", "1.1"]}, "1.2", False),
        ({"ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]}, "1.0", False),
    ],
)
def test_which_versions_a_record_holds_for(affected: dict[str, Any], version: str, held: bool) -> None:
    assert holds(affected, version) is held


def test_vulnerable_pins_are_found_and_others_are_not() -> None:
    known = [
        record(**ranges({"introduced": "0"}, {"fixed": "1.5"})),
        record("other", **ranges({"introduced": "0"})),
        {**record(**ranges({"introduced": "0"})), "withdrawn": "2026-01-01T00:00:00Z"},
        {"id": "X", "affected": [{"package": {"ecosystem": "npm", "name": "some-package"}, "versions": ["1.4"]}]},
    ]
    (hit,) = vulnerable({"some-package": ("1.4", "1.5")}, known)
    assert (hit.package, hit.version, hit.id, hit.aliases, hit.fixed) == (
        "some-package",
        "1.4",
        "PYSEC-0-1",
        ("CVE-0-1",),
        ("1.5",),
    )
    assert vulnerable({"some-package": ("1.5",)}, known) == []


def test_the_lock_file_is_held_against_an_export(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export = tmp_path / "all.zip"
    pinned = locked()["chromadb"][0]
    with zipfile.ZipFile(export, "w") as archive:
        archive.writestr("PYSEC-0-1.json", json.dumps(record("ChromaDB", versions=[pinned])))
        archive.writestr("PYSEC-0-2.json", json.dumps(record("chromadb", versions=["0.0.1"])))
    assert len(list(records(export))) == 2
    assert tell_vulnerabilities(export) == 1
    told = capsys.readouterr().out
    assert f"chromadb {pinned}: PYSEC-0-1, CVE-0-1" in told
    assert "against 2 records: 1 hold" in told
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.json").write_text(json.dumps(record("chromadb", versions=["0.0.1"])))
    assert tell_vulnerabilities(tmp_path / "folder") == 0


@pytest.mark.parametrize("content", [None, "{", "{}"])
def test_where_nothing_could_be_checked_one_line_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None
) -> None:
    database = tmp_path / "all.json"
    if content is not None:
        database.write_text(content)
    assert tell_vulnerabilities(database) == 2
    told = capsys.readouterr().out
    assert told.startswith("not checked: ")
    assert told.count("\n") == 1
