"""Known vulnerabilities of the packages that the lock file pins, from an export of the OSV data base.

    python -m evals.bench.supply vulnerabilities --database FILE    a zip or a folder of OSV records, or one record

https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip is such an export, https://osv.dev tells the format.
Nothing is fetched here: where there is a network, ``curl -O`` of that address comes first, or ``pip-audit -r
requirements.lock``, which asks the same data base.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version


@dataclass(frozen=True, slots=True, order=True)
class Vulnerability:
    """A record that holds for a pinned version; ``fixed`` are the versions that mend it, as the record tells them."""

    package: str
    version: str
    id: str
    aliases: tuple[str, ...]
    summary: str
    fixed: tuple[str, ...]


def records(database: Path) -> Iterator[dict[str, Any]]:
    """The OSV records of a zip, a folder or a file.

    Raises:
        ValueError: if it holds none, or one that cannot be read.
    """
    count = 0
    for name, content in _contents(database):
        try:
            record = json.loads(content)
        except ValueError as error:
            raise ValueError(f"'{name}' in '{database}' is no JSON: {error}") from error
        if isinstance(record, dict) and "affected" in record:
            count += 1
            yield record
    if not count:
        raise ValueError(f"'{database}' holds no OSV record; give the all.zip of an OSV export, or a folder of records")


def _contents(database: Path) -> Iterator[tuple[str, bytes]]:
    if database.is_dir():
        for path in sorted(database.rglob("*.json")):
            yield path.name, path.read_bytes()
    elif zipfile.is_zipfile(database):
        with zipfile.ZipFile(database) as archive:
            for name in archive.namelist():
                if name.endswith(".json"):
                    yield name, archive.read(name)
    else:
        yield database.name, database.read_bytes()


def vulnerable(pins: Mapping[str, Sequence[str]], known: Iterable[Mapping[str, Any]]) -> list[Vulnerability]:
    """What is known of the pinned versions, by package."""
    hits = []
    for record in known:
        if record.get("withdrawn"):
            continue
        for affected in record["affected"]:
            package = affected.get("package", {})
            name = str(canonicalize_name(package.get("name", "")))
            if package.get("ecosystem") == "PyPI":
                held = (version for version in pins.get(name, ()) if holds(affected, version))
                hits += [_vulnerability(name, version, record, affected) for version in held]
    return sorted(set(hits))


def holds(affected: Mapping[str, Any], version: str) -> bool:
    """Whether a version is among the ``versions`` or in one of the ``ranges`` that a record names."""
    if version in affected.get("versions", ()):
        return True
    try:
        pinned = Version(version)
    except InvalidVersion:
        return False
    if any(_parsed(listed) == pinned for listed in affected.get("versions", ())):
        return True
    return any(
        _within(one.get("events", ()), pinned) for one in affected.get("ranges", ()) if one.get("type") == "ECOSYSTEM"
    )


def _within(events: Sequence[Mapping[str, str]], pinned: Version) -> bool:
    """Walks the events of a range in the order of their versions, as OSV's own evaluation does."""
    ordered = sorted((event for event in events if _place(event) is not None), key=_place)  # type: ignore[arg-type]
    inside = False
    for event in ordered:
        place = _place(event)
        assert place is not None
        if "introduced" in event and pinned >= place:
            inside = True
        elif ("fixed" in event and pinned >= place) or ("last_affected" in event and pinned > place):
            inside = False
    return inside


def _place(event: Mapping[str, str]) -> Version | None:
    told = event.get("introduced") or event.get("fixed") or event.get("last_affected")
    return _parsed("0.dev0" if told == "0" else told or "")


def _parsed(version: str) -> Version | None:
    try:
        return Version(version)
    except InvalidVersion:
        return None


def _vulnerability(name: str, version: str, record: Mapping[str, Any], affected: Mapping[str, Any]) -> Vulnerability:
    events = [event for one in affected.get("ranges", ()) for event in one.get("events", ())]
    return Vulnerability(
        name,
        version,
        str(record.get("id", "")),
        tuple(record.get("aliases", ())),
        " ".join(str(record.get("summary") or record.get("details") or "").split())[:120],
        tuple(dict.fromkeys(event["fixed"] for event in events if "fixed" in event and _parsed(event["fixed"]))),
    )
