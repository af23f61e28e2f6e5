"""Serves one peer to the process that started it, in lines of JSON; runs in the peer's own environment.

    python serve.py SCRIPT FOLDER GIVEN

``SCRIPT`` defines ``open_system(folder, given)``, whose result has ``index(articles)``, ``open()`` and
``find(question, count)``. ``GIVEN`` is a JSON object: ``endpoint`` gives vectors as OpenAI's does, ``tokenizer`` is the
file of that model's tokenizer, ``dimension`` is the length of its vectors. A line asks
``{"do": "find", "with": [...]}``, a line answers ``{"result": ..., "memory": bytes}`` or ``{"error": "..."}``. The
first answer, unasked, says that everything is imported.
"""

from __future__ import annotations

import json
import os
import re
import runpy
import sys
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

TASKS = ("index", "open", "find")


def main() -> None:
    """Answers until there are no more lines."""
    script, folder, given = sys.argv[1:]
    with os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1) as replies:
        os.dup2(2, 1)  # what libraries print would stand among the answers
        system: Any = None

        def opened() -> None:
            nonlocal system
            system = runpy.run_path(script)["open_system"](Path(folder), json.loads(given))

        ready = _answer(opened)
        print(json.dumps(ready), file=replies)
        if "error" in ready:
            return
        for line in sys.stdin.buffer:
            asked = json.loads(line)
            print(json.dumps(_answer(partial(_done, system, asked))), file=replies)


def _done(system: Any, asked: dict[str, Any]) -> Any:
    if asked["do"] not in TASKS:
        raise ValueError(f"cannot {asked['do']!r}; can {', '.join(TASKS)}")
    return getattr(system, asked["do"])(*asked["with"])


def _answer(call: Callable[[], Any]) -> dict[str, Any]:
    try:
        return {"result": call(), "memory": most_memory()}
    except Exception as error:  # noqa: BLE001 - whatever it is, the other process is to hear of it
        traceback.print_exc()
        return {"error": f"{type(error).__name__}: {error}"}


def most_memory() -> int:
    """Bytes at most that were resident in this process; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status.read_text("utf-8"), re.MULTILINE) if status.is_file() else None
    return int(found[1]) * 1024 if found else 0


if __name__ == "__main__":
    main()
