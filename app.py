"""The chat page: ``python app.py``, then open http://127.0.0.1:7860 in a browser.

``qa serve`` does the same with more to choose from.
"""

from __future__ import annotations

import argparse
import sys

from qa.errors import QAError
from qa.page import serve
from qa.settings import load_settings


def main() -> int:
    """Serves the page until it is interrupted; 1 if it cannot be served."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", help="folder of articles (default: seeds)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=7860, help="port to listen on (default: %(default)s)")
    parser.add_argument("--mcp", action="store_true", help="also serve the Model Context Protocol")
    given = parser.parse_args()
    try:
        serve(load_settings(corpus=given.corpus), host=given.host, port=given.port, mcp=given.mcp)
    except QAError as error:
        sys.stderr.write(f"app: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
