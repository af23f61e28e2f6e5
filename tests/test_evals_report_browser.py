"""The report of an evaluation in a real browser: it fetches nothing, fits the window, and its words can be read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser import chromium, keep, watch_page
from tests.test_evals_report import page as report

__all__ = ["chromium", "report"]
pytestmark = pytest.mark.slow

FAINT = """() => {
  const light = text => {
    const [r, g, b] = text.match(/[\\d.]+/g).map(Number).map(v => v / 255)
      .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = element => {
    for (let one = element; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (!/rgba\\(.*, 0\\)|transparent/.test(colour)) return colour;
    }
    return matchMedia('(prefers-color-scheme: dark)').matches ? 'rgb(18, 18, 18)' : 'rgb(255, 255, 255)';
  };
  return [...document.querySelectorAll('body *')]
    .filter(one => !one.closest('svg') && [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
    .map(one => {
      const [a, b] = [light(getComputedStyle(one).color), light(ground(one))].sort((x, y) => y - x);
      return [(a + 0.05) / (b + 0.05), one.textContent.trim().slice(0, 60)];
    })
    .filter(([contrast]) => contrast < 4.5);
}"""


@pytest.fixture
def opened(chromium: Any, report: str, tmp_path: Path) -> Any:
    file = tmp_path / "opened.html"
    file.write_text(report, "utf-8")
    contexts = []

    def open_(width: int, *, dark: bool = False) -> Any:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light"
        )
        contexts.append(context)
        page = context.new_page()
        page.watch = watch_page(page, file.as_uri())
        page.goto(file.as_uri())
        return page

    yield open_
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [1440, 390])
def test_it_fits_the_window_and_fetches_nothing(opened: Callable[..., Any], width: int) -> None:
    page = opened(width)
    keep(page, f"report-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("svg").count() >= 2
    assert page.locator("table").count() >= 1
    assert page.watch.clean(), page.watch


@pytest.mark.parametrize("dark", [False, True])
def test_its_words_can_be_read(opened: Callable[..., Any], dark: bool) -> None:
    page = opened(1024, dark=dark)
    keep(page, f"report-{'dark' if dark else 'light'}")
    assert page.evaluate(FAINT) == []


def test_the_worst_cases_show_gold_and_cited_words(opened: Callable[..., Any]) -> None:
    page = opened(1440)
    for details in page.locator("details").all():
        details.evaluate("one => one.open = true")
    marked = page.locator("mark")
    assert marked.count() >= 2
    assert marked.first.is_visible()
