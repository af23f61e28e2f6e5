"""The command line. ``main`` is the program ``qa``; nothing heavy is imported before a command needs it."""

from qa.cli.program import main

__all__ = ["main"]
