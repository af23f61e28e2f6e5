"""A Ray cluster to spread work over: the one that the settings name, or Ray started on this machine for the while.

Ray is an extra (``[ray]``) and imported nowhere but here and where remote classes are made of what this gives.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qa.errors import SettingsError

_PATIENCE = 10.0
"""Seconds to wait for a cluster to answer."""
_LEAVING = 5.0
"""Seconds that the processes of a run that was killed take to end, at most."""
_QUIET = {
    "include_dashboard": False,
    "configure_logging": True,
    "logging_level": logging.ERROR,
    "log_to_driver": False,
}


@contextmanager
def cluster(address: str | None) -> Iterator[Any]:
    """The module ``ray``, connected; disconnected at the end, and stopped if it was started here.

    Args:
        address: of a running cluster, as Ray's ``RAY_ADDRESS``; ``None`` starts Ray on this machine.

    Raises:
        SettingsError: if Ray is not installed, or cannot be started or reached.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    if not address:  # else Ray would leave a token in the person's home, and let its workers wait for everybody else
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
        os.environ.setdefault("RAY_worker_niceness", "0")
    elif _has_token():  # Ray would not show it to an address that it is given, and looks at this while it is imported
        os.environ.setdefault("RAY_AUTH_MODE", "token")
    ray = library()
    # Told of a worker that died, Ray writes to stdout, which is for data; its own debugger turns it off like this.
    ray._private.worker._worker_logs_enabled = False
    folder = None if address else _folder()
    try:
        where = {"address": address} if address else {"address": "local", "_temp_dir": folder}
        try:
            _knock(address)
            ray.init(**where, **_QUIET)
        except Exception as error:  # Ray raises bare `Exception` where its own processes take too long to start
            reason = one_line(error)
            what = f"Ray at {address!r} cannot be reached" if address else "Ray cannot be started"
            raise SettingsError(f"{what}: {reason}; check RAY_ADDRESS, or use '--engine local'") from error
        yield ray
    finally:
        ray.shutdown()
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


def _folder() -> str:
    """A new folder for Ray's files, with the id of this process in its name; those of processes killed earlier go.

    Names of sockets are short, so it cannot lie where a person's temporary files may, far down.
    """
    place = Path("/tmp") if Path("/tmp").is_dir() else Path(tempfile.gettempdir())
    for old in place.glob("qa-ray-*-*"):
        owner = old.name.split("-")[2]
        if owner.isdecimal() and not _lives(int(owner)):
            shutil.rmtree(old, ignore_errors=True)
    return tempfile.mkdtemp(prefix=f"qa-ray-{os.getpid()}-", dir=place)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # of somebody else
        pass
    return True


def _has_token() -> bool:
    """Whether there is a token for clusters, where Ray looks for one."""
    named = os.environ.get("RAY_AUTH_TOKEN") or os.environ.get("RAY_AUTH_TOKEN_PATH")
    return bool(named) or (Path.home() / ".ray" / "auth_token").is_file()


def _knock(address: str | None) -> None:
    """Looks whether anybody listens there; Ray itself would try for minutes.

    Raises:
        OSError: if nobody does.
    """
    host, colon, port = (address or "").rpartition("://")[2].rpartition(":")
    if colon and port.isdecimal():
        socket.create_connection((host.strip("[]"), int(port)), _PATIENCE).close()


def free_processors(ray: Any) -> int:
    """Processors of the cluster that nobody uses, at least one; what an earlier run has just left is waited for.

    An actor for which there is no processor would keep its work waiting for as long as others keep theirs.
    """
    end = time.monotonic() + _LEAVING
    while True:
        everything, free = (int(found.get("CPU", 0)) for found in (ray.cluster_resources(), ray.available_resources()))
        if free >= everything > 0 or time.monotonic() > end:
            return max(1, free)
        time.sleep(0.1)


def one_line(error: BaseException) -> str:
    """What Ray says, without its colours; of a traceback, which it hands on, the last line."""
    told = re.sub(r"\x1b\[\d*m", "", str(error)).strip()
    if "Traceback (most recent call last)" in told or "\n  File " in told:
        told = told.splitlines()[-1]
    return " ".join(told.split())[:200]


def library() -> Any:
    """The module ``ray``.

    Raises:
        SettingsError: if it is not installed.
    """
    try:
        import ray  # type: ignore[import-not-found, unused-ignore]
    except ImportError as error:
        raise SettingsError(
            "'--engine ray' needs Ray, which is not installed; run: pip install 'news-qa[ray]'"
        ) from error
    return ray
