"""The chat page: ``python app.py`` and open http://127.0.0.1:7860 in a browser."""

from __future__ import annotations

import sys

from qa.errors import QAError
from qa.page import serve
from qa.settings import load_settings


def main() -> int:
    """Serves the page until it is interrupted."""
    try:
        serve(load_settings())
    except QAError as error:
        print(f"app: {error}", file=sys.stderr)  # noqa: T201 - the program's own message
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
