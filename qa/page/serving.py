"""Starting the page: where it listens, who may enter, and what browsers are told to refuse."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from qa.errors import QAError
from qa.settings import Settings

HERE = Path(__file__).parent


def serve(settings: Settings, *, host: str = "127.0.0.1", port: int = 7860, **options: Any) -> None:
    """Shows the page until it is interrupted.

    Args:
        settings: what to read and which model to use.
        host: address to listen on.
        port: port to listen on.
        options: see ``start``.

    Raises:
        QAError: if the settings cannot be used, or the port is taken.
    """
    page = start(settings, host=host, port=port, **options)
    page.block_thread()


def start(
    settings: Settings,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    assistant: Any = None,
    **options: Any,
) -> Any:
    """Starts the page and returns at once."""
    # Before gradio is imported: it reads these then.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    import gradio

    from qa.assistant import Assistant
    from qa.page.layout import build

    blocks = build(assistant or Assistant(settings))
    try:
        blocks.launch(
            server_name=host,
            server_port=port,
            share=False,
            quiet=True,
            prevent_thread_lock=True,
            css_paths=HERE / "page.css",
            theme=gradio.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
            footer_links=["api"],
            run_history=False,
            enable_monitoring=False,
            ssr_mode=False,
            max_threads=80,
        )
    except OSError as error:
        raise QAError(f"cannot listen on {host}:{port}: {error}; choose another port with --port") from error
    return blocks
