"""A page to test in a real browser: small articles, models that answer by script, Debian's Chromium.

    from tests.browser import chromium, open_page, serve_page

Skips, and says so, without playwright or Chromium. ``PAGE_SCREENSHOTS`` names a folder that screenshots are kept in.
"""

import gc
import os
import shutil
import socket
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from qa.assistant import Assistant
from qa.models.deltas import Finish, Text
from qa.prompts import Message
from qa.records import Usage
from qa.settings import Settings

CHROMIUM = os.environ.get("PAGE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--no-first-run",
]

ARTICLES = {
    "bridge.md": (
        "---\ntitle: Old bridge to close for repairs\ndate: 2031-03-02\nsource: The Ledger\n"
        "url: https://ledger.example/bridge\n---\n"
        "The old bridge over the Tamm will close on 4 May for repairs, the city council said on Monday.\n\n"
        "The repairs will cost 12 million crowns, according to the council.\n\n"
        "Anna Berg, the mayor, said the bridge was safe but worn.\n"
    ),
    "ferry.md": (
        "---\ntitle: Ferry to run at night during the closure\ndate: 2031-03-09\nsource: Harbour Post\n---\n"
        "A ferry will carry passengers across the Tamm at night while the old bridge is closed.\n\n"
        "The night ferry costs three crowns, the harbour office said.\n\n"
        + "It is a small ferry.\n\n" * 120
        + "The last ferry leaves at two in the morning.\n"
    ),
    "school.md": (
        "---\ntitle: School gets a new roof\ndate: 2031-01-15\nsource: The Ledger\n---\n"
        "The school in Elm Street got a new roof in January. It cost 800,000 crowns.\n"
    ),
}


@dataclass
class ScriptedModel:
    """A language model that writes what ``reply`` says, word by word, ``pause`` seconds apart."""

    reply: Callable[[str], str]
    pause: float = 0.0
    name: str = "scripted"
    asked: list[str] = field(default_factory=list)

    def stream(self, messages: Sequence[Message]) -> Iterator[Text | Finish]:
        prompt = messages[-1].content
        self.asked.append(prompt)
        for word in self.reply(prompt).split(" "):
            yield Text(word + " ")
            time.sleep(self.pause)
        yield Finish("stop", Usage(10, 10, 1))

    async def astream(self, messages: Sequence[Message]) -> Any:
        raise NotImplementedError


def number_of(words: str, prompt: str) -> int:
    """The number of the sentence that holds ``words`` in a prompt."""
    for line in prompt.splitlines():
        if words in line and line.startswith("["):
            return int(line[1 : line.index("]")])
    raise AssertionError(f"{words!r} is not in the prompt:\n{prompt}")


@dataclass
class Served:
    """A page that is being served."""

    url: str
    assistant: Assistant
    corpus: Path
    feedback: Path
    page: Any


@pytest.fixture
def serve_page(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Serves pages over folders of articles; closes them all at the end of the test."""
    yield from pages_in(tmp_path)


@pytest.fixture(scope="module")
def serve_for_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Served]]:
    """The same for all tests of a module: for pages whose articles none of them changes."""
    yield from pages_in(tmp_path_factory.mktemp("pages"))


def pages_in(folder: Path) -> Iterator[Callable[..., Served]]:
    """What serves pages whose files are in a folder; in the end they are closed."""
    pytest.importorskip("gradio", reason="gradio is not installed: no test of the page")
    served: list[Served] = []

    def serve(articles: dict[str, str] = ARTICLES, model: Any = None, check: Any = None, **place: Any) -> Served:
        from qa.page.context import Options
        from qa.page.serving import Listening, start

        root = folder / f"page-{len(served)}"
        corpus = root / "articles"
        for name, text in articles.items():
            path = corpus / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        settings = Settings(corpus=corpus, index=root / "index", model="extractive")
        assistant = Assistant(settings, model=model, check=check)
        assistant.sync()
        options = Options(feedback=root / "feedback.jsonl", **place.pop("options", {}))
        page = start(settings, Listening(port=free_port(), **place), options, assistant)
        served.append(Served(page.local_url.rstrip("/"), assistant, corpus, options.feedback, page))
        return served[-1]

    yield serve
    while served:
        served.pop().page.close(verbose=False)
    collect_what_gradio_left()


def collect_what_gradio_left() -> None:
    """Gradio leaves sockets and event loops to the garbage collector, which says so: here, not in other tests."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Watch:
    """What a browser did that it should not have."""

    foreign: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def clean(self) -> bool:
        return not (self.foreign or self.dialogs or self.errors)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A running browser; no longer than a module, since playwright keeps an event loop running in this thread."""
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed (pip install playwright): no test in a browser"
    )
    if not CHROMIUM:
        pytest.skip("Chromium is not installed (apt-get install chromium): no test in a browser")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Opens pages, each watched for foreign requests, dialogs and script errors: ``page.watch``."""
    contexts = []

    def open_(url: str, width: int = 1440, height: int = 900, dark: bool = False, **options: Any) -> Any:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            accept_downloads=True,
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.watch = watch_page(page, url)
        page.set_default_timeout(30_000)
        page.goto(url)
        page.wait_for_selector("#qa-question textarea")
        return page

    yield open_
    for context in contexts:
        context.close()


def watch_page(page: Any, url: str) -> Watch:
    """Notes what a page loads from elsewhere, asks and throws; ``FLAGS`` leave nothing from elsewhere to be found."""
    watch = Watch()

    def dialog(shown: Any) -> None:
        watch.dialogs.append(shown.message)
        shown.dismiss()

    def request(sent: Any) -> None:
        if not sent.url.startswith((url, "data:", "blob:")):
            watch.foreign.append(sent.url)

    page.on("dialog", dialog)
    page.on("pageerror", lambda error: watch.errors.append(str(error)))
    page.on("popup", lambda popup: watch.foreign.append(f"popup {popup.url}"))
    page.on("request", request)
    return watch


def ask(page: Any, question: str, *, wait: bool = True) -> None:
    """Puts a question, and waits until it is answered."""
    turns = page.locator("#qa-transcript .qa-turn").count()
    page.fill("#qa-question textarea", question)
    page.press("#qa-question textarea", "Enter")
    if wait:
        page.locator("#qa-transcript .qa-turn").nth(turns).wait_for()


def keep(page: Any, name: str) -> None:
    """Keeps a screenshot where ``PAGE_SCREENSHOTS`` says; without it, none is made."""
    folder = os.environ.get("PAGE_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def in_threads(number: int, work: Callable[[int], Any]) -> list[Any]:
    """What ``work`` gives for each of ``range(number)``, all done at the same time."""
    results: list[Any] = [None] * number

    def run(place: int) -> None:
        results[place] = work(place)

    threads = [threading.Thread(target=run, args=(place,)) for place in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
