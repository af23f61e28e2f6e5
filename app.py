"""The chat page: ``python app.py``, then open http://127.0.0.1:7860 in a browser; ``qa serve`` does the same."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from qa.errors import QAError
from qa.page import accounts_in, serve
from qa.settings import load_settings


def main() -> int:
    """Serves the page until it is interrupted; 1 if it cannot be served."""
    parser = argparse.ArgumentParser(description="The chat page.")
    parser.add_argument("--corpus", help="folder of articles (default: seeds)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=7860, help="port to listen on (default: %(default)s)")
    parser.add_argument("--auth-file", type=Path, help="file of name:password lines; nobody else may enter")
    parser.add_argument("--root-path", default="", help="path below which a proxy shows the page")
    parser.add_argument("--read-only", action="store_true", default=None, help="nobody can add or remove articles")
    parser.add_argument("--mcp", action="store_true", help="also serve the Model Context Protocol")
    parser.add_argument("--open", action="store_true", help="open the page in a browser")
    given = parser.parse_args()
    try:
        serve(
            load_settings(corpus=given.corpus),
            host=given.host,
            port=given.port,
            auth=accounts_in(given.auth_file) if given.auth_file else (),
            root_path=given.root_path,
            read_only=given.read_only,
            mcp=given.mcp,
            open_browser=given.open,
        )
    except QAError as error:
        sys.stderr.write(f"app: {error}\n")
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
