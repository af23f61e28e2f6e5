"""Starting the page: where it listens, who may enter, how much it takes."""

from __future__ import annotations

import contextlib
import ctypes
import ipaddress
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa import hub
from qa.errors import QAError, SettingsError
from qa.settings import Settings

if TYPE_CHECKING:
    from gradio import Blocks

    from qa.assistant import Assistant

HERE = Path(__file__).parent
LOG = logging.getLogger("qa.page")
_M_ARENA_MAX = -8
_SESSIONS = 1000
"""Visits whose state is kept, 0.2 MB each: Gradio forgets none by itself but beyond so many the one longest unused."""

_FONT = ["ui-sans-serif", "system-ui", "sans-serif"]
_MONO = ["ui-monospace", "monospace"]


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the page listens and who may enter.

    Args:
        host: address; others than this machine's own open the page to the network.
        port: port.
        auth: names and passwords of those who may enter; empty for everybody.
        root_path: path below which a proxy shows the page.
        mcp: also serve the Model Context Protocol, at ``/gradio_api/mcp/``.
        open_browser: open the page in a browser.
    """

    host: str = "127.0.0.1"
    port: int = 7860
    auth: Sequence[tuple[str, str]] = ()
    root_path: str = ""
    mcp: bool = False
    open_browser: bool = False

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the page."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def is_open(self) -> bool:
        """Whether anybody in the network may enter."""
        return not self.is_local and not self.auth


def serve(
    settings: Settings,
    *,
    sync: bool = True,
    read_only: bool | None = None,
    feedback: Path | None = None,
    at_once: int = 64,
    **listening: Any,
) -> None:
    """Shows the page until it is interrupted.

    Args:
        settings: what to read and which model to use.
        sync: bring the index up to date when the page starts, in the background.
        read_only: nobody can add or remove articles; by default only where everybody in the network may enter.
        feedback: file that votes on answers go to; by default in the user's data folder.
        at_once: questions answered side by side.
        listening: the fields of ``Listening``, such as ``host``, ``port`` and ``auth``.

    Raises:
        QAError: if the settings cannot be used, or the port is taken.
    """
    from qa.logs import set_up
    from qa.page.context import Options

    keep_memory_together()
    set_up(settings)
    place = Listening(**listening)
    changeable = not (place.is_open if read_only is None else read_only)
    options = Options(feedback or default_feedback(), changeable=changeable, at_once=at_once, sync=sync)
    page = start(settings, place, options)
    print(f"Chat page: {page.local_url}", flush=True)  # noqa: T201 - where to look, for a person
    page.block_thread()


def start(settings: Settings, place: Listening, options: Any, assistant: Assistant | None = None) -> Blocks:
    """Starts the page and returns; ``close()`` of what it returns ends it.

    Args:
        settings: what to read and which model to use.
        place: where to listen.
        options: how the page behaves, ``qa.page.context.Options``.
        assistant: answers, in place of one made from the settings.

    Raises:
        QAError: if the settings cannot be used, or the port is taken.
    """
    if place.is_open:
        LOG.warning(
            "the page is open to everybody who can reach %s:%s; set a name and password", place.host, place.port
        )
    if place.mcp:
        _check_mcp()
    gradio = _gradio()
    from starlette.middleware import Middleware

    from qa.assistant import Assistant
    from qa.page.additions import MOST_BYTES
    from qa.page.context import Desk
    from qa.page.layout import build

    desk = Desk(assistant or Assistant(settings), options)
    page: Blocks = build(desk)
    page.queue(default_concurrency_limit=options.at_once)
    try:
        page.launch(
            server_name=place.host,
            server_port=place.port,
            auth=list(place.auth) or None,
            root_path=place.root_path or None,
            mcp_server=place.mcp,
            inbrowser=place.open_browser,
            share=False,
            quiet=True,
            prevent_thread_lock=True,
            max_file_size=MOST_BYTES,
            max_threads=options.at_once + 40,
            state_session_capacity=_SESSIONS,
            theme=gradio.themes.Base(font=_FONT, font_mono=_MONO, primary_hue="blue", neutral_hue="stone"),
            css_paths=HERE / "page.css",
            head=f"<script>{(HERE / 'page.js').read_text('utf-8')}</script>",
            footer_links=["api"],
            run_history=False,
            enable_monitoring=False,
            ssr_mode=False,
            app_kwargs={"middleware": [Middleware(kind, **given) for kind, given in _guards(place)]},
        )
    except OSError as error:
        raise QAError(f"cannot listen on {place.host}:{place.port}: {error}; choose another port") from error
    desk.start()
    return page


def keep_memory_together() -> None:
    """Two pools of memory for all threads, where glibc makes eight for each processor, each as large as the most used.

    Each update of an index starts threads, and with each the page grew, by hundreds of megabytes that held nothing. To
    be called before there are threads.
    """
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError, OSError):  # no glibc
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


def _guards(place: Listening) -> list[tuple[Any, dict[str, Any]]]:
    """What stands before the page, outermost first."""
    from qa.page.guard import Guard, local_hosts
    from qa.page.limits import Limits
    from qa.page.security import SecurityHeaders

    only_local = place.is_local and not place.root_path
    return [(SecurityHeaders, {}), (Guard, {"hosts": local_hosts(place.host) if only_local else ()}), (Limits, {})]


def accounts_in(path: Path) -> tuple[tuple[str, str], ...]:
    """Names and passwords of those who may enter, from a file with ``name:password`` on each line.

    Raises:
        SettingsError: if the file cannot be read, or a line is not like that.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"cannot read '{path}': {error}; give a file with name:password on each line") from error
    accounts = []
    for number, line in enumerate(lines, start=1):
        name, colon, password = line.strip().partition(":")
        if line.strip() and not (name and colon and password):
            raise SettingsError(f"'{path}' line {number} is not name:password; write it so, or remove the line")
        if line.strip():
            accounts.append((name, password))
    if not accounts:
        raise SettingsError(f"'{path}' holds no name:password; nobody could enter")
    return tuple(accounts)


def default_feedback() -> Path:
    """Where votes on answers go."""
    import platformdirs

    return Path(platformdirs.user_data_dir("news-qa", appauthor=False)) / "feedback.jsonl"


def _gradio() -> Any:
    """Gradio, told before it is imported to report nothing to anybody and to take no setting from elsewhere.

    Else it makes statistics, after each event, of the last ten thousand, for a page that is not shown.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"
    os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(10**12)
    hub.quiet()
    for name in ("GRADIO_SHARE", "GRADIO_MCP_SERVER", "GRADIO_ALLOWED_PATHS"):
        os.environ.pop(name, None)
    import gradio
    from gradio import processing_utils

    processing_utils.async_ssrf_protected_get = _fetch_nothing
    return gradio


async def _fetch_nothing(url: str) -> Any:
    """In place of what fetches the "file" that a visitor says is at some address, of any length."""
    raise QAError(f"{url!r} is no uploaded file; give the address of an article under 'Web address'")


def _check_mcp() -> None:
    from importlib.util import find_spec

    if find_spec("mcp") is None:
        raise SettingsError("an MCP server needs the package 'mcp'; install it with: pip install 'news-qa[mcp]'")
