"""The command line. ``main`` is the program ``qa``; nothing heavy is imported before a command needs it."""

import sys

__all__ = ["main"]


def main() -> None:
    """Runs the program; Ctrl-C while it is still being loaded ends it without a word."""
    try:
        from qa.cli.program import main as program

        program()
    except KeyboardInterrupt:
        sys.exit(130)
