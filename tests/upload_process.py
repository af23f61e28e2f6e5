"""A process that adds files as the page does, to be killed: ``python -m tests.upload_process CORPUS INDEX FILE...``"""

from __future__ import annotations

import sys
from pathlib import Path

from qa.assistant import Assistant
from qa.page.additions import add_files, add_text
from qa.page.upkeep import Upkeep
from qa.settings import load_settings


def main(corpus: Path, index: Path, files: list[Path]) -> None:
    """Adds the files one after the other, a pasted text after each."""
    assistant = Assistant(load_settings(corpus=corpus, index=index, model="extractive"))
    upkeep = Upkeep(assistant)
    assistant.sync()
    sys.stdout.write("started\n")
    sys.stdout.flush()
    for number, path in enumerate(files):
        add_files(assistant, upkeep, [path])
        add_text(assistant, upkeep, f"Pasted text {number}. " * 200, title=f"Pasted {number}")
    sys.stdout.write("done\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), [Path(name) for name in sys.argv[3:]])
