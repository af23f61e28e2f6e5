"""Where this program goes by itself: nowhere; and what it is made of."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from evals.bench.supply import ALLOWED, Package, licence_of, locked, packages
from tests import offline_process

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
    apart = [shutil.which("unshare") or "unshare", "-rn", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    if shutil.which("ip") is None or subprocess.run([*apart, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine does not allow network namespaces (unshare -rn)")
    told = offline(tmp_path / "apart", *apart)
    assert (told["status"], told["page"]) == ("answered", "answered")


def test_the_watch_sees_a_way_out() -> None:
    for event, arguments in (
        ("socket.connect", (None, ("93.184.216.34", 80))),
        ("socket.getaddrinfo", ("telemetry.example", 443)),
    ):
        with pytest.raises(OSError, match="no way out"):
            offline_process.watch(event, arguments)
    offline_process.watch("socket.connect", (None, ("127.0.0.1", 80)))
    offline_process.watch("socket.connect", (None, "/tmp/a.socket"))
    assert len(offline_process.TRIED) == 2
    offline_process.TRIED.clear()


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


def test_a_licence_is_read_from_the_metadata() -> None:
    from importlib.metadata import distribution

    assert "MIT" in licence_of(distribution("pytest"))
