"""What this program is made of: licences of all that it needs, the lock file, and whether its wheel is the same twice.

    python -m evals.bench.supply licences       each package, its version and licence; exit code 1 if one is not allowed
    python -m evals.bench.supply wheel          builds the wheel twice, in folders of their own, and compares the bytes
    python -m evals.bench.supply vulnerabilities --database FILE    what is known of the versions locked

Licences are read from the metadata of the packages installed, those that the extras need included where they are
installed. ``wheel`` needs hatchling, or the network for pip to get it. Where ``FILE`` comes from is told in
``evals.bench.vulnerabilities``.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from evals.bench.vulnerabilities import records, vulnerable

ROOT = Path(__file__).parent.parent.parent
SOURCE = "https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip"
PROJECT = "news-qa"
ALLOWED = re.compile(
    r"\b(?:MIT|MIT-CMU|MIT-0|Apache|BSD|BSD-[23]-Clause|0BSD|ISC|ISCL|PSF|Python Software Foundation|PSF-2\.0|MPL"
    r"|MPL-2\.0|Mozilla Public License|HPND|Unlicense|The Unlicense|zlib|Zlib|CC0|CNRI-Python|BSL-1\.0)\b",
    re.IGNORECASE,
)
"""What may be used and passed on with a program under Apache-2.0; MPL-2.0 holds for the files of the package alone."""
REFUSED = re.compile(
    r"\b(?:A?GPL|GNU (?:Affero |Lesser )?General|LGPL|SSPL|BUSL|Commons Clause|proprietary)", re.IGNORECASE
)
READ_BY_HAND: dict[str, str] = {}
"""Licences that the metadata does not tell, by package, read in the package itself."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package that is needed, its licence as its metadata tells it, and whether the lock file pins this version."""

    name: str
    version: str
    licence: str
    locked: bool

    @property
    def is_allowed(self) -> bool:
        """Whether the licence, or one of those to choose from, is on the list."""
        either = re.split(r"\bOR\b|;| or ", self.licence)
        return any(ALLOWED.search(one) and not REFUSED.search(one) for one in either)


def packages(extras: Sequence[str] = ()) -> Iterator[Package]:
    """All that is needed, directly or not, as far as it is installed; by name."""
    pins = locked()
    for found in sorted(_needed(extras), key=lambda one: normal(one.metadata["Name"])):
        name = normal(found.metadata["Name"])
        licence = READ_BY_HAND.get(name) or licence_of(found)
        yield Package(name, found.version, licence, found.version in pins.get(name, ()))


def _needed(extras: Sequence[str]) -> Iterator[Distribution]:
    from packaging.requirements import Requirement

    seen, waiting = {PROJECT}, [(PROJECT, tuple(extras))]
    while waiting:
        name, wanted = waiting.pop()
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue  # for another system, or another extra
        if name != PROJECT:
            yield found
        for line in found.requires or ():
            needed = Requirement(line)
            if needed.marker and not any(needed.marker.evaluate({"extra": extra}) for extra in (*wanted, "")):
                continue
            if normal(needed.name) not in seen:
                seen.add(normal(needed.name))
                waiting.append((normal(needed.name), tuple(needed.extras)))


def licence_of(found: Distribution) -> str:
    """The licence that a package's metadata tells, in a few words; empty where it tells none."""
    told = found.metadata
    if expression := (told.get_all("License-Expression") or [""])[0]:
        return str(expression)
    classified = [line.rpartition("::")[2].strip() for line in told.get_all("Classifier") or () if "License ::" in line]
    classified = [one for one in classified if one != "OSI Approved"]
    if classified:
        return "; ".join(classified)
    first = str((told.get_all("License") or [""])[0]).strip().partition("\n")[0]
    return first[:80]


def locked() -> dict[str, tuple[str, ...]]:
    """The versions that the lock file pins, by name; some have one for each of several versions of Python."""
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    pinned = (re.match(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", line) for line in lines)
    pins: dict[str, tuple[str, ...]] = {}
    for found in filter(None, pinned):
        name = normal(found[1])
        pins[name] = (*pins.get(name, ()), found[2])
    return pins


def normal(name: str) -> str:
    """A package's name as all write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def wheel(place: Path) -> Path:
    """Builds the wheel of a copy of this source tree below ``place``."""
    source = place / "source"
    ignored = shutil.ignore_patterns(".*", "runs", "__pycache__", "dist", "build", "*.egg-info")
    shutil.copytree(ROOT, source, ignore=ignored)
    out = place / "dist"
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "-q", "-w", str(out), str(source)]
    subprocess.run(command, check=True)
    return next(out.glob("*.whl"))


def main() -> None:
    """Runs one of the commands."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("licences", "wheel", "vulnerabilities"))
    parser.add_argument("--database", type=Path, help="an export of OSV: a zip, a folder of records, or a record")
    given = parser.parse_args()
    if given.what == "vulnerabilities":
        sys.exit(tell_vulnerabilities(given.database))
    sys.exit(_tell_licences() if given.what == "licences" else _tell_wheel())


def tell_vulnerabilities(database: Path | None) -> int:
    """Prints what is known of the pinned versions; 0: nothing, 1: something, 2: not checked."""
    if database is None or not database.exists():
        told = "no --database given" if database is None else f"'{database}' is not there"
        print(f"not checked: {told}; fetch {SOURCE}, or run 'pip-audit -r requirements.lock' with a network")
        return 2
    try:
        known = list(records(database))
    except (OSError, ValueError) as error:
        print(f"not checked: {error}")
        return 2
    pins = locked()
    hits = vulnerable(pins, known)
    for hit in hits:
        names = ", ".join((hit.id, *hit.aliases))
        print(f"{hit.package} {hit.version}: {names}; mended in {', '.join(hit.fixed) or 'no version'}; {hit.summary}")
    versions = sum(map(len, pins.values()))
    print(f"{len(pins)} packages in {versions} versions against {len(known)} records: {len(hits)} hold")
    return int(bool(hits))


def _tell_licences() -> int:
    rows = list(packages())
    for row in rows:
        marks = ("" if row.is_allowed else "  NOT ALLOWED") + ("" if row.locked else "  not in the lock file")
        print(f"{row.name:<45} {row.version:<14} {row.licence or 'unknown'}{marks}")
    refused = [row.name for row in rows if not row.is_allowed]
    unlocked = [row.name for row in rows if not row.locked]
    print(f"\n{len(rows)} packages; not allowed: {', '.join(refused) or 'none'}")
    print(f"not locked at the version installed: {', '.join(unlocked) or 'none'}")
    return int(bool(refused))


def _tell_wheel() -> int:
    digests = []
    for _ in range(2):
        with tempfile.TemporaryDirectory() as place:
            built = wheel(Path(place))
            digests.append(hashlib.sha256(built.read_bytes()).hexdigest())
            with zipfile.ZipFile(built) as archive:
                count = len(archive.namelist())
            print(f"{built.name} {built.stat().st_size:,} bytes, {count} files: {digests[-1]}")
    print("the same" if len(set(digests)) == 1 else "NOT THE SAME")
    return int(len(set(digests)) > 1)


if __name__ == "__main__":
    main()
