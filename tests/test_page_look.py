"""How the page looks and reads, at several widths, light and dark."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser import ScriptedModel, Served, ask, chromium, keep, open_page, serve_for_all
from tests.browser_answers import CLOSING, half_right, two_footnotes
from tests.reports import report
from tests.whole import whole_only

AFFAIR = (
    "Thieves took the Tern Brooch from its case in the treasury at night.",
    "A guard heard nothing on the night when the Tern Brooch went missing.",
    "Police searched a flat in Brannick for the Tern Brooch and left with a box.",
    "An antiques dealer denied that she had ever held the Tern Brooch.",
    "Half of the Tern Brooch was found under a flowerpot on a balcony.",
    "The trial over the Tern Brooch opened with tears and a silent judge.",
)

__all__ = ["chromium", "open_page", "serve_for_all"]
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]  # gradio warns of its own use of pandas


@pytest.fixture(scope="module")
def served(serve_for_all: Callable[..., Served]) -> Served:
    return serve_for_all(model=ScriptedModel(two_footnotes))


@pytest.fixture(scope="module")
def doubtful(serve_for_all: Callable[..., Served]) -> Served:
    return serve_for_all(model=ScriptedModel(half_right))


def test_the_first_look_has_questions_that_are_answered(served: Served, open_page: Any) -> None:
    page = open_page(served.url)
    example = page.locator(".qa-example").first
    example.wait_for()
    keep(page, "welcome")
    example.click()
    page.locator("#qa-transcript .qa-turn").wait_for()
    assert page.locator("#qa-transcript .qa-footnote").count() >= 1


@pytest.mark.parametrize(
    ("width", "dark"),
    [
        (1440, False),
        (1024, True),
        (390, False),
        *(whole_only(*look) for look in ((1440, True), (1024, False), (390, True))),
    ],
)
def test_nothing_is_wider_than_the_window(served: Served, open_page: Any, width: int, dark: bool) -> None:
    page = open_page(served.url, width=width, height=844 if width == 390 else 900, dark=dark)
    keep(page, f"start-{width}-{'dark' if dark else 'light'}")
    ask(page, CLOSING)
    page.locator("#qa-transcript .qa-footnote").nth(1).click()
    page.locator("#qa-side mark[data-current]").wait_for()
    page.wait_for_timeout(300)
    keep(page, f"answer-{width}-{'dark' if dark else 'light'}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("#qa-side mark[data-current]").is_visible()
    assert page.watch.clean()


@pytest.mark.parametrize("width", [1280, whole_only(390)])
def test_the_tabs_of_many_articles_make_nothing_wider(
    serve_for_all: Callable[..., Served], open_page: Any, width: int
) -> None:
    served = serve_for_all(
        {f"{day}.md": report(said, published=f"2031-02-0{day}", title=said) for day, said in enumerate(AFFAIR, 1)}
    )
    page = open_page(served.url, width=width, height=900)
    ask(page, "Put the affair of the Tern Brooch in order for me.")
    page.locator("#qa-transcript .qa-footnote").first.click()
    page.locator("#qa-side mark[data-current]").wait_for()
    page.wait_for_timeout(300)
    assert page.locator("#qa-side .qa-tab").count() >= 4
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    right = page.locator("#qa-side .qa-close").bounding_box()
    assert right["x"] + right["width"] <= width


@pytest.mark.parametrize("width", [1440, 390])
def test_the_question_box_stays_in_reach_however_long_the_conversation(
    served: Served, open_page: Any, width: int
) -> None:
    page = open_page(served.url, width=width, height=800)
    for number in range(5):
        ask(page, f"{CLOSING} ({number})")
    page.wait_for_timeout(300)
    page.evaluate("window.scrollTo(0, 0)")
    box = page.locator("#qa-question").bounding_box()
    assert box["y"] + box["height"] <= 800
    keep(page, f"long-{width}")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_all_words_can_be_read_and_all_controls_have_names(doubtful: Served, open_page: Any, dark: bool) -> None:
    page = open_page(doubtful.url, dark=dark)
    ask(page, "What will the repairs cost?")
    page.locator("#qa-transcript .qa-footnote").first.click()
    page.locator("#qa-side mark[data-current]").wait_for()
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("button, input, textarea, [role=button]")]
          .filter(item => item.offsetParent && item.type !== "file")
          .filter(item => !(item.innerText || item.getAttribute("aria-label") || item.labels?.length || item.title))
          .map(item => item.outerHTML.slice(0, 200))"""
    )
    assert nameless == []
    faint = page.evaluate(CONTRAST)
    assert faint == []


CONTRAST = """() => {
  const parse = (color) => (color.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * x + .7152 * y + .0722 * z;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const part of document.querySelectorAll("[id^=qa-] *")) {
    const own = [...part.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
    if (!own || !part.offsetParent || part.disabled || part.closest("[disabled]")) continue;
    const [a, b] = [light(parse(getComputedStyle(part).color)), light(ground(part))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) faint.push(`${ratio.toFixed(2)} ${part.className} ${part.textContent.slice(0, 40)}`);
  }
  return faint;
}"""
