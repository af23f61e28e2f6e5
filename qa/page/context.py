"""What all parts of the page share."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

from qa.assistant import Assistant
from qa.errors import QAError
from qa.page import examples
from qa.page.feedback import Feedback
from qa.page.library import Library
from qa.page.upkeep import Upkeep


@dataclass(frozen=True, slots=True)
class Options:
    """How the page behaves, whatever it listens on.

    ``changeable`` lets people add and remove articles. ``at_once`` questions are answered side by side. ``sync`` says
    whether the page brings the index up to date when it starts. ``feedback`` is the file that votes go to.
    """

    feedback: Path
    changeable: bool = True
    at_once: int = 64
    sync: bool = True


@dataclass(slots=True)
class Desk:
    """An assistant with what the page keeps beside it. Safe to share between threads."""

    assistant: Assistant
    options: Options
    examples: list[str] = field(default_factory=list)
    drawn: bool = False
    upkeep: Upkeep = field(init=False)
    feedback: Feedback = field(init=False)
    library: Library = field(init=False)

    def __post_init__(self) -> None:
        self.upkeep = Upkeep(self.assistant, after=self.draw_examples)
        self.library = Library(self.assistant)
        self.feedback = Feedback(self.options.feedback)

    def start(self) -> None:
        """Begins what goes on in the background."""
        if self.options.sync:
            self.upkeep.start()
        else:
            threading.Thread(target=self.draw_examples, name="qa-page-examples", daemon=True).start()

    def draw_examples(self) -> None:
        """Chooses example questions from the articles at hand."""
        try:
            self.examples = examples.examples(self.assistant)
        except QAError:
            self.examples = []  # the state of the index is shown elsewhere
        self.drawn = True
