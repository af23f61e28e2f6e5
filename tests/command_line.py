"""The program run in this process, as the shell runs it."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import pytest

from qa.cli import main


def run_program(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str | Path, ...],
    stdin: str,
) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of ``qa`` with these arguments."""
    monkeypatch.setattr(sys, "argv", ["qa", *map(str, arguments)])
    monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
    capsys.readouterr()
    code: Any = 0
    try:
        main()
    except SystemExit as ended:
        code = ended.code or 0
    captured = capsys.readouterr()
    return code, captured.out, captured.err
