"""The container files, kept honest without a container engine.

What is copied is there, settings are real, and the same commands install, index, serve and answer health checks here.
That the dependencies install from the lock file into an empty environment is the first step of ``.ci/run``.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from qa.settings import ENVIRONMENT_PREFIX, Settings
from tests.chroma_server import free_port
from tests.offline import with_a_way_out
from tests.whole import LEFT_OUT

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / ".container"
BIN = Path(sys.executable).parent

Instruction = tuple[str, str]


def instructions() -> list[list[Instruction]]:
    """The Dockerfile, a list for each stage."""
    text = re.sub(r"\\\n", " ", (FOLDER / "Dockerfile").read_text("utf-8"))
    stages: list[list[Instruction]] = []
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            name, _, rest = line.partition(" ")
            if name == "FROM":
                stages.append([])
            stages[-1].append((name, rest.strip()))
    return stages


def all_of(name: str, stage: list[Instruction]) -> list[str]:
    return [rest for found, rest in stage if found == name]


def environment_of(stage: list[Instruction]) -> dict[str, str]:
    pairs = (word.partition("=") for rest in all_of("ENV", stage) for word in shlex.split(rest))
    return {name: value for name, _, value in pairs}


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))
    return loaded


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


def test_nothing_else_lies_beside_them() -> None:
    names = sorted(path.name for path in FOLDER.iterdir())
    assert names == ["Dockerfile", "Dockerfile.dockerignore", "compose.yaml"]


def test_what_is_copied_is_there_and_not_ignored() -> None:
    build, _ = instructions()
    allowed = {line[1:] for line in (FOLDER / "Dockerfile.dockerignore").read_text().splitlines() if line[0] == "!"}
    copied = {source for rest in all_of("COPY", build) for source in shlex.split(rest)[:-1]}
    assert copied == allowed
    assert [source for source in copied if not (ROOT / source).exists()] == []


def test_both_stages_have_a_python_that_the_program_wants() -> None:
    wanted = re.search(r'requires-python = ">=([\d.]+)"', (ROOT / "pyproject.toml").read_text("utf-8"))
    images = [all_of("FROM", stage)[0].split()[0] for stage in instructions()]
    assert wanted
    assert images == [f"python:{wanted[1]}-slim"] * 2


def test_the_program_does_not_run_as_root_and_tells_whether_it_is_well() -> None:
    _, final = instructions()
    users, made = all_of("USER", final), " ".join(all_of("RUN", final))
    assert users
    assert users[-1] not in ("root", "0")
    assert f" {users[-1]} " in made
    order = [name for name, _ in final]
    assert order.index("USER") < order.index("ENTRYPOINT")
    assert all_of("HEALTHCHECK", final)
    assert json.loads(all_of("ENTRYPOINT", final)[0]) == ["qa"]


def settings_in(environment: dict[str, str]) -> set[str]:
    return {name for name in environment if name.startswith(ENVIRONMENT_PREFIX)}


def test_each_setting_is_one() -> None:
    known = {ENVIRONMENT_PREFIX + name.upper() for name in Settings.model_fields}
    used = settings_in(environment_of(instructions()[1]))
    for service in services().values():
        used |= settings_in(service.get("environment", {}))
    assert used >= {"QA_CORPUS", "QA_INDEX", "QA_CHROMA_URL", "QA_CHROMA_COLLECTION"}
    assert used - known == set()


def test_each_setting_that_the_page_on_scaling_names_is_one() -> None:
    known = {ENVIRONMENT_PREFIX + name.upper() for name in Settings.model_fields}
    named = set(re.findall(r"\bQA_[A-Z_]+\b", (ROOT / "evals" / "SCALING.md").read_text("utf-8")))
    assert {name for name in known if name.startswith("QA_CHROMA_")} <= named
    assert named - known == set()


def test_services_wait_for_those_they_need_and_find_them() -> None:
    found = services()
    assert set(found) == {"chroma", "index", "app"}
    for name, service in found.items():
        for other, how in service.get("depends_on", {}).items():
            assert other in found
            if how["condition"] == "service_healthy":
                assert "healthcheck" in found[other], f"{name} waits for {other} to be well, which never says so"
    port = found["chroma"]["command"][found["chroma"]["command"].index("--port") + 1]
    assert found["app"]["environment"]["QA_CHROMA_URL"] == f"http://chroma:{port}"
    assert found["index"]["environment"]["QA_CHROMA_URL"] == f"http://chroma:{port}"
    named = {volume.partition(":")[0] for service in found.values() for volume in service["volumes"]}
    assert {name for name in named if not name.startswith(("$", ".", "/"))} == set(compose()["volumes"])


def test_only_this_machine_sees_the_page_unless_somebody_says_otherwise() -> None:
    assert services()["app"]["ports"] == ["${PAGE:-127.0.0.1:7860}:7860"]
    assert "ports" not in services()["chroma"]


# ---- the same commands, here


@contextmanager
def running(command: list[str], environment: dict[str, str], folder: Path) -> Iterator[None]:
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        yield
        assert process.poll() is None, (folder / "log").read_text()
    finally:
        process.terminate()
        process.wait(20)


def is_well(check: list[str], port: int, inside: str, environment: dict[str, str]) -> bool:
    """Whether a health check succeeds that was written for the port ``inside`` a container."""
    here = [word.replace(f"127.0.0.1:{inside}", f"127.0.0.1:{port}") for word in check]
    return subprocess.run(here, env=environment, capture_output=True, timeout=30).returncode == 0


def wait_for(check: list[str], port: int, inside: str, environment: dict[str, str]) -> None:
    for _ in range(120):
        if is_well(check, port, inside, environment):
            return
        time.sleep(0.5)
    raise AssertionError(f"{check} never succeeds")


@pytest.mark.slow
def test_the_commands_of_the_services_work_together(tmp_path: Path) -> None:
    found, (_, final) = services(), instructions()
    chroma, page = free_port(), free_port()
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("QA_", "OPENAI_"))}
    clean |= {"PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    shared = {name: str(value).replace("chroma:8000", f"127.0.0.1:{chroma}") for name, value in shared_settings()}
    places = {"QA_CORPUS": str(ROOT / "seeds"), "QA_INDEX": str(tmp_path / "index")}
    server = found["chroma"]["entrypoint"] + found["chroma"]["command"]
    there = {"/data": str(tmp_path / "data"), "0.0.0.0": "127.0.0.1"}
    server = [there.get(word, word).replace("8000", str(chroma)) for word in server]
    check = found["chroma"]["healthcheck"]["test"][1:]
    page_check = json.loads(all_of("HEALTHCHECK", final)[0].partition("CMD ")[2])
    with running(server, clean, tmp_path):
        wait_for(check, chroma, "8000", clean)
        index = subprocess.run(
            ["qa", *found["index"]["command"]], env={**clean, **shared, **places}, capture_output=True, text=True
        )
        assert index.returncode == 0, index.stderr
        arguments = [there.get(w, w).replace("7860", str(page)) for w in found["app"]["command"]]
        own = {**clean, **shared, **places, "QA_INDEX": str(tmp_path / "app"), "QA_MODEL": "extractive"}
        assert not is_well(page_check, page, "7860", clean)
        with running(["qa", *arguments], own, tmp_path):
            wait_for(page_check, page, "7860", clean)
            with urllib.request.urlopen(f"http://127.0.0.1:{page}/config", timeout=10) as answer:
                assert answer.status == 200


def shared_settings() -> Iterator[tuple[str, str]]:
    yield from services()["index"]["environment"].items()


@pytest.mark.slow
@LEFT_OUT
def test_the_image_s_install_command_makes_both_programs(tmp_path: Path) -> None:
    """In an empty folder that holds what the Dockerfile copies, and with its command; dependencies are those here."""
    build, _ = instructions()
    source, target = tmp_path / "src", tmp_path / "qa"
    source.mkdir()
    for rest in all_of("COPY", build):
        *names, place = shlex.split(rest)
        for name in names:
            to = source / (name if place == "./" else place)
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, to, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / name, to)
    command = all_of("RUN", build)[0].replace("/opt/qa", str(target)).replace("python ", f"{sys.executable} ")
    command = command.replace("--no-cache-dir", "-q --disable-pip-version-check --no-deps")
    subprocess.run(command, shell=True, cwd=source, env=with_a_way_out(), check=True, timeout=300)
    places = list(target.glob("lib/python*/site-packages"))
    assert len(places) == 1
    (places[0] / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("QA_", "PYTHON"))}
    asked = subprocess.run(
        [target / "bin" / "qa", "ask", "How long did the meeting last?", "--json"],
        cwd=tmp_path,
        env={**clean, "QA_CORPUS": str(ROOT / "seeds"), "QA_INDEX": str(tmp_path / "index")},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert asked.returncode == 0, asked.stderr
    assert json.loads(asked.stdout)["status"] == "answered"
    where = subprocess.run(
        [target / "bin" / "python", "-c", "import qa; print(qa.__file__)"],
        cwd=tmp_path,
        env=clean,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(where.stdout.strip()).is_relative_to(target)
