"""A page with a slow model, in a process of its own: ``python -m tests.page_process CORPUS INDEX PORT``.

Prints a line of JSON, the numbers of the page's handlers by name, when it listens; ends when its input ends.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qa.assistant import Assistant
from qa.page.context import Options
from qa.page.serving import Listening, keep_memory_together, start
from qa.settings import load_settings
from tests.browser import ScriptedModel, number_of

THINKING = 2.0
PAUSE = 0.1


class SlowModel(ScriptedModel):
    """Thinks before its first word, and then writes about ten words a second."""

    def stream(self, messages: Any) -> Iterator[Any]:
        time.sleep(THINKING)
        yield from super().stream(messages)


def reply(prompt: str) -> str:
    """Greets who asks, and answers with a footnote; a question in a conversation stays as it is."""
    if "Last question:" in prompt:
        return prompt.rpartition("Last question:")[2].partition("\n")[0].strip()
    person = prompt.rpartition("person")[2].split()[0].strip("?")
    closing = number_of("will close on 4 May", prompt)
    return f"Hello-{person}-! " + f"The old bridge will close on 4 May [{closing}]. " * 3


def main(corpus: Path, index: Path, port: int) -> None:
    """Serves until the input ends."""
    keep_memory_together()
    settings = load_settings(corpus=corpus, index=index, model="extractive")
    assistant = Assistant(settings, model=SlowModel(reply, pause=PAUSE))
    assistant.sync()
    page: Any = start(settings, Listening(port=port), Options(corpus.parent / "feedback.jsonl"), assistant)
    sys.stdout.write(json.dumps({fn.name: key for key, fn in page.fns.items()}) + "\n")
    sys.stdout.flush()
    sys.stdin.read()
    page.close(verbose=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
